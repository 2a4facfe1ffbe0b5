import Foundation
import Logging
import Partnering
import ServiceLifecycle

/// Sends what waits in the outbox, one message after another, for as long as the server runs.
struct MailKeeper: Service {
  let house: House

  func run() async throws {
    guard house.mailer != nil else { return try await gracefulShutdown() }
    await cancelWhenGracefulShutdown {
      var (restUntil, lookedAt): (Instant?, Instant?)
      while !Task.isCancelled {
        let now = house.clock.now
        if lookedAt.map({ now >= $0 + .hours(1) }) ?? true {
          await attempt {
            if try await house.leases.take("actions due", for: .minutes(10)) { try await house.tellOfDueActions() }
            lookedAt = now
          }
        }
        if restUntil.map({ now >= $0 }) ?? true {
          await attempt { restUntil = try await house.sendDueMail() ? nil : now + MailPatience.rest }
        }
        try? await Task.sleep(for: .seconds(1))
      }
    }
  }

  private func attempt(_ work: () async throws -> Void) async {
    guard !Task.isCancelled else { return }
    do { try await work() } catch is CancellationError {} catch { house.tell(error, of: .mail) }
  }
}

extension House {
  /// Sends every message that is due.
  /// - Returns: whether the mail server takes messages at all.
  func sendDueMail() async throws -> Bool {
    guard let mailer, let settings = configuration.mail else { return true }
    let store = MailStore(database: database)
    while let claimed = try await store.claim(domain: String(settings.sender.domain), at: clock.now) {
      let delivery: Delivery
      if let mail = try composed(claimed, from: settings.sender) {
        delivery = try await mailer.deliver(mail)
      } else {
        delivery = .refused(answer: "")
      }
      try await store.keep(delivery, of: claimed, at: clock.now)
      if case .unreachable(let trouble, _) = delivery {
        // The server's own sentence may name an address.
        logger.warning("the mail server takes no mail", metadata: ["why": "\(trouble.rawValue)"])
        return false
      }
    }
    return true
  }

  /// `nil` if something in it cannot stand in a mail.
  func composed(_ claimed: ClaimedMessage, from sender: Mailbox) throws -> MailMessage? {
    let message = claimed.shown.message
    let text = MessageText(claimed.shown, from: claimed.sender, in: claimed.language, claimed.timeZone, self)
    guard let address = EmailAddress(message.email), let to = Mailbox(name: message.name, address: address),
      let subject = HeaderText(text.subject)
    else { return nil }
    let unsubscribe = claimed.unsubscribe.map(configuration.baseURL.link)
    let footer = unsubscribe.map {
      wordBook.words(in: claimed.language)("people.message.unsubscribe", ["link": .text($0)])
    }
    let page = MailPage(
      text, footer: footer, links: [text.link] + (unsubscribe.map { [$0] } ?? []), in: claimed.language)
    return MailMessage(
      id: claimed.mailID, from: sender, to: to, subject: subject, date: clock.now, text: page.text,
      html: try templates.render("mail", with: page), unsubscribe: unsubscribe)
  }
}

/// A message's text as paragraphs, for its HTML.
struct MailPage: Sendable {
  struct Paragraph: Sendable { let lines: [Line] }
  struct Line: Sendable {
    let text: String
    /// Where the line leads, if it is an address.
    let href: String?
  }

  let language, subject: String
  let paragraphs: [Paragraph]
  let text: String

  /// - Parameter links: a line that is one of them leads there.
  init(_ message: MessageText, footer: String?, links: [String], in language: Language) {
    let body = message.body + (footer.map { "\n\n\($0)" } ?? "")
    text = body + "\n"
    self.language = language.rawValue
    subject = message.subject
    paragraphs = body.components(separatedBy: "\n\n").map { paragraph in
      Paragraph(
        lines: paragraph.components(separatedBy: "\n").map { Line(text: $0, href: links.contains($0) ? $0 : nil) })
    }
  }
}
