import Database
import Hummingbird
import Partnering

/// A new password by mail, for somebody who lost theirs. What is answered never says whether an address is known.
extension PeopleRoutes {
  @Sendable func showLostPassword(_ request: Request, _ context: PageContext) async throws -> Response {
    try lostPasswordPage(email: "", nil, try context.visiting())
  }

  @Sendable func mailPasswordLink(_ request: Request, _ context: PageContext) async throws -> Response {
    let visit = try context.visiting()
    guard house.mailer != nil else { return try lostPasswordPage(email: "", nil, visit) }
    var refusals = FieldRefusals()
    guard let email = EmailAddress(visit.form["email"]) else {
      refusals.refuse("email", "people.email-form")
      return try lostPasswordPage(email: visit.form["email"], refusals, visit)
    }
    let place = context.place(request).map { [PasswordGuesses.Subject.place($0)] } ?? []
    do {
      try await house.guesses.check(place, at: visit.now)
    } catch Refusal.because(_, let values, _) {
      refusals.refuse("email", "people.too-many-askings", values)
      return try lostPasswordPage(email: email.text, refusals, visit)
    }
    // Asking counts like guessing, so that nobody fills other people's letter boxes from one place.
    try await house.guesses.wrong(place, at: visit.now)
    try await store.queuePasswordLink(for: email, at: visit.now)
    return visit.redirect(to: "/sign-in", saying: "people.password-on-its-way")
  }

  private func lostPasswordPage(email: String, _ refusals: FieldRefusals?, _ visit: Visit) throws -> Response {
    let content = LostPasswordPage(sendsMail: house.mailer != nil, fields: visit.fields([("email", email)], refusals))
    let head = PageHead(title: visit.words("people.password-lost-title"))
    return try visit.page("lost-password", content, head, status: refusals == nil ? .ok : .unprocessableContent)
  }
}

struct LostPasswordPage: Sendable {
  let sendsMail: Bool
  let fields: FieldsOnPage
}

extension PeopleStore {
  /// How long one message about a password keeps others away.
  private static let passwordPause = Span.minutes(5)

  /// Queues the message for whoever has the address, unless one is on its way; does nothing if nobody has it.
  func queuePasswordLink(for email: EmailAddress, at now: Instant) async throws {
    try await database.write { connection in
      let found = try connection.first(
        """
        SELECT space_id, id FROM person
        WHERE email = $1 AND erased_at IS NULL AND NOT EXISTS (
          SELECT 1 FROM message
          WHERE message.space_id = person.space_id AND person_id = person.id AND kind = 'password' AND message.created_at > $2)
        """, [.text(email.text), .instant(now - Self.passwordPause)])
      guard let found else { return }
      try Self.queue(.password, for: [try found.id("id")], in: try found.id("space_id"), at: now, connection)
    }
  }
}
