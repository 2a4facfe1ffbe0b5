import Foundation
import Partnering
import Testing

@testable import Database
@testable import Rapport

/// Whatever is mailed, to whomever, in whichever language: it says that there is something to look at, and never what.
@Suite struct MessageWallTests {
  private let post = PostOffice()

  /// A partnership with a closed round that says a lot, its talk, and another round that one of each party has answered.
  private struct World {
    let told: RoundStory
    let closed, open: ID<Round>
    var story: Story { told.story }
  }

  private func world() async throws -> World {
    let told = try await RoundStory(story: try await Story(mailer: post.mailer))
    let closed = try await told.open()
    for (place, person) in told.everybody.enumerated() {
      try await told.answer(closed, by: person, rating: place % 4 + 1, comment: "Quarrelsome \(place)")
    }
    try await told.close(closed)
    let (space, now) = (told.space, told.story.now)
    try await told.story.house.database.write { connection in
      try connection.execute(
        """
        INSERT INTO discussion (space_id, round_id, starts_at, minutes, place, sequence, set_by, set_at)
        VALUES ($1, $2, $3, 90, 'By the quay', 0, $4, $3)
        """, [.id(space), .id(closed), .instant(now + .days(9)), .id(told.harbour[0].id)])
      try connection.execute(
        """
        INSERT INTO conclusion (space_id, id, round_id, item, kind, text, version, written_by, written_at)
        VALUES ($1, $2, $3, 1, 'conclusion', 'Quarrelsome meetings', 1, $4, $5)
        """,
        [.id(space), .id(Randomness.id(at: now) as ID<Conclusion>), .id(closed), .id(told.harbour[1].id), .instant(now)])
    }
    told.story.wait(.days(100))
    let open = try await told.open()
    for person in [told.harbour[1], told.meadow[1]] { try await told.answer(open, by: person, rating: 2) }
    return World(told: told, closed: closed, open: open)
  }

  /// The mail of this kind to one person, as it would leave now.
  private func mail(_ kind: MessageKind, to person: Respondent, in world: World) async throws -> MailMessage {
    let (told, house) = (world.told, world.story.house)
    let round = [.results, .talk].contains(kind) ? world.closed : world.open
    let claimed = try await house.database.write { connection in
      // Not every kind takes the place of an earlier one.
      try connection.execute("DELETE FROM message WHERE person_id = $1", [.id(person.id)])
      try PeopleStore.queue(
        kind, for: [person.id], in: told.space, partnership: told.partnership, round: round, by: told.harbour[0].id,
        at: world.story.now, connection)
      let row = try #require(try connection.first(
        "SELECT id FROM message WHERE person_id = $1 AND kind = $2 AND round_id = $3",
        [.id(person.id), .text(kind.rawValue), .id(round)]))
      return try MailStore.claim(
        try row.id("id"), in: told.space, domain: "coast.example", at: world.story.now, connection)
    }
    let (mine, sender) = (try #require(claimed), try #require(Mailbox("rapport@coast.example")))
    return try #require(try house.composed(mine, from: sender))
  }

  /// Everything that is read, with its addresses taken out: what they lead to is the page's to guard.
  private func spoken(_ mail: MailMessage) -> String {
    (mail.subject.text + "\n" + mail.text).replacing(/http:\/\/\S+/, with: "LINK")
  }

  @Test(arguments: MessageKind.allCases, Language.allCases)
  func `no message carries a figure, a comment or who else there is`(kind: MessageKind, language: Language) async throws {
    let world = try await world()
    let told = world.told
    for hasPassword in [false, true] {
      for person in [told.harbour[1], told.harbour[2], told.meadow[1], told.meadow[2]] {
        try await told.speak(language, to: person)
        if hasPassword { _ = try await giveAccount(person, in: world) }
        let mail = try await mail(kind, to: person, in: world)
        var said = spoken(mail)
        #expect(!said.contains("Quarrelsome") && !mail.html.contains("Quarrelsome"))
        for name in [person.name, told.harbour[0].name] { said = said.replacing(name, with: "SOMEBODY") }
        for another in told.everybody {
          #expect(!said.contains(another.name) && !mail.html.contains("\(another.id)@"), "\(another.name)")
        }
        let undated = said.replacing(/\d{1,2}\.? \p{L}+ 20\d\d, \d\d:\d\d/, with: "MOMENT")
        #expect(!undated.contains(/\d/), "a figure in: \(undated)")
      }
    }
  }

  @Test(arguments: MessageKind.allCases)
  func `a message is the same for who has answered and who has not`(kind: MessageKind) async throws {
    let world = try await world()
    let texts = try await [world.told.meadow[1], world.told.meadow[2]].asyncMap { person in
      spoken(try await mail(kind, to: person, in: world)).replacing(person.name, with: "SOMEBODY")
    }
    #expect(texts[0] == texts[1])
  }

  @Test(arguments: ["\r\n", "\n", "\r", "\u{2028}", "\u{85}", "\u{0B}", "\u{0}"])
  func `no form lets a line break into a name that stands in a header`(end: String) async throws {
    let (story, ada) = try await Story.begun(mailer: post.mailer)
    let before = try await names(story)
    let evil = "Ben\(end)Bcc: eve@harbour.example"
    for (path, fields) in [
      ("/organisation/people", [("name", evil), ("email", "ben@harbour.example")]),
      ("/organisation/people", [("name", "Ben"), ("email", "ben@harbour.example\(end)Bcc: eve@harbour.example")]),
      ("/account", [("name", evil), ("language", "en")]),
      ("/partnerships/new", Story.proposal.map { $0.0 == "name" ? ("name", evil) : $0 }),
      ("/partnerships/new", Story.proposal.map { $0.0 == "party-1" ? ("party-1", evil) : $0 }),
      ("/partnerships/new", Story.proposal.map { $0.0 == "lead-1" ? ("lead-1", evil) : $0 }),
    ] {
      try await ada.get("/account")
      #expect(try await ada.post(path, fields).status == .unprocessableContent, "\(path) \(fields)")
    }
    #expect(try await names(story) == before)
    _ = try await story.house.sendDueMail()
    #expect(post.arrived.isEmpty)
  }

  @Test(arguments: ["person", "space"])
  func `a name that got a line break all the same is not mailed, and holds up nothing`(table: String) async throws {
    let (story, ada) = try await Story.begun(mailer: post.mailer)
    try await ada.post("/organisation/people", [("name", "Ben"), ("email", "ben@harbour.example")])
    _ = try await story.house.database.write { connection in
      try connection.execute(
        table == "person"
          ? "UPDATE person SET name = $1 WHERE email = 'ben@harbour.example'" : "UPDATE space SET name = $1",
        [.text("Ben\r\nBcc: eve@harbour.example")])
    }
    #expect(try await story.house.sendDueMail())
    #expect(post.arrived.isEmpty)
    #expect(try await story.mail().map(\.state) == ["bounced"])
  }

  private func giveAccount(_ person: Respondent, in world: World) async throws -> Int {
    try await world.story.house.database.write { connection in
      try connection.execute("UPDATE person SET password = 'none' WHERE id = $1", [.id(person.id)])
    }
  }

  private func names(_ story: Story) async throws -> [String] {
    try await story.house.database.read { connection in
      try connection.query("SELECT name, email AS more FROM person UNION ALL SELECT name, purpose FROM partnership").map {
        "\(try $0.text("name")) \(try $0.text("more"))"
      }
    }
  }
}

extension Sequence {
  fileprivate func asyncMap<Result>(_ transform: (Element) async throws -> Result) async rethrows -> [Result] {
    var results: [Result] = []
    for element in self { results.append(try await transform(element)) }
    return results
  }
}
