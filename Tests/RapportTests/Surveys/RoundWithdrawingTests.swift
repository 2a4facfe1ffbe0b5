import Ballots
import Foundation
import Partnering
import Testing

@testable import Database
@testable import Rapport

@Suite struct RoundWithdrawingTests {
  @Test func `a withdrawal destroys unread whatever was sent, and the names of whoever was erased`() async throws {
    let (told, round) = try await RoundStory.opened()
    let (lead, gone) = (told.harbour[0].visitor, told.harbour[4])
    for person in told.everybody { try await told.answer(round, by: person, comment: "Nobody shall read this") }
    try await lead.post("/people/\(gone.id)/erasing", [("sure", "1")])
    told.story.wait(.hours(16))
    try await told.story.house.countAtMidnight()
    #expect(try await told.rows(of: "sealed_value") > 0)
    #expect(try await told.rows(of: "midnight_count") > 0)
    #expect(try await told.story.document(of: round).contains(gone.name))
    #expect(try await told.withdraw(round, by: told.meadow[0]).status == .seeOther)
    #expect(try await told.rows(of: "sealed_value") == 0)
    #expect(try await told.rows(of: "midnight_count") == 0)
    #expect(!FileManager.default.fileExists(atPath: told.keyFile(of: round).path))
    #expect(try told.story.house.keys.isClosed(try #require(round.roundName)))
    let document = try await told.story.document(of: round)
    #expect(!document.contains(gone.name) && document.contains(told.harbour[3].name))
    let made = try await told.story.house.database.read { connection in
      try connection.query("SELECT id FROM round WHERE report IS NOT NULL").count
        + connection.query("SELECT part FROM kept_list").count
    }
    #expect(made == 0)
    for path in ["\(told.place(of: round))/report", "/rounds/\(round)/receipts"] {
      #expect(try await lead.get(path).status == .notFound, "\(path)")
    }
    try await told.story.house.closeDueRounds()
    #expect(try await told.state(of: round) == "withdrawn")
  }

  @Test func `everybody on the list hears of a withdrawal and its reason`() async throws {
    let (told, round) = try await RoundStory.opened()
    try await told.withdraw(round, by: told.meadow[0])
    let hearers = try await told.story.house.database.read { connection in
      try connection.query("SELECT person_id FROM message WHERE kind = 'withdrawal'").map { try $0.id("person_id") as ID<Person> }
    }
    #expect(Set(hearers) == Set(told.everybody.map(\.id)))
    for person in told.everybody {
      #expect(try await person.visitor.get(told.place(of: round)).text.contains("Asked too early"))
    }
  }

  @Test func `a wish to withdraw that others must share leaves the round and its answers as they are`() async throws {
    let (told, round) = try await RoundStory.opened()
    try await told.answer(round, by: told.harbour[1])
    told.story.wait(.hours(24))
    let before = try await told.everythingKept()
    #expect(try await told.withdraw(round, by: told.meadow[0]).status == .seeOther)
    let changed = Set(before).symmetricDifference(try await told.everythingKept()).map { $0.prefix { $0 != ":" } }
    #expect(changed.sorted() == ["event", "round_consent"])
    let page = try await told.harbour[0].visitor.get(told.place(of: round))
    #expect(page.text.contains("Leads want to withdraw this round: Meadow."))
  }

  @Test func `a wish from before an interruption withdraws nothing that was opened again`() async throws {
    let (told, round) = try await RoundStory.opened()
    told.story.wait(.hours(24))
    try await told.withdraw(round, by: told.meadow[0])
    try await told.interrupt(round)
    try await told.harbour[0].visitor.post("\(told.place(of: round))/restart", told.numbers())
    told.story.wait(.hours(24))
    try await told.withdraw(round, by: told.harbour[0])
    #expect(try await told.state(of: round) == "open")
    try await told.withdraw(round, by: told.meadow[0])
    #expect(try await told.state(of: round) == "withdrawn")
  }

  @Test func `everybody on the list hears of a later close`() async throws {
    let (told, round) = try await RoundStory.opened()
    try await told.harbour[0].visitor.post("\(told.place(of: round))/extension", [])
    #expect(try await told.rows("message", "person_id", "kind = 'extension'").sorted() == told.everybody.map(\.id.text).sorted())
  }
}

extension RoundStory {
  fileprivate func rows(of table: String) async throws -> Int {
    try await story.house.database.read { try $0.query("SELECT round_id FROM \(table)").count }
  }
}
