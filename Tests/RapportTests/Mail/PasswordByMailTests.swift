import Foundation
import HTTPTypes
import Partnering
import Testing

@testable import Database
@testable import Rapport

@Suite struct PasswordByMailTests {
  private let post = PostOffice()

  private func ask(_ story: Story, for email: String, from place: String? = nil) async throws -> Visitor.Page {
    let visitor = story.visitor(from: place)
    try await visitor.get("/password")
    return try await visitor.post("/password", [("email", email)])
  }

  @Test func `somebody who lost a password gets a link that gives a new one, once`() async throws {
    let (story, _) = try await Story.begun(mailer: post.mailer)
    let asked = try await ask(story, for: "ada@harbour.example")
    #expect(asked.location == "/sign-in")
    _ = try await story.house.sendDueMail()
    let mail = try #require(post.arrived.first)
    #expect(post.arrived.count == 1 && mail.to.address.text == "ada@harbour.example")
    #expect(mail.unsubscribe == nil && mail.text.contains("10:00"), "an hour after nine")
    let (link, new) = (try story.link(in: mail), "another four words here")
    let visitor = story.visitor()
    try await visitor.get(link)
    #expect(try await visitor.post(link, [("password", new)]).location == "/")
    #expect(try await story.visitor().get(link).status == .gone)
    let signedIn = try await story.visitor().post("/sign-in", [("email", "ada@harbour.example"), ("password", new)])
    #expect(signedIn.status == .seeOther)
  }

  @Test func `an unknown address is answered like a known one, and nothing is sent`() async throws {
    let (story, _) = try await Story.begun(mailer: post.mailer)
    let (known, unknown) = (
      try await ask(story, for: "ada@harbour.example"), try await ask(story, for: "eve@harbour.example")
    )
    #expect(known.status == unknown.status && known.location == unknown.location && known.text == unknown.text)
    _ = try await story.house.sendDueMail()
    #expect(post.arrived.map(\.to.address.text) == ["ada@harbour.example"])
  }

  @Test func `asking again and again sends one message in five minutes`() async throws {
    let (story, _) = try await Story.begun(mailer: post.mailer)
    for _ in 1...3 {
      _ = try await ask(story, for: "ada@harbour.example")
      _ = try await story.house.sendDueMail()
    }
    #expect(post.arrived.count == 1)
    story.wait(.minutes(5))
    _ = try await ask(story, for: "ada@harbour.example")
    _ = try await story.house.sendDueMail()
    #expect(post.arrived.count == 2)
  }

  @Test func `from one place sixty may be asked for in a quarter of an hour, whomever they are for`() async throws {
    let (story, _) = try await Story.begun(mailer: post.mailer)
    for number in 1...60 {
      #expect(
        try await ask(story, for: "person\(number)@harbour.example", from: "192.0.2.1").status == .seeOther, "\(number)"
      )
    }
    let refused = try await ask(story, for: "ada@harbour.example", from: "192.0.2.1")
    #expect(refused.status == .unprocessableContent && refused.text.contains("value=\"ada@harbour.example\""))
    #expect(refused.text.contains("Too much was tried from here. Wait 15 minutes"))
    _ = try await story.house.sendDueMail()
    #expect(post.arrived.isEmpty)
    #expect(try await ask(story, for: "ada@harbour.example", from: "192.0.2.2").status == .seeOther)
    _ = try await story.house.sendDueMail()
    #expect(post.arrived.count == 1)
    story.wait(.minutes(15))
    #expect(try await ask(story, for: "ada@harbour.example", from: "192.0.2.1").status == .seeOther)
  }

  @Test func `a proxy on this machine says where somebody is, and nobody else is believed`() async throws {
    let (story, _) = try await Story.begun(mailer: post.mailer)
    func ask(from peer: String, saying forwarded: String) async throws -> HTTPResponse.Status {
      let header = try #require(HTTPField.Name("X-Forwarded-For"))
      return try await story.visitor(from: peer).send(
        .post, "/password",
        headers: [.contentType: "application/x-www-form-urlencoded", .secFetchSite: "same-origin", header: forwarded],
        body: "email=ada%40harbour.example"
      ).status
    }
    for number in 1...60 {
      // The last address is the proxy's own word; what stands before it came with the request.
      #expect(try await ask(from: "127.0.0.1", saying: "198.51.100.\(number), 192.0.2.1") == .seeOther)
      #expect(try await ask(from: "192.0.2.3", saying: "198.51.100.\(number)") == .seeOther)
    }
    #expect(try await ask(from: "127.0.0.1", saying: "192.0.2.1") == .unprocessableContent)
    #expect(try await ask(from: "192.0.2.3", saying: "198.51.100.77") == .unprocessableContent)
    #expect(try await ask(from: "127.0.0.1", saying: "192.0.2.2") == .seeOther)
  }

  @Test func `no outbox shows the link, not to a manager either`() async throws {
    let (story, ada) = try await Story.begun(mailer: post.mailer)
    try await ada.post("/organisation/people", [("name", "Ben"), ("email", "ben@harbour.example")])
    _ = try await ask(story, for: "ben@harbour.example")
    let messages = try await story.house.database.read { connection in
      try connection.query("SELECT id FROM message WHERE kind = 'password'").map { try $0.text("id") }
    }
    let message = try #require(messages.first)
    let outbox = try await ada.get("/outbox").text
    #expect(
      outbox.contains("Invitation to make an account") && !outbox.contains("A new password")
        && !outbox.contains(message))
    #expect(try await ada.post("/outbox/\(message)", []).status == .notFound)
  }

  @Test func `a link that nobody could send for an hour is not sent any more`() async throws {
    let (story, _) = try await Story.begun(mailer: post.mailer)
    _ = try await ask(story, for: "ada@harbour.example")
    story.wait(.hours(1))
    _ = try await story.house.sendDueMail()
    #expect(post.arrived.isEmpty)
  }

  @Test func `without mail the page says whom to ask`() async throws {
    let (story, _) = try await Story.begun()
    let page = try await story.visitor().get("/password")
    #expect(
      page.text.contains("Whoever runs this server can give you a link") && !page.text.contains("<input id=\"email\""))
    #expect(try await ask(story, for: "ada@harbour.example").status == .ok)
    #expect(try await story.mail() == [])
  }

  @Test func `what is no address is said and kept`() async throws {
    let (story, _) = try await Story.begun(mailer: post.mailer)
    let page = try await ask(story, for: "ada at harbour")
    #expect(page.status == .unprocessableContent && page.text.contains("value=\"ada at harbour\""))
    #expect(page.text.contains("Write an address like name@example.org."))
  }
}
