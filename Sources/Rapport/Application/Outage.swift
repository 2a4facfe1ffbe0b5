import Ballots
import Database

extension Error {
  /// Whether the database, or the folder of keys, is out of reach just now: it is worth trying again.
  var isOutage: Bool {
    switch self as any Error {
    case DatabaseFailure.unavailable, DatabaseFailure.closed, DatabaseFailure.readOnly: true
    case let failure as KeyFolderFailure: failure.isTrouble
    default: false
    }
  }
}
