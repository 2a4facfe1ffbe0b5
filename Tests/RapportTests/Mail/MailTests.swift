import Foundation
import Partnering
import Testing

@testable import Database
@testable import Rapport

@Suite struct MailTests {
  private let post = PostOffice()

  /// Ada has invited Ben, and nothing has been sent yet.
  private func invited() async throws -> (Story, ada: Visitor) {
    let (story, ada) = try await Story.begun(mailer: post.mailer)
    try await ada.post("/organisation/people", [("name", "Ben"), ("email", "ben@harbour.example")])
    return (story, ada)
  }

  @Test func `an invitation arrives, and its link makes an account`() async throws {
    let (story, _) = try await invited()
    _ = try await story.house.sendDueMail()
    let mail = try #require(post.arrived.first)
    #expect(post.arrived.count == 1)
    #expect(mail.to.address.text == "ben@harbour.example" && mail.subject.text == "Coast: your invitation to Rapport")
    #expect(mail.text.contains("Kind regards\nAda"))
    let link = try story.link(in: mail)
    #expect(mail.html.contains("<a href=\"\(story.house.configuration.baseURL)\(link)\">"))
    let ben = story.visitor()
    try await ben.get(link)
    #expect(try await ben.post(link, [("name", "Ben"), ("password", Story.password)]).location == "/")
  }

  @Test func `what was sent is not sent again`() async throws {
    let (story, _) = try await invited()
    for _ in 1...3 { _ = try await story.house.sendDueMail() }
    story.wait(.days(9))
    _ = try await story.house.sendDueMail()
    #expect(post.arrived.count == 1)
    #expect(try await story.mail().map(\.state) == ["sent"])
  }

  @Test func `what does not get through is tried again after 1, 5 and 30 minutes, 2 and 6 hours, and for three days`()
    async throws
  {
    let (story, _) = try await invited()
    post.answerAlways(.deferred(answer: "451 later"))
    let pauses: [Span] = [
      .minutes(1), .minutes(5), .minutes(30), .hours(2), .hours(6), .hours(24), .hours(24), .hours(24),
    ]
    for (place, pause) in pauses.enumerated() {
      _ = try await story.house.sendDueMail()
      #expect(post.arrived.count == place + 1)
      #expect(try await story.mail().map(\.state) == ["waiting"])
      story.wait(.justUnder(pause))
      _ = try await story.house.sendDueMail()
      #expect(post.arrived.count == place + 1, "before the pause was over")
      story.wait(Span(milliseconds: 1))
    }
    _ = try await story.house.sendDueMail()
    #expect(try await story.mail() == [.init(state: "bounced", trouble: "deferred", answer: "451 later")])
    story.wait(.days(30))
    _ = try await story.house.sendDueMail()
    #expect(post.arrived.count == 9)
    #expect(Set(post.arrived.map(\.id)).count == 1, "one Message-ID for all tries")
  }

  @Test func `what the server refuses for good is not tried again`() async throws {
    let (story, _) = try await invited()
    post.answerAlways(.refused(answer: "550 no such user"))
    _ = try await story.house.sendDueMail()
    #expect(try await story.mail() == [.init(state: "bounced", trouble: "refused", answer: "550 no such user")])
    story.wait(.days(1))
    _ = try await story.house.sendDueMail()
    #expect(post.arrived.count == 1)
  }

  @Test func `a mail that arrives after all has a link that works, though it was sent again`() async throws {
    let (story, _) = try await invited()
    post.answer(.unreachable(.lost, answer: ""))
    _ = try await story.house.sendDueMail()
    story.wait(.minutes(1))
    _ = try await story.house.sendDueMail()
    #expect(post.arrived.count == 2)
    for mail in post.arrived { #expect(try await story.visitor().get(try story.link(in: mail)).status == .ok) }
  }

  @Test func `a server that takes nothing is left alone, and no other message is spent on it`() async throws {
    let (story, ada) = try await invited()
    try await ada.post("/organisation/people", [("name", "Cara"), ("email", "cara@harbour.example")])
    post.answer(.unreachable(.noConnection, answer: ""))
    #expect(try await story.house.sendDueMail() == false)
    #expect(post.arrived.count == 1)
    story.wait(.minutes(1))
    #expect(try await story.house.sendDueMail())
    #expect(Set(post.arrived.map(\.to.address.text)) == ["ben@harbour.example", "cara@harbour.example"])
  }

  @Test func `two servers on one outbox never send the same message`() async throws {
    let (story, _) = try await invited()
    let store = MailStore(database: story.house.database)
    let first = try #require(try await store.claim(domain: "coast.example", at: story.now))
    #expect(try await store.claim(domain: "coast.example", at: story.now) == nil)
    story.wait(.minutes(2))
    let second = try #require(try await store.claim(domain: "coast.example", at: story.now), "the lease has ended")
    try await store.keep(.refused(answer: "550 late"), of: first, at: story.now)
    #expect(try await story.mail().map(\.state) == ["waiting"], "whose lease has ended says nothing any more")
    try await store.keep(.accepted, of: second, at: story.now)
    #expect(try await story.mail().map(\.state) == ["sent"])
    #expect(first.mailID == second.mailID)
  }

  @Test func `what somebody hands over by hand is not mailed, too`() async throws {
    let (story, ada) = try await invited()
    let link = try await story.linkShown(to: ada)
    _ = try await story.house.sendDueMail()
    #expect(post.arrived.isEmpty)
    #expect(try await story.visitor().get(link).status == .ok)
  }

  @Test func `what waited before mail was turned on is not news any more after three days`() async throws {
    let (story, _) = try await invited()
    story.wait(.days(3))
    _ = try await story.house.sendDueMail()
    #expect(post.arrived.isEmpty)
  }

  @Test func `whoever invited sees what was mailed, what waits and why, and what came back`() async throws {
    let (story, ada) = try await invited()
    post.answer(.deferred(answer: "451 <later>"), .refused(answer: "550 no such user"))
    _ = try await story.house.sendDueMail()
    #expect(
      try await ada.get("/outbox").text.contains(
        "asked to wait. (451 &lt;later&gt;) The next try: Monday 2 March 2026, 09:01."))
    story.wait(.minutes(1))
    _ = try await story.house.sendDueMail()
    #expect(
      try await ada.get("/outbox").text.contains(
        "Not delivered, last tried on Monday 2 March 2026, 09:01. The mail server refused it. (550 no such user)"))
    try await ada.post("/organisation/people", [("name", "Cara"), ("email", "cara@harbour.example")])
    _ = try await story.house.sendDueMail()
    #expect(try await ada.get("/outbox").text.contains("Mailed on Monday 2 March 2026, 09:01."))
  }

  @Test func `what came back is tried again when somebody says so, and has all its tries`() async throws {
    let (story, ada) = try await invited()
    post.answer(.refused(answer: "550 mailbox is full"), .deferred(answer: "451 later"))
    _ = try await story.house.sendDueMail()
    let again = try #require(
      try await ada.get("/outbox").text.firstMatch(of: /action="(\/outbox\/[0-9a-f-]+\/mailing)"/))
    #expect(try await ada.submit(String(again.1), []).text.contains("The message is mailed again in a moment."))
    for tries in 1...2 {
      _ = try await story.house.sendDueMail()
      story.wait(.minutes(1))
      #expect(post.arrived.count == 1 + tries)
    }
    #expect(try await story.mail().map(\.state) == ["sent"])
    #expect(Set(post.arrived.map(\.id)).count == 1)
    #expect(!(try await ada.get("/outbox").text.contains("/mailing\"")), "nothing left to try")
    #expect(try await ada.submit(String(again.1), []).text.contains("Nothing was changed."))
    _ = try await story.house.sendDueMail()
    #expect(post.arrived.count == 3)
  }

  @Test func `a message that goes out just now, or was handed over, is not put into line again`() async throws {
    let (story, ada) = try await invited()
    post.answer(.refused(answer: "550 mailbox is full"))
    _ = try await story.house.sendDueMail()
    let page = try await ada.get("/outbox").text
    let again = String(try #require(page.firstMatch(of: /action="(\/outbox\/[0-9a-f-]+\/mailing)"/)).1)
    try await ada.post(again, [])
    let store = MailStore(database: story.house.database)
    let claimed = try #require(try await store.claim(domain: "coast.example", at: story.now))
    #expect(try await ada.submit(again, []).text.contains("Nothing was changed."))
    try await store.keep(.refused(answer: "550 still full"), of: claimed, at: story.now)
    #expect(try await story.mail() == [.init(state: "bounced", trouble: "refused", answer: "550 still full")])
    _ = try await story.linkShown(to: ada)
    #expect(try await ada.submit(again, []).text.contains("Nothing was changed."))
    _ = try await story.house.sendDueMail()
    #expect(post.arrived.count == 1)
  }

  @Test func `where mail is on, no page says that messages wait for people`() async throws {
    let (story, ada) = try await Story.begun(mailer: post.mailer)
    let (_, byHand) = try await Story.begun()
    for (visitor, isMailing) in [(ada, true), (byHand, false)] {
      #expect(try await visitor.get("/outbox").text.contains("would wait here") != isMailing)
      let invited = try await visitor.submit(
        "/organisation/people", [("name", "Ben"), ("email", "ben@harbour.example")]
      ).text
      #expect(invited.contains("Ben is invited. The message goes out by mail.") == isMailing)
      #expect(invited.contains("Ben is invited. The message waits in the outbox.") != isMailing)
      #expect(invited.contains("Messages are mailed from here.") == isMailing)
      #expect(invited.contains("Messages are not sent from here yet.") != isMailing)
      let outbox = try await visitor.get("/outbox").text
      #expect(outbox.contains("They are mailed from here") == isMailing)
      #expect(outbox.contains("Messages that wait for you to send them.") != isMailing)
    }
    story.wait(.days(1))
    _ = try await story.house.sendDueMail()
    let outbox = try await ada.get("/outbox").text
    #expect(
      outbox.contains("Mailed or shown on")
        && outbox.contains("<td class=\"when\" data-label=\"Mailed or shown on\">3 March 2026</td>"))
  }

  @Test(arguments: MailTrouble.allCases, Language.allCases)
  func `every trouble with mail has its sentence`(trouble: MailTrouble, language: Language) throws {
    let words = try WordBook(resources: Resources(of: "Rapport")).words(in: language)
    #expect(words.has("people.mail-trouble.\(trouble.rawValue)"))
  }

  @Test func `the database keeps no link of a mail`() async throws {
    let (story, _) = try await invited()
    _ = try await story.house.sendDueMail()
    let mail = try #require(post.arrived.first)
    let token = try #require(try story.link(in: mail).split(separator: "/").last)
    #expect(try story.storedBytes().allSatisfy { $0.range(of: Data(token.utf8)) == nil })
  }
}

extension Story {
  struct MailRow: Equatable {
    let state: String
    var trouble: String?
    var answer: String?
  }

  /// What became of each message.
  func mail() async throws -> [MailRow] {
    try await house.database.read { connection in
      try connection.query("SELECT mail_state, trouble, answer FROM message ORDER BY id").map {
        MailRow(
          state: try $0.text("mail_state"), trouble: try $0.textIfAny("trouble"), answer: try $0.textIfAny("answer"))
      }
    }
  }

  /// The first address in a mail, without the site.
  func link(in mail: MailMessage) throws -> String {
    let base = house.configuration.baseURL.description
    let line = try #require(mail.text.split(separator: "\n").first { $0.hasPrefix(base) })
    return try path(String(line))
  }
}
