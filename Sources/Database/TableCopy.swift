import Foundation

/// Copies every row of one database into another that has the same schema, whichever engines they are of.
public struct TableCopy: Sendable {
  /// A table as the migrations make it.
  struct Table: Sendable, Equatable {
    let name: String
    /// The columns of its primary key, in their order.
    let key: [String]
  }

  /// In the order in which they were made, so that no row points to one that is not there yet.
  let tables: [Table]

  /// How many tables are copied.
  public var count: Int { tables.count }

  /// How many rows travel at a time.
  private static let batch = 500

  /// - Parameter leavingOut: tables that stay empty.
  public init(_ migrations: [Migration], leavingOut: Set<String> = []) {
    tables = migrations.flatMap(\.statements).compactMap(Table.init).filter { !leavingOut.contains($0.name) }
  }

  /// - Returns: how many rows were copied of each table.
  /// - Throws: `DatabaseFailure`.
  @discardableResult
  public func copy(from source: any Connection, to target: any Connection) throws -> [String: Int] {
    var counts: [String: Int] = [:]
    for table in tables {
      counts[table.name] = 0
      var columns: [String] = []
      var statement = ""
      try forEachRow(of: table, in: source) { row in
        if columns.isEmpty {
          columns = row.columns.keys.sorted()
          let places = columns.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
          // Names of tables and columns come from the migrations, and cannot be bound.
          statement = "INSERT INTO \(table.name) (\(columns.joined(separator: ", "))) VALUES (\(places))"
        }
        try target.execute(statement, columns.map { row[$0] ?? .null })
        counts[table.name, default: 0] += 1
      }
    }
    return counts
  }

  /// What two databases with the same rows have in common, whatever order they keep them in.
  public func digest(of connection: any Connection) throws -> TableDigest {
    var digests: [String: TableDigest.Rows] = [:]
    for table in tables {
      var rows = TableDigest.Rows()
      try forEachRow(of: table, in: connection) { rows.add($0) }
      digests[table.name] = rows
    }
    return TableDigest(tables: digests)
  }

  private func forEachRow(of table: Table, in connection: any Connection, _ body: (Row) throws -> Void) throws {
    let key = table.key.joined(separator: ", ")
    let after = "(\(key)) > (\(table.key.indices.map { "$\($0 + 1)" }.joined(separator: ", ")))"
    var last: [Value]?
    while true {
      let found = try connection.query(
        "SELECT * FROM \(table.name) \(last == nil ? "" : "WHERE \(after)") ORDER BY \(key) LIMIT \(Self.batch)",
        last ?? [])
      for row in found { try body(row) }
      guard found.count == Self.batch, let row = found.last else { return }
      last = table.key.map { row[$0] ?? .null }
    }
  }
}

/// For each table, how many rows it has and a sum of their hashes.
public struct TableDigest: Sendable, Equatable {
  struct Rows: Sendable, Equatable {
    private(set) var count = 0
    // The sum of two FNV-1a hashes of each row: against mistakes, not against an adversary.
    private var sum: (UInt64, UInt64) = (0, 0)

    mutating func add(_ row: Row) {
      count += 1
      let text = row.columns.sorted { $0.key < $1.key }.map { "\($0.key.debugDescription): \($0.value)" }.joined(
        separator: "\n")
      sum.0 &+= text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
      sum.1 &+= text.utf8.reversed().reduce(0x8422_2325_cbf2_9ce4) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    static func == (left: Rows, right: Rows) -> Bool { left.count == right.count && left.sum == right.sum }
  }

  let tables: [String: Rows]

  /// The tables in which two databases differ, sorted.
  public func differences(from other: TableDigest) -> [String] {
    Set(tables.keys).union(other.tables.keys).filter { tables[$0] != other.tables[$0] }.sorted()
  }

  /// All rows of all tables.
  public var rows: Int { tables.values.reduce(0) { $0 + $1.count } }
}

extension TableCopy.Table {
  /// `nil` unless the statement makes a table that has a primary key.
  init?(_ statement: String) {
    guard let made = statement.firstMatch(of: /^CREATE TABLE (\w+) \(/) else { return nil }
    name = String(made.1)
    if let several = statement.firstMatch(of: /\n\s*PRIMARY KEY \(([^)]*)\)/) {
      key = several.1.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    } else if let one = statement.firstMatch(of: /\n\s*(\w+) \w+ PRIMARY KEY/) {
      key = [String(one.1)]
    } else {
      return nil
    }
  }
}
