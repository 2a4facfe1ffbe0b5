import Database
import Foundation

/// The database file of an installation, looked at before it is used: nothing is served of a damaged or a wrong one.
struct DatabaseFile {
  let path: String
  /// Whether somebody has used this folder before, so that an empty file is a loss and no beginning.
  let isUsed: Bool

  /// Up to this size the whole file is checked at each start, which takes a few milliseconds; `rapport doctor` always does.
  static let largestCheckedAtStart = 8_000_000

  /// Opens it, and makes it if it is not there.
  /// - Throws: `DatabaseFileFailure` or `DatabaseFailure.newerSchema`, with nothing written; `DatabaseFailure`.
  func open() throws -> SQLiteDatabase {
    try look()
    try mustBeKnown()
    do {
      return try SQLiteDatabase(path: path)
    } catch DatabaseFailure.damaged(let complaint) {
      throw DatabaseFileFailure.damaged(file: path, complaint: complaint)
    }
  }

  /// Found out here and not by the migration, because to open a database is to write to it.
  private func mustBeKnown() throws {
    let known = try Migration.all().count
    guard FileManager.default.fileExists(atPath: path),
      let newest = try SQLiteDatabase.inspect(file: path, { try DatabaseFileStore(connection: $0).newestMigration() }),
      newest > known
    else { return }
    throw DatabaseFailure.newerSchema(found: newest, known: known)
  }

  /// Looks at the file without changing it.
  /// - Throws: `DatabaseFileFailure`.
  func look(whole: Bool = false) throws {
    guard let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int else { return }
    guard size > 0 else {
      if isUsed { throw DatabaseFileFailure.damaged(file: path, complaint: "it is empty") }
      return
    }
    // What is shorter than the shortest page, SQLite takes for a new database.
    guard size >= 512 else { throw DatabaseFileFailure.damaged(file: path, complaint: "it is cut off") }
    do {
      try SQLiteDatabase.inspect(file: path) { connection in
        let store = DatabaseFileStore(connection: connection)
        guard try !store.isBackup() else { throw DatabaseFileFailure.backup(file: path) }
        guard try store.isOurs() else { throw DatabaseFileFailure.foreign(file: path) }
        if let complaint = try store.alteredSchema() {
          throw DatabaseFileFailure.damaged(file: path, complaint: complaint)
        }
        if whole || size <= Self.largestCheckedAtStart, let complaint = try connection.brokenPages(atMost: 1).first {
          throw DatabaseFileFailure.damaged(file: path, complaint: complaint)
        }
      }
    } catch DatabaseFailure.damaged(let complaint), DatabaseFailure.statement(let complaint) {
      throw DatabaseFileFailure.damaged(file: path, complaint: complaint)
    }
  }
}

/// Why a database file is not used. Nothing was changed.
public enum DatabaseFileFailure: Error, Sendable, Hashable {
  case damaged(file: String, complaint: String)
  /// A database, but of another program.
  case foreign(file: String)
  /// A backup in the place of the database.
  case backup(file: String)
}

/// What there is to see of a file, whatever it is.
private struct DatabaseFileStore {
  let connection: any Connection

  /// An empty database becomes ours at the first start.
  func isOurs() throws -> Bool {
    let tables = try tables()
    return tables.isEmpty || tables.contains("migration")
  }

  func isBackup() throws -> Bool { try tables().contains("backup") }

  func newestMigration() throws -> Int? {
    guard try tables().contains("migration") else { return nil }
    return try connection.query("SELECT number FROM migration ORDER BY number DESC LIMIT 1").first?.int("number")
  }

  /// SQLite keeps the schema as text, in which it notices a changed letter as little as in any other.
  func alteredSchema() throws -> String? {
    guard let newest = try newestMigration() else { return nil }
    let migrations = try Migration.all().filter { $0.number <= newest }
    let checksums = try connection.query("SELECT checksum FROM migration ORDER BY number").map {
      try $0.text("checksum")
    }
    // Made by another edition, which the migration says.
    guard checksums == migrations.map(\.checksum) else { return nil }
    var made: [String: String] = [:]
    try SQLiteDatabase.make(file: ":memory:", migrations) { made = try DatabaseFileStore(connection: $0).schema() }
    let found = try schema()
    // An index more, of somebody's own, is no damage.
    let altered = made.keys.filter { made[$0] != found[$0] }.sorted().first
    return altered.map { "the schema of \($0) is not as it was made" }
  }

  private func schema() throws -> [String: String] {
    let rows = try connection.query("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return Dictionary(
      try rows.map { (try $0.text("name"), try $0.text("sql")) }, uniquingKeysWith: { first, _ in first })
  }


  private func tables() throws -> Set<String> {
    Set(try connection.query("SELECT name FROM sqlite_master WHERE type = 'table'").map { try $0.text("name") })
  }
}
