import Foundation
import Hummingbird
import Partnering

/// The messages that wait to be sent by hand: a message's link is made, and shown once, when somebody asks for it.
extension PeopleRoutes {
  @Sendable func showOutbox(_ request: Request, _ context: PageContext) async throws -> Response {
    let visit = try context.visiting()
    let scope = try context.organisation()
    let (messages, more) = try await store.messages(for: scope)
    let rows = messages.map { OutboxPage.Line($0, in: visit) }
    let waiting = rows.filter { !$0.wasShown }
    let content = OutboxPage(
      waiting: waiting, shown: rows.filter(\.wasShown), nothingWaits: waiting.isEmpty,
      empty: visit.aboutMail("people.outbox-empty"), caption: visit.aboutMail("people.outbox-shown"),
      shownOn: visit.aboutMail("people.outbox-shown-on"),
      more: more > 0 ? visit.words("people.outbox-more", ["n": .count(more)]) : nil)
    return try visit.page("outbox", content, outboxHead(visit))
  }

  /// Answers with the page itself, not a redirect: the link stands on it and nowhere else.
  @Sendable func showMessage(_ request: Request, _ context: PageContext) async throws -> Response {
    let visit = try context.visiting()
    let scope = try context.organisation()
    guard let id = ID<Message>(context.parameters.get("message") ?? ""),
      let shown = try await store.showing(id, for: scope, at: visit.now)
    else { throw Refusal.notFound }
    var head = outboxHead(visit)
    head.title = visit.words("people.message-title", ["name": .text(shown.message.name)])
    head.lead = visit.words(shown.isSecret ? "people.message-lead" : "people.message-lead-plain")
    head.trail = [.init(label: visit.words("people.outbox-title"), href: "/outbox")]
    return try visit.page("outbox-message", MessagePage(shown, in: visit), head)
  }

  /// Puts a message that did not get through back into line.
  @Sendable func mailAgain(_ request: Request, _ context: PageContext) async throws -> Response {
    let visit = try context.visiting()
    let scope = try context.organisation()
    guard let id = ID<Message>(context.parameters.get("message") ?? ""),
      let isInLine = try await store.mailAgain(id, for: scope, at: visit.now)
    else { throw Refusal.notFound }
    return visit.redirect(to: "/outbox", saying: isInLine ? "people.mail-again-done" : "people.mail-again-not")
  }

  private func outboxHead(_ visit: Visit) -> PageHead {
    PageHead(title: visit.words("people.outbox-title"), lead: visit.aboutMail("people.outbox-lead"))
  }
}

struct OutboxPage: Sendable {
  struct Line: Sendable {
    let name, email, about, action: String
    let button: String
    /// What the button does, for those who do not see its row.
    let actionFor: String
    let day: String
    /// Shown, or mailed: it waits for nobody.
    let wasShown: Bool
    /// What became of mailing it; `nil` before the first try.
    let mail: String?
    /// Where a message that did not get through is mailed again.
    let again: String?
    let againFor: String

    init(_ message: WaitingMessage, in visit: Visit) {
      (name, email) = (message.name, message.email)
      about = visit.words("people.message-about.\(message.kind.rawValue)", message.values)
      action = "/outbox/\(message.id)"
      let key = message.hasSecret ? (message.shownAt == nil ? "show-link" : "new-link") : "show-message"
      button = visit.words("people.\(key)")
      actionFor = visit.words("people.\(key)-for", ["name": .text(message.name)])
      let sentAt = message.mail.state == .sent ? message.mail.triedAt : nil
      day = visit.formats.day(message.shownAt ?? sentAt ?? message.createdAt)
      wasShown = message.shownAt != nil || message.mail.state == .sent
      mail = message.mail.sentence(in: visit)
      let canGoAgain = visit.isMailing && message.mail.trouble != nil && !wasShown
      again = canGoAgain ? "/outbox/\(message.id)/mailing" : nil
      againFor = visit.words("people.mail-again-for", ["name": .text(message.name)])
    }
  }

  let waiting, shown: [Line]
  let nothingWaits: Bool
  let empty, caption, shownOn: String
  let more: String?
}

extension MailProgress {
  /// `nil` before the first try.
  func sentence(in visit: Visit) -> String? {
    guard let triedAt else { return nil }
    let why = visit.words("people.mail-trouble.\((trouble ?? .lost).rawValue)")
    let values: [String: Named] = [
      "moment": .text(visit.formats.moment(state == .waiting ? nextTryAt ?? triedAt : triedAt)),
      "why": .text(answer.isEmpty ? why : "\(why) (\(answer))"),
    ]
    return visit.words(state == .waiting && trouble == nil ? "people.mail-going" : "people.mail-\(state.rawValue)", values)
  }
}

struct MessagePage: Sendable {
  let email, subject, body, mail: String
  let link: String?
  let again: String

  init(_ shown: ShownMessage, in visit: Visit) {
    let text = MessageText(shown, in: visit)
    (email, subject, body) = (shown.message.email, text.subject, text.body)
    link = shown.isSecret ? text.link : nil
    mail = text.mailAddress
    again = "/outbox/\(shown.message.id)"
  }
}
