import Foundation
import GRDB

/// SQLite inside the program: write-ahead log, every commit on the disk before it is acknowledged,
/// one writer, several readers.
public struct SQLiteDatabase: Database {
  let pool: DatabasePool

  /// Opens the file, and makes it if it is not there. The caller holds the data folder's lock.
  /// - Throws: `DatabaseFailure`.
  public init(path: String) throws {
    pool = try failing {
      var configuration = Configuration()
      configuration.busyMode = .timeout(10)
      configuration.foreignKeysEnabled = true
      configuration.maximumReaderCount = 4
      let pool = try DatabasePool(path: path, configuration: configuration)
      try pool.writeWithoutTransaction { database in
        // GRDB sets NORMAL after its own preparation; a commit must outlive a power cut.
        try database.execute(sql: "PRAGMA synchronous = FULL")
        try SQLiteDatabase.check(database)
      }
      return pool
    }
  }

  public var isShared: Bool { false }

  public func read<Result: Sendable>(
    _ body: @escaping @Sendable (any Connection) throws -> Result
  ) async throws -> Result {
    try readHere(body)
  }

  /// On the caller's own thread: a read takes less than going to another thread and back.
  private func readHere<Result>(_ body: (any Connection) throws -> Result) throws -> Result {
    try failing { try pool.read { try body(SQLiteConnection(database: $0)) } }
  }

  @discardableResult
  public func write<Result: Sendable>(
    _ body: @escaping @Sendable (any Connection) throws -> Result
  ) async throws -> Result {
    try await failing { try await pool.write { try body(SQLiteConnection(database: $0)) } }
  }

  public func close() throws {
    try failing {
      try pool.writeWithoutTransaction { database in
        // Closed before: SQLite does not look at what it is given.
        if database.sqliteConnection != nil { try database.checkpoint(.truncate) }
      }
      try pool.close()
    }
  }

  private static func check(_ database: GRDB.Database) throws {
    let synchronous = try Int.fetchOne(database, sql: "PRAGMA synchronous")
    let journal = try String.fetchOne(database, sql: "PRAGMA journal_mode")
    let foreignKeys = try Int.fetchOne(database, sql: "PRAGMA foreign_keys")
    guard synchronous == 2, journal == "wal", foreignKeys == 1 else {
      throw DatabaseFailure.unavailable(
        "SQLite did not take its settings: synchronous \(synchronous ?? -1), journal \(journal ?? "?")")
    }
  }
}

// Both modules call it Row.
typealias Found = Row

struct SQLiteConnection: Connection {
  let database: GRDB.Database

  func query(_ sql: String, _ values: [Value]) throws -> [Found] {
    try failing {
      let statement = try database.cachedStatement(sql: sql)
      let names = Array(statement.columnNames)
      let cursor = try GRDB.Row.fetchCursor(statement, arguments: arguments(values))
      var found: [Found] = []
      while let row = try cursor.next() {
        found.append(Found(names: names, values: names.indices.map { Value((row[$0] as DatabaseValue).storage) }))
      }
      return found
    }
  }

  func execute(_ sql: String, _ values: [Value]) throws -> Int {
    try failing {
      let statement = try database.cachedStatement(sql: sql)
      try statement.execute(arguments: arguments(values))
      return database.changesCount
    }
  }

  func tables() throws -> [String] {
    try query("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
      .map { try $0.text("name") }
  }

  func milliseconds() throws -> Int64 { Int64(Date().timeIntervalSince1970 * 1_000) }

  /// GRDB binds an array in order of appearance but `$1` by the name "1": bind by name.
  private func arguments(_ values: [Value]) -> StatementArguments {
    var named: [String: (any DatabaseValueConvertible)?] = [:]
    for (place, value) in values.enumerated() { named[String(place + 1)] = value.convertible }
    return StatementArguments(named)
  }
}

extension Value {
  fileprivate init(_ storage: DatabaseValue.Storage) {
    switch storage {
    case .null: self = .null
    case .int64(let number): self = .integer(number)
    case .double(let number): self = .double(number)
    case .string(let text): self = .text(text)
    case .blob(let data): self = .bytes(Array(data))
    }
  }

  fileprivate var convertible: (any DatabaseValueConvertible)? {
    switch self {
    case .null: nil
    case .integer(let number): number
    case .double(let number): number
    case .text(let text): text
    case .bytes(let bytes): Data(bytes)
    }
  }
}

func failing<Result>(_ body: () throws -> Result) throws -> Result {
  do { return try body() } catch let error as GRDB.DatabaseError { throw DatabaseFailure(error) }
}

func failing<Result>(_ body: () async throws -> Result) async throws -> Result {
  do { return try await body() } catch let error as GRDB.DatabaseError { throw DatabaseFailure(error) }
}

extension DatabaseFailure {
  fileprivate init(_ error: GRDB.DatabaseError) {
    // SQLite quotes what it cannot read to its end, over many lines.
    let lines = (error.message ?? error.resultCode.description).split(whereSeparator: \.isNewline)
    let message = lines.first.map(String.init) ?? ""
    self =
      switch error.resultCode {
      case .SQLITE_CONSTRAINT: .constraint(message)
      case .SQLITE_FULL: .full
      case .SQLITE_READONLY: .readOnly
      case .SQLITE_CORRUPT, .SQLITE_NOTADB: .damaged(message)
      case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_IOERR, .SQLITE_CANTOPEN: .unavailable(message)
      case .SQLITE_MISUSE: .closed
      default: .statement(message)
      }
  }
}
