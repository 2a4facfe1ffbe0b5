/// What an installation needs in order to start, in the order in which it is looked at.
public enum Check: String, Sendable, CaseIterable {
  case program, passwords, clock, address, port, folder, lock, space, sqlite, database, schema, keys
}

/// What the doctor found about one of them.
public struct Finding: Sendable, Hashable {
  public let check: Check
  public let state: State

  public enum State: Sendable, Hashable {
    /// In order; the detail is a version, a size or the like.
    case good(String?)
    case problem(Problem)
    /// Not looked at, because something before it is not in order or not there yet.
    case skipped
  }
}

/// What keeps an installation from starting or from working as it must.
public enum Problem: Error, Sendable, Hashable {
  /// A folder or file that belongs beside the program is missing or unreadable.
  case filesMissing(String)
  case passwordsFail
  /// The clock is before the newest record, by so many hours.
  case clockBehind(hours: Int)
  /// The machine thinks it is a year long ago.
  case clockUnset(year: Int)
  case addressUnusable
  /// People could sign in, but no round could be opened: neither https nor this machine.
  case addressWithoutRounds
  case portTaken(String)
  case folderNotWritable
  /// Others on this machine may enter the folder: its permission bits.
  case folderOpenToOthers(mode: String)
  case lockUnusable
  /// So many megabytes are free.
  case littleSpace(megabytes: Int)
  /// The SQLite library is older than what the statements need.
  case sqliteTooOld(String)
  case databaseDamaged(complaint: String)
  /// The file is a database of another program.
  case databaseForeign
  /// A backup lies in the place of the database.
  case databaseIsBackup
  case databaseUnreadable(String)
  case newerSchema(found: Int, known: Int)
  case changedSchema(step: Int)
  /// So many open rounds have no readable sealing key.
  case keysMissing(rounds: Int)
  case keysUnreadable(String)
}
