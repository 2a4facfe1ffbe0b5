import ArgumentParser
import Ballots
import Database
import Foundation
import NIOCore
import Rapport

/// What a command says when it cannot do its work: one sentence, and a status for scripts (those of sysexits.h).
struct Failing: Error {
  let sentence: String
  let status: Int32

  static let usage: Int32 = 64
  static let damaged: Int32 = 65
  static let notThere: Int32 = 66
  static let fault: Int32 = 70
  static let cannotMake: Int32 = 73
  static let cannotWrite: Int32 = 74
  static let later: Int32 = 75
  static let configuration: Int32 = 78
}

/// Runs a command's work; what goes wrong becomes a sentence on standard error.
func reporting(_ work: () async throws -> Void) async throws {
  // Whatever a command makes belongs to its owner alone.
  umask(0o077)
  do { try await work() } catch let error {
    guard let failing = Failing(error) else { throw error }
    FileHandle.standardError.write(Data("rapport: \(failing.sentence)\n".utf8))
    throw ExitCode(failing.status)
  }
}

extension Failing {
  /// `nil` for what the argument parser says itself.
  init?(_ error: any Error) {
    switch error {
    case is ExitCode, is ValidationError, is CleanExit: return nil
    case let failing as Failing: self = failing
    case let failure as OperationFailure: self.init(failure)
    case let failure as DatabaseFailure: self.init(failure)
    case let failure as DataFolderFailure: self.init(failure)
    case let failure as DatabaseFileFailure: self.init(failure)
    case KeyFolderFailure.ofAnother(let path):
      self.init(
        sentence:
          "The database belongs to another folder of keys than \(path). Name the right one with --keys: with this one, every open round would be interrupted. Only if that folder is lost for good: rapport adopt-keys.",
        status: Self.configuration)
    case KeyFolderFailure.notWritten(let path, let code):
      self.init(
        sentence: "\(path) cannot be written (\(String(cString: strerror(code)))). Keys must have a folder of their own that Rapport may write to.",
        status: Self.cannotMake)
    case KeyFolderFailure.notRead(let path, let code):
      self.init(
        sentence: "\(path) cannot be read (\(String(cString: strerror(code)))). Give it to the user that runs Rapport (chown).",
        status: Self.cannotMake)
    case let missing as ResourcesMissing: self.init(sentence: missing.description, status: Self.configuration)
    case let failure as IOError: self.init(failure)
    default:
      self.init(
        sentence:
          "Something went wrong that should not: \(String(reflecting: error)). \"rapport doctor\" may say more.",
        status: Self.fault)
    }
  }

  private init(_ failure: OperationFailure) {
    (sentence, status) =
      switch failure {
      case .noInstallation(let folder):
        ("The folder \(folder) holds no Rapport. Name the right one.", Self.notThere)
      case .notEmpty(let folder):
        ("The folder \(folder) is not empty. Name a new one: nothing is ever overwritten.", Self.cannotMake)
      case .fileExists(let file):
        ("\(file) is there already. Name a new file: nothing is ever overwritten.", Self.cannotMake)
      case .cannotRead(let file): ("\(file) cannot be read.", Self.notThere)
      case .cannotWrite(let file):
        ("\(file) cannot be written. Is its folder there, and yours to write to?", Self.cannotWrite)
      case .wroteElsewhere(let file):
        (
          "The running Rapport wrote \(file) into a folder of its own, where nobody finds it. Name a file in another folder, such as /var/lib/rapport-backups.",
          Self.cannotWrite
        )
      case .diskFull(let file): ("There is no room left on the disk of \(file).", Self.cannotWrite)
      case .noBackup(let file): ("\(file) is no backup of Rapport.", Self.damaged)
      case .damaged(let file, let complaint): ("\(file) is damaged (\(complaint)).", Self.damaged)
      case .newerBackup(let file):
        ("\(file) was made by a newer Rapport. Install that version, or a later one.", Self.configuration)
      case .openRounds(let count):
        (
          count == 1
            ? "A round is open, and its answers cannot be taken along. Wait for its close."
            : "\(count) rounds are open, and their answers cannot be taken along. Wait for their close.", Self.later
        )
      case .notEmptyDatabase:
        (
          "The database to copy into has records already. Name an empty one: nothing is ever overwritten.",
          Self.cannotMake
        )
      case .otherSchema(let found, let known):
        (
          "The source has the schema \(found), this Rapport \(known). Start this Rapport on the source once, and stop it again.",
          Self.configuration
        )
      case .differs(let table):
        (
          "The table \(table) did not arrive as it was, so nothing was kept. Is a Rapport still using the source?",
          Self.fault
        )
      case .sameEngine:
        (
          "Both are of one engine. For SQLite, use \"rapport backup\" and \"rapport restore\"; for PostgreSQL, pg_dump and pg_restore.",
          Self.configuration
        )
      case .nobody(let email): ("Nobody here has the address \(email).", Self.notThere)
      case .serverSilent(let folder):
        ("Another Rapport is using the folder \(folder) and does not answer. Try again, or stop it first.", Self.later)
      case .serverFault: ("The running Rapport could not do it; its log says why.", Self.fault)
      }
  }

  private init(_ failure: DatabaseFailure) {
    (sentence, status) =
      switch failure {
      case .newerSchema(let found, let known):
        (
          "The database was written by a newer Rapport (schema \(found); this one knows \(known)). Install that version, or a later one.",
          Self.configuration
        )
      case .changedMigration(let number):
        (
          "The database was made by another edition of Rapport: step \(number) of its schema differs.",
          Self.configuration
        )
      case .damaged(let complaint):
        (
          "The database is damaged (\(complaint)). Keep the folder, and restore the newest backup into a new one: \(restoring)",
          Self.damaged
        )
      case .full: ("There is no room left on the disk.", Self.cannotWrite)
      case .readOnly: ("The database cannot be written. Are the folder and its files yours?", Self.cannotWrite)
      case .unavailable(let message): ("The database cannot be opened now (\(message)).", Self.later)
      case .constraint, .column, .statement, .closed:
        ("The database refused a statement (\(failure)). This is a mistake in Rapport.", Self.fault)
      }
  }

  private init(_ failure: DatabaseFileFailure) {
    status = Self.damaged
    sentence =
      switch failure {
      case .damaged(let file, let complaint):
        "\(file) is damaged (\(complaint)), so it is not served. Keep the folder, and restore the newest backup into a new one: \(restoring)"
      case .foreign(let file):
        "\(file) is a database of another program. Put the right file there, or restore a backup: \(restoring)"
      case .backup(let file):
        "\(file) is a backup. Move it out of the folder, and restore it into a new one: \(restoring)"
      }
  }

  private init(_ failure: DataFolderFailure) {
    sentence = failure.description
    status = if case .inUse = failure { Self.later } else { Self.cannotMake }
  }

  private init(_ failure: IOError) {
    (sentence, status) =
      switch failure.errnoCode {
      case EADDRINUSE:
        ("Another program listens on this address. Stop it, or choose another port with --listen.", Self.later)
      case EADDRNOTAVAIL: ("This machine does not have this address. Choose another with --listen.", Self.configuration)
      case EACCES: ("This port is for the administrator only. Choose one above 1023 with --listen.", Self.configuration)
      default: ("The system refused: \(failure.localizedDescription).", Self.later)
      }
  }
}
