import Ballots
import Database
import Foundation
import NIOPosix
import Partnering

/// A backup: one file with everything but the sealed values and keys of open rounds.
public enum Backup {
  /// What a backup holds, as its checks found it.
  public struct Contents: Sendable, Hashable, Codable {
    public let madeAt: Instant
    public let organisations, people, partnerships, rounds: Int
    /// Rounds that were open: restored, they are interrupted.
    public let openRounds: Int
    public let bytes: Int

    /// Looks whether the file is where it was asked for: a running server may have a `/tmp` of its own, which ends with it.
    /// - Throws: `OperationFailure.wroteElsewhere`.
    public func mustLie(in file: URL) throws {
      let found = try? FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int
      guard found == bytes else { throw OperationFailure.wroteElsewhere(file.path) }
    }
  }

  /// Writes a backup of a running or resting database; the file appears under its name once it is whole and checked.
  /// - Parameter now: written into the backup as the time it was made.
  /// - Throws: `OperationFailure`; no file is left then.
  static func make(of database: any Database, keys: KeyFolder, to file: URL, at now: Instant) async throws -> Contents {
    guard !FileManager.default.fileExists(atPath: file.path) else { throw OperationFailure.fileExists(file.path) }
    let part = file.appendingPathExtension("part-" + Randomness.token().prefix(8))
    defer { try? FileManager.default.removeItem(at: part) }
    do { try await write(of: database, keys: keys, to: part, at: now) } catch let failure as DatabaseFailure {
      throw translated(failure, of: file.path)
    }
    return try await NIOThreadPool.singleton.runIfActive {
      try translating(file.path) {
        let (contents, _) = try check(part)
        try part.moveDurably(to: file)
        return contents
      }
    }
  }

  /// The bytes of a backup, neither checked nor durable yet.
  static func write(of database: any Database, keys: KeyFolder, to file: URL, at now: Instant) async throws {
    let closed = try keys.closedRounds().map(\.text).sorted()
    @Sendable func finish(_ connection: any Connection) throws {
      let store = BackupStore(connection: connection)
      try store.leaveOut()
      try store.write(closedRounds: closed, at: now)
    }
    if let database = database as? SQLiteDatabase {
      return try await NIOThreadPool.singleton.runIfActive { try database.copy(to: file.path, editing: finish) }
    }
    // Of another engine one snapshot's rows, in the schema that it has: before an upgrade, the old one.
    let migrations = try Migration.all()
    try await database.read { source in
      let schema = Array(migrations.prefix(try BackupStore(connection: source).newestMigration()))
      try SQLiteDatabase.make(file: file.path, schema) { target in
        try TableCopy(schema, leavingOut: BackupStore.leftOut).copy(from: source, to: target)
        try finish(target)
      }
    }
  }

  /// Reads a backup whole and checks it against what it says of itself.
  /// - Throws: `OperationFailure`.
  static func check(_ file: URL) throws -> (Contents, BackupStamp) {
    guard let bytes = try? FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int else {
      throw OperationFailure.cannotRead(file.path)
    }
    let newest = try Migration.all().count
    return try SQLiteDatabase.inspect(file: file.path) { connection in
      let store = BackupStore(connection: connection)
      guard let stamp = try store.stamp() else { throw OperationFailure.noBackup(file.path) }
      guard try stamp.format <= BackupStamp.format && store.newestMigration() <= newest else {
        throw OperationFailure.newerBackup(file.path)
      }
      let counts = try connection.rowCounts()
      let changed = stamp.counts.keys.sorted().filter { counts[$0] != stamp.counts[$0] }.map {
        "rows of \($0) are missing"
      }
      let altered = try DoctorStore(connection: connection).alteredRecords()
      if let complaint = try (connection.complaints() + changed + altered).first {
        throw OperationFailure.damaged(file: file.path, complaint: complaint)
      }
      let contents = Contents(
        madeAt: stamp.madeAt, organisations: counts["organisation"] ?? 0, people: counts["person"] ?? 0,
        partnerships: counts["partnership"] ?? 0, rounds: counts["round"] ?? 0,
        openRounds: try store.unfinishedRounds(), bytes: bytes)
      return (contents, stamp)
    }
  }

  /// Makes a new installation of a backup. The folder is empty, or holds only the `keys/` of the installation that the
  /// backup was made of, whose list of closed rounds then stays in force.
  /// - Parameter keys: the folder of the keys, if it is not `keys/`.
  /// - Throws: `OperationFailure`, `DataFolderFailure`.
  public static func restore(_ file: URL, into folder: URL, keys: URL? = nil, at now: Instant) throws -> Contents {
    try translating(file.path) {
      // Before the backup is read, which takes its time.
      try mustBeEmpty(folder)
      let (contents, stamp) = try check(file)
      let data = try DataFolder(folder)
      let part = folder.appendingPathComponent("rapport.sqlite.part")
      defer { try? FileManager.default.removeItem(at: part) }
      try SQLiteDatabase.copy(file: file.path, to: part.path) { try BackupStore(connection: $0).restore(at: now) }
      // First the list: a round that closed must not open again, even if the next step fails.
      let keys = try KeyFolder(path: (keys ?? folder.appendingPathComponent("keys")).path)
      for name in stamp.closedRounds.compactMap({ RoundName($0) }) { try keys.markClosed(name) }
      try part.moveDurably(to: URL(fileURLWithPath: data.databasePath))
      return contents
    }
  }

  static func mustBeEmpty(_ folder: URL) throws {
    let found = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    guard Set(found).isSubset(of: ["keys", "lock", "lost+found"]) else {
      throw OperationFailure.notEmpty(folder: folder.path)
    }
  }

  private static func translating<Result>(_ file: String, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let failure as DatabaseFailure { throw translated(failure, of: file) }
  }

  private static func translated(_ failure: DatabaseFailure, of file: String) -> any Error {
    switch failure {
    case .full: OperationFailure.diskFull(file)
    case .damaged(let complaint): OperationFailure.damaged(file: file, complaint: complaint)
    case .readOnly, .unavailable: OperationFailure.cannotWrite(file)
    default: failure
    }
  }
}

extension URL {
  /// Renames a finished file; when this returns, its bytes and its name are on the disk.
  /// - Throws: `OperationFailure.cannotWrite`.
  func moveDurably(to target: URL) throws {
    guard isSynchronised, rename(path, target.path) == 0, target.deletingLastPathComponent().isSynchronised else {
      throw OperationFailure.cannotWrite(target.path)
    }
  }

  private var isSynchronised: Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return fsync(descriptor) == 0
  }
}
