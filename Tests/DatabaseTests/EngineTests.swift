import Engines
import Foundation
import Testing

@testable import Database

/// A database of an engine in a place of its own.
final class Kept: Sendable {
  let database: any Database
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
  private let kept: TestDatabase

  init(_ engine: TestEngine) async throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    kept = try await TestDatabase(in: engine, file: folder.appendingPathComponent("test.sqlite").path)
    database = kept.database
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// A file beside it.
  func file(_ name: String) -> String { folder.appendingPathComponent(name).path }
}

/// What holds on every engine.
@Suite struct EngineTests {
  @Test(arguments: TestEngine.all) func `a placeholder is bound by its number, not by where it stands`(
    engine: TestEngine
  ) async throws {
    let kept = try await Kept(engine)
    let database = kept.database
    let row = try await database.read { connection in
      try connection.first("SELECT $2 AS second, $1 AS first, $2 AS again", ["one", "two"])
    }
    #expect(try row?.text("first") == "one")
    #expect(try row?.text("second") == "two")
    #expect(try row?.text("again") == "two")
  }

  @Test(arguments: TestEngine.all) func `every kind of value comes back as it went in`(engine: TestEngine) async throws
  {
    let kept = try await Kept(engine)
    let database = kept.database
    try await database.write { connection in
      try connection.execute(
        "CREATE TABLE kept (number BIGINT, text TEXT, bytes BYTEA, real DOUBLE PRECISION, nothings TEXT)")
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

  @Test(arguments: TestEngine.all) func `a write that throws leaves nothing behind`(engine: TestEngine) async throws {
    let kept = try await Kept(engine)
    let database = kept.database
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

  @Test(arguments: TestEngine.all) func `of writes that race none is lost`(engine: TestEngine) async throws {
    let kept = try await Kept(engine)
    let database = kept.database
    try await database.write { connection in
      try connection.execute("CREATE TABLE kept (name TEXT PRIMARY KEY, number BIGINT NOT NULL)")
      try connection.execute("INSERT INTO kept (name, number) VALUES ($1, 0)", ["counter"])
    }
    try await withThrowingTaskGroup(of: Void.self) { (group: inout ThrowingTaskGroup<Void, any Error>) in
      for _ in 0..<40 {
        group.addTask { () async throws -> Void in
          try await database.write { connection in
            // Read and written in two statements: another may come between, unless the engine sees to it.
            let number =
              try connection.first("SELECT number FROM kept WHERE name = $1", ["counter"])?.int("number") ?? 0
            try connection.execute("UPDATE kept SET number = $2 WHERE name = $1", ["counter", Value(number + 1)])
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try await database.read { try $0.first("SELECT number FROM kept", [])?.int("number") } == 40)
  }

  @Test(arguments: TestEngine.all) func `a read sees one moment, whatever is written meanwhile`(engine: TestEngine)
    async throws
  {
    let kept = try await Kept(engine)
    let database = kept.database
    try await database.write { connection in
      try connection.execute("CREATE TABLE kept (number BIGINT PRIMARY KEY)")
      try connection.execute("INSERT INTO kept (number) VALUES ($1)", [1])
    }
    let (isReading, mayGoOn) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    async let seen = database.read { connection in
      let before = try connection.query("SELECT number FROM kept").count
      isReading.signal()
      mayGoOn.wait()
      return (before, try connection.query("SELECT number FROM kept").count)
    }
    await withCheckedContinuation { (begun: CheckedContinuation<Void, Never>) in
      DispatchQueue.global().async {
        isReading.wait()
        begun.resume()
      }
    }
    try await database.write { try $0.execute("INSERT INTO kept (number) VALUES ($1)", [2]) }
    mayGoOn.signal()
    #expect(try await seen == (1, 1))
    #expect(try await database.read { try $0.query("SELECT number FROM kept").count } == 2)
  }

  @Test(arguments: TestEngine.all) func `numbers, truths and sums come back as whole numbers`(engine: TestEngine)
    async throws
  {
    let kept = try await Kept(engine)
    let row = try await kept.database.read { connection in
      try connection.first(
        "SELECT 1 AS one, 1 < 2 AS truth, COUNT(n) AS count, CAST(SUM(n) AS BIGINT) AS sum FROM (SELECT 3 AS n UNION ALL SELECT 4) AS numbers",
        [])
    }
    let found = try #require(row)
    #expect(try found.int("one") == 1 && found.flag("truth") && found.int("count") == 2 && found.int("sum") == 7)
  }

  @Test(arguments: TestEngine.all) func `after the end of its connections a database says that it is closed`(
    engine: TestEngine
  ) async throws {
    let kept = try await Kept(engine)
    try kept.database.close()
    try kept.database.close()
    await #expect(throws: DatabaseFailure.closed) { try await kept.database.read { try $0.tables() } }
  }
}

@Suite struct MigrationTests {
  private let first = Migration(
    number: 1, sql: "-- first\nCREATE TABLE one (id BIGINT);\nCREATE TABLE two (id BIGINT);\n")
  private let second = Migration(number: 2, sql: "CREATE TABLE three (id BIGINT);\n")

  @Test(arguments: TestEngine.all) func `steps are applied once, in order`(engine: TestEngine) async throws {
    let kept = try await Kept(engine)
    let database = kept.database
    try await database.migrate(with: [first])
    try await database.migrate(with: [first, second])
    try await database.migrate(with: [first, second])
    let tables = try await database.read { try $0.tables() }
    #expect(tables == ["migration", "one", "three", "two"])
  }

  @Test(arguments: TestEngine.all) func `an older program refuses a newer schema`(engine: TestEngine) async throws {
    let kept = try await Kept(engine)
    let database = kept.database
    try await database.migrate(with: [first, second])
    await #expect(throws: DatabaseFailure.newerSchema(found: 2, known: 1)) {
      try await database.migrate(with: [first])
    }
  }

  @Test(arguments: TestEngine.all) func `a step that was changed after it was applied is refused`(engine: TestEngine)
    async throws
  {
    let kept = try await Kept(engine)
    let database = kept.database
    try await database.migrate(with: [first])
    await #expect(throws: DatabaseFailure.changedMigration(1)) {
      try await database.migrate(with: [Migration(number: 1, sql: "CREATE TABLE other (id BIGINT);\n"), second])
    }
  }

  @Test(arguments: TestEngine.all) func `a step with a mistake changes nothing`(engine: TestEngine) async throws {
    let kept = try await Kept(engine)
    let database = kept.database
    let broken = Migration(number: 1, sql: "CREATE TABLE one (id BIGINT);\nCREATE TABEL two (id BIGINT);\n")
    await #expect(throws: DatabaseFailure.self) { try await database.migrate(with: [broken]) }
    let tables = try await database.read { try $0.tables() }
    #expect(tables == ["migration"])
  }

  @Test(arguments: TestEngine.all) func `of several servers that start at once each finds the schema whole`(
    engine: TestEngine
  ) async throws {
    let kept = try await Kept(engine)
    let database = kept.database
    try await withThrowingTaskGroup(of: Void.self) { (group: inout ThrowingTaskGroup<Void, any Error>) in
      for _ in 0..<6 { group.addTask { () async throws -> Void in try await database.migrate(with: [first, second]) } }
      try await group.waitForAll()
    }
    #expect(try await database.read { try $0.tables() } == ["migration", "one", "three", "two"])
    #expect(try await database.read { try Migration.applied($0).map(\.number) } == [1, 2])
  }
}
