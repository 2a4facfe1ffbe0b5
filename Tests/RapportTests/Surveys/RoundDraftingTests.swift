import Foundation
import Partnering
import Testing

@testable import Database
@testable import Rapport

@Suite struct RoundDraftingTests {
  @Test func `a draft that a lead throws away leaves nothing of itself`() async throws {
    let told = try await RoundStory()
    let before = try await told.everythingKept()
    let round = try await told.draft()
    try await told.confirm(round, by: told.harbour[0])
    let (other, place) = (told.meadow[0].visitor, told.place(of: round))
    #expect(try await other.get("\(place)/discarding").text.contains("The numbers, the list and the confirmations"))
    let page = try await other.submit("\(place)/discarding", [])
    #expect(page.status == .ok && page.text.contains("The draft is gone."))
    #expect(try await told.everythingKept() == before)
    #expect(try await other.get(place).status == .notFound)
    #expect(try await told.state(of: told.open()) == "open")
  }

  @Test func `a lead puts nobody but people of the own party on the list, and on paper only those on it`() async throws {
    let told = try await RoundStory()
    let round = try await told.draft()
    let lead = told.harbour[0]
    try await told.tick([told.harbour[1], told.harbour[4]], of: [told.harbour[0], told.harbour[1], told.meadow[1]], by: lead, in: round)
    #expect(try await told.roll(of: round, "Harbour") == ["Harbour 1", "Harbour 2 on paper"])
    #expect(try await told.roll(of: round, "Meadow") == told.meadow.map(\.name))
  }

  @Test func `whoever left between the draft and its opening is on no list`() async throws {
    let told = try await RoundStory()
    let round = try await told.draft()
    try await told.change("UPDATE member SET left_at = 1 WHERE person_id = $1", told.meadow[4])
    for lead in told.leads { try await told.confirm(round, by: lead) }
    #expect(try await told.state(of: round) == "open")
    #expect(try await told.roll(of: round, "Meadow") == told.meadow.dropLast().map(\.name))
    #expect(try await told.opening(of: round, as: told.meadow[0]).document.segments.map(\.roll) == [5, 4])
    #expect(try await told.meadow[4].visitor.get("/rounds/\(round)/answer").status == .notFound)
    #expect(try await told.rows("message", "person_id", "kind = 'opening'").sorted()
      == told.everybody.dropLast().map(\.id.text).sorted())
  }

  @Test func `whoever sits for two parties answers once`() async throws {
    let told = try await RoundStory()
    let (both, meadow) = (told.harbour[1], try await told.party(of: told.meadow[0]))
    try await told.change(
      """
      INSERT INTO member (space_id, id, partnership_id, party_id, person_id, role, joined_at)
      SELECT space_id, 'second-seat', partnership_id, '\(meadow)', person_id, role, joined_at FROM member WHERE person_id = $1
      """, both)
    let round = try await told.open()
    #expect(try await told.rows("roll_entry", "person_id", "person_id = '\(both.id)'").count == 1)
    #expect(try await told.opening(of: round, as: both).document.segments.map(\.roll) == [5, 5])
  }

  @Test func `observers are on no list`() async throws {
    let told = try await RoundStory()
    try await told.change("UPDATE member SET role = 'observer' WHERE person_id = $1", told.meadow[4])
    let round = try await told.draft()
    #expect(try await told.roll(of: round, "Meadow") == told.meadow.dropLast().map(\.name))
    try await told.tick([], of: told.meadow, by: told.meadow[0], in: round)
    #expect(try await told.roll(of: round, "Meadow") == told.meadow.dropLast().map(\.name))
  }
}

extension RoundStory {
  /// The names of a party's people on the list, in order; with a mark for paper.
  fileprivate func roll(of round: ID<Round>, _ party: String) async throws -> [String] {
    try await story.house.database.read { connection in
      try connection.query(
        """
        SELECT person.name || CASE WHEN paper = 1 THEN ' on paper' ELSE '' END AS name FROM roll_entry
        JOIN person ON person.id = person_id
        JOIN party ON party.id = party_id
        WHERE round_id = $1 AND party.name = $2
        ORDER BY 1
        """, [.id(round), .text(party)]
      ).map { try $0.text("name") }
    }
  }
}
