/// What an installation needs in order to start, in the order in which it is looked at.
public enum Check: String, Sendable, CaseIterable {
  case program, passwords, clock, address, port, folder, lock, space, sqlite, server, durability, replication, database,
    schema, keys
}

/// What the doctor found about one of them.
public struct Finding: Sendable, Hashable {
  public let check: Check
  public let state: State

  public enum State: Sendable, Hashable {
    /// In order; the detail is a version, a size or the like.
    case good(String?)
    case problem(Problem)
    /// Works, and yet is worth knowing.
    case caution(Caution)
    /// Not looked at, because something before it is not in order or not there yet.
    case skipped
  }
}

/// What does not keep an installation from working, and costs something on a bad day.
public enum Caution: Sendable, Hashable {
  /// No copy follows the database: with its machine, everything since the last backup is lost.
  case noStandby
  /// Copies follow, but nobody waits for them: one that takes over lacks what was acknowledged last.
  case replicationBehind
  /// Copies follow, and PostgreSQL does not show this user whether it waits for them.
  case standbysHidden
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
  /// What PostgreSQL holds is not what Rapport wrote.
  case recordsAltered(complaint: String)
  /// The file is a database of another program.
  case databaseForeign
  /// A backup lies in the place of the database.
  case databaseIsBackup
  case databaseUnreadable(String)
  /// PostgreSQL cannot be reached; its own sentence.
  case serverUnreachable(String)
  /// Its encoding is not UTF-8.
  case otherEncoding(String)
  /// It acknowledges what a power cut loses.
  case notDurable
  /// It waits for a standby with everything that it is to keep, and none follows.
  case standbyGone
  case newerSchema(found: Int, known: Int)
  case changedSchema(step: Int)
  /// So many open rounds have no readable sealing key.
  case keysMissing(rounds: Int)
  /// What lies in the place of the folder of keys cannot be read or written.
  case keysUnusable(folder: String)
  /// The database was used with another folder of keys.
  case keysOfAnother(folder: String)
}
