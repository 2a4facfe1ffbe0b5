import Ballots
import Engines
import Foundation
import Logging
import Partnering
import Testing

@testable import Database
@testable import Rapport

/// `rapport copy`: from one engine to the other, and back.
@Suite(.enabled(if: TestEngine.chosen.isPostgres, "there is a PostgreSQL to copy to"))
struct MovingTests {
  /// A folder with an installation whose round has closed, stopped; and an empty database.
  private struct Scene {
    let folder: URL
    let server: TestDatabase

    init(_ fill: (RoundStory) async throws -> Void = { _ in }) async throws {
      folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
      server = try await TestDatabase(file: "")
      try await MovingTests.withStory(in: folder, fill)
    }

    var address: String { get async throws { try #require(try await server.address) } }
  }

  /// Runs an installation on SQLite, and stops it.
  private static func withStory(in folder: URL, _ fill: (RoundStory) async throws -> Void) async throws {
    let story = try await Story(in: .sqlite, folder: folder)
    try await fill(try await RoundStory(story: story))
  }

  @Test func `an installation goes to PostgreSQL and back, and is the same`() async throws {
    let scene = try await Scene { told in
      let round = try await told.open()
      for person in told.everybody {
        try await told.answer(round, by: person, rating: 2, comment: "It\u{2019}s \"fine\"\n\u{1F600}")
      }
      try await told.close(round)
    }
    let before = try SQLiteDatabase.inspect(file: scene.folder.appendingPathComponent("rapport.sqlite").path, Self.rows)
    let arrived = try await Moving.move(from: .folder(scene.folder), to: .server(try await scene.address))
    #expect(arrived.rows > 50)
    #expect(try await scene.server.database.read(Self.rows) == before)
    let back = scene.folder.appendingPathExtension("back")
    defer { for url in [back, scene.folder] { try? FileManager.default.removeItem(at: url) } }
    #expect(try await Moving.move(from: .server(try await scene.address), to: .folder(back)) == arrived)
    let file = back.appendingPathComponent("rapport.sqlite").path
    #expect(try SQLiteDatabase.inspect(file: file, Self.rows) == before)
    #expect(try SQLiteDatabase.inspect(file: file) { try $0.complaints() } == [])
    #expect(
      before.contains {
        $0.hasPrefix("round:") && $0.contains("state='closed'") && $0.contains("1F600") || $0.contains("\u{1F600}")
      })
  }

  @Test func `nothing is copied while a round is open`() async throws {
    let scene = try await Scene { _ = try await $0.open() }
    defer { try? FileManager.default.removeItem(at: scene.folder) }
    await #expect(throws: OperationFailure.openRounds(1)) {
      _ = try await Moving.move(from: .folder(scene.folder), to: .server(try await scene.address))
    }
    #expect(try await scene.server.database.read { try $0.tables() } == [])
  }

  @Test func `nothing is copied from PostgreSQL while a round is open there, and the folder can be used afterwards`()
    async throws
  {
    let (told, round) = try await RoundStory.opened()
    let address = try await told.story.address
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    await #expect(throws: OperationFailure.openRounds(1)) {
      _ = try await Moving.move(from: .server(address), to: .folder(folder))
    }
    let left = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    #expect(!left.contains { $0.hasPrefix("rapport.sqlite") }, "\(left)")
    try await told.close(round)
    let before = try await told.story.house.database.read(Self.rows)
    _ = try await Moving.move(from: .server(address), to: .folder(folder))
    let file = folder.appendingPathComponent("rapport.sqlite").path
    #expect(try SQLiteDatabase.inspect(file: file, Self.rows) == before)
  }

  @Test func `rows that arrive as others than they were are refused, and none of them stays`() async throws {
    let scene = try await Scene()
    defer { try? FileManager.default.removeItem(at: scene.folder) }
    let target = scene.server.database
    try await target.migrate(with: Migration.all())
    try await target.write { connection in
      try connection.execute(
        """
        CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS $body$
        BEGIN NEW.name = upper(NEW.name); RETURN NEW; END $body$
        """)
      try connection.execute(
        """
        CREATE TRIGGER shout BEFORE INSERT ON person
        FOR EACH ROW WHEN (NEW.name = 'Meadow 5') EXECUTE FUNCTION shout()
        """)
    }
    await #expect(throws: OperationFailure.differs(table: "person")) {
      _ = try await Moving.move(from: .folder(scene.folder), to: .server(try await scene.address))
    }
    #expect(try await target.read(Self.rows) == [])
    // Nothing else was in the way.
    try await target.write { _ = try $0.execute("DROP TRIGGER shout ON person") }
    _ = try await Moving.move(from: .folder(scene.folder), to: .server(try await scene.address))
  }

  @Test func `another program's database, and that of an older Rapport, are left as they are`() async throws {
    for statement in ["CREATE TABLE contact (name TEXT)", "CREATE TABLE migration (number BIGINT PRIMARY KEY, checksum TEXT)"] {
      let scene = try await Scene()
      defer { try? FileManager.default.removeItem(at: scene.folder) }
      try await scene.server.database.write { _ = try $0.execute(statement) }
      let before = try await scene.server.database.read { try $0.tables() }
      await #expect(throws: OperationFailure.notEmptyDatabase) {
        _ = try await Moving.move(from: .folder(scene.folder), to: .server(try await scene.address))
      }
      #expect(try await scene.server.database.read { try $0.tables() } == before)
    }
  }

  @Test func `nothing is copied over what is there, nor from a folder that somebody uses`() async throws {
    let scene = try await Scene()
    defer { try? FileManager.default.removeItem(at: scene.folder) }
    let address = try await scene.address
    _ = try await Moving.move(from: .folder(scene.folder), to: .server(address))
    let there = try await scene.server.database.read(Self.rows)
    await #expect(throws: OperationFailure.notEmptyDatabase) {
      _ = try await Moving.move(from: .folder(scene.folder), to: .server(address))
    }
    await #expect(throws: OperationFailure.notEmpty(folder: scene.folder.path)) {
      _ = try await Moving.move(from: .server(address), to: .folder(scene.folder))
    }
    let user = try DataFolder(scene.folder)
    await #expect(throws: DataFolderFailure.self) {
      _ = try await Moving.move(from: .folder(scene.folder), to: .server(address))
    }
    withExtendedLifetime(user) {}
    #expect(try await scene.server.database.read(Self.rows) == there)
  }

  @Test func `places are an engine and where it is`() {
    #expect(Moving.Place("sqlite:data") == .folder(URL(fileURLWithPath: "data")))
    #expect(Moving.Place("postgres://a@b/c") == .server("postgres://a@b/c"))
    for nonsense in ["", "data", "sqlite:", "mysql://a"] { #expect(Moving.Place(nonsense) == nil) }
  }

  /// Every row that a copy takes along.
  private static func rows(_ connection: any Connection) throws -> [String] {
    let tables = Set(TableCopy(try Migration.all(), leavingOut: BackupStore.leftOut).tables.map(\.name))
    return try connection.tables().filter(tables.contains).flatMap { table in
      try connection.query("SELECT * FROM \(table)").map { "\(table): \($0.line)" }.sorted()
    }
  }
}
