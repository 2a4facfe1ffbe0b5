import Foundation
import Partnering
import Testing

@testable import Database
@testable import Rapport

@Suite struct RoundLinkTests {
  @Test func `a round's link signs in for that round only, after its button`() async throws {
    let (story, ada, round) = try await Story.withRound()
    let link = try await story.linkShown(to: ada)
    let ben = story.visitor()
    let page = try await ben.get(link)
    #expect(page.text.contains("I am Ben, go to the survey"))
    #expect(try await ben.get("/account").status == .seeOther)
    try await ben.get(link)
    #expect(try await ben.post(link, []).location == "/rounds/\(round)/answer")
    for path in ["/account", "/organisation", "/outbox"] {
      #expect(try await ben.get(path).status == .notFound, "\(path)")
    }
  }

  @Test func `each day of use stands on the person's page`() async throws {
    let (story, ada, _) = try await Story.withRound()
    let link = try await story.linkShown(to: ada)
    for _ in 1...2 { try await story.visitor().post(link, []) }
    story.wait(.days(1))
    try await story.visitor().post(link, [])
    let ben = try await story.signedIn("ben@harbour.example")
    let page = try await ben.get("/account")
    #expect(page.text.components(separatedBy: "Coast and Yard, round 1").count == 3)
    #expect(page.text.contains("2 March 2026"))
    #expect(page.text.contains("3 March 2026"))
  }

  @Test func `the link ends when the round closes, and moves with an extension`() async throws {
    let (story, ada, round) = try await Story.withRound()
    let link = try await story.linkShown(to: ada)
    story.wait(.days(7))
    let closed = try await story.visitor().get(link)
    #expect(closed.status == .gone)
    #expect(closed.text.contains("closed on"))
    #expect(try await story.visitor().post(link, []).status == .gone)
    try await story.setRound(round, "closes_at", .instant(story.now + .days(1)))
    #expect(try await story.visitor().get(link).status == .ok)
  }

  @Test func `whoever came by a link is signed out by the close`() async throws {
    let (story, ada, round) = try await Story.withRound()
    let ben = story.visitor()
    try await ben.post(try await story.linkShown(to: ada), [])
    #expect(try await ben.get("/account").status == .notFound)
    try await story.setRound(round, "state", "closed")
    #expect(try await ben.get("/account").status == .seeOther)
  }

  @Test func `a withdrawn and an interrupted round say so`() async throws {
    let (story, ada, round) = try await Story.withRound()
    let link = try await story.linkShown(to: ada)
    try await story.setRound(round, "state", "withdrawn")
    #expect(try await story.visitor().get(link).text.contains("withdrawn"))
    try await story.setRound(round, "state", "interrupted")
    #expect(try await story.visitor().get(link).text.contains("interrupted"))
  }

  @Test func `somebody with an account goes on as before and keeps it`() async throws {
    let (story, ada, round) = try await Story.withRound()
    let link = try await story.linkShown(to: ada)
    let ben = try await story.signedIn("ben@harbour.example")
    #expect(try await ben.get(link).location == "/rounds/\(round)/answer")
    try await ben.post(link, [])
    #expect(try await ben.get("/account").status == .ok)
  }

  @Test func `the message of a round names its words, its closing time and the sender`() async throws {
    let (story, ada, _) = try await Story.withRound()
    _ = try await story.linkShown(to: ada)
    let page = await ada.last
    #expect(page.text.contains("Coast and Yard: how are we working together?"))
    #expect(page.text.contains("Monday 9 March 2026, 09:00"))
    #expect(page.text.contains("mailto:ben@harbour.example?subject="))
    #expect(page.text.contains("same three words"))
  }

  @Test func `who has an account gets no secret`() async throws {
    let (story, ada, round) = try await Story.withRound()
    _ = try await story.signedIn("ben@harbour.example")
    let message = try await story.message(to: story.person("ben@harbour.example"))
    let page = try await ada.post("/outbox/\(message)", [])
    #expect(page.text.contains("http://127.0.0.1:8080/rounds/\(round)/answer"))
    #expect(!page.text.contains("/r/"))
  }

  @Test func `a message about the same round takes the place of the one before`() async throws {
    let (story, _, round) = try await Story.withRound()
    let (space, ben, now) = (try await story.space(), try await story.person("ben@harbour.example"), story.now)
    try await story.house.database.write { connection in
      try PeopleStore.queue(.withdrawal, for: [ben], in: space, round: round, at: now, connection)
    }
    let kinds = try await story.house.database.read { connection in
      try connection.query("SELECT kind FROM message WHERE person_id = $1", [.id(ben)]).map { try $0.text("kind") }
    }
    #expect(kinds == ["withdrawal"])
  }
}

@Suite struct ErasingTests {
  @Test func `nothing personal is left of somebody erased`() async throws {
    let (story, ada, _) = try await Story.withRound()
    try await story.visitor().post(try await story.linkShown(to: ada), [])
    let ben = try await story.person("ben@harbour.example")
    let visitor = try await story.signedIn("ben@harbour.example")
    let page = try await ada.get("/people/\(ben)/erasing")
    #expect(page.text.contains("a former member of Harbour"))
    let done = try await ada.submit("/people/\(ben)/erasing", [("sure", "1")])
    #expect(done.text.contains("Ben is erased"))
    #expect(try await visitor.get("/account").status == .seeOther)
    let left = try await story.house.database.read { connection in
      try ["session", "link", "link_use", "message"].map {
        try connection.query("SELECT person_id FROM \($0) WHERE person_id = $1", [.id(ben)]).count
      }
    }
    #expect(left == [0, 0, 0, 0])
    let row = try await story.house.database.read { connection in
      try connection.query("SELECT name, email FROM person WHERE id = $1 AND password IS NULL", [.id(ben)])
    }
    #expect(try row.first?.text("name") == "")
    #expect(try row.first?.text("email").contains("ben@") == false)
    #expect(try await !ada.get("/organisation").text.contains("ben@harbour.example"))
  }

  @Test func `an erased person stays counted on an open roll and leaves a draft's`() async throws {
    let (story, ada, round) = try await Story.withRound()
    let ben = try await story.person("ben@harbour.example")
    try await ada.post("/people/\(ben)/erasing", [("sure", "1")])
    #expect(try await story.onRoll(of: round) == 1)
    try await story.setRound(round, "state", "draft")
    try await ada.post("/organisation/people", [("name", "Ben"), ("email", "ben@harbour.example")])
    let again = try await story.person("ben@harbour.example")
    try await story.add(again, toRollOf: round)
    try await ada.post("/people/\(again)/erasing", [("sure", "1")])
    #expect(try await story.onRoll(of: round) == 1)
  }

  @Test func `a closed round's document forgets the name, an open one's does not`() async throws {
    let (story, ada, round) = try await Story.withRound()
    let (ben, space) = (try await story.person("ben@harbour.example"), try await story.space())
    let document = #"{"roll":[{"name":"Ben","party":"Harbour","person":"\#(ben)"},{"name":"Cara","person":"x"}]}"#
    try await story.house.database.write {
      try OpeningDocumentStore.keep(Array(document.utf8), of: round, in: space, $0)
    }
    try await ada.post("/people/\(ben)/erasing", [("sure", "1")])
    #expect(try await story.document(of: round) == document)
    try await story.house.database.write { try PeopleStore.forgetNames(ofErasedIn: round, in: space, $0) }
    #expect(try await story.document(of: round).contains("Ben") == false)
    #expect(try await story.document(of: round).contains("Cara"))
  }

  @Test func `nobody is erased without saying so`() async throws {
    let (story, ada, _) = try await Story.withRound()
    let ben = try await story.person("ben@harbour.example")
    #expect(try await ada.post("/people/\(ben)/erasing", []).status == .unprocessableContent)
    #expect(try await ada.get("/organisation").text.contains("ben@harbour.example"))
  }

  @Test func `somebody alone may erase themselves`() async throws {
    let (story, ada) = try await Story.begun()
    let id = try await story.person("ada@harbour.example")
    let done = try await ada.submit("/people/\(id)/erasing", [("sure", "1")])
    #expect(done.text.contains("You are erased"))
    #expect(try await ada.get("/account").status == .seeOther)
  }
}

extension Story {
  /// Ada's partnership with a first round, open for a week, whose roll has Ben; a message to him waits.
  static func withRound() async throws -> (Story, ada: Visitor, ID<Round>) {
    let (story, ada) = try await begun()
    try await ada.post("/organisation/people", [("name", "Ben"), ("email", "ben@harbour.example")])
    let (space, ben, now) = (try await story.space(), try await story.person("ben@harbour.example"), story.now)
    let (partnership, party, round): (ID<Partnership>, ID<Party>, ID<Round>) =
      (Randomness.id(at: now), Randomness.id(at: now), Randomness.id(at: now))
    try await story.house.database.write { connection in
      try connection.execute("DELETE FROM message")
      try connection.execute(
        """
        INSERT INTO partnership (space_id, id, name, kind, purpose, team, cadence_months, created_at)
        VALUES ($1, $2, 'Coast and Yard', 'alliance', 'Ships', 0, 6, $3)
        """, [.id(space), .id(partnership), .instant(now)])
      try connection.execute(
        """
        INSERT INTO party (space_id, id, partnership_id, organisation_id, name, place)
        SELECT $1, $2, $3, organisation_id, 'Harbour', 1 FROM person WHERE id = $4
        """, [.id(space), .id(party), .id(partnership), .id(ben)])
      try connection.execute(
        """
        INSERT INTO round (space_id, id, partnership_id, number, state, instrument_id, instrument_version,
          minimum_group, comment_threshold, closes_at, latest_close_at, drafted_by, drafted_at, attempt, digest)
        VALUES ($1, $2, $3, 1, 'open', 'relational-survey', '1', 5, 10, $4, $5, $6, $7, 1, $8)
        """,
        [
          .id(space), .id(round), .id(partnership), .instant(now + .days(7)), .instant(now + .days(14)), .id(ben),
          .instant(now), .bytes(Array(repeating: 7, count: 32)),
        ])
      try connection.execute(
        "INSERT INTO roll_entry (space_id, round_id, person_id, party_id, paper) VALUES ($1, $2, $3, $4, 0)",
        [.id(space), .id(round), .id(ben), .id(party)])
      try PeopleStore.queue(
        .opening, for: [ben], in: space, partnership: partnership, round: round, at: now, connection)
    }
    return (story, ada, round)
  }

  func setRound(_ round: ID<Round>, _ column: String, _ value: Value) async throws {
    try await house.database.write { try $0.execute("UPDATE round SET \(column) = $2 WHERE id = $1", [.id(round), value]) }
  }

  func onRoll(of round: ID<Round>) async throws -> Int {
    try await house.database.read { try $0.query("SELECT person_id FROM roll_entry WHERE round_id = $1", [.id(round)]).count }
  }

  func add(_ person: ID<Person>, toRollOf round: ID<Round>) async throws {
    try await house.database.write { connection in
      try connection.execute(
        """
        INSERT INTO roll_entry (space_id, round_id, person_id, party_id, paper)
        SELECT space_id, round_id, $2, party_id, 0 FROM roll_entry WHERE round_id = $1
        """, [.id(round), .id(person)])
    }
  }

  func document(of round: ID<Round>) async throws -> String {
    try await house.database.read { connection in
      let row = try connection.first("SELECT content FROM opening_document WHERE round_id = $1", [.id(round)])
      return String(decoding: try row?.bytes("content") ?? [], as: UTF8.self)
    }
  }
}
