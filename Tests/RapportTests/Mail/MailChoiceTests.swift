import Foundation
import Partnering
import Testing

@testable import Database
@testable import Rapport

/// Reminders, due actions, and not wanting them.
@Suite struct MailChoiceTests {
  private let post = PostOffice()

  private func told() async throws -> RoundStory { try await RoundStory(story: try await Story(mailer: post.mailer)) }

  /// What arrived for a person, by subject, since the last look.
  private func arrived(for person: Respondent, in told: RoundStory) async throws -> [MailMessage] {
    _ = try await told.story.house.sendDueMail()
    let email = try await told.email(of: person)
    return post.arrived.filter { $0.to.address.text == email }
  }

  @Test func `a reminder goes to everybody on the roll alike, whoever has answered`() async throws {
    let told = try await told()
    let round = try await told.open()
    try await told.answer(round, by: told.meadow[1])
    told.story.wait(.days(1))
    _ = try await told.story.house.sendDueMail()
    let before = post.arrived.count
    let page = try await told.send([], to: "\(told.place(of: round))/reminder", from: told.place(of: round), by: told.meadow[0])
    #expect(page.status == .seeOther)
    _ = try await told.story.house.sendDueMail()
    let reminders = post.arrived.dropFirst(before)
    #expect(reminders.count == told.everybody.count)
    let names = told.everybody.map(\.name)
    // The same words but for the name of the one who reads it, and the own link.
    let texts = Set(reminders.map { mail in
      names.reduce(mail.text) { $0.replacingOccurrences(of: "Hello \($1),", with: "Hello,") }
        .split(separator: "\n").filter { !$0.contains("://") }.joined(separator: "\n")
    })
    #expect(texts.count == 1)
    #expect(try await told.harbour[1].visitor.get(told.path).text.contains("reminded everybody on the list"))
  }

  @Test func `reminders come a day after the opening at the earliest, and three days apart`() async throws {
    let told = try await told()
    let round = try await told.open()
    func remind() async throws -> Visitor.Page {
      try await told.send([], to: "\(told.place(of: round))/reminder", from: told.place(of: round), by: told.harbour[0])
    }
    told.story.wait(.justUnder(.days(1)))
    #expect(!(try await told.harbour[0].visitor.get(told.place(of: round)).text.contains("Remind everybody")))
    let early = try await remind()
    #expect(early.status == .conflict && early.text.contains("Too many are read by nobody"))
    told.story.wait(Span(milliseconds: 1))
    #expect(try await told.harbour[0].visitor.get(told.place(of: round)).text.contains("Remind everybody"))
    #expect(try await remind().status == .seeOther)
    told.story.wait(.justUnder(.days(3)))
    #expect(try await remind().status == .conflict)
    told.story.wait(Span(milliseconds: 1))
    #expect(try await remind().status == .seeOther)
    #expect(try await told.messages("reminder") == told.everybody.count, "the last one takes the place of the first")
  }

  @Test func `who answers on paper is told of form and slip, and gets no link`() async throws {
    let told = try await told()
    let paper = told.harbour[1]
    let round = try await told.openWithPaper([paper])
    let opening = try #require(try await arrived(for: paper, in: told).last)
    #expect(opening.text.contains("a form and a slip for you") && !opening.text.contains("://"))
    told.story.wait(.days(1))
    _ = try await told.send([], to: "\(told.place(of: round))/reminder", from: told.place(of: round), by: told.harbour[0])
    let reminder = try #require(try await arrived(for: paper, in: told).last)
    #expect(reminder.text.contains("a form and a slip for you") && !reminder.text.contains("/answer") && !reminder.text.contains("/r/"))
  }

  @Test func `an owner is told three days before the day and the day after it, once each`() async throws {
    let told = try await told()
    let round = try await told.open()
    try await told.answerAll(round, item5: 2)
    try await told.close(round)
    let owner = told.meadow[1]
    _ = try await told.decide("Call on Thursdays", about: round, owner: owner, due: 10, by: told.harbour[1])
    let start = try await arrived(for: owner, in: told).count
    var days: [Int] = []
    for day in 0...20 {
      for _ in 1...2 { try await told.story.house.tellOfDueActions() }
      if try await arrived(for: owner, in: told).count > start + days.count { days.append(day) }
      told.story.wait(.days(1))
    }
    #expect(days == [7, 11])
    let mail = try #require(try await arrived(for: owner, in: told).last)
    #expect(mail.text.contains("Call on Thursdays (") && mail.subject.text.contains("is due"))
    #expect(try await told.messages("actions-due") == 1)
  }

  @Test func `what was done meanwhile is not written about any more`() async throws {
    let told = try await told()
    let round = try await told.open()
    try await told.answerAll(round, item5: 2)
    try await told.close(round)
    let owner = told.meadow[1]
    let action = try await told.decide("Call on Thursdays", about: round, owner: owner, due: 2, by: told.harbour[1])
    let before = try await arrived(for: owner, in: told).count
    try await told.story.house.tellOfDueActions()
    let path = "\(told.path)/actions/\(action)"
    _ = try await told.send([("state", "done")], to: "\(path)/state", from: path, by: owner)
    #expect(try await arrived(for: owner, in: told).count == before)
  }

  @Test func `whoever wants only what must be known gets no reminder, and hears of an opening all the same`() async throws {
    let told = try await told()
    let round = try await told.open()
    let quiet = told.meadow[2]
    told.story.wait(.days(1))
    _ = try await told.send([], to: "\(told.place(of: round))/reminder", from: told.place(of: round), by: told.harbour[0])
    let reminder = try #require(try await arrived(for: quiet, in: told).last)
    let link = try told.story.path(try #require(reminder.unsubscribe))
    #expect(reminder.text.contains(link) && reminder.html.contains(link))
    let stranger = told.story.visitor()
    #expect(try await stranger.get(link).text.contains("Only what I must know"))
    #expect(try await told.isQuiet(quiet) == false, "looking does nothing")
    // What a mail program sends by itself: no cookie, no form's token. [RFC 8058]
    let click = try await told.story.visitor().send(
      .post, link, headers: [.contentType: "application/x-www-form-urlencoded"], body: "List-Unsubscribe=One-Click", withCookies: false)
    #expect(click.status == .seeOther)
    #expect(try await told.isQuiet(quiet))
    let before = try await arrived(for: quiet, in: told).count
    told.story.wait(.days(3))
    _ = try await told.send([], to: "\(told.place(of: round))/reminder", from: told.place(of: round), by: told.harbour[0])
    #expect(try await arrived(for: quiet, in: told).count == before)
    _ = try await told.send([], to: "\(told.place(of: round))/extension", from: told.place(of: round), by: told.harbour[0])
    #expect(try await arrived(for: quiet, in: told).count == before + 1, "an extension must be known")
    try await stranger.post(link, [("mail", "all")])
    #expect(try await told.isQuiet(quiet) == false)
  }

  @Test func `the own account page chooses, and what waits and is not wanted goes`() async throws {
    let told = try await told()
    let round = try await told.open()
    told.story.wait(.days(1))
    _ = try await told.send([], to: "\(told.place(of: round))/reminder", from: told.place(of: round), by: told.harbour[0])
    let me = told.harbour[2].visitor
    try await me.get("/account")
    #expect(try await me.post("/account/mail", [("mail", "needed")]).status == .seeOther)
    #expect(try await told.messages("reminder") == told.everybody.count - 1)
    #expect(try await told.messages("opening") == told.everybody.count)
    #expect(try await me.get("/account").text.contains("You get only what you must know."))
    #expect(try await me.post("/account/mail", [("mail", "nonsense")]).status == .badRequest)
  }
}

extension RoundStory {
  func email(of person: Respondent) async throws -> String {
    try await story.house.database.read { connection in
      try #require(try connection.first("SELECT email FROM person WHERE id = $1", [.id(person.id)])).text("email")
    }
  }

  func isQuiet(_ person: Respondent) async throws -> Bool {
    try await story.house.database.read { connection in
      try #require(try connection.first("SELECT quiet FROM person WHERE id = $1", [.id(person.id)])).flag("quiet")
    }
  }

  /// How many messages of a kind there are, sent or not.
  func messages(_ kind: String) async throws -> Int {
    try await story.house.database.read { connection in
      try connection.query("SELECT id FROM message WHERE kind = $1", [.text(kind)]).count
    }
  }
}
