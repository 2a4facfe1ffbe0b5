import Ballots
import Database
import Foundation

/// What an operator asks of an installation from the command line.
///
/// SQLite has one writer, in one process: while a server runs, it does the errand itself.
public enum Errand: Sendable, Hashable, Codable {
  case backup(file: String)
  /// A link with which the person with this address chooses a new password.
  case link(email: String)
}

/// What became of an errand.
public enum ErrandOutcome: Sendable, Hashable, Codable {
  case backup(Backup.Contents)
  case link(String)
  case refused(OperationFailure)
}

extension House {
  func perform(_ errand: Errand) async -> ErrandOutcome {
    do {
      switch errand {
      case .backup(let file):
        let keys = try KeyFolder(path: configuration.data.appendingPathComponent("keys").path)
        return .backup(try await Backup.make(of: database, keys: keys, to: URL(fileURLWithPath: file), at: clock.now))
      case .link(let email):
        guard let link = try await passwordLink(for: email) else { return .refused(.nobody(email: email)) }
        return .link(link)
      }
    } catch let failure as OperationFailure {
      return .refused(failure)
    } catch {
      logger.error("errand", metadata: ["error": "\(String(reflecting: error))"])
      return .refused(.serverFault)
    }
  }
}
