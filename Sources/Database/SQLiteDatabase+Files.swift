import Foundation
import GRDB

/// Database files as a whole: copies of a running database, and files that no program is using.
extension SQLiteDatabase {
  /// Copies the whole database, as it is at one moment, into a new file, without holding up writers.
  /// - Parameter editing: changes the copy before anybody sees it; what it deletes leaves no trace in the file.
  /// - Throws: `DatabaseFailure`, or what `editing` throws.
  public func copy(to path: String, editing: (any Connection) throws -> Void = { _ in }) throws {
    try failing { try Self.copy(pool, to: path, editing) }
  }

  /// Copies a database file that no program is using.
  /// - Throws: `DatabaseFailure`, or what `editing` throws.
  public static func copy(
    file: String, to path: String, editing: (any Connection) throws -> Void = { _ in }
  ) throws {
    try failing { try copy(try DatabaseQueue(path: file, configuration: readOnly), to: path, editing) }
  }

  /// Makes a database file with this schema that no program is using, and fills it in one transaction.
  /// - Throws: `DatabaseFailure`, or what `filling` throws.
  public static func make(file: String, _ migrations: [Migration], _ filling: (any Connection) throws -> Void) throws {
    try failing {
      let queue = try DatabaseQueue(path: file)
      try queue.write { database in
        let connection = SQLiteConnection(database: database)
        try Migration.beginList(connection)
        for migration in migrations { try migration.apply(connection) }
        try filling(connection)
      }
      try queue.close()
    }
  }

  /// Looks at a database file without changing it.
  /// - Throws: `DatabaseFailure`, or what `body` throws.
  public static func inspect<Result>(file: String, _ body: (any Connection) throws -> Result) throws -> Result {
    try failing {
      try DatabaseQueue(path: file, configuration: readOnly).read { try body(SQLiteConnection(database: $0)) }
    }
  }

  /// The complaints of SQLite's own check of the whole file; none if it is sound.
  public func complaints() async throws -> [String] { try await read { try $0.complaints() } }

  private static var readOnly: Configuration {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(10)
    return configuration
  }

  private static func copy(
    _ source: some DatabaseReader, to path: String, _ editing: (any Connection) throws -> Void
  ) throws {
    let target = try DatabaseQueue(path: path)
    try source.backup(to: target)
    try target.write { try editing(SQLiteConnection(database: $0)) }
    try target.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA journal_mode = DELETE")
      // Deleted rows stay in the file's free pages until it is written anew.
      try database.execute(sql: "VACUUM")
    }
    try target.close()
  }
}

extension Connection {
  /// The complaints of SQLite's own check of the whole file; none if it is sound.
  public func complaints() throws -> [String] {
    try brokenPages(atMost: 100)
      + query("PRAGMA foreign_key_check").map { "a row of \(try $0.text("table")) points nowhere" }
  }

  /// What SQLite's check of the pages finds, each on one line: it puts a heading above them, in the same text.
  public func brokenPages(atMost count: Int) throws -> [String] {
    try query("PRAGMA integrity_check(\(count))")
      .flatMap { try $0.text("integrity_check").split(separator: "\n").map(String.init) }
      .filter { $0 != "ok" && !$0.hasPrefix("***") }
  }

  /// How many rows every table has, by the table's name.
  public func rowCounts() throws -> [String: Int] {
    var counts: [String: Int] = [:]
    for table in try tables() {
      // A table's name cannot be bound; these come from the schema, not from a visitor.
      counts[table] = try first("SELECT COUNT(*) AS n FROM \"\(table)\"", [])?.int("n")
    }
    return counts
  }
}
