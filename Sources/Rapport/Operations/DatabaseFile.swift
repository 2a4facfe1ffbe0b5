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
  /// - Throws: `DatabaseFileFailure`, with nothing written; `DatabaseFailure`.
  func open() throws -> SQLiteDatabase {
    try look()
    do {
      return try SQLiteDatabase(path: path)
    } catch DatabaseFailure.damaged(let complaint) {
      throw DatabaseFileFailure.damaged(file: path, complaint: complaint)
    }
  }

  /// Looks at the file without changing it.
  /// - Throws: `DatabaseFileFailure`.
  func look(whole: Bool = false) throws {
    guard let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int else { return }
    guard size > 0 else {
      if isUsed { throw DatabaseFileFailure.damaged(file: path, complaint: "it is empty") }
      return
    }
    do {
      try SQLiteDatabase.inspect(file: path) { connection in
        let store = DatabaseFileStore(connection: connection)
        guard try !store.isBackup() else { throw DatabaseFileFailure.backup(file: path) }
        guard try store.isOurs() else { throw DatabaseFileFailure.foreign(file: path) }
        if whole || size <= Self.largestCheckedAtStart, let complaint = try store.firstComplaint() {
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

  func firstComplaint() throws -> String? {
    let complaint = try connection.query("PRAGMA integrity_check(1)").first?.text("integrity_check")
    return complaint == "ok" ? nil : complaint
  }

  private func tables() throws -> Set<String> {
    Set(try connection.query("SELECT name FROM sqlite_master WHERE type = 'table'").map { try $0.text("name") })
  }
}
