import Database
import Partnering

/// What stands in one person's calendar, and the language that it is told in.
struct PersonalCalendar: Sendable {
  let language: Language
  let dates: [PersonalDate]
}

/// One date of one partnership that the person belongs to now.
struct PersonalDate: Sendable {
  enum Kind: Sendable {
    /// An open round on whose roll the person is, whether or not the person has answered.
    case close(ID<Round>, at: Instant)
    case talk(ID<Round>, DiscussionRecord)
    /// A running action that the person owns.
    case due(ID<Action>, what: String, on: CalendarDay, version: Int)
  }

  let partnership: ID<Partnership>
  let partnershipName: String
  let kind: Kind
}

/// The calendars of people, and the secrets of their addresses.
struct CalendarStore: Sendable {
  let database: any Database

  func renew(_ secret: String, of person: SignedInPerson, at now: Instant) async throws {
    try await database.write { connection in
      try connection.execute(
        """
        INSERT INTO calendar_feed (space_id, person_id, token, made_at)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT (space_id, person_id) DO UPDATE SET token = excluded.token, made_at = excluded.made_at
        """, [.id(person.space), .id(person.id), .bytes(hashed(secret: secret)), .instant(now)])
    }
  }

  func switchOff(of person: SignedInPerson) async throws {
    try await database.write { connection in
      try connection.execute(
        "DELETE FROM calendar_feed WHERE space_id = $1 AND person_id = $2", [.id(person.space), .id(person.id)])
    }
  }

  /// - Parameter since: talks before it are not told any more.
  /// - Returns: `nil` for a secret that is none, or no longer.
  func calendar(at secret: String, since: Instant) async throws -> PersonalCalendar? {
    try await database.read { connection in
      let found = try connection.first(
        """
        SELECT person.space_id AS space_id, person.id AS id, language FROM calendar_feed
        JOIN person ON person.space_id = calendar_feed.space_id AND person.id = person_id AND erased_at IS NULL
        WHERE token = $1
        """, [.bytes(hashed(secret: secret))])
      guard let found else { return nil }
      let person: [Value] = [.text(try found.text("space_id")), .text(try found.text("id"))]
      let language = Language(rawValue: try found.textIfAny("language") ?? "") ?? .en
      let dates = try Self.closes(person, connection) + Self.talks(person, since, connection) + Self.dues(person, connection)
      return PersonalCalendar(language: language, dates: dates)
    }
  }

  private static func closes(_ person: [Value], _ connection: any Connection) throws -> [PersonalDate] {
    try connection.query(
      """
      SELECT partnership.id AS partnership_id, partnership.name AS name, round.id AS id, closes_at FROM roll_entry
      JOIN round ON round.space_id = roll_entry.space_id AND round.id = round_id
      JOIN partnership ON partnership.space_id = round.space_id AND partnership.id = partnership_id
      WHERE roll_entry.space_id = $1 AND roll_entry.person_id = $2 AND state = 'open' AND \(isMember)
      ORDER BY closes_at, round.id
      """, person
    ).map { row in
      try PersonalDate(row, .close(row.id("id"), at: row.instant("closes_at")))
    }
  }

  private static func talks(_ person: [Value], _ since: Instant, _ connection: any Connection) throws -> [PersonalDate] {
    try connection.query(
      """
      SELECT partnership.id AS partnership_id, partnership.name AS name, round_id, starts_at, minutes, discussion.place AS place,
        sequence, held_at
      FROM discussion
      JOIN round ON round.space_id = discussion.space_id AND round.id = round_id
      JOIN partnership ON partnership.space_id = round.space_id AND partnership.id = partnership_id
      WHERE discussion.space_id = $1 AND starts_at >= $3 AND \(isMember)
      ORDER BY starts_at, round_id
      """, person + [.instant(since)]
    ).map { row in
      let talk = DiscussionRecord(
        startsAt: try row.instant("starts_at"), minutes: try row.int("minutes"), place: try row.text("place"),
        sequence: try row.int("sequence"), heldAt: try row.instantIfAny("held_at"))
      return try PersonalDate(row, .talk(try row.id("round_id"), talk))
    }
  }

  private static func dues(_ person: [Value], _ connection: any Connection) throws -> [PersonalDate] {
    try connection.query(
      """
      SELECT DISTINCT partnership.id AS partnership_id, partnership.name AS name, action.id AS id, what, due, version
      FROM action_owner
      JOIN action ON action.space_id = action_owner.space_id AND action.id = action_id
      JOIN partnership ON partnership.space_id = action.space_id AND partnership.id = partnership_id
      WHERE action_owner.space_id = $1 AND action_owner.person_id = $2 AND action.state IN ('open', 'doing') AND \(isMember)
      ORDER BY due, action.id
      """, person
    ).map { row in
      guard let due = CalendarDay(try row.text("due")) else { throw DatabaseFailure.column("due") }
      return try PersonalDate(row, .due(row.id("id"), what: row.text("what"), on: due, version: row.int("version")))
    }
  }

  /// Whoever has left a partnership hears no more of it.
  private static let isMember = """
    EXISTS (
      SELECT 1 FROM member
      WHERE member.space_id = $1 AND member.partnership_id = partnership.id AND member.person_id = $2 AND left_at IS NULL)
    """
}

extension PersonalDate {
  fileprivate init(_ row: Row, _ kind: Kind) throws {
    self.init(partnership: try row.id("partnership_id"), partnershipName: try row.text("name"), kind: kind)
  }
}
