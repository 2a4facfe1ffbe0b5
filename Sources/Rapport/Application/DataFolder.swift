import Database
import Foundation

/// The folder that holds everything of one installation: the database, and in `keys/` the sealing keys of open rounds.
public struct DataFolder: Sendable {
  public let url: URL
  private let lock: FolderLock

  /// Makes the folder if it is not there, and keeps every other Rapport out of it until this value is gone.
  /// - Throws: `DataFolderFailure`, with nothing written.
  public init(_ url: URL) throws {
    self.url = url
    do {
      try FileManager.default.createDirectory(
        at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch { throw DataFolderFailure.cannotMake(url.path) }
    lock = try FolderLock(url)
  }

  public var databasePath: String { url.appendingPathComponent("rapport.sqlite").path }

  /// - Throws: `DatabaseFileFailure` for a damaged or a wrong file, with nothing written; `DatabaseFailure`.
  public func openDatabase() throws -> SQLiteDatabase {
    let isUsed = FileManager.default.fileExists(atPath: url.appendingPathComponent("keys").path)
    return try DatabaseFile(path: databasePath, isUsed: isUsed).open()
  }

  /// The PostgreSQL of the settings, or else SQLite in this folder.
  /// - Throws: `DatabaseFailure`.
  public func openDatabase(of configuration: Configuration) async throws -> any Database {
    guard let address = configuration.database else { return try openDatabase() }
    return try await PostgresDatabase(address)
  }
}

/// Why a data folder cannot be used.
public enum DataFolderFailure: Error, CustomStringConvertible {
  case cannotMake(String)
  case inUse(String)

  public var description: String {
    switch self {
    case .cannotMake(let path): "The folder \(path) cannot be made or written. Choose another with --data."
    case .inUse(let path): "Another Rapport is using the folder \(path). Stop it first, or choose another with --data."
    }
  }
}

/// An exclusive lock that the kernel lets go of when the program ends, however it ends.
private final class FolderLock: Sendable {
  private let descriptor: Int32

  init(_ folder: URL) throws {
    let path = folder.appendingPathComponent("lock").path
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw DataFolderFailure.cannotMake(folder.path) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw DataFolderFailure.inUse(folder.path)
    }
  }

  deinit { close(descriptor) }
}
