import Database
import Partnering

/// What the doctor reads of a database file, whatever its schema.
struct DoctorStore {
  let connection: any Connection

  func sqliteVersion() throws -> String {
    try connection.first("SELECT sqlite_version() AS version", [])?.text("version") ?? ""
  }

  func migrations() throws -> [(number: Int, checksum: String)] {
    try connection.query("SELECT number, checksum FROM migration ORDER BY number")
      .map { (try $0.int("number"), try $0.text("checksum")) }
  }

  func openRounds() throws -> [ID<Round>] {
    try connection.query("SELECT id FROM round WHERE state = 'open'").map { try $0.id("id") }
  }

  /// When the newest thing happened that the database knows of.
  func newest() throws -> Instant? {
    try connection.first(
      """
      SELECT MAX(at) AS at FROM (
        SELECT MAX(happened_at) AS at FROM event
        UNION ALL SELECT MAX(opened_at) FROM round
        UNION ALL SELECT MAX(created_at) FROM person
      ) AS times
      """, []
    )?.instantIfAny("at")
  }
}
