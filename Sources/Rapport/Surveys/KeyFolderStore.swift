import Ballots
import Database

/// Which folder of keys belongs to a database that several servers share. A server that looked into another one would take
/// the keys of all open rounds for lost, and interrupt them.
public struct KeyFolderStore: Sendable {
  private let database: any Database

  public init(database: any Database) { self.database = database }

  /// Marks the folder and the database as belonging together, the first time; afterwards they must.
  /// - Throws: `KeyFolderFailure.ofAnother`.
  func check(_ folder: KeyFolder) async throws {
    // With SQLite the folder lies beside the database, and a lost one is found out round by round.
    guard database.isShared else { return }
    let mark = try folder.mark(orElse: Randomness.token())
    let known = try await database.write { connection in
      if let known = try connection.first("SELECT mark FROM key_folder", [])?.text("mark") { return known }
      try connection.execute("INSERT INTO key_folder (mark) VALUES ($1)", [.text(mark)])
      return mark
    }
    guard known == mark else { throw KeyFolderFailure.ofAnother(path: folder.path) }
  }

  /// Takes this folder from now on: the one before is lost. Rounds that are open become *interrupted* when they are next
  /// looked at.
  /// - Throws: `KeyFolderFailure`, `DatabaseFailure`.
  public func adopt(_ folder: KeyFolder) async throws {
    let mark = try folder.mark(orElse: Randomness.token())
    try await database.write { connection in
      try connection.execute("DELETE FROM key_folder")
      try connection.execute("INSERT INTO key_folder (mark) VALUES ($1)", [.text(mark)])
    }
  }
}
