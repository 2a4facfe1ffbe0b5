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

  @Test func `what SQLite says of a mistake is one line, whatever it quotes`() async throws {
    let place = try Place()
    let database = try SQLiteDatabase(path: place.path)
    await #expect {
      _ = try await database.read { try $0.query("SELECT 'one\ntwo") }
    } throws: { error in
      if case DatabaseFailure.statement(let sentence) = error { sentence.contains("one") && !sentence.contains("two") } else { false }
    }
  }

  @Test func `what SQLite says of broken pages is one line for each`() async throws {
    let place = try Place()
    let database = try SQLiteDatabase(path: place.path)
    try await database.write { connection in
      try connection.execute("CREATE TABLE kept (number INTEGER PRIMARY KEY, name TEXT)")
      for name in ["first", "second", "third"] {
        try connection.execute("INSERT INTO kept (name) VALUES ($1)", [.text(name)])
      }
    }
    try database.close()
    var bytes = try Data(contentsOf: URL(fileURLWithPath: place.path))
    // A row is its length, its number, three bytes about its columns, and then the name.
    let row = try #require(bytes.range(of: Data("second".utf8))?.lowerBound) - 4
    bytes[row] = 9
    try bytes.write(to: URL(fileURLWithPath: place.path))
    let complaints = try SQLiteDatabase.inspect(file: place.path) { try $0.complaints() }
    let complaint = try #require(complaints.first)
    #expect(complaints.count == 1 && complaint.hasSuffix("Rowid 9 out of order"))
    #expect(complaint.hasPrefix("On tree page") && !complaint.contains { $0.isNewline })
  }
}
