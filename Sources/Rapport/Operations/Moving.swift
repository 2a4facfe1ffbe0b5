import Ballots
import Database
import Foundation
import Partnering

/// Takes an installation from one engine to another: every row, in one transaction, compared afterwards.
public enum Moving {
  /// Where an installation's records lie.
  public enum Place: Sendable, Hashable {
    /// A data folder with SQLite in it.
    case folder(URL)
    /// The address of a PostgreSQL database.
    case server(String)

    /// `sqlite:FOLDER` or `postgres://...`; `nil` for anything else, and for an address that PostgreSQL cannot read.
    public init?(_ text: String) {
      if text.hasPrefix("sqlite:"), text.utf8.count > "sqlite:".utf8.count {
        self = .folder(URL(fileURLWithPath: String(text.dropFirst("sqlite:".count))))
      } else if text.hasPrefix("postgres://") || text.hasPrefix("postgresql://"), PostgresDatabase.canRead(text) {
        self = .server(text)
      } else {
        return nil
      }
    }
  }

  /// What has arrived.
  public struct Arrived: Sendable, Hashable {
    public let rows, tables: Int
  }

  /// Copies everything but what belongs to the old place alone; the source stays as it is.
  /// - Throws: `OperationFailure`, `DatabaseFailure`, `DataFolderFailure`; the target is as empty as before then.
  public static func move(from source: Place, to target: Place) async throws -> Arrived {
    switch (source, target) {
    case (.folder(let old), .server(let address)):
      let folder = try existing(old)
      defer { withExtendedLifetime(folder) {} }
      try SQLiteDatabase.inspect(file: folder.databasePath) { try Passage.mustBeReady($0) }
      return try await fill(address) { target in
        try SQLiteDatabase.inspect(file: folder.databasePath) { try Passage($0, target).go() }
      }
    case (.server(let address), .folder(let new)):
      let database = try await PostgresDatabase(address)
      defer { try? database.close() }
      return try await database.read { source in try fill(new) { try Passage(source, $0).go() } }
    case (.folder, .folder), (.server, .server):
      // A backup, and PostgreSQL's own tools, do that better.
      throw OperationFailure.sameEngine
    }
  }

  private static func existing(_ url: URL) throws -> DataFolder {
    guard FileManager.default.fileExists(atPath: url.appendingPathComponent("rapport.sqlite").path) else {
      throw OperationFailure.noInstallation(folder: url.path)
    }
    let folder = try DataFolder(url)
    if let complaint = try SQLiteDatabase.inspect(file: folder.databasePath, { try $0.complaints() }).first {
      throw OperationFailure.damaged(file: folder.databasePath, complaint: complaint)
    }
    return folder
  }

  /// A new folder; the database appears in it once it is whole.
  private static func fill(_ url: URL, _ filling: (any Connection) throws -> Arrived) throws -> Arrived {
    try Backup.mustBeEmpty(url)
    let folder = try DataFolder(url)
    defer { withExtendedLifetime(folder) {} }
    let part = url.appendingPathComponent("rapport.sqlite.part")
    defer { try? FileManager.default.removeItem(at: part) }
    var arrived = Arrived(rows: 0, tables: 0)
    try SQLiteDatabase.make(file: part.path, Migration.all()) { arrived = try filling($0) }
    try part.moveDurably(to: URL(fileURLWithPath: folder.databasePath))
    return arrived
  }

  private static func fill(
    _ address: String, _ filling: @escaping @Sendable (any Connection) throws -> Arrived
  ) async throws -> Arrived {
    // All rows are one transaction: a standby may take its time with them.
    let database = try await PostgresDatabase(address, patience: .seconds(3600))
    defer { try? database.close() }
    // Not what is another program's, nor an older Rapport's, whose servers may be running.
    let isEmpty = try await database.read { target in
      let tables = try target.tables()
      guard !tables.isEmpty else { return true }
      return try tables.contains("migration")
        && BackupStore(connection: target).newestMigration() == Migration.all().count
    }
    guard isEmpty else { throw OperationFailure.notEmptyDatabase }
    try await database.migrate(with: Migration.all())
    return try await database.write(filling)
  }
}

/// One transaction's way from the source to the target.
private struct Passage {
  let source, target: any Connection
  /// What stays behind: open rounds there are none, and nobody holds a lease or guesses in the new place.
  private static let left: Set = ["sealed_value", "midnight_count", "lease", "guess", "key_folder"]

  init(_ source: any Connection, _ target: any Connection) { (self.source, self.target) = (source, target) }

  /// Looked at before anything is made, and again in the transaction that copies.
  static func mustBeReady(_ source: any Connection) throws {
    let known = try Migration.all().count
    let store = BackupStore(connection: source)
    let newest = try source.tables().contains("migration") ? store.newestMigration() : 0
    guard newest == known else { throw OperationFailure.otherSchema(found: newest, known: known) }
    let unfinished = try store.unfinishedRounds()
    guard unfinished == 0 else { throw OperationFailure.openRounds(unfinished) }
  }

  func go() throws -> Moving.Arrived {
    try Self.mustBeReady(source)
    let copy = TableCopy(try Migration.all(), leavingOut: Self.left)
    guard try copy.digest(of: target).rows == 0 else { throw OperationFailure.notEmptyDatabase }
    try copy.copy(from: source, to: target)
    let (was, arrived) = (try copy.digest(of: source), try copy.digest(of: target))
    if let table = was.differences(from: arrived).first { throw OperationFailure.differs(table: table) }
    return Moving.Arrived(rows: arrived.rows, tables: copy.count)
  }
}
