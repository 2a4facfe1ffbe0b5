import Foundation
import Testing

@testable import Database

@Suite struct SQLiteDatabaseTests {
  /// A database in a folder of its own that is gone after the test.
  final class Place {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    var path: String { folder.appendingPathComponent("test.sqlite").path }

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(at: folder) }
  }

  @Test func `a placeholder is bound by its number, not by where it stands`() async throws {
    let place = try Place()
    let database = try SQLiteDatabase(path: place.path)
    let row = try await database.read { connection in
      try connection.first("SELECT $2 AS second, $1 AS first, $2 AS again", ["one", "two"])
    }
    #expect(try row?.text("first") == "one")
    #expect(try row?.text("second") == "two")
    #expect(try row?.text("again") == "two")
  }

  @Test func `every kind of value comes back as it went in`() async throws {
    let place = try Place()
    let database = try SQLiteDatabase(path: place.path)
    try await database.write { connection in
      try connection.execute("CREATE TABLE kept (number BIGINT, text TEXT, bytes BYTEA, real DOUBLE PRECISION, nothings TEXT)")
      try connection.execute(
        "INSERT INTO kept (number, text, bytes, real, nothings) VALUES ($1, $2, $3, $4, $5)",
        [.integer(.max), .text("a\u{0301}\r\n"), .bytes([0, 255, 49]), .double(0.1), .null])
    }
    let row = try #require(try await database.read { try $0.first("SELECT * FROM kept", []) })
    #expect(try row.integer("number") == .max)
    #expect(try row.text("text") == "a\u{0301}\r\n")
    #expect(try row.bytes("bytes") == [0, 255, 49])
    #expect(try row.textIfAny("nothings") == nil)
    #expect(throws: DatabaseFailure.column("missing")) { try row.text("missing") }
  }

  @Test func `a write that throws leaves nothing behind`() async throws {
    let place = try Place()
    let database = try SQLiteDatabase(path: place.path)
    try await database.write { try $0.execute("CREATE TABLE kept (number BIGINT PRIMARY KEY)") }
    await #expect(throws: DatabaseFailure.self) {
      try await database.write { connection in
        try connection.execute("INSERT INTO kept (number) VALUES (1)")
        try connection.execute("INSERT INTO kept (number) VALUES (1)")
      }
    }
    let rows = try await database.read { try $0.query("SELECT number FROM kept") }
    #expect(rows.isEmpty)
  }

  @Test func `a file that is no database is called damaged`() async throws {
    let place = try Place()
    try Data(repeating: 7, count: 8_192).write(to: URL(fileURLWithPath: place.path))
    #expect {
      try SQLiteDatabase(path: place.path)
    } throws: { error in
      if case DatabaseFailure.damaged = error { true } else { false }
    }
  }

  @Test func `a copy made while writers go on is whole`() async throws {
    let place = try Place()
    let database = try SQLiteDatabase(path: place.path)
    try await database.write { try $0.execute("CREATE TABLE kept (number BIGINT)") }
    let copy = place.folder.appendingPathComponent("copy.sqlite").path
    try await withThrowingTaskGroup(of: Void.self) { (group: inout ThrowingTaskGroup<Void, any Error>) in
      for number in 0..<50 {
        group.addTask { () async throws -> Void in
          _ = try await database.write { try $0.execute("INSERT INTO kept (number) VALUES ($1)", [Value(number)]) }
        }
      }
      group.addTask { () async throws -> Void in try database.copy(to: copy) }
      try await group.waitForAll()
    }
    #expect(try SQLiteDatabase.inspect(file: copy) { try $0.complaints() } == [])
  }
}

@Suite struct MigrationTests {
  private let first = Migration(number: 1, sql: "-- first\nCREATE TABLE one (id BIGINT);\nCREATE TABLE two (id BIGINT);\n")
  private let second = Migration(number: 2, sql: "CREATE TABLE three (id BIGINT);\n")

  @Test func `steps are applied once, in order`() async throws {
    let place = try SQLiteDatabaseTests.Place()
    let database = try SQLiteDatabase(path: place.path)
    try await database.migrate(with: [first])
    try await database.migrate(with: [first, second])
    try await database.migrate(with: [first, second])
    let tables = try await database.read { connection in
      try connection.query("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").map { try $0.text("name") }
    }
    #expect(tables == ["migration", "one", "three", "two"])
  }

  @Test func `an older program refuses a newer schema`() async throws {
    let place = try SQLiteDatabaseTests.Place()
    let database = try SQLiteDatabase(path: place.path)
    try await database.migrate(with: [first, second])
    await #expect(throws: DatabaseFailure.newerSchema(found: 2, known: 1)) {
      try await database.migrate(with: [first])
    }
  }

  @Test func `a step that was changed after it was applied is refused`() async throws {
    let place = try SQLiteDatabaseTests.Place()
    let database = try SQLiteDatabase(path: place.path)
    try await database.migrate(with: [first])
    await #expect(throws: DatabaseFailure.changedMigration(1)) {
      try await database.migrate(with: [Migration(number: 1, sql: "CREATE TABLE other (id BIGINT);\n"), second])
    }
  }

  @Test func `a step with a mistake changes nothing`() async throws {
    let place = try SQLiteDatabaseTests.Place()
    let database = try SQLiteDatabase(path: place.path)
    let broken = Migration(number: 1, sql: "CREATE TABLE one (id BIGINT);\nCREATE TABEL two (id BIGINT);\n")
    await #expect(throws: DatabaseFailure.self) { try await database.migrate(with: [broken]) }
    let tables = try await database.read { connection in
      try connection.query("SELECT name FROM sqlite_master WHERE type = 'table'").map { try $0.text("name") }
    }
    #expect(tables == ["migration"])
  }
}
