import Database
import Foundation
import Hummingbird
import Partnering

/// A session as the middleware needs it.
struct Session: Sendable {
  let token: [UInt8]
  let person: SignedInPerson
  let language: Language?
  let timeZone: String
}

/// Who is signed in. Sessions keep no time finer than a day. [anonymity, section 2]
struct SessionStore: Sendable {
  let database: any Database
  static let days = 30

  /// The session that a cookie's value stands for, if it has not ended.
  func find(_ cookie: String?, on today: CalendarDay) async throws -> Session? {
    guard let cookie, !cookie.isEmpty else { return nil }
    let token = hashed(secret: cookie)
    return try await database.read { connection in
      let row = try connection.first(
        """
        SELECT session.space_id, person_id, organisation_id, person.name, manager, head, round_id, language, time_zone
        FROM session
        JOIN person ON person.space_id = session.space_id AND person.id = session.person_id
        JOIN space ON space.id = session.space_id
        WHERE token = $1 AND expires_day >= $2 AND erased_at IS NULL
          AND (
            round_id IS NULL
            OR EXISTS (
              SELECT 1 FROM round
              WHERE round.space_id = session.space_id AND round.id = session.round_id
                AND state IN ('opening', 'open', 'interrupted')))
        """,
        [.bytes(token), .text(today.description)])
      return try row.map { row in
        Session(
          token: token,
          person: SignedInPerson(
            space: try row.id("space_id"), id: try row.id("person_id"), organisation: try row.id("organisation_id"),
            name: try row.text("name"), isManager: try row.flag("manager"), isHead: try row.flag("head"),
            onlyRound: try row.idIfAny("round_id")),
          language: try row.textIfAny("language").flatMap(Language.init), timeZone: try row.text("time_zone"))
      }
    }
  }

  /// Starts a session and returns the cookie's value, which is kept nowhere.
  func start(
    for person: ID<Person>, in space: ID<Space>, only round: ID<Round>?, on today: CalendarDay, until: CalendarDay
  ) async throws -> String {
    try await database.write { connection in
      try connection.execute("DELETE FROM session WHERE expires_day < $1", [.text(today.description)])
      return try Self.start(for: person, in: space, only: round, on: today, until: until, connection)
    }
  }

  static func start(
    for person: ID<Person>, in space: ID<Space>, only round: ID<Round>?, on today: CalendarDay, until: CalendarDay,
    _ connection: any Connection
  ) throws -> String {
    let cookie = Randomness.token()
    try connection.execute(
      """
      INSERT INTO session (token, space_id, person_id, round_id, created_day, expires_day)
      VALUES ($1, $2, $3, $4, $5, $6)
      """,
      [
        .bytes(hashed(secret: cookie)), .id(space), .id(person), .id(round), .text(today.description),
        .text(until.description),
      ])
    return cookie
  }

  func end(_ cookie: String) async throws {
    let token = hashed(secret: cookie)
    try await database.write { connection in
      try connection.execute("DELETE FROM session WHERE token = $1", [.bytes(token)])
    }
  }

  /// Ends every session of a person, for a new password.
  func endAll(of person: ID<Person>, in space: ID<Space>) async throws {
    try await database.write { connection in
      try connection.execute(
        "DELETE FROM session WHERE space_id = $1 AND person_id = $2", [.id(space), .id(person)])
    }
  }
}

extension Row {
  /// - Throws: `DatabaseFailure.column` if the column holds no id.
  func id<Thing>(_ column: String) throws -> ID<Thing> {
    guard let id = ID<Thing>(try text(column)) else { throw DatabaseFailure.column(column) }
    return id
  }

  func idIfAny<Thing>(_ column: String) throws -> ID<Thing>? {
    try textIfAny(column).flatMap { ID<Thing>($0) }
  }

  func instant(_ column: String) throws -> Instant { Instant(milliseconds: try integer(column)) }

  func instantIfAny(_ column: String) throws -> Instant? {
    try integerIfAny(column).map(Instant.init(milliseconds:))
  }
}

extension Value {
  static func id<Thing>(_ id: ID<Thing>) -> Value { .text(id.text) }
  static func id<Thing>(_ id: ID<Thing>?) -> Value { Value(id?.text) }
  static func instant(_ instant: Instant) -> Value { .integer(instant.milliseconds) }
  static func instant(_ instant: Instant?) -> Value { Value(instant?.milliseconds) }
}
