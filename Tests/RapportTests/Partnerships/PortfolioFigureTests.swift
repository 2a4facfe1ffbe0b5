import Foundation
import Partnering
import Testing

@testable import Database
@testable import Rapport

@Suite struct PortfolioFigureTests {
  @Test func `items wait for a talk until each has a conclusion and an action, and then its day passes`() async throws {
    let (told, round) = try await RoundStory.closed()
    let lead = told.harbour[0]
    func portfolio() async throws -> String { try await lead.visitor.get("/portfolio").text }
    let flagged = try await portfolio()
    #expect(flagged.contains("1 to discuss") && flagged.contains(">To discuss</span>"))
    try await told.note("News came late", about: round, by: lead)
    #expect(try await portfolio().contains("1 to discuss"))
    _ = try await told.decide("Call weekly", about: round, owner: lead, due: 5, by: lead)
    let settled = try await portfolio()
    #expect(settled.contains("all talked about") && !settled.contains("1 to discuss") && !settled.contains("overdue"))
    told.story.wait(.days(6))
    let late = try await portfolio()
    #expect(late.contains("<a href=\"\(told.path)/actions\">1 overdue</a>"))
    #expect(late.contains(">Actions overdue</span>"))
  }

  @Test func `an open round asks those on its list, and only runs for the others`() async throws {
    let (told, round) = try await RoundStory.opened()
    let person = told.harbour[1]
    #expect(try await person.visitor.get("/portfolio").text.contains(">Waits for you</span>"))
    _ = try await told.story.house.database.write { connection in
      try connection.execute(
        "DELETE FROM roll_entry WHERE round_id = $1 AND person_id = $2", [.id(round), .id(person.id)])
    }
    #expect(try await person.visitor.get("/portfolio").text.contains(">Round open</span>"))
  }

  @Test(arguments: [(4_200, 3_900, true), (4_200, 4_190, false), (3_900, 4_200, false)])
  func `trust that fell by a shown tenth asks for attention, and both rounds are one small line`(
    before: Int, after: Int, fell: Bool
  ) async throws {
    let (told, first) = try await RoundStory.opened()
    for person in told.everybody { try await told.answer(first, by: person) }
    try await told.close(first)
    let second = try await told.askedAgain(item5: 4)
    for (round, trust) in [(first, before), (second, after)] {
      _ = try await told.story.house.database.write { connection in
        try connection.execute("UPDATE round SET trust_thousandths = $2 WHERE id = $1", [.id(round), Value(trust)])
        let space: ID<Space> = try #require(try connection.first("SELECT id FROM space", [])).id("id")
        try KeptRounds.keepDigests(of: round, in: space, connection)
      }
    }
    let text = try await told.harbour[0].visitor.get("/portfolio").text
    #expect(text.contains(">Trust fell</span>") == fell)
    #expect(text.contains("<title>Trust: ") && text.contains("<title>Health: "))
  }

  @Test func `a portfolio is narrowed down to an organisation and to a kind`() async throws {
    let (told, _) = try await RoundStory.opened()
    let visitor = told.harbour[0].visitor
    let organisation = try await told.story.house.database.read { connection in
      try #require(try connection.first("SELECT organisation_id FROM party ORDER BY place", [])).text("organisation_id")
    }
    let kind = try await told.story.house.database.read { connection in
      try #require(try connection.first("SELECT kind FROM partnership", [])).text("kind")
    }
    let other = try #require(PartnershipKind.allCases.first { $0.rawValue != kind })
    for (query, finds) in [
      ("organisation=\(organisation)", true), ("organisation=\(UUID().uuidString.lowercased())", false),
      ("kind=\(kind)", true), ("kind=\(other.rawValue)", false),
    ] {
      let text = try await visitor.get("/portfolio?\(query)").text
      #expect(text.contains("href=\"\(told.path)\"") == finds, "\(query)")
      #expect(text.contains("No partnership fits") != finds, "\(query)")
    }
  }
}
