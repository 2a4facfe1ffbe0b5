/// A relational database that Rapport keeps its records in.
///
/// Statements are written in the part of SQL that SQLite and PostgreSQL share, with `$1`
/// placeholders; values are bound, never put into the text.
public protocol Database: Sendable {
  /// Runs `body` on a consistent snapshot.
  /// - Throws: `DatabaseFailure`, or what `body` throws.
  func read<Result: Sendable>(
    _ body: @escaping @Sendable (any Connection) throws -> Result
  ) async throws -> Result

  /// Runs `body` in one transaction; it is durable when this returns, and undone when `body` throws.
  ///
  /// An engine may run `body` again when it lost a race: it has no effect but on its connection.
  /// - Throws: `DatabaseFailure`, or what `body` throws.
  @discardableResult
  func write<Result: Sendable>(
    _ body: @escaping @Sendable (any Connection) throws -> Result
  ) async throws -> Result

  /// Whether other programs may be changing it at the same time.
  var isShared: Bool { get }

  /// Lets go of every connection; later calls throw `DatabaseFailure.closed`.
  func close() throws
}

/// One transaction's way to the database.
public protocol Connection {
  /// The rows that a query finds, in its order.
  func query(_ sql: String, _ values: [Value]) throws -> [Row]

  /// Runs a statement that returns nothing; answers how many rows it changed.
  @discardableResult
  func execute(_ sql: String, _ values: [Value]) throws -> Int

  /// The names of all tables, sorted.
  func tables() throws -> [String]

  /// The database's own clock: milliseconds since 1970, UTC. Of several servers on one database, none goes by its own.
  func milliseconds() throws -> Int64
}

extension Connection {
  public func query(_ sql: String) throws -> [Row] { try query(sql, []) }

  /// The first row that a query finds, if it finds any.
  public func first(_ sql: String, _ values: [Value]) throws -> Row? { try query(sql, values).first }

  @discardableResult
  public func execute(_ sql: String) throws -> Int { try execute(sql, []) }
}

/// A value to bind.
public enum Value: Sendable, Hashable {
  case null
  case integer(Int64)
  case double(Double)
  case text(String)
  case bytes([UInt8])
}

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByNilLiteral {
  public init(stringLiteral value: String) { self = .text(value) }
  public init(integerLiteral value: Int64) { self = .integer(value) }
  public init(nilLiteral: ()) { self = .null }

  public init(_ text: String?) { self = text.map(Value.text) ?? .null }
  public init(_ number: Int?) { self = number.map { .integer(Int64($0)) } ?? .null }
  public init(_ number: Int64?) { self = number.map(Value.integer) ?? .null }
  /// True as 1, false as 0: the shared part of SQL has no truth values.
  public init(_ truth: Bool) { self = .integer(truth ? 1 : 0) }
  public init(_ bytes: [UInt8]?) { self = bytes.map(Value.bytes) ?? .null }
}

/// One row of a query's result, read by column name.
public struct Row: Sendable {
  /// One array for all rows of a result.
  private let names: [String]
  private let values: [Value]

  /// - Parameters:
  ///   - names: of the columns, in the order of `values`.
  init(names: [String], values: [Value]) { (self.names, self.values) = (names, values) }

  public init(columns: [String: Value]) { self.init(names: Array(columns.keys), values: Array(columns.values)) }

  var columns: [String: Value] { Dictionary(zip(names, values)) { first, _ in first } }

  /// A search from one end to the other: with so few columns it is over before a hash is made.
  subscript(column: String) -> Value? { names.firstIndex(of: column).map { values[$0] } }

  /// - Throws: `DatabaseFailure.column` if the column is missing, null or of another kind.
  public func text(_ column: String) throws -> String {
    guard let text = try textIfAny(column) else { throw DatabaseFailure.column(column) }
    return text
  }

  public func textIfAny(_ column: String) throws -> String? {
    switch self[column] {
    case .text(let text): text
    case .null: nil
    default: throw DatabaseFailure.column(column)
    }
  }

  public func integer(_ column: String) throws -> Int64 {
    guard let number = try integerIfAny(column) else { throw DatabaseFailure.column(column) }
    return number
  }

  public func integerIfAny(_ column: String) throws -> Int64? {
    switch self[column] {
    case .integer(let number): number
    case .null: nil
    default: throw DatabaseFailure.column(column)
    }
  }

  /// Whatever is there.
  public func value(_ column: String) throws -> Value {
    guard let value = self[column] else { throw DatabaseFailure.column(column) }
    return value
  }

  public func int(_ column: String) throws -> Int { Int(clamping: try integer(column)) }
  public func flag(_ column: String) throws -> Bool { try integer(column) != 0 }

  public func bytes(_ column: String) throws -> [UInt8] {
    guard case .bytes(let bytes) = self[column] else { throw DatabaseFailure.column(column) }
    return bytes
  }

  public func bytesIfAny(_ column: String) throws -> [UInt8]? {
    switch self[column] {
    case .bytes(let bytes): bytes
    case .null: nil
    default: throw DatabaseFailure.column(column)
    }
  }
}

/// Why the database could not do what it was asked.
public enum DatabaseFailure: Error, Equatable {
  /// The rules of the schema refuse the change (a key that exists, a reference that does not).
  case constraint(String)
  /// No room on the disk.
  case full
  /// The file or its folder cannot be written.
  case readOnly
  /// Locked by another program, or gone; it may work later.
  case unavailable(String)
  /// The file is no database or is damaged.
  case damaged(String)
  /// The schema is newer than this program.
  case newerSchema(found: Int, known: Int)
  /// A migration that was applied is not the one this program has.
  case changedMigration(Int)
  /// A row has no such column, or not of that kind: a mistake in a statement.
  case column(String)
  /// A mistake in a statement.
  case statement(String)
  /// The database was closed.
  case closed
}
