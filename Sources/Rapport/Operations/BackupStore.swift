import Database
import Foundation
import Partnering

/// What a backup's file says of itself, beside the copy of the database.
struct BackupStamp: Sendable {
  /// The newest form of backup that this program makes and reads.
  static let format = 1

  let format: Int
  let madeAt: Instant
  /// The rows of every table when the copy was made.
  let counts: [String: Int]
  /// The rounds in `keys/closed`.
  let closedRounds: [String]
}

/// The statements that turn a copy of the database into a backup, and a backup into a database.
struct BackupStore {
  let connection: any Connection

  /// Open rounds' sealed values: no copy of them may outlive the round. [anonymity, section 2] And what is true of one
  /// moment, or of one machine, only.
  static let leftOut: Set = ["sealed_value", "lease", "guess", "key_folder"]

  /// A backup made before an upgrade may not have all of these tables yet.
  func leaveOut() throws {
    let tables = try connection.tables()
    for table in Self.leftOut.sorted() where tables.contains(table) { try connection.execute("DELETE FROM \(table)") }
  }

  func write(closedRounds: [String], at now: Instant) throws {
    let counts = try connection.rowCounts()
    try connection.execute("CREATE TABLE backup (format BIGINT NOT NULL, made_at BIGINT NOT NULL)")
    try connection.execute("CREATE TABLE backup_count (name TEXT PRIMARY KEY, n BIGINT NOT NULL)")
    try connection.execute("CREATE TABLE backup_closed_round (name TEXT PRIMARY KEY)")
    try connection.execute(
      "INSERT INTO backup (format, made_at) VALUES ($1, $2)", [Value(BackupStamp.format), .instant(now)])
    // Sorted, so that two backups differ only where the database does.
    for (name, count) in counts.sorted(by: { $0.key < $1.key }) {
      try connection.execute("INSERT INTO backup_count (name, n) VALUES ($1, $2)", [.text(name), Value(count)])
    }
    for name in closedRounds {
      try connection.execute("INSERT INTO backup_closed_round (name) VALUES ($1)", [.text(name)])
    }
  }

  /// `nil` if this is no backup.
  func stamp() throws -> BackupStamp? {
    guard try connection.first("SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'backup'", []) != nil,
      let row = try connection.first("SELECT format, made_at FROM backup", [])
    else { return nil }
    var counts: [String: Int] = [:]
    for row in try connection.query("SELECT name, n FROM backup_count") {
      counts[try row.text("name")] = try row.int("n")
    }
    return BackupStamp(
      format: try row.int("format"), madeAt: try row.instant("made_at"), counts: counts,
      closedRounds: try connection.query("SELECT name FROM backup_closed_round ORDER BY name").map {
        try $0.text("name")
      })
  }

  func newestMigration() throws -> Int {
    try connection.first("SELECT COALESCE(MAX(number), 0) AS number FROM migration", [])?.int("number") ?? 0
  }

  func unfinishedRounds() throws -> Int {
    try connection.first("SELECT COUNT(*) AS n FROM round WHERE state = 'open' OR state = 'opening'", [])?.int("n") ?? 0
  }

  /// Makes a database of a backup: without keys its open rounds cannot go on, and whoever was signed in, or had asked
  /// for a new password, does so again, since a session ended or a link spent after the backup would come back to life.
  func restore(at now: Instant) throws {
    for row in try connection.query("SELECT space_id, id FROM round WHERE state = 'open' ORDER BY id") {
      try RoundStore.interrupt(try row.id("id"), in: try row.id("space_id"), at: now, connection)
    }
    try connection.execute("DELETE FROM session")
    try connection.execute("DELETE FROM link WHERE kind = 'password' OR kind = 'setup'")
    for table in ["DROP TABLE backup", "DROP TABLE backup_count", "DROP TABLE backup_closed_round"] {
      try connection.execute(table)
    }
  }
}
