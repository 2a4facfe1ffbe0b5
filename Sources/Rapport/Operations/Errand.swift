import Ballots
import Database
import Foundation

/// What an operator asks of an installation from the command line.
///
/// SQLite has one writer, in one process: while a server runs, it does the errand itself.
public enum Errand: Sendable, Hashable, Codable {
  case backup(file: String)
}

/// What became of an errand.
public enum ErrandOutcome: Sendable, Hashable, Codable {
  case backup(Backup.Contents)
  case refused(OperationFailure)
}

extension House {
  func perform(_ errand: Errand) async -> ErrandOutcome {
    do {
      switch errand {
      case .backup(let file):
        guard let database = database as? SQLiteDatabase else { return .refused(.serverFault) }
        let keys = try KeyFolder(path: configuration.data.appendingPathComponent("keys").path)
        return .backup(try await Backup.make(of: database, keys: keys, to: URL(fileURLWithPath: file), at: clock.now))
      }
    } catch let failure as OperationFailure {
      return .refused(failure)
    } catch {
      logger.error("errand", metadata: ["error": "\(String(reflecting: error))"])
      return .refused(.serverFault)
    }
  }
}
