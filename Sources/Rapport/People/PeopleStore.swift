import Database
import Foundation
import Partnering

/// Spaces, organisations and people.
struct PeopleStore: Sendable {
  let database: any Database

  /// The account with this address, if it has a password.
  func account(_ email: String) async throws -> (id: ID<Person>, space: ID<Space>, password: PasswordHash)? {
    try await database.read { connection in
      try connection.first(
        """
        SELECT space_id, id, password FROM person
        WHERE email = $1 AND password IS NOT NULL AND erased_at IS NULL
        """,
        [.text(email)]
      ).map { (try $0.id("id"), try $0.id("space_id"), PasswordHash(text: try $0.text("password"))) }
    }
  }

  /// Whether there is a space yet.
  func isSetUp() async throws -> Bool {
    try await database.read { connection in try !connection.query("SELECT id FROM space LIMIT 1").isEmpty }
  }

  func choose(_ language: Language, for person: SignedInPerson) async throws {
    try await database.write { connection in
      try connection.execute(
        "UPDATE person SET language = $3 WHERE space_id = $1 AND id = $2",
        [.id(person.space), .id(person.id), .text(language.rawValue)])
    }
  }

  /// Makes a setup link that works once, for an hour; only while there is no space.
  /// - Returns: the link's secret part, or `nil` if the installation is set up.
  func openSetup(at now: Instant) async throws -> String? {
    let token = Randomness.token()
    return try await database.write { connection in
      guard try connection.query("SELECT id FROM space LIMIT 1").isEmpty else { return nil }
      try connection.execute("DELETE FROM link WHERE kind = 'setup'")
      try connection.execute(
        "INSERT INTO link (token, kind, created_at, expires_at) VALUES ($1, 'setup', $2, $3)",
        [.bytes(hashed(secret: token)), .instant(now), .instant(now + .hours(1))])
      return token
    }
  }

  func isSetupOpen(_ token: [UInt8], at now: Instant) async throws -> Bool {
    try await database.read { connection in
      try connection.first(
        "SELECT token FROM link WHERE token = $1 AND kind = 'setup' AND used_at IS NULL AND expires_at > $2",
        [.bytes(token), .instant(now)]) != nil
    }
  }

  /// Makes the space, its organisation and its first account, and spends the link.
  /// - Returns: whether the link was still good.
  func found(_ founding: Founding, spending link: [UInt8], at now: Instant) async throws -> Bool {
    try await database.write { connection in
      let spent = try connection.execute(
        "UPDATE link SET used_at = $2 WHERE token = $1 AND kind = 'setup' AND used_at IS NULL AND expires_at > $2",
        [.bytes(link), .instant(now)])
      guard spent == 1 else { return false }
      try connection.execute(
        "INSERT INTO space (id, name, time_zone, demonstration, created_at) VALUES ($1, $2, $3, $4, $5)",
        [
          .id(founding.space), .text(founding.spaceName), .text(founding.timeZone), Value(founding.isDemonstration),
          .instant(now),
        ])
      try connection.execute(
        "INSERT INTO organisation (space_id, id, name, created_at) VALUES ($1, $2, $3, $4)",
        [.id(founding.space), .id(founding.organisation), .text(founding.organisationName), .instant(now)])
      try connection.execute(
        """
        INSERT INTO person (space_id, id, organisation_id, name, email, password, manager, head, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, 1, 0, $7)
        """,
        [
          .id(founding.space), .id(founding.person), .id(founding.organisation), .text(founding.name),
          .text(founding.email), .text(founding.password.text), .instant(now),
        ])
      return true
    }
  }
}
