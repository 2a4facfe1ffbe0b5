import Database
import Hummingbird
import Partnering

/// Getting no mail but what one must know, by the link in each mail or on the own account page, and getting it again.
extension PeopleRoutes {
  @Sendable func showUnsubscribing(_ request: Request, _ context: PageContext) async throws -> Response {
    let visit = try context.visiting()
    let link = try await unsubscribing(context, visit)
    return try unsubscribingPage(link, visit)
  }

  /// The page's form says `mail=all` or `mail=needed`; a mail program that does it in one click says neither. [RFC 8058]
  @Sendable func unsubscribe(_ request: Request, _ context: PageContext) async throws -> Response {
    let visit = try context.visiting()
    let link = try await unsubscribing(context, visit)
    try await store.choose(mail: MailChoice(visit.form) ?? .needed, for: link.person, in: link.space)
    return visit.redirect(to: visit.path, saying: "people.mail-chosen")
  }

  @Sendable func chooseMail(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope) = (try context.visiting(), try context.organisation())
    guard let choice = MailChoice(visit.form) else {
      throw Refusal.because("application.not-understood", status: .badRequest)
    }
    try await store.choose(mail: choice, for: scope.person.id, in: scope.space)
    return visit.redirect(to: "/account#mail", saying: "people.mail-chosen")
  }

  private func unsubscribing(_ context: PageContext, _ visit: Visit) async throws -> UnsubscribingLink {
    guard let link = try await store.unsubscribing(context.token, at: visit.now) else {
      throw Refusal.because("people.link-spent", status: .gone)
    }
    return link
  }

  private func unsubscribingPage(_ link: UnsubscribingLink, _ visit: Visit) throws -> Response {
    let values: [String: Named] = ["email": .text(link.email)]
    let key = link.choice == .all ? "people.unsubscribe-lead" : "people.unsubscribed-lead"
    let head = PageHead(title: visit.words("people.unsubscribe-title"), lead: visit.words(key, values))
    return try visit.page("unsubscribe", UnsubscribingPage(action: visit.path, getsAll: link.choice == .all), head)
  }
}

/// What mail a person gets: all of it, or only what one must know.
enum MailChoice: String, Sendable {
  case all, needed

  init?(_ form: Form) { self.init(rawValue: form["mail"]) }
}

struct UnsubscribingLink: Sendable {
  let space: ID<Space>
  let person: ID<Person>
  let email: String
  let choice: MailChoice
}

struct UnsubscribingPage: Sendable {
  let action: String
  let getsAll: Bool
}

extension PeopleStore {
  func unsubscribing(_ token: String, at now: Instant) async throws -> UnsubscribingLink? {
    try await database.read { connection in
      try connection.first(
        """
        SELECT link.space_id, link.person_id, person.email, person.quiet
        FROM link
        JOIN person ON person.space_id = link.space_id AND person.id = link.person_id
        WHERE token = $1 AND kind = 'unsubscribe' AND erased_at IS NULL AND expires_at > $2
        """, [.bytes(hashed(secret: token)), .instant(now)]
      ).map { row in
        UnsubscribingLink(
          space: try row.id("space_id"), person: try row.id("person_id"), email: try row.text("email"),
          choice: try row.flag("quiet") ? .needed : .all)
      }
    }
  }

  /// What waits already and is not wanted any more goes, too.
  func choose(mail choice: MailChoice, for person: ID<Person>, in space: ID<Space>) async throws {
    let kinds = MessageKind.allCases.filter(\.isOptional)
    let places = kinds.indices.map { "$\($0 + 3)" }.joined(separator: ", ")
    try await database.write { connection in
      try connection.execute(
        "UPDATE person SET quiet = $3 WHERE space_id = $1 AND id = $2",
        [.id(space), .id(person), Value(choice == .needed)])
      guard choice == .needed else { return }
      try connection.execute(
        """
        DELETE FROM message
        WHERE space_id = $1 AND person_id = $2 AND mail_state = 'waiting' AND shown_at IS NULL AND kind IN (\(places))
        """, [.id(space), .id(person)] + kinds.map { .text($0.rawValue) })
    }
  }
}
