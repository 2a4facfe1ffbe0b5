import Foundation
import Partnering
import Testing

@testable import Database
@testable import Rapport

@Suite struct OrganisationPeopleTests {
  @Test func `somebody invited makes an account by the link in the outbox`() async throws {
    let (story, ada) = try await Story.begun()
    let done = try await ada.submit(
      "/organisation/people", [("name", "Ben"), ("email", "Ben@Harbour.example"), ("head", "1")])
    #expect(done.text.contains("Ben is invited"))
    let link = try await story.linkShown(to: ada)
    let ben = story.visitor()
    let form = try await ben.get(link)
    #expect(form.status == .ok)
    #expect(form.text.contains("ben@harbour.example"))
    let answer = try await ben.post(link, [("name", "Benedikt"), ("language", "de"), ("password", Story.password)])
    #expect(answer.location == "/")
    #expect(try await ben.get("/organisation").text.contains("Benedikt"))
    #expect(try await story.visitor().get(link).status == .gone)
    #expect(try await ada.get("/outbox").text.contains("Right now there are none"))
  }

  @Test func `looking at an invitation makes no account`() async throws {
    let (story, ada) = try await Story.begun()
    try await ada.post("/organisation/people", [("name", "Ben"), ("email", "ben@harbour.example")])
    let link = try await story.linkShown(to: ada)
    for _ in 1...3 { #expect(try await story.visitor().get(link).status == .ok) }
    #expect(
      try await story.house.database.read { try $0.query("SELECT id FROM person WHERE password IS NOT NULL").count }
        == 1)
  }

  @Test func `a link that is made again ends the one before`() async throws {
    let (story, ada) = try await Story.begun()
    try await ada.post("/organisation/people", [("name", "Ben"), ("email", "ben@harbour.example")])
    let first = try await story.linkShown(to: ada)
    let second = try await story.linkShown(to: ada)
    #expect(try await story.visitor().get(first).status == .gone)
    #expect(try await story.visitor().get(second).status == .ok)
  }

  @Test func `an invitation ends after fourteen days`() async throws {
    let (story, ada) = try await Story.begun()
    try await ada.post("/organisation/people", [("name", "Ben"), ("email", "ben@harbour.example")])
    let link = try await story.linkShown(to: ada)
    story.wait(.days(14))
    #expect(try await story.visitor().get(link).status == .gone)
    #expect(try await story.visitor().post(link, [("name", "Ben"), ("password", Story.password)]).status == .gone)
  }

  @Test func `the outbox keeps no secret`() async throws {
    let (story, ada) = try await Story.begun()
    try await ada.post("/organisation/people", [("name", "Ben"), ("email", "ben@harbour.example")])
    let link = try await story.linkShown(to: ada)
    let token = try #require(link.split(separator: "/").last)
    let stored = try story.storedBytes()
    // Seen to look in the right place.
    #expect(stored.contains { $0.range(of: Data("ben@harbour.example".utf8)) != nil })
    #expect(stored.allSatisfy { $0.range(of: Data(token.utf8)) == nil })
  }

  @Test func `a pasted list invites everybody on it`() async throws {
    let (_, ada) = try await Story.begun()
    let list =
      "Ben, ben@harbour.example\r\n\r\nCara;cara@harbour.example;head\nByron, Dora, dora@harbour.example, Verwaltung"
    let done = try await ada.submit("/organisation/people/list", [("list", list)])
    #expect(done.text.contains("3 people are invited"))
    for name in ["Ben", "Cara", "Byron, Dora"] { #expect(done.text.contains(name)) }
    #expect(try await ada.get("/outbox").text.contains("cara@harbour.example"))
  }

  @Test func `one wrong line keeps everybody of a list out and everything typed`() async throws {
    let (story, ada) = try await Story.begun()
    let list =
      "Ben, ben@harbour.example\n\nCara, cara\nDora, dora@harbour.example, boss\nEd, BEN@harbour.example\nAda, ada@harbour.example"
    let page = try await ada.post("/organisation/people/list", [("list", list)])
    #expect(page.status == .unprocessableContent)
    for sentence in [
      "Line 3: there is no address", "Line 4: “boss” is no role", "Line 5: the same address stands on line 1",
    ] {
      #expect(page.text.contains(sentence), "\(sentence)")
    }
    #expect(page.text.contains("Dora, dora@harbour.example, boss\nEd"))
    #expect(try await story.people() == 1)
    let taken = try await ada.post(
      "/organisation/people/list", [("list", "Ben, ben@harbour.example\nAda, ada@harbour.example")])
    #expect(taken.text.contains("Line 2: ada@harbour.example belongs to somebody here already"))
    #expect(try await story.people() == 1)
  }

  @Test(arguments: [
    ("", "ben@harbour.example"), ("Ben", ""), ("Ben", "ben"), ("Ben\u{0}", "ben@harbour.example"),
    ("Ben", "ben\u{0}@harbour.example"), ("\u{202E}neB", "ben@harbour.example"), ("B\r\nen", "ben@harbour.example"),
    (String(repeating: "e\u{301}", count: 61), "ben@harbour.example"), ("\u{200B}", "ben@harbour.example"),
    ("Ada", "ADA@harbour.example"),
  ])
  func `what cannot be taken is kept on the page and changes nothing`(name: String, email: String) async throws {
    let (story, ada) = try await Story.begun()
    let page = try await ada.post("/organisation/people", [("name", name), ("email", email)])
    #expect(page.status == .unprocessableContent)
    #expect(page.text.contains("class=\"error\""))
    #expect(try await story.people() == 1)
  }

  @Test func `five megabytes are refused with a sentence`() async throws {
    let (story, ada) = try await Story.begun()
    let page = try await ada.post("/organisation/people/list", [("list", String(repeating: "x", count: 5_000_000))])
    #expect(page.status == .contentTooLarge)
    #expect(page.text.contains("more than this page takes"))
    #expect(try await story.people() == 1)
  }

  @Test func `a quote with a combining mark stays inside its attribute`() async throws {
    let (_, ada) = try await Story.begun()
    try await ada.post("/organisation/people", [("name", "\"\u{301}><script>"), ("email", "ben@harbour.example")])
    let page = try await ada.get("/organisation")
    #expect(
      !page.text.unicodeScalars.split(separator: ">").contains {
        String($0).hasSuffix("<script") && !String($0).contains("src")
      })
    #expect(!page.text.contains("<script>"))
  }

  @Test func `somebody who does not manage the organisation sees it and changes nothing`() async throws {
    let (story, ada) = try await Story.begun()
    try await ada.post("/organisation/people", [("name", "Ben"), ("email", "ben@harbour.example")])
    let ben = try await story.signedIn("ben@harbour.example")
    let page = try await ben.get("/organisation")
    #expect(page.text.contains("Ada"))
    #expect(!page.text.contains("/organisation/people"))
    #expect(
      try await ben.post("/organisation/people", [("name", "X"), ("email", "x@harbour.example")]).status == .forbidden)
    let adaID = try await story.person("ada@harbour.example")
    #expect(try await ben.get("/people/\(adaID)").status == .notFound)
    #expect(try await ben.post("/people/\(adaID)/erasing", [("sure", "1")]).status == .notFound)
  }

  @Test func `a person of another organisation is not there`() async throws {
    let (story, ada) = try await Story.begun()
    try await story.organisation("Yard", first: "Yan", "yan@yard.example")
    let yan = try await story.person("yan@yard.example")
    let missing = try await ada.get("/people/00000000-0000-7000-8000-000000000000")
    let other = try await ada.get("/people/\(yan)")
    #expect(other.status == .notFound)
    #expect(other.text == missing.text)
    for path in ["/people/\(yan)", "/people/\(yan)/erasing", "/people/\(yan)/invitation"] {
      #expect(try await ada.post(path, [("name", "Mine"), ("sure", "1")]).status == .notFound, "\(path)")
    }
    #expect(try await !ada.get("/outbox").text.contains("yan@yard.example"))
    #expect(try await !ada.get("/organisation").text.contains("yan@yard.example"))
    let message = try await story.message(to: yan)
    #expect(try await ada.post("/outbox/\(message)", []).status == .notFound)
  }

  @Test func `the last manager stays one`() async throws {
    let (story, ada) = try await Story.begun()
    try await ada.post("/organisation/people", [("name", "Ben"), ("email", "ben@harbour.example")])
    let id = try await story.person("ada@harbour.example")
    let page = try await ada.post("/people/\(id)", [("name", "Ada"), ("head", "1")])
    #expect(page.status == .unprocessableContent)
    #expect(page.text.contains("Somebody has to be able to invite people"))
    #expect(try await ada.post("/people/\(id)/erasing", [("sure", "1")]).status == .unprocessableContent)
    #expect(try await ada.get("/organisation").text.contains("invites people"))
  }

  @Test func `a manager names heads and corrects names`() async throws {
    let (story, ada) = try await Story.begun()
    try await ada.post("/organisation/people", [("name", "Bne"), ("email", "ben@harbour.example")])
    let id = try await story.person("ben@harbour.example")
    let page = try await ada.submit("/people/\(id)", [("name", "Ben"), ("head", "1")])
    #expect(page.text.contains("Ben: saved"))
    #expect(page.text.contains("head of alliances"))
  }
}

extension Story {
  func people() async throws -> Int {
    try await house.database.read { try $0.query("SELECT id FROM person").count }
  }

  func message(to person: ID<Person>) async throws -> ID<Message> {
    try await house.database.read { connection in
      try #require(try connection.first("SELECT id FROM message WHERE person_id = $1", [.id(person)])?.id("id"))
    }
  }

  /// Presses the first button of the outbox and reads the personal link on the page.
  func linkShown(to visitor: Visitor) async throws -> String {
    let outbox = try await visitor.get("/outbox")
    let button = try #require(outbox.text.firstMatch(of: /action="(\/outbox\/[0-9a-f-]+)"/))
    let page = try await visitor.post(String(button.1), [])
    let link = try #require(page.text.firstMatch(of: /id="link" readonly value="([^"]+)"/))
    return try path(String(link.1))
  }
}
