/// Why a backup, a restore or an errand was not done. Nothing was changed.
public enum OperationFailure: Error, Sendable, Hashable, Codable {
  /// No installation in this folder: it holds no database.
  case noInstallation(folder: String)
  /// The folder to restore into holds something already.
  case notEmpty(folder: String)
  /// There is a file of this name; it is never overwritten.
  case fileExists(String)
  case cannotRead(String)
  case cannotWrite(String)
  /// The running server has written the file, and it is not there: the server has folders of its own.
  case wroteElsewhere(String)
  /// No room on the disk that the file lies on.
  case diskFull(String)
  /// The file is no backup of Rapport.
  case noBackup(String)
  /// The backup, or the database it was made of, does not pass its checks; the first complaint.
  case damaged(file: String, complaint: String)
  /// The backup was made by a newer Rapport than this.
  case newerBackup(String)
  /// So many rounds are open: their answers cannot be taken along.
  case openRounds(Int)
  /// The database to copy into has records already.
  case notEmptyDatabase
  /// The source's schema is not the one that this program knows.
  case otherSchema(found: Int, known: Int)
  /// A table that was copied is not the same as in the source.
  case differs(table: String)
  /// Both places are of one engine.
  case sameEngine
  /// Nobody has this address.
  case nobody(email: String)
  /// A Rapport is using the folder but does not answer.
  case serverSilent(folder: String)
  /// The running Rapport could not do it; its log says why.
  case serverFault
}
