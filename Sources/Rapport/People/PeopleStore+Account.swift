import Database
import Partnering

/// What a person's own page reads and changes.
extension PeopleStore {
  struct OwnAccount: Sendable {
    let email, organisation: String
    let hasPassword, hasCalendar, getsAllMail: Bool
    /// The latest first.
    let uses: [LinkUse]
  }

  func ownAccount(of person: SignedInPerson) async throws -> OwnAccount? {
    try await database.read { connection in
      let found = try connection.first(
        """
        SELECT person.email, person.quiet, organisation.name AS organisation_name,
          CASE WHEN password IS NULL THEN 0 ELSE 1 END AS has_password,
          CASE WHEN calendar_feed.person_id IS NULL THEN 0 ELSE 1 END AS has_calendar
        FROM person
        JOIN organisation ON organisation.space_id = person.space_id AND organisation.id = person.organisation_id
        LEFT JOIN calendar_feed ON calendar_feed.space_id = person.space_id AND calendar_feed.person_id = person.id
        WHERE person.space_id = $1 AND person.id = $2
        """,
        [.id(person.space), .id(person.id)])
      return try found.map { row in
        OwnAccount(
          email: try row.text("email"), organisation: try row.text("organisation_name"),
          hasPassword: try row.flag("has_password"),
          hasCalendar: try row.flag("has_calendar"), getsAllMail: try !row.flag("quiet"), uses: try Self.uses(by: person, connection))
      }
    }
  }

  private static func uses(by person: SignedInPerson, _ connection: any Connection) throws -> [LinkUse] {
    try connection.query(
      """
      SELECT day, partnership.name, number
      FROM link_use
      JOIN round ON round.space_id = link_use.space_id AND round.id = link_use.round_id
      JOIN partnership ON partnership.space_id = round.space_id AND partnership.id = round.partnership_id
      WHERE link_use.space_id = $1 AND link_use.person_id = $2
      ORDER BY day DESC, partnership.name
      """,
      [.id(person.space), .id(person.id)]
    ).compactMap { row in
      guard let day = CalendarDay(try row.text("day")) else { return nil }
      return LinkUse(day: day, partnership: try row.text("name"), number: try row.int("number"))
    }
  }

  /// The address and the hash; `nil` for somebody without a password.
  func password(of person: SignedInPerson) async throws -> (email: String, hash: PasswordHash)? {
    try await database.read { connection in
      try connection.first(
        "SELECT email, password FROM person WHERE space_id = $1 AND id = $2 AND password IS NOT NULL",
        [.id(person.space), .id(person.id)]
      ).map { (try $0.text("email"), PasswordHash(text: try $0.text("password"))) }
    }
  }

  func setPassword(_ password: PasswordHash, of person: SignedInPerson) async throws {
    try await database.write { connection in
      try connection.execute(
        "UPDATE person SET password = $3 WHERE space_id = $1 AND id = $2",
        [.id(person.space), .id(person.id), .text(password.text)])
      try connection.execute(
        "DELETE FROM link WHERE space_id = $1 AND person_id = $2 AND kind IN ('password', 'invitation')",
        [.id(person.space), .id(person.id)])
    }
  }
}
