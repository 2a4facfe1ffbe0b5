import Engines
import Foundation
import Testing

@testable import Database

/// What is PostgreSQL's own; nothing where `script/with-postgres` has started none.
@Suite struct PostgresTests {
  static let engines = TestEngine.all.filter(\.isPostgres)

  @Test func `a server that cannot be reached is unavailable, with libpq's sentence`() async throws {
    await #expect {
      _ = try await PostgresDatabase("postgres://rapport@127.0.0.1:1/rapport")
    } throws: { error in
      if case DatabaseFailure.unavailable(let sentence) = error { sentence.contains("127.0.0.1") } else { false }
    }
    await #expect(throws: DatabaseFailure.self) { _ = try await PostgresDatabase("postgres://[") }
  }

  @Test(arguments: [(90_624, false), (140_011, false), (149_999, false), (150_000, true), (150_018, true), (180_001, true)])
  func `PostgreSQL 15 and newer are taken, and none before`(version: Int, isTaken: Bool) {
    #expect(PostgresSession.isNewEnough(version) == isTaken)
  }

  @Test(arguments: engines) func `a connection that the server ended is replaced without anybody noticing`(
    engine: TestEngine
  ) async throws {
    let kept = try await Kept(engine)
    let first = try await kept.backend()
    try await kept.end(first)
    #expect(try await kept.backend() != first)
    try await kept.end(try await kept.backend())
    try await kept.database.write { try $0.execute("CREATE TABLE kept (number BIGINT)") }
  }

  @Test(arguments: engines)
  func `a connection that ends within a transaction leaves nothing of it, and the next one works`(engine: TestEngine)
    async throws
  {
    let kept = try await Kept(engine)
    let database = kept.database
    try await database.write { try $0.execute("CREATE TABLE kept (number BIGINT)") }
    await #expect {
      try await database.write { connection in
        try connection.execute("INSERT INTO kept (number) VALUES ($1)", [1])
        _ = try connection.query("SELECT pg_terminate_backend(pg_backend_pid()) AS ended")
      }
    } throws: { error in
      if case DatabaseFailure.unavailable = error { true } else { false }
    }
    #expect(try await database.read { try $0.query("SELECT number FROM kept").count } == 0)
  }

  @Test(arguments: engines)
  func `a transaction goes on after a failed statement only to be refused whole`(engine: TestEngine) async throws {
    let kept = try await Kept(engine)
    try await kept.database.write { try $0.execute("CREATE TABLE kept (number BIGINT PRIMARY KEY)") }
    await #expect(throws: DatabaseFailure.self) {
      try await kept.database.write { connection in
        try connection.execute("INSERT INTO kept (number) VALUES ($1)", [1])
        _ = try? connection.execute("INSERT INTO kept (number) VALUES ($1)", [1])
      }
    }
    #expect(try await kept.database.read { try $0.query("SELECT number FROM kept").count } == 0)
  }

  @Test(arguments: engines) func `statements of ever new forms do not pile up on a connection`(engine: TestEngine) async throws {
    let kept = try await Kept(engine)
    let prepared = try await kept.database.read { connection in
      for count in 1...(PostgresLink.mostPrepared + 100) {
        let places = (1...count).map { "CAST($\($0) AS BIGINT)" }.joined(separator: " + ")
        let sum = try connection.first("SELECT \(places) AS sum", (1...count).map { Value($0) })
        #expect(try sum?.int("sum") == count * (count + 1) / 2)
      }
      return try connection.first("SELECT COUNT(*) AS n FROM pg_prepared_statements", [])?.int("n")
    }
    #expect(try #require(prepared) <= PostgresLink.mostPrepared)
  }

  @Test(arguments: engines) func `whoever waits for a connection gets one in turn, and an end of all that waiting`(engine: TestEngine)
    async throws
  {
    let kept = try await Kept(engine)
    let database = kept.database
    // Many more at once than there are connections.
    let found = try await withThrowingTaskGroup(of: Int.self) { group in
      for number in 1...100 {
        group.addTask { try await database.read { try $0.first("SELECT CAST($1 AS BIGINT) AS n", [Value(number)])?.int("n") ?? 0 } }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(found.sorted() == Array(1...100))
    let sound = await withTaskGroup(of: Bool.self) { group in
      for _ in 1...100 {
        group.addTask {
          do {
            return try await !database.read { try $0.query("SELECT CAST(pg_sleep(0.1) AS TEXT) AS slept") }.isEmpty
          } catch { return error as? DatabaseFailure == .closed }
        }
      }
      group.addTask { (try? database.close()) != nil }
      return await group.allSatisfy { $0 }
    }
    #expect(sound)
  }

  @Test(arguments: engines) func `a text with a NUL is refused, not cut off`(engine: TestEngine) async throws {
    let kept = try await Kept(engine)
    await #expect(throws: DatabaseFailure.self) {
      try await kept.database.read { try $0.first("SELECT $1 AS text", [.text("a\u{0}b")]) }
    }
  }

  @Test(arguments: engines) func `what is acknowledged is durable even where the server's default says otherwise`(
    engine: TestEngine
  ) async throws {
    let kept = try await Kept(engine)
    let name = try #require(
      try await kept.database.read { try $0.first("SELECT CAST(current_database() AS TEXT) AS name", []) }?.text("name")
    )
    try await kept.database.write { try $0.execute("ALTER DATABASE \(name) SET synchronous_commit = off") }
    try await kept.end(try await kept.backend())
    let setting = try await kept.database.read {
      try $0.first("SELECT current_setting('synchronous_commit') AS setting", [])
    }
    #expect(try setting?.text("setting") == "on")
  }
}

@Suite struct TableCopyTests {
  private static let schema = [
    Migration(
      number: 1,
      sql: """
        CREATE TABLE space (
          id TEXT PRIMARY KEY,
          name TEXT NOT NULL
        );
        CREATE TABLE person (
          space_id TEXT NOT NULL REFERENCES space (id),
          id BIGINT NOT NULL,
          picture BYTEA,
          PRIMARY KEY (space_id, id)
        );

        """)
  ]

  /// Every engine to every engine.
  static let ways = TestEngine.all.flatMap { from in TestEngine.all.map { (from, $0) } }

  @Test(arguments: ways) func `every row arrives as it was, in batches too`(from: TestEngine, to: TestEngine)
    async throws
  {
    let (old, new) = (try await Kept(from), try await Kept(to))
    for database in [old.database, new.database] { try await database.migrate(with: Self.schema) }
    try await old.database.write { connection in
      for space in ["b", "a-1", "a", "Z", "\u{e4}"] {
        try connection.execute(
          "INSERT INTO space (id, name) VALUES ($1, $2)", [.text(space), "It's \"one\"\r\n\u{0301}"])
        for person in 0..<301 {
          try connection.execute(
            "INSERT INTO person (space_id, id, picture) VALUES ($1, $2, $3)",
            [.text(space), Value(person), person.isMultiple(of: 2) ? .null : .bytes([0, UInt8(person % 256), 255])])
        }
      }
    }
    let (copy, file) = (TableCopy(Self.schema), old.file("between.sqlite"))
    try await old.database.read { source in
      try SQLiteDatabase.make(file: file, Self.schema) { try copy.copy(from: source, to: $0) }
    }
    let counts = try await new.database.write { target in
      try SQLiteDatabase.inspect(file: file) { try copy.copy(from: $0, to: target) }
    }
    #expect(counts == ["space": 5, "person": 5 * 301])
    for sql in ["SELECT * FROM space", "SELECT * FROM person"] {
      let (before, after) = (
        try await old.database.read { try $0.query(sql) }, try await new.database.read { try $0.query(sql) }
      )
      #expect(Set(before.map(\.columns)) == Set(after.map(\.columns)))
    }
    let digests = (
      try await old.database.read { try copy.digest(of: $0) }, try await new.database.read { try copy.digest(of: $0) }
    )
    #expect(digests.0 == digests.1 && digests.0.rows == 5 * 302)
  }

  @Test(arguments: TestEngine.all) func `a digest sees every change`(engine: TestEngine) async throws {
    let kept = try await Kept(engine)
    let copy = TableCopy(Self.schema)
    try await kept.database.migrate(with: Self.schema)
    var seen: [TableDigest] = []
    for change in [
      "INSERT INTO space (id, name) VALUES ('a', 'A')", "UPDATE space SET name = 'B'",
      "INSERT INTO person (space_id, id, picture) VALUES ('a', 1, NULL)", "UPDATE person SET id = 2",
    ] {
      try await kept.database.write { try $0.execute(change) }
      seen.append(try await kept.database.read { try copy.digest(of: $0) })
    }
    for (place, digest) in seen.enumerated() { #expect(!seen[..<place].contains(digest)) }
    #expect(seen[1].differences(from: seen[0]) == ["space"])
  }

  @Test func `the migrations' tables are found with their keys`() throws {
    let tables = TableCopy(try Migration.all()).tables
    #expect(tables.first?.name == "space" && tables.first?.key == ["id"])
    #expect(tables.contains { $0.name == "session" && $0.key == ["token"] })
    #expect(
      tables.contains {
        $0.name == "proposal_consent" && $0.key == ["space_id", "proposal_id", "party_id", "person_id"]
      })
    let made = try Migration.all().flatMap(\.statements).filter { $0.hasPrefix("CREATE TABLE") }
    #expect(tables.count == made.count)
  }
}

extension Kept {
  /// The number of the server's process that serves the connection.
  fileprivate func backend() async throws -> Int {
    try await database.read { try $0.first("SELECT pg_backend_pid() AS process", [])?.int("process") ?? 0 }
  }

  /// Ends a connection from outside, and waits until it is gone.
  fileprivate func end(_ process: Int) async throws {
    guard case .postgres(let server) = TestEngine.chosen else { return }
    let link = try PostgresLink(PostgresSettings(server))
    _ = try link.query("SELECT pg_terminate_backend(CAST($1 AS INTEGER), 10000) AS ended", [Value(process)])
  }
}
