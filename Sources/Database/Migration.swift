import Foundation

/// One numbered step of the schema. Steps are only ever added.
public struct Migration: Sendable {
  /// From 1, without gaps.
  public let number: Int
  public let sql: String

  /// FNV-1a over the text, enough to notice a changed file.
  public var checksum: String {
    let hash = sql.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    return String(hash, radix: 16)
  }

  /// The steps that this program brings along.
  /// - Throws: `ResourcesMissing`.
  public static func all() throws -> [Migration] {
    try Resources(of: "Database").files(endingIn: [".sql"]).enumerated().map { place, file in
      Migration(number: place + 1, sql: try String(contentsOf: file, encoding: .utf8))
    }
  }
}

extension Database {
  /// Brings the schema up to the newest of `migrations`, each step in a transaction of its own.
  /// - Throws: `DatabaseFailure.newerSchema` or `.changedMigration`, with nothing changed.
  public func migrate(with migrations: [Migration]) async throws {
    try await once { try Migration.beginList($0) }
    for (number, checksum) in try await read(Migration.applied) {
      guard let known = migrations.first(where: { $0.number == number }) else {
        throw DatabaseFailure.newerSchema(found: number, known: migrations.count)
      }
      guard known.checksum == checksum else { throw DatabaseFailure.changedMigration(number) }
    }
    for migration in migrations {
      try await once { connection in
        let isApplied = try Migration.applied(connection).contains { $0.number == migration.number }
        if !isApplied { try migration.apply(connection) }
      }
    }
  }

  /// Of several servers that start together, one takes the step; the others meet a table that is there already, and look
  /// again.
  private func once(_ step: @escaping @Sendable (any Connection) throws -> Void) async throws {
    do { try await write(step) } catch let failure as DatabaseFailure where isShared {
      do { try await write(step) } catch { throw failure }
    }
  }
}

extension Migration {
  static func beginList(_ connection: any Connection) throws {
    try connection.execute(
      "CREATE TABLE IF NOT EXISTS migration (number BIGINT PRIMARY KEY, checksum TEXT NOT NULL)")
  }

  static func applied(_ connection: any Connection) throws -> [(number: Int, checksum: String)] {
    try connection.query("SELECT number, checksum FROM migration ORDER BY number")
      .map { (try $0.int("number"), try $0.text("checksum")) }
  }

  func apply(_ connection: any Connection) throws {
    for statement in statements { try connection.execute(statement) }
    try connection.execute(
      "INSERT INTO migration (number, checksum) VALUES ($1, $2)", [Value(number), .text(checksum)])
  }
}

extension Migration {
  /// The statements: each ends with a semicolon at the end of a line.
  var statements: [String] {
    sql.split(separator: "\n")
      .filter { !$0.hasPrefix("--") }
      .joined(separator: "\n")
      .components(separatedBy: ";\n")
      .map { $0.trimmingCharacters(in: .whitespacesAndNewlines.union([";"])) }
      .filter { !$0.isEmpty }
  }
}
