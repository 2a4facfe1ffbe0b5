import Partnering
import Testing

@testable import Database
@testable import Rapport

/// The page of those who look after mail.
@Suite struct MailPageTests {
  private let post = PostOffice()

  @Test func `it says what leaves through where, how many, and what went wrong last`() async throws {
    let (story, ada) = try await Story.begun(mailer: post.mailer)
    for name in ["ben", "cara", "dora", "emil"] {
      try await ada.post("/organisation/people", [("name", name), ("email", "\(name)@harbour.example")])
    }
    _ = try await story.linkShown(to: ada)
    post.answer(.accepted, .refused(answer: "550 no such user"), .deferred(answer: "451 <later>"))
    for _ in 1...3 {
      _ = try await story.house.sendDueMail()
      story.wait(Span(milliseconds: 1))
    }
    let page = try await ada.get("/mail").text
    #expect(page.contains("Mail is on: it leaves through smtps://mail.example:465, from rapport@coast.example."))
    for (name, number) in [("Waiting", 1), ("Mailed", 1), ("Not delivered", 1), ("Handed over by people", 1)] {
      #expect(page.contains("<dt>\(name)</dt><dd>\(number)</dd>"), "\(name)")
    }
    #expect(page.contains("(451 &lt;later&gt;)") || page.contains("(550 no such user)"))
    #expect(try await ada.get("/organisation").text.contains("href=\"/mail\""))
  }

  @Test func `a test message goes the way of all others, to whoever asks alone`() async throws {
    let (story, ada) = try await Story.begun(mailer: post.mailer)
    try await ada.post("/organisation/people", [("name", "Ben"), ("email", "ben@harbour.example"), ("manager", "1")])
    _ = try await story.house.sendDueMail()
    let asked = try await ada.submit("/mail/test", []).text
    #expect(asked.contains("The test message is in the outbox") && asked.contains("Your test message is about to be mailed."))
    post.answer(.deferred(answer: "451 later"))
    _ = try await story.house.sendDueMail()
    #expect(try await ada.get("/mail").text.contains("(451 later) The next try: Monday 2 March 2026, 09:01."))
    story.wait(.minutes(1))
    _ = try await story.house.sendDueMail()
    #expect(try await ada.get("/mail").text.contains("Mailed on Monday 2 March 2026, 09:01."))
    let tests = post.arrived.filter { $0.to.address.text == "ada@harbour.example" }
    #expect(tests.count == 2 && Set(tests.map(\.id)).count == 1)
    #expect(tests.first?.subject.text == "Mail from Rapport arrives")
    let ben = try await story.signedIn("ben@harbour.example")
    #expect(!(try await ben.get("/outbox").text.contains("does mail arrive")), "it is nobody else's")
    #expect(!(try await ada.get("/outbox").text.contains("does mail arrive")))
  }

  @Test func `a second test takes the place of the first`() async throws {
    let (story, ada) = try await Story.begun(mailer: post.mailer)
    post.answer(.refused(answer: "550 no"))
    try await ada.post("/mail/test", [])
    _ = try await story.house.sendDueMail()
    try await ada.post("/mail/test", [])
    _ = try await story.house.sendDueMail()
    #expect(try await story.mail().map(\.state) == ["sent"])
  }

  @Test func `without a mail server it says so, and tries nothing`() async throws {
    let (story, ada) = try await Story.begun()
    let page = try await ada.get("/mail").text
    #expect(page.contains("Mail is off") && !page.contains("/mail/test"))
    let refused = try await ada.post("/mail/test", [])
    #expect(refused.status.code >= 400 && refused.status.code < 500 && refused.text.contains("Mail is off"))
    #expect(try await story.mail() == [])
  }

  @Test func `what a server says about another organisation's people is theirs to read`() async throws {
    let (story, ada) = try await Story.begun(mailer: post.mailer)
    story.wait(.minutes(1))
    try await story.organisation("Dunes", first: "Bo", "bo@dunes.example")
    post.answer(.refused(answer: "550 no such user <bo@dunes.example>"))
    _ = try await story.house.sendDueMail()
    let page = try await ada.get("/mail").text
    #expect(page.contains("The mail server refused it.") && !page.contains("bo@dunes.example"))
    let bo = try await story.account("bo@dunes.example")
    #expect(try await bo.get("/mail").status == .notFound, "another organisation's manager")
    #expect(!(try await bo.get("/organisation").text.contains("href=\"/mail\"")))
  }
}
