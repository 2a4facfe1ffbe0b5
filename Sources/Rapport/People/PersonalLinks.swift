import Database
import Foundation
import Partnering

/// A link that is meant for one person.
enum PersonalLinkKind: String, Sendable {
  /// To make an account: `/invitation/…`, fourteen days.
  case invitation
  /// To choose a new password: `/password/…`, one day from the operator, one hour by mail.
  case password
  /// To answer one round without a password: `/r/…`, until the round closes.
  case round
  /// To get no mail but what one must know: `/unsubscribe/…`, one year.
  case unsubscribe

  func path(_ token: String) -> String {
    switch self {
    case .invitation: "/invitation/\(token)"
    case .password: "/password/\(token)"
    case .round: "/r/\(token)"
    case .unsubscribe: "/unsubscribe/\(token)"
    }
  }
}

/// What becomes of the links that were made for a message before.
enum EarlierLinks {
  /// They stop working: the new one is shown to somebody who asked for it.
  case end
  /// They go on: a mail that was thought lost may have arrived.
  case keep
}

/// What a personal link says about itself.
struct PersonalLink: Sendable {
  let space: ID<Space>
  let person: ID<Person>
  let name: String
  let email: String
  let language: Language?
  let organisation: String
  let spaceName: String
  let round: ID<Round>?
}

/// Only the hash of a link's secret part is kept.
extension PeopleStore {
  /// Makes a link in the caller's write.
  /// - Returns: the link's path, which is kept nowhere.
  static func makeLink(
    _ kind: PersonalLinkKind, for person: ID<Person>, in space: ID<Space>, round: ID<Round>? = nil,
    message: ID<Message>? = nil, earlierLinks: EarlierLinks = .end, until end: Instant, at now: Instant,
    _ connection: any Connection
  ) throws -> String {
    let token = Randomness.token()
    if earlierLinks == .end {
      try connection.execute(
        """
        DELETE FROM link
        WHERE space_id = $1 AND person_id = $2 AND kind = $3 AND coalesce(message_id, '') = $4
        """,
        [.id(space), .id(person), .text(kind.rawValue), .text(message?.text ?? "")])
    }
    try connection.execute(
      """
      INSERT INTO link (token, kind, space_id, person_id, round_id, message_id, created_at, expires_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
      """,
      [
        .bytes(hashed(secret: token)), .text(kind.rawValue), .id(space), .id(person), .id(round), .id(message),
        .instant(now), .instant(end),
      ])
    return kind.path(token)
  }

  /// The link with this secret part, if it still works; a round's link works as long as the round is open.
  func link(_ kind: PersonalLinkKind, _ token: String, at now: Instant) async throws -> PersonalLink? {
    let hash = hashed(secret: token)
    return try await database.read { connection in
      try connection.first(
        """
        SELECT link.space_id, link.person_id, link.round_id, person.name, person.email, person.language,
          organisation.name AS organisation_name, space.name AS space_name
        FROM link
        JOIN person ON person.space_id = link.space_id AND person.id = link.person_id
        JOIN organisation ON organisation.space_id = person.space_id AND organisation.id = person.organisation_id
        JOIN space ON space.id = link.space_id
        WHERE token = $1 AND kind = $2 AND used_at IS NULL AND erased_at IS NULL
          AND (link.round_id IS NOT NULL OR expires_at > $3)
        """,
        [.bytes(hash), .text(kind.rawValue), .instant(now)]
      ).map { row in
        PersonalLink(
          space: try row.id("space_id"), person: try row.id("person_id"), name: try row.text("name"),
          email: try row.text("email"), language: try row.textIfAny("language").flatMap(Language.init),
          organisation: try row.text("organisation_name"), spaceName: try row.text("space_name"),
          round: try row.idIfAny("round_id"))
      }
    }
  }

  /// Gives the person behind a link an account: name, language and password; spends every link and ends every
  /// session made without it.
  /// - Returns: whether the link was still good.
  func makeAccount(
    _ account: NewAccount, spending kind: PersonalLinkKind, _ token: String, at now: Instant
  ) async throws -> Bool {
    let hash = hashed(secret: token)
    return try await database.write { connection in
      let spent = try connection.execute(
        """
        UPDATE link SET used_at = $3
        WHERE token = $1 AND kind = $2 AND used_at IS NULL AND expires_at > $3
        """,
        [.bytes(hash), .text(kind.rawValue), .instant(now)])
      guard spent == 1 else { return false }
      let person: [Value] = [.id(account.space), .id(account.person)]
      try connection.execute(
        "UPDATE person SET name = $3, language = $4, password = $5 WHERE space_id = $1 AND id = $2",
        person + [.text(account.name.text), .text(account.language.rawValue), .text(account.password.text)])
      try connection.execute("DELETE FROM session WHERE space_id = $1 AND person_id = $2", person)
      try connection.execute(
        "DELETE FROM link WHERE space_id = $1 AND person_id = $2 AND used_at IS NULL AND kind NOT IN ('round', 'unsubscribe')",
        person)
      try connection.execute(
        "DELETE FROM message WHERE space_id = $1 AND person_id = $2 AND kind = 'invitation'", person)
      return true
    }
  }

  /// What a round's personal link leads to; `nil` if there is no such round.
  func roundBehindLink(_ round: ID<Round>, in space: ID<Space>) async throws -> LinkedRound? {
    try await database.read { connection in
      try connection.first(
        """
        SELECT partnership.name, number, state, closes_at, latest_close_at, time_zone
        FROM round
        JOIN space ON space.id = round.space_id
        JOIN partnership ON partnership.space_id = round.space_id AND partnership.id = round.partnership_id
        WHERE round.space_id = $1 AND round.id = $2
        """,
        [.id(space), .id(round)]
      ).map { row in
        LinkedRound(
          partnership: try row.text("name"), number: try row.int("number"), state: try row.text("state"),
          closesAt: try row.instant("closes_at"), latestCloseAt: try row.instant("latest_close_at"), timeZone: TimeZone(identifier: try row.text("time_zone")) ?? .gmt)
      }
    }
  }

  /// Records, by day, that a round's personal link signed somebody in.
  func recordUse(of link: PersonalLink, round: ID<Round>, on today: CalendarDay) async throws {
    try await database.write { connection in
      try connection.execute(
        """
        INSERT INTO link_use (space_id, person_id, round_id, day) VALUES ($1, $2, $3, $4)
        ON CONFLICT (space_id, person_id, round_id, day) DO NOTHING
        """,
        [.id(link.space), .id(link.person), .id(round), .text(today.description)])
    }
  }
}

struct NewAccount: Sendable {
  let space: ID<Space>
  let person: ID<Person>
  let name: PersonName
  let language: Language
  let password: PasswordHash
}

/// A round as its personal link shows it.
struct LinkedRound: Sendable {
  let partnership: String
  let number: Int
  let state: String
  let closesAt, latestCloseAt: Instant
  /// The space's: somebody who is not signed in has no other.
  let timeZone: TimeZone

  func isOpen(at now: Instant) -> Bool { state == "open" && now < closesAt }
}

extension House {
  /// A link to choose a new password, for the account or the invited person with this address; it works once, for a
  /// day. `nil` if nobody has the address.
  public func passwordLink(for email: String) async throws -> String? {
    guard let address = EmailAddress(email) else { return nil }
    let now = clock.now
    let path: String? = try await database.write { connection in
      let found = try connection.first(
        "SELECT space_id, id FROM person WHERE email = $1 AND erased_at IS NULL", [.text(address.text)])
      return try found.map { row in
        try PeopleStore.makeLink(
          .password, for: try row.id("id"), in: try row.id("space_id"), until: now + .days(1), at: now, connection)
      }
    }
    return path.map(configuration.baseURL.link)
  }
}
