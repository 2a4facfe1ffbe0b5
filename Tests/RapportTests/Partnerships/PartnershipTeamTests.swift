import Foundation
import Partnering
import Testing

@testable import Database
@testable import Rapport

@Suite struct TeamTests {
  @Test func `a team is active when its leads have said yes, and members are still asked for theirs`() async throws {
    let (story, ada) = try await Story.begun()
    let path = try await story.proposed(by: ada, ["shape": "team", "kind": "executive-team"])
    let party = try await ada.get("\(path)/people").hidden("party")
    try await ada.post(
      "\(path)/people/list", party + [("list", "Cleo, cleo@harbour.example, lead\nDan, dan@harbour.example")])
    try await story.join(path, as: ada)
    #expect(try await ada.get(path).text.contains("Proposed. Still awaited: Cleo."))
    let cleo = try await story.account("cleo@harbour.example")
    try await story.join(path, as: cleo, [("purpose", "yes"), ("trust", "yes")])
    #expect(try await ada.get(path).text.contains("Active since"))
    let dan = try await story.account("dan@harbour.example")
    #expect(try await dan.get("/").text.contains("Join Lighthouse"))
    try await story.join(path, as: dan, [("purpose", "yes"), ("trust", "yes")])
    #expect(!(try await dan.get("/").text.contains("Join Lighthouse")))
    #expect(try await dan.get(path).text.contains("3 people accepted the purpose."))
  }

  @Test func `a lead who is awaited no longer holds up the others`() async throws {
    let (story, ada) = try await Story.begun()
    let path = try await story.proposed(by: ada, ["shape": "team", "kind": "internal-team"])
    let party = try await ada.get("\(path)/people").hidden("party")
    try await ada.post("\(path)/people/list", party + [("list", "Cleo, cleo@harbour.example, lead")])
    try await story.join(path, as: ada)
    let member = try await story.house.database.read { connection in
      try connection.query(
        "SELECT member.id AS id FROM member JOIN person ON person.id = person_id WHERE person.name = 'Cleo'"
      ).map { try $0.text("id") }[0]
    }
    try await ada.get("\(path)/people/\(member)")
    try await ada.post("\(path)/people/\(member)", [("role", "contributor")])
    #expect(try await ada.get(path).text.contains("Active since"))
  }

  @Test func `a member who leads nothing joins for no party`() async throws {
    let (story, ada) = try await Story.begun()
    let path = try await story.proposed(by: ada)
    let party = try await ada.get("\(path)/people").hidden("party")
    try await ada.post("\(path)/people/list", party + [("list", "Dan, dan@harbour.example")])
    let dan = try await story.account("dan@harbour.example")
    #expect(try await dan.get("\(path)/join").status == .forbidden)
    #expect(try await dan.get("\(path)/settings").status == .ok)
    #expect(try await dan.get("\(path)/end").status == .forbidden)
    let change = PartnershipTeamChange.fields
    #expect(try await dan.post("\(path)/settings", change).status == .forbidden)
  }
}

private enum PartnershipTeamChange {
  static let fields = [("name", "Mine"), ("purpose", "Mine alone."), ("cadence", "6")]
}

@Suite struct PortfolioAtSizeTests {
  @Test func `a head sees all of the organisation's partnerships, fifty to a page, and nothing of others`() async throws {
    let (story, ada) = try await Story.begun()
    _ = try await story.proposed(by: ada)
    let (space, harbour, now) = (try await story.space(), try await story.harbour(), story.now)
    let cliffs = try await story.organisation("Cliffs", first: "Cy", "cy@cliffs.example")
    try await story.house.database.write { connection in
      for number in 1...1_000 {
        let (partnership, party): (ID<Partnership>, ID<Party>) = (Randomness.id(at: now), Randomness.id(at: now))
        try connection.execute(
          """
          INSERT INTO partnership (space_id, id, name, kind, purpose, team, cadence_months, created_at, active_at)
          VALUES ($1, $2, $3, 'public-private', 'x', 0, 6, $4, $4)
          """,
          [.id(space), .id(partnership), .text("Number \(number)"), .instant(now)])
        try connection.execute(
          """
          INSERT INTO party (space_id, id, partnership_id, organisation_id, name, place)
          VALUES ($1, $2, $3, $4, 'P', 0)
          """,
          [.id(space), .id(party), .id(partnership), .text(number == 1_000 ? cliffs.text : harbour)])
      }
      try connection.execute("UPDATE person SET head = 1 WHERE name = 'Ada'")
    }
    let page = try await ada.get("/portfolio?sort=name").text
    #expect(page.contains("1,000 partnerships"))
    #expect(page.components(separatedBy: "<tr>").count - 2 == 50)
    #expect(!page.contains("Number 1000"))
    let last = try await ada.get("/portfolio?sort=-name&page=20").text
    #expect(last.contains("Lighthouse"))
    let cy = try await story.account("cy@cliffs.example")
    #expect(try await cy.get("/portfolio").text.contains("No partnerships yet"))
  }
}
