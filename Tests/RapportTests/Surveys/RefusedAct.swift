import Ballots
import Foundation
import HTTPTypes
import Partnering
import Testing

@testable import Database
@testable import Rapport

/// Something that nobody may do to a round as it stands, and the sentence that says so.
struct RefusedAct: Sendable, CustomTestStringConvertible {
  /// Who sends which form where.
  struct Scene: Sendable {
    let told: RoundStory
    let who: Respondent
    let path: String
    let fields: [(String, String)]

    init(_ told: RoundStory, _ who: Respondent, _ path: String, _ fields: [(String, String)] = []) {
      (self.told, self.who, self.path, self.fields) = (told, who, path, fields)
    }
  }

  let testDescription: String
  let status: HTTPResponse.Status
  /// How the English sentence begins.
  let says: String
  let scene: @Sendable () async throws -> Scene

  init(_ what: String, _ status: HTTPResponse.Status, _ says: String, _ scene: @escaping @Sendable () async throws -> Scene) {
    (testDescription, self.status, self.says, self.scene) = (what, status, says, scene)
  }

  static let all = drafting + confirming + running + interrupted

  static let reason = [("reason", "Asked too early")]
  static let notDraft = "This round is not being prepared any more"
  static let notOpen = "This round is not open"
  static let notInterrupted = "This round is not interrupted"
  static let leadsOnly = "Only a lead of a party can do this"
  static let nothingThere = "There is nothing at this address"
}

extension RefusedAct {
  static let drafting: [RefusedAct] = [
    numbers("a minimum group of three", ["minimum-group": "3"], "Write a number from 4 to"),
    numbers("a comment threshold of four", ["comment-threshold": "4"], "Write a number from 5 to"),
    numbers("a close that is past", ["closes": "2020-01-01T09:00"], "Choose a time at least 5 minutes"),
    numbers("a later time before the close", ["latest": "2026-03-03T09:00"], "Choose the closing time or a later one"),
    numbers("a later time in four years", ["latest": "2030-01-01T09:00"], "Choose a time within 180 days"),
    RefusedAct("a draft by a contributor", .forbidden, leadsOnly) {
      let told = try await RoundStory()
      return Scene(told, told.harbour[1], "\(told.path)/rounds", told.numbers())
    },
    RefusedAct("a draft by a stranger", .notFound, nothingThere) {
      let told = try await RoundStory()
      let stranger = try await RoundStory(harbour: 1, meadow: 1, beside: told).harbour[0]
      return Scene(told, stranger, "\(told.path)/rounds", told.numbers())
    },
    RefusedAct("a draft beside an open round", .conflict, "There is a round already") {
      let (told, _) = try await RoundStory.opened()
      return Scene(told, told.harbour[0], "\(told.path)/rounds", told.numbers())
    },
    RefusedAct("other numbers once it is open", .conflict, notDraft) {
      let (told, round) = try await RoundStory.opened()
      return Scene(told, told.harbour[0], "\(told.place(of: round))/numbers", told.numbers(["minimum-group": "5"]))
    },
    RefusedAct("another list once it is open", .conflict, notDraft) {
      let (told, round) = try await RoundStory.opened()
      return Scene(told, told.harbour[0], "\(told.place(of: round))/roll", [("party", try await told.party(of: told.harbour[0]))])
    },
    RefusedAct("the other party's list", .forbidden, "You can decide this only for a party that you lead") {
      let told = try await RoundStory()
      let round = try await told.draft()
      return Scene(told, told.harbour[0], "\(told.place(of: round))/roll", [("party", try await told.party(of: told.meadow[0]))])
    },
    RefusedAct("throwing a draft away as a contributor", .forbidden, leadsOnly) {
      let told = try await RoundStory()
      return Scene(told, told.harbour[1], "\(told.place(of: try await told.draft()))/discarding")
    },
    RefusedAct("throwing an open round away", .conflict, notDraft) {
      let (told, round) = try await RoundStory.opened()
      return Scene(told, told.harbour[0], "\(told.place(of: round))/discarding")
    },
  ]

  private static func numbers(_ what: String, _ changes: [String: String], _ says: String) -> RefusedAct {
    RefusedAct(what, .unprocessableContent, says) {
      let told = try await RoundStory()
      let round = try await told.draft()
      return Scene(told, told.harbour[0], "\(told.place(of: round))/numbers", told.numbers(changes))
    }
  }
}

extension RefusedAct {
  static let confirming: [RefusedAct] = [
    RefusedAct("a yes to terms that changed meanwhile", .conflict, "The numbers or the list changed while you were reading") {
      let told = try await RoundStory()
      let round = try await told.draft()
      let seen = try await told.confirmation(of: round, by: told.meadow[0])
      try await told.harbour[0].visitor.post("\(told.place(of: round))/numbers", told.numbers(["minimum-group": "5"]))
      return seen
    },
    RefusedAct("a yes for the other party", .forbidden, "You can decide this only for a party that you lead") {
      let told = try await RoundStory()
      let others = try await told.confirmation(of: told.draft(), by: told.meadow[0])
      return Scene(told, told.harbour[0], others.path, others.fields)
    },
    RefusedAct("a yes by a contributor", .forbidden, leadsOnly) {
      let told = try await RoundStory()
      let leads = try await told.confirmation(of: told.draft(), by: told.harbour[0])
      return Scene(told, told.harbour[1], leads.path, leads.fields)
    },
    RefusedAct("a yes while nobody of a party is on the list", .conflict, "Nobody of Meadow is on the list yet") {
      let told = try await RoundStory()
      let round = try await told.draft()
      try await told.meadow[0].visitor.post(
        "\(told.place(of: round))/roll", [("party", try await told.party(of: told.meadow[0]))])
      return try await told.confirmation(of: round, by: told.harbour[0])
    },
    RefusedAct("a yes within 28 days of the last report", .conflict, "Two reports shortly after one another") {
      let (told, _) = try await RoundStory.reported()
      let formats = Formats(language: .en)
      let later = formats.fieldValue(told.story.now + .days(60))
      let second = try await told.draft(["closes": later, "latest": later])
      told.story.wait(.justUnder(.days(28)))
      return try await told.confirmation(of: second, by: told.harbour[0])
    },
    RefusedAct("a yes while another round with the same statements runs", .conflict, "Another round of this partnership is running") {
      let (told, first) = try await RoundStory.reported()
      let second = try await told.draft()
      // No form leads here: the drafting of a second round is refused already.
      try await told.story.setRound(first, "state", "open")
      return try await told.confirmation(of: second, by: told.harbour[0])
    },
    RefusedAct("a yes four minutes before the close", .conflict, "The closing time has come too near") {
      let told = try await RoundStory()
      let round = try await told.draft()
      told.story.wait(.minutes(14 * 24 * 60 - 4))
      return try await told.confirmation(of: round, by: told.harbour[0])
    },
    RefusedAct("a yes where no browser protects the ballot", .conflict, "Rounds open only where browsers protect the ballot") {
      let told = try await RoundStory(story: Story(baseURL: "http://rapport.example"))
      return try await told.confirmation(of: told.draft(), by: told.harbour[0])
    },
    RefusedAct("a yes once it is open", .conflict, notDraft) {
      let told = try await RoundStory()
      let round = try await told.draft()
      let seen = try await told.confirmation(of: round, by: told.harbour[0])
      for lead in told.leads { try await told.confirm(round, by: lead) }
      return seen
    },
  ]
}

extension RefusedAct {
  static let running: [RefusedAct] = [
    onOpen("a second extension", "extension", .conflict, "This round cannot be moved to a later time") { told, round in
      try await told.harbour[0].visitor.post("\(told.place(of: round))/extension", [])
      return told.meadow[0]
    },
    RefusedAct("an extension beyond the announced time", .conflict, "This round cannot be moved to a later time") {
      let told = try await RoundStory()
      let close = Formats(language: .en).fieldValue(told.story.now + .days(14))
      let round = try await told.open(["closes": close, "latest": close])
      return Scene(told, told.harbour[0], "\(told.place(of: round))/extension")
    },
    onOpen("an extension when the time is over", "extension", .conflict, notOpen) { told, _ in
      told.story.wait(.days(14))
      return told.harbour[0]
    },
    onOpen("an extension after the close", "extension", .conflict, notOpen) { told, round in
      try await told.close(round)
      return told.harbour[0]
    },
    onOpen("an extension by a contributor", "extension", .forbidden, leadsOnly) { told, _ in told.harbour[1] },
    onOpen("an extension by a stranger", "extension", .notFound, nothingThere) { told, _ in
      try await RoundStory(harbour: 1, meadow: 1, beside: told).harbour[0]
    },
    onOpen("a withdrawal without a reason", "withdrawal", .unprocessableContent, "Write the reason", []) { told, _ in told.harbour[0] },
    onOpen(
      "a withdrawal with a book for a reason", "withdrawal", .unprocessableContent, "Write the reason",
      [("reason", String(repeating: "a", count: 1_001))]
    ) { told, _ in told.harbour[0] },
    onOpen("a withdrawal by a contributor", "withdrawal", .forbidden, leadsOnly) { told, _ in told.harbour[1] },
    onOpen("a withdrawal by a stranger", "withdrawal", .notFound, nothingThere) { told, _ in
      try await RoundStory(harbour: 1, meadow: 1, beside: told).harbour[0]
    },
    onOpen("a withdrawal when the time is over", "withdrawal", .conflict, notOpen) { told, _ in
      told.story.wait(.days(14))
      return told.harbour[0]
    },
    onOpen("a withdrawal after the close", "withdrawal", .conflict, notOpen) { told, round in
      try await told.close(round)
      return told.harbour[0]
    },
    onOpen("a second withdrawal", "withdrawal", .conflict, notOpen) { told, round in
      try await told.withdraw(round, by: told.meadow[0])
      return told.harbour[0]
    },
    RefusedAct("the withdrawal of a draft", .conflict, notOpen) {
      let told = try await RoundStory()
      return Scene(told, told.harbour[0], "\(told.place(of: try await told.draft()))/withdrawal", reason)
    },
    onOpen("giving an open round up", "giving-up", .conflict, notInterrupted) { told, _ in told.harbour[0] },
  ]

  private static func onOpen(
    _ what: String, _ act: String, _ status: HTTPResponse.Status, _ says: String, _ fields: [(String, String)] = reason,
    _ prepare: @escaping @Sendable (RoundStory, ID<Round>) async throws -> Respondent
  ) -> RefusedAct {
    RefusedAct(what, status, says) {
      let (told, round) = try await RoundStory.opened()
      try await told.answer(round, by: told.harbour[1])
      return Scene(told, try await prepare(told, round), "\(told.place(of: round))/\(act)", fields)
    }
  }
}

extension RefusedAct {
  static let interrupted: [RefusedAct] = [
    RefusedAct("the restart of an open round", .conflict, notInterrupted) {
      let (told, round) = try await RoundStory.opened()
      return Scene(told, told.harbour[0], "\(told.place(of: round))/restart", told.numbers())
    },
    RefusedAct("the restart of a withdrawn round", .conflict, notInterrupted) {
      let (told, round) = try await RoundStory.opened()
      try await told.withdraw(round, by: told.harbour[0])
      return Scene(told, told.harbour[0], "\(told.place(of: round))/restart", told.numbers())
    },
    RefusedAct("the restart of a round that the key folder knows as closed", .conflict, "This round was closed or withdrawn before") {
      let (told, round) = try await RoundStory.interrupted()
      // As a restored backup makes it that was taken before the close.
      try told.story.house.keys.markClosed(try #require(round.roundName))
      return Scene(told, told.harbour[0], "\(told.place(of: round))/restart", told.numbers())
    },
    onInterrupted("a restart that closes in the past", "restart", .unprocessableContent, "Choose a time at least 5 minutes") { told in
      (told.harbour[0], told.numbers(["closes": "2020-01-01T09:00"]))
    },
    onInterrupted("a restart by a contributor", "restart", .forbidden, leadsOnly) { ($0.harbour[1], $0.numbers()) },
    onInterrupted("giving up without a reason", "giving-up", .unprocessableContent, "Write the reason") { ($0.harbour[0], []) },
    onInterrupted("giving up by a contributor", "giving-up", .forbidden, leadsOnly) { ($0.harbour[1], reason) },
    onInterrupted("an extension of an interrupted round", "extension", .conflict, notOpen) { ($0.harbour[0], []) },
    onInterrupted("a withdrawal of an interrupted round", "withdrawal", .conflict, notOpen) { ($0.harbour[0], reason) },
  ]

  private static func onInterrupted(
    _ what: String, _ act: String, _ status: HTTPResponse.Status, _ says: String,
    _ sent: @escaping @Sendable (RoundStory) -> (Respondent, [(String, String)])
  ) -> RefusedAct {
    RefusedAct(what, status, says) {
      let (told, round) = try await RoundStory.interrupted()
      let (who, fields) = sent(told)
      return Scene(told, who, "\(told.place(of: round))/\(act)", fields)
    }
  }
}
