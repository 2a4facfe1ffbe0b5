import Ballots
import Foundation
import Partnering
import Testing

@testable import Database
@testable import Rapport

@Suite struct AnswerTests {
  /// What no browser of ours sends, and the code that names it.
  struct Wrong: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let code: String
    let body: @Sendable (Ballot) -> String

    init(_ what: String, _ code: String, _ body: @escaping @Sendable (Ballot) -> String) {
      (testDescription, self.code, self.body) = (what, code, body)
    }

    init(rating: String) {
      self.init("a rating of \(rating)", "rating-out-of-range") { ballot in
        ballot.body(ratings: [rating] + Array(repeating: "4", count: Ballot.items - 1), send: 2)
      }
    }
  }

  static let wrongs: [Wrong] = [
    Wrong(rating: "0"), Wrong(rating: "6"), Wrong(rating: "3.5"), Wrong(rating: #""x""#), Wrong(rating: "-1"),
    Wrong(rating: "1e400"), Wrong(rating: "true"),
    Wrong("a rating too few", "item-count") { $0.body(ratings: Array(repeating: "4", count: 14), send: 2) },
    Wrong("a rating too many", "item-count") { $0.body(ratings: Array(repeating: "4", count: 16), send: 2) },
    Wrong("no ratings", "item-count") { $0.body(ratings: [], send: 2) },
    Wrong("a comment of 1,001 bytes", "comment-too-long") {
      $0.body(rating: 4, comment: String(repeating: "a", count: 1_001), send: 2)
    },
    Wrong("five megabytes", "too-large") { $0.body(rating: 4, comment: String(repeating: "a", count: 5_000_000), send: 2) },
    Wrong("a send of number 0", "not-understood") { $0.body(rating: 4, send: 0) },
    Wrong("a number for the ratings", "not-understood") {
      $0.body(rating: 4, send: 2).replacing(/"ratings":\[[^\]]*\]/, with: #""ratings":4"#)
    },
    Wrong("no JSON", "not-understood") { _ in "answer" },
    Wrong("nothing", "not-understood") { _ in "" },
    Wrong("a forged signature", "not-signed") { ballot in
      var forged = ballot
      forged.signature[100] ^= 1
      return forged.body(rating: 1, send: 2)
    },
    Wrong("another serial", "not-signed") { ballot in
      var other = ballot
      other.serial[0] ^= 1
      return other.body(rating: 1, send: 2)
    },
    Wrong("the other party's segment", "not-signed") { ballot in
      var other = ballot
      other.segment = "Meadow"
      return other.body(rating: 1, send: 2)
    },
    Wrong("a segment that is not there", "unknown-segment") { ballot in
      var other = ballot
      other.segment = "Dunes"
      return other.body(rating: 1, send: 2)
    },
    Wrong("another receipt", "other-receipt") { ballot in
      var other = ballot
      other.receipt = Receipt(bytes: Array(repeating: 7, count: 10))?.letters ?? ""
      return other.body(rating: 1, send: 2)
    },
    Wrong("other answers under a number that was sent", "older-send") { $0.body(rating: 1, send: 1) },
  ]

  @Test func `what is wrong with an answer is said in both languages, and nothing changes`() async throws {
    let (told, round) = try await RoundStory.opened()
    let ballot = try await told.answer(round, by: told.harbour[1])
    let before = try await told.dump()
    for wrong in Self.wrongs {
      let english = try await told.post(wrong.body(ballot), to: round)
      let german = try await told.post(wrong.body(ballot), to: round, in: .de)
      #expect((400..<500).contains(english.status.code), "\(wrong.testDescription): \(english.status)")
      let (said, sagt) = (try Reason(english), try Reason(german))
      #expect(said.code == wrong.code, "\(wrong.testDescription)")
      #expect(sagt.code == said.code && sagt.message != said.message && !sagt.message.isEmpty, "\(wrong.testDescription)")
    }
    #expect(try await told.dump() == before)
  }

  @Test func `the same answer twice is acknowledged twice and kept once`() async throws {
    let (told, round) = try await RoundStory.opened()
    let ballot = try await told.answer(round, by: told.harbour[1])
    let before = try await told.dump()
    #expect(try await told.post(ballot.body(rating: 4), to: round).text == #"{"acknowledged":true}"#)
    #expect(try await told.dump() == before)
  }

  @Test func `answers that come together are all counted`() async throws {
    let (told, round) = try await RoundStory.opened()
    let ballots = try await told.everybody.asyncMap { try await told.collect(round, by: $0) }
    try await withThrowingTaskGroup(of: Int.self) { group in
      for ballot in ballots { group.addTask { try await told.post(ballot.body(rating: 4), to: round).status.code } }
      for try await status in group { #expect(status == 200) }
    }
    try await told.close(round)
    #expect(try await told.report(of: round).answers == 10)
  }

  @Test func `an older send says which one stands`() async throws {
    let (told, round) = try await RoundStory.opened()
    let ballot = try await told.answer(round, by: told.harbour[1])
    #expect(try await told.post(ballot.body(rating: 2, send: 7), to: round).status == .ok)
    #expect(try Reason(await told.post(ballot.body(rating: 5, send: 6), to: round)).send == 7)
  }

  @Test func `a comment of a thousand bytes is taken`() async throws {
    let (told, round) = try await RoundStory.opened()
    let ballot = try await told.collect(round, by: told.harbour[1])
    let comment = String(repeating: "ü", count: 500)
    #expect(try await told.post(ballot.body(rating: 4, comment: comment), to: round).status == .ok)
  }

  @Test func `an answer counts until the closing time and not a millisecond longer`() async throws {
    let (told, round) = try await RoundStory.opened()
    let (ballot, late) = (
      try await told.collect(round, by: told.harbour[1]), try await told.collect(round, by: told.harbour[2])
    )
    told.story.wait(.justUnder(.days(14)))
    #expect(try await told.post(ballot.body(rating: 4), to: round).status == .ok)
    told.story.wait(Span(milliseconds: 1))
    let before = try await told.dump()
    #expect(try Reason(await told.post(late.body(rating: 4), to: round)).code == "round-closed")
    #expect(try Reason(await told.post(ballot.body(rating: 1, send: 2), to: round)).code == "round-closed")
    #expect(try await told.ask(round, by: told.harbour[3], segment: "Harbour", blinded: Data(repeating: 1, count: 256)).status == .gone)
    #expect(try await told.dump() == before)
  }

  @Test func `a ballot of the round before is none of the next`() async throws {
    let (told, first) = try await RoundStory.opened()
    let old = try await told.answer(first, by: told.harbour[1])
    try await told.close(first)
    let second = try await told.open()
    #expect(try Reason(await told.post(old.body(rating: 1, send: 2), to: second)).code == "not-signed")
    #expect(try Reason(await told.post(old.body(rating: 1, send: 2), to: first)).code == "round-closed")
    #expect(try Reason(await told.post(old.body(rating: 1), to: Randomness.id(at: told.story.now))).code == "no-such-round")
  }

  @Test func `the same value gets the same signature, another is refused`() async throws {
    let (told, round) = try await RoundStory.opened()
    let person = told.harbour[1]
    let opening = try await told.opening(of: round, as: person)
    let key = BallotKey()
    let one = try BallotHolder(ballotKey: key, digest: opening.digest, segment: opening.document.segments[0].key)
    let other = try BallotHolder(ballotKey: BallotKey(), digest: opening.digest, segment: opening.document.segments[0].key)
    let first = try await told.ask(round, by: person, segment: "Harbour", blinded: one.blinded)
    let before = try await told.dump()
    let again = try await told.ask(round, by: person, segment: "Harbour", blinded: one.blinded)
    #expect(first.status == .ok && again.text == first.text)
    let refused = try await told.ask(round, by: person, segment: "Harbour", blinded: other.blinded)
    #expect(refused.status == .conflict)
    #expect(try Reason(refused).code == "collected-with-another-key")
    #expect(try await told.dump() == before)
  }

  @Test func `nobody collects in the other party's segment, or what cannot be signed`() async throws {
    let (told, round) = try await RoundStory.opened()
    let before = try await told.dump()
    let blinded = Data(repeating: 1, count: 256)
    #expect(try await told.ask(round, by: told.harbour[1], segment: "Meadow", blinded: blinded).status == .unprocessableContent)
    for value in [Data(), Data(repeating: 0, count: 256), Data(repeating: 255, count: 256), Data(repeating: 1, count: 257)] {
      #expect(try await told.ask(round, by: told.harbour[1], segment: "Harbour", blinded: value).status == .unprocessableContent)
    }
    #expect(try await told.dump() == before)
  }

  @Test func `whoever is not on the roll finds nothing there`() async throws {
    let told = try await RoundStory()
    let round = try await told.draft()
    let lead = told.harbour[0]
    let page = try await lead.visitor.get(told.place(of: round))
    let chosen = told.harbour.dropLast().map { ("person", $0.id.text) }
    #expect(try await lead.visitor.post("\(told.place(of: round))/roll", chosen + page.hidden("party")).status == .seeOther)
    for lead in told.leads { try await told.confirm(round, by: lead) }
    let left = try #require(told.harbour.last)
    let before = try await told.dump()
    for path in ["answer", "opening", "receipts"] {
      #expect(try await left.visitor.get("/rounds/\(round)/\(path)").status == .notFound, "\(path)")
    }
    #expect(try await told.ask(round, by: left, segment: "Harbour", blinded: Data(repeating: 1, count: 256)).status == .notFound)
    #expect(try await told.dump() == before)
  }
}

/// A refusal as programs read it.
struct Reason: Decodable {
  let code: String
  let message: String
  let send: Int?

  private enum Outer: String, CodingKey { case error }
  private enum Inner: String, CodingKey { case code, message, send }

  init(_ page: Visitor.Page) throws { self = try JSONDecoder().decode(Reason.self, from: Data(page.text.utf8)) }

  init(from decoder: any Decoder) throws {
    let error = try decoder.container(keyedBy: Outer.self).nestedContainer(keyedBy: Inner.self, forKey: .error)
    code = try error.decode(String.self, forKey: .code)
    message = try error.decode(String.self, forKey: .message)
    send = try error.decodeIfPresent(Int.self, forKey: .send)
  }
}
