import Foundation
import Partnering
import Testing

@testable import Database
@testable import Rapport

@Suite struct HomeTests {
  @Test func `whoever is in no partnership is told how to begin, or whom to ask`() async throws {
    let (story, ada) = try await Story.begun()
    #expect(try await ada.get("/").text.contains("Start your first partnership"))
    let path = try await story.proposed(by: ada)
    let party = try await ada.get("\(path)/people").hidden("party")
    try await ada.post("\(path)/people/list", party + [("list", "Dan, dan@harbour.example")])
    let dan = try await story.account("dan@harbour.example")
    let text = try await dan.get("/").text
    #expect(text.contains("Lighthouse"))
    #expect(text.contains("Nothing waits for you."))
    #expect(!text.contains("/partnerships/new"))
  }

  @Test func `the start page speaks German to whoever asks for it`() async throws {
    let (story, ada) = try await Story.begun()
    _ = try await story.proposed(by: ada)
    try await ada.get("/")
    try await ada.post("/language", [("language", "de"), ("back", "/")])
    let text = try await ada.get("/").text
    #expect(text.contains("Eine Sache wartet auf Sie."))
    #expect(text.contains("Lighthouse für Harbour beitreten"))
    #expect(!text.contains("["))
  }

  @Test func `somebody who came by a round's link is led to that round alone`() async throws {
    let (story, ada) = try await Story.begun()
    let path = try await story.proposed(by: ada)
    let (space, person) = (try await story.space(), try await story.person("ada@harbour.example"))
    let round = try await openRound(in: String(path.dropFirst("/partnerships/".utf8.count)), asking: person, story)
    let today = story.now.day
    let cookie = try await SessionStore(database: story.house.database)
      .start(for: person, in: space, only: round, on: today, until: today)
    func asGuest(_ place: String) async throws -> Visitor.Page {
      try await story.visitor().send(.get, place, headers: [.cookie: "session=\(cookie)"], body: "")
    }
    #expect(try await asGuest("/").location == "/rounds/\(round)/answer")
    for place in ["/portfolio", path, "\(path)/people", "/partnerships/new"] {
      #expect(try await asGuest(place).status == .notFound, "\(place)")
    }
  }

  @Test func `an open round to answer comes first of all that waits`() async throws {
    let (story, ada) = try await Story.begun()
    let path = try await story.proposed(by: ada)
    let person = try await story.person("ada@harbour.example")
    _ = try await openRound(in: String(path.dropFirst("/partnerships/".utf8.count)), asking: person, story)
    let text = try await ada.get("/").text
    let (answer, join) = (
      try #require(text.range(of: "Answer the survey of Lighthouse")), try #require(text.range(of: "Join Lighthouse"))
    )
    #expect(answer.lowerBound < join.lowerBound)
  }

  @Test func `a new report waits on the start page until it was looked at, by each reader alone`() async throws {
    let (told, round) = try await RoundStory.opened()
    for person in told.everybody { try await told.answer(round, by: person) }
    try await told.close(round)
    let (one, other, path) = (told.harbour[1].visitor, told.meadow[1].visitor, "\(told.place(of: round))/report")
    let waits = "Read the report of Grain by sea"
    #expect(try await one.get("/").text.contains(waits))
    try await one.get(path)
    #expect(try await !one.get("/").text.contains(waits))
    #expect(try await other.get("/").text.contains(waits))
    try await one.get(path)
  }

  @Test func `a draft whose list changed waits again for the lead who had confirmed it`() async throws {
    let told = try await RoundStory()
    let round = try await told.draft()
    let (lead, waits) = (told.harbour[0].visitor, "Confirm")
    #expect(try await lead.get("/").text.contains(waits))
    try await told.confirm(round, by: told.harbour[0])
    #expect(try await !lead.get("/").text.contains(waits))
    let other = told.meadow[0].visitor
    let party = try await other.get(told.place(of: round)).hidden("party")
    let fewer = told.meadow.dropLast().map { ("person", $0.id.text) }
    #expect(try await other.post("\(told.place(of: round))/roll", party + fewer).status == .seeOther)
    #expect(try await lead.get("/").text.contains(waits))
  }

  @Test func `people who came on one day are told in one line`() async throws {
    let (story, ada) = try await Story.begun()
    let (path, _) = try await story.active(by: ada)
    let party = try await ada.get("\(path)/people").hidden("party")
    try await ada.post("\(path)/people/list", party + [("list", "Dan, dan@harbour.example\nEve, eve@harbour.example")])
    #expect(try await ada.get(path).text.contains("2 people came in for Harbour."))
    story.wait(.days(1))
    try await ada.post("\(path)/people/list", party + [("list", "Finn, finn@harbour.example")])
    let text = try await ada.get(path).text
    #expect(text.contains("2 people came in for Harbour.") && text.contains("Finn came in for Harbour."))
  }

  private func openRound(in partnership: String, asking person: ID<Person>, _ story: Story) async throws -> ID<Round> {
    let (space, now) = (try await story.space(), story.now)
    let round: ID<Round> = Randomness.id(at: now)
    try await story.house.database.write { connection in
      try connection.execute(
        """
        INSERT INTO round (space_id, id, partnership_id, number, state, instrument_id, instrument_version,
          minimum_group, comment_threshold, closes_at, latest_close_at, drafted_by, drafted_at, attempt)
        VALUES ($1, $2, $3, 1, 'open', 'relational-survey', '1', 5, 10, $4, $4, $5, $6, 1)
        """,
        [.id(space), .id(round), .text(partnership), .instant(now + .days(14)), .id(person), .instant(now)])
      try connection.execute(
        """
        INSERT INTO roll_entry (space_id, round_id, person_id, party_id, paper)
        SELECT $1, $2, $3, id, 0 FROM party WHERE partnership_id = $4 AND place = 0
        """,
        [.id(space), .id(round), .id(person), .text(partnership)])
    }
    return round
  }
}
