import Ballots
import Foundation
import Logging
import Partnering
import ServiceLifecycle
import Testing

@testable import Database
@testable import Rapport

@Suite struct OperationsTests {
  static let noon = Instant(milliseconds: 1_772_366_400_000)
  static let openRound = "00000000-0000-7000-8000-000000000004"

  @Test func `a backup leaves out what is sealed, and restored, the open round is interrupted`() async throws {
    try await inFolder { folder in
      let backup = folder.appendingPathComponent("one.backup")
      let database = try await installation(in: folder.appendingPathComponent("old"))
      let keys = try KeyFolder(path: folder.appendingPathComponent("old/keys").path)
      try keys.markClosed(#require(RoundName("a-closed-round")))
      let contents = try await Backup.make(of: database, keys: keys, to: backup, at: Self.noon)
      let bytes = try Data(contentsOf: backup)

      let new = folder.appendingPathComponent("new")
      let restored = try Backup.restore(backup, into: new, at: Self.noon)
      let found = try SQLiteDatabase.inspect(file: new.appendingPathComponent("rapport.sqlite").path) { connection in
        (
          counts: try connection.rowCounts(),
          state: try connection.first("SELECT state FROM round", [])?.text("state"),
          complaints: try connection.complaints()
        )
      }
      #expect(contents.rounds == 1 && contents.openRounds == 1 && contents.people == 1)
      #expect(restored == contents)
      #expect(bytes.range(of: Data("sealed, and secret".utf8)) == nil)
      #expect(found.state == "interrupted")
      #expect(found.counts["person"] == 1 && found.counts["sealed_value"] == 0 && found.counts["session"] == 0)
      #expect(found.counts["backup"] == nil && found.complaints == [])
      #expect(
        try KeyFolder(path: new.appendingPathComponent("keys").path).closedRounds().map(\.text) == ["a-closed-round"])
    }
  }

  @Test func `everybody on the list hears that a restore interrupted the round`() async throws {
    let (told, _) = try await RoundStory.opened()
    try await inFolder { folder in
      let (backup, new) = (folder.appendingPathComponent("one.backup"), folder.appendingPathComponent("new"))
      _ = try await Backup.make(
        of: told.story.house.database, keys: told.story.house.keys, to: backup, at: told.story.now)
      _ = try Backup.restore(backup, into: new, at: told.story.now)
      let told = try SQLiteDatabase.inspect(file: new.appendingPathComponent("rapport.sqlite").path) { connection in
        (
          messages: try connection.query("SELECT id FROM message WHERE kind = 'interruption'").count,
          events: try connection.query("SELECT id FROM event WHERE kind = 'rounds.happened-interrupted'").count
        )
      }
      #expect(told.messages == 10 && told.events == 1)
    }
  }

  @Test func `a round that closed after the backup stays in the list of closed rounds that was kept`() async throws {
    try await inFolder { folder in
      let backup = folder.appendingPathComponent("one.backup")
      let database = try await installation(in: folder.appendingPathComponent("old"))
      let old = try KeyFolder(path: folder.appendingPathComponent("old/keys").path)
      _ = try await Backup.make(of: database, keys: old, to: backup, at: Self.noon)
      let new = folder.appendingPathComponent("new")
      try FileManager.default.createDirectory(at: new, withIntermediateDirectories: true)
      let kept = try KeyFolder(path: new.appendingPathComponent("keys").path)
      try kept.markClosed(#require(RoundName(Self.openRound)))
      _ = try Backup.restore(backup, into: new, at: Self.noon)
      #expect(try kept.closedRounds().map(\.text) == [Self.openRound])
    }
  }

  @Test func `a folder that holds anything is not restored into, and stays as it is`() async throws {
    try await inFolder { folder in
      let backup = folder.appendingPathComponent("one.backup")
      let old = folder.appendingPathComponent("old")
      let database = try await installation(in: old)
      let keys = try KeyFolder(path: old.appendingPathComponent("keys").path)
      _ = try await Backup.make(of: database, keys: keys, to: backup, at: Self.noon)
      try database.close()
      let before = try Data(contentsOf: old.appendingPathComponent("rapport.sqlite"))
      #expect(throws: OperationFailure.notEmpty(folder: old.path)) {
        try Backup.restore(backup, into: old, at: Self.noon)
      }
      #expect(try Data(contentsOf: old.appendingPathComponent("rapport.sqlite")) == before)
    }
  }

  @Test func `a folder in use is refused before the backup is read, which may take long`() async throws {
    try await inFolder { folder in
      let old = folder.appendingPathComponent("old")
      try await installation(in: old).close()
      #expect(throws: OperationFailure.notEmpty(folder: old.path)) {
        try Backup.restore(folder.appendingPathComponent("not there"), into: old, at: Self.noon)
      }
    }
  }

  @Test func `a backup that the server wrote where only itself finds it is none`() async throws {
    try await inFolder { folder in
      let backup = folder.appendingPathComponent("one.backup")
      let database = try await installation(in: folder.appendingPathComponent("old"))
      let keys = try KeyFolder(path: folder.appendingPathComponent("old/keys").path)
      let contents = try await Backup.make(of: database, keys: keys, to: backup, at: Self.noon)
      try contents.mustLie(in: backup)
      let elsewhere = folder.appendingPathComponent("another.backup")
      #expect(throws: OperationFailure.wroteElsewhere(elsewhere.path)) { try contents.mustLie(in: elsewhere) }
    }
  }

  @Test func `no backup overwrites a file`() async throws {
    try await inFolder { folder in
      let backup = folder.appendingPathComponent("one.backup")
      try Data("mine".utf8).write(to: backup)
      let database = try await installation(in: folder.appendingPathComponent("old"))
      let keys = try KeyFolder(path: folder.appendingPathComponent("old/keys").path)
      await #expect(throws: OperationFailure.fileExists(backup.path)) {
        try await Backup.make(of: database, keys: keys, to: backup, at: Self.noon)
      }
      #expect(try Data(contentsOf: backup) == Data("mine".utf8))
    }
  }

  @Test func `a backup from which rows were taken is refused`() async throws {
    try await inFolder { folder in
      let backup = folder.appendingPathComponent("one.backup")
      let robbed = folder.appendingPathComponent("robbed.backup")
      let database = try await installation(in: folder.appendingPathComponent("old"))
      let keys = try KeyFolder(path: folder.appendingPathComponent("old/keys").path)
      _ = try await Backup.make(of: database, keys: keys, to: backup, at: Self.noon)
      try SQLiteDatabase.copy(file: backup.path, to: robbed.path) { try $0.execute("DELETE FROM roll_entry") }
      #expect(throws: OperationFailure.damaged(file: robbed.path, complaint: "rows of roll_entry are missing")) {
        try Backup.restore(robbed, into: folder.appendingPathComponent("new"), at: Self.noon)
      }
    }
  }

  @Test(arguments: ["", "not a database", "SQLite format 3\u{0}"])
  func `what is no backup is refused with a sentence of its own`(_ text: String) async throws {
    try await inFolder { folder in
      let file = folder.appendingPathComponent("file")
      try Data(text.utf8).write(to: file)
      #expect(throws: OperationFailure.self) {
        try Backup.restore(file, into: folder.appendingPathComponent("new"), at: Self.noon)
      }
    }
  }

  @Test(arguments: [1, 200])
  func `a running server takes an errand, however long its folder's name`(_ length: Int) async throws {
    try await inFolder { folder in
      let data = folder.appendingPathComponent(String(repeating: "x", count: length))
      let lock = try DataFolder(data)
      defer { withExtendedLifetime(lock) {} }
      let house = try await house(data, try lock.openDatabase())
      let group = ServiceGroup(configuration: .init(services: [ControlDesk(house: house)], logger: house.logger))
      let running = Task { try await group.run() }
      let backup = folder.appendingPathComponent("one.backup")
      var outcome: ErrandOutcome?
      // The desk opens in its own time; there is nothing else to wait for than its answer.
      while outcome == nil {
        outcome = try? await Installation(configuration: house.configuration, logger: house.logger).run(
          .backup(file: backup.path))
        await Task.yield()
      }
      let again = try await Installation(configuration: house.configuration, logger: house.logger).run(
        .backup(file: backup.path))
      await group.triggerGracefulShutdown()
      try await running.value
      #expect(FileManager.default.fileExists(atPath: backup.path))
      #expect(again == .refused(.fileExists(backup.path)))
      #expect(!FileManager.default.fileExists(atPath: data.appendingPathComponent("control.sock").path))
    }
  }

  @Test func `a folder whose Rapport does not answer is not written to`() async throws {
    try await inFolder { folder in
      let data = folder.appendingPathComponent("data")
      let lock = try DataFolder(data)
      defer { withExtendedLifetime(lock) {} }
      let house = try await house(data, try lock.openDatabase())
      await #expect(throws: OperationFailure.serverSilent(folder: data.path)) {
        try await Installation(configuration: house.configuration, logger: house.logger)
          .run(.backup(file: folder.appendingPathComponent("one.backup").path))
      }
    }
  }

  @Test func `the doctor names a lost key, and nothing else, of a sound installation with an open round`() async throws
  {
    try await inFolder { folder in
      let data = folder.appendingPathComponent("data")
      try await installation(in: data).close()
      let findings = await examined(data)
      #expect(findings.filter(\.isProblem) == [Finding(check: .keys, state: .problem(.keysMissing(rounds: 1)))])
    }
  }

  @Test func `the doctor makes no folder of keys, and names what cannot be one`() async throws {
    try await inFolder { folder in
      let data = folder.appendingPathComponent("data")
      try await installation(in: data).close()
      let keys = data.appendingPathComponent("keys")
      _ = await examined(data)
      #expect(!FileManager.default.fileExists(atPath: keys.path))
      try Data("a file".utf8).write(to: keys)
      #expect(
        await examined(data).first { $0.check == .keys }?.state == .problem(.keysUnusable(folder: keys.path)))
    }
  }

  @Test func `the doctor says what is wrong with a damaged database, a newer one, a clock behind and an http address`()
    async throws
  {
    try await inFolder { folder in
      let damaged = folder.appendingPathComponent("damaged")
      try FileManager.default.createDirectory(
        at: damaged, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      try Data(String(repeating: "no database at all\n", count: 100).utf8).write(to: damaged.appendingPathComponent("rapport.sqlite"))
      let newer = folder.appendingPathComponent("newer")
      let database = try await installation(in: newer)
      try await database.write { try $0.execute("INSERT INTO migration (number, checksum) VALUES (9999, 'x')") }
      try database.close()
      let known = try Migration.all().count
      #expect(
        await examined(damaged).first { $0.check == .database }?.state
          == .problem(.databaseDamaged(complaint: "file is not a database")))
      #expect(
        await examined(newer).first { $0.check == .schema }?.state == .problem(.newerSchema(found: 9999, known: known)))
      #expect(
        await examined(newer, at: Self.noon - .hours(48)).first { $0.check == .clock }?.state
          == .problem(.clockBehind(hours: 48)))
      #expect(
        await examined(newer, base: "http://rapport.example").first { $0.check == .address }?.state
          == .problem(.addressWithoutRounds))
      #expect(
        await examined(newer, base: "rapport").first { $0.check == .address }?.state == .problem(.addressUnusable))
    }
  }

  private func examined(
    _ data: URL, base: String = "http://127.0.0.1:8080", at now: Instant = noon
  ) async -> [Finding] {
    await Doctor(
      data: data, keys: data.appendingPathComponent("keys"), baseURL: base, host: "127.0.0.1", port: 0, now: now
    ).examine()
  }

  private func inFolder(_ body: (URL) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder)
  }

  private func house(_ data: URL, _ database: SQLiteDatabase) async throws -> House {
    try await House(
      configuration: Configuration(data: data, baseURL: #require(BaseURL("http://127.0.0.1:8080"))), database: database,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  /// A database with one person, signed in, in one open round that has one sealed value.
  private func installation(in folder: URL) async throws -> SQLiteDatabase {
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let database = try SQLiteDatabase(path: folder.appendingPathComponent("rapport.sqlite").path)
    try await database.migrate(with: Migration.all())
    let (space, organisation) = ("00000000-0000-7000-8000-000000000001", "00000000-0000-7000-8000-000000000002")
    let (person, partnership) = ("00000000-0000-7000-8000-000000000003", "00000000-0000-7000-8000-000000000005")
    let party = "00000000-0000-7000-8000-000000000006"
    let rows: [(String, [Value])] = [
      (
        "INSERT INTO space (id, name, time_zone, demonstration, created_at) VALUES ($1, 'Coast', 'GMT', 0, 0)",
        [.text(space)]
      ),
      (
        "INSERT INTO organisation (space_id, id, name, created_at) VALUES ($1, $2, 'Harbour', 0)",
        [.text(space), .text(organisation)]
      ),
      (
        """
        INSERT INTO person (space_id, id, organisation_id, name, email, manager, head, created_at)
        VALUES ($1, $2, $3, 'Ada', 'ada@harbour.example', 1, 0, $4)
        """, [.text(space), .text(person), .text(organisation), .instant(Self.noon)]
      ),
      (
        """
        INSERT INTO session (token, space_id, person_id, created_day, expires_day)
        VALUES ($1, $2, $3, '2026-01-01', '2026-02-01')
        """, [.bytes([1]), .text(space), .text(person)]
      ),
      (
        """
        INSERT INTO partnership (space_id, id, name, kind, purpose, team, cadence_months, created_at)
        VALUES ($1, $2, 'Coastal route', 'x', 'x', 0, 6, 0)
        """, [.text(space), .text(partnership)]
      ),
      (
        """
        INSERT INTO party (space_id, id, partnership_id, organisation_id, name, place)
        VALUES ($1, $2, $3, $4, 'Harbour', 0)
        """, [.text(space), .text(party), .text(partnership), .text(organisation)]
      ),
      (
        """
        INSERT INTO round (space_id, id, partnership_id, number, state, instrument_id, instrument_version, minimum_group,
          comment_threshold, closes_at, latest_close_at, drafted_by, drafted_at, attempt, opened_at, digest)
        VALUES ($1, $2, $3, 1, 'open', 'relational-survey', '1', 5, 10, $4, $4, $5, 0, 1, $4, $6)
        """,
        [
          .text(space), .text(Self.openRound), .text(partnership), .instant(Self.noon), .text(person),
          .bytes(OpeningDigest(of: Data("{}".utf8)).bytes),
        ]
      ),
      (
        "INSERT INTO opening_document (space_id, round_id, content) VALUES ($1, $2, $3)",
        [.text(space), .text(Self.openRound), .bytes(Array("{}".utf8))]
      ),
      (
        "INSERT INTO roll_entry (space_id, round_id, person_id, party_id, paper) VALUES ($1, $2, $3, $4, 0)",
        [.text(space), .text(Self.openRound), .text(person), .text(party)]
      ),
      (
        """
        INSERT INTO sealed_value (space_id, round_id, kind, segment, bucket, page, value)
        VALUES ($1, $2, 'ratings', 0, 0, 0, $3)
        """, [.text(space), .text(Self.openRound), .bytes(Array("sealed, and secret".utf8))]
      ),
    ]
    try await database.write { connection in
      for (sql, values) in rows { try connection.execute(sql, values) }
    }
    return database
  }
}

extension Finding {
  fileprivate var isProblem: Bool { if case .problem = state { true } else { false } }
}
