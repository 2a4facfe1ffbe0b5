import Foundation

@testable import Database

/// Where a test's database lives: in a file, or in the PostgreSQL that `script/with-postgres` has started.
public enum TestEngine: Sendable {
  case sqlite
  /// The address of a database in which others can be made.
  case postgres(String)

  public var isPostgres: Bool { if case .postgres = self { true } else { false } }

  /// The one that this run of the tests is about.
  public static var chosen: TestEngine { all.last ?? .sqlite }

  /// Those that are there.
  public static var all: [TestEngine] {
    [.sqlite]
      + [ProcessInfo.processInfo.environment["RAPPORT_TEST_POSTGRES"]].compactMap { $0.map(TestEngine.postgres) }
  }
}

/// A database of its own for one test, gone with this value.
public final class TestDatabase: Sendable {
  public let database: any Database
  /// Its files, if PostgreSQL keeps it.
  public let postgres: PostgresFiles?
  private let file: String

  /// - Parameter file: where SQLite keeps it.
  /// - Parameter migrations: what PostgreSQL's database has been through already.
  public init(in engine: TestEngine = .chosen, file: String, migrations: [Migration] = []) async throws {
    self.file = file
    switch engine {
    case .sqlite:
      database = try SQLiteDatabase(path: file)
      postgres = nil
    case .postgres(let server):
      let name = "test_\(UUID().uuidString.lowercased().replacing("-", with: ""))"
      let template = try await Templates.shared.name(of: migrations, on: server)
      try PostgresLink(PostgresSettings(server)).run("CREATE DATABASE \(name) TEMPLATE \(template)")
      database = try await PostgresDatabase(
        Self.address(of: name, on: server), connections: 3, patience: .seconds(60))
      postgres = PostgresFiles(server: server, database: name)
    }
  }

  deinit {
    try? database.close()
    try? postgres?.drop()
  }

  /// Every byte that the engine keeps of it outside memory, its write-ahead log included.
  public func storedBytes() throws -> [Data] {
    if let postgres { return try postgres.everything() }
    return try [file, file + "-wal"].map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
  }

  public static func address(of name: String, on server: String) -> String {
    server.split(separator: "/").dropLast().joined(separator: "/").replacing(":/", with: "://") + "/\(name)"
  }
}

/// Databases that have been through migrations, to be copied: quicker than to go through them for each test.
private actor Templates {
  static let shared = Templates()
  private var made: [String: Task<String, any Error>] = [:]

  func name(of migrations: [Migration], on server: String) async throws -> String {
    guard !migrations.isEmpty else { return "template0" }
    let checksum = migrations.map(\.checksum).joined()
    if let making = made[checksum] { return try await making.value }
    let making = Task {
      let name = "template_\(UUID().uuidString.lowercased().replacing("-", with: ""))"
      try PostgresLink(PostgresSettings(server)).run("CREATE DATABASE \(name) TEMPLATE template0")
      let database = try await PostgresDatabase(TestDatabase.address(of: name, on: server))
      try await database.migrate(with: migrations)
      try database.close()
      return name
    }
    made[checksum] = making
    return try await making.value
  }
}
