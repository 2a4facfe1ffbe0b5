import Ballots
import Database
import Foundation
import Logging

/// A data folder as the operator's commands use it: through the server that runs on it, or directly if none does.
public struct Installation: Sendable {
  let configuration: Configuration
  let clock: Clock
  let logger: Logger

  public init(configuration: Configuration, clock: Clock = .system, logger: Logger) {
    self.configuration = configuration
    self.clock = clock
    self.logger = logger
  }

  /// - Throws: `OperationFailure`, or what opening the folder throws.
  public func run(_ errand: Errand) async throws -> ErrandOutcome {
    let file = configuration.data.appendingPathComponent("rapport.sqlite").path
    guard configuration.database != nil || FileManager.default.fileExists(atPath: file) else {
      throw OperationFailure.noInstallation(folder: configuration.data.path)
    }
    do {
      return try await runAlone(errand, in: try DataFolder(configuration.data))
    } catch DataFolderFailure.inUse {
      return try await ControlSocket(in: configuration.data).ask(errand)
    }
  }

  /// A backup is made of the database as it is: before an upgrade, the old schema is what it must hold.
  private func runAlone(_ errand: Errand, in folder: DataFolder) async throws -> ErrandOutcome {
    // The folder's lock lasts as long as this value.
    defer { withExtendedLifetime(folder) {} }
    let database = try await folder.openDatabase(of: configuration)
    let outcome: ErrandOutcome
    switch errand {
    case .backup(let file):
      let keys = try KeyFolder(path: configuration.keys.path)
      outcome = .backup(try await Backup.make(of: database, keys: keys, to: URL(fileURLWithPath: file), at: clock.now))
    case .link:
      let house = try await House(configuration: configuration, database: database, clock: clock, logger: logger)
      outcome = await house.perform(errand)
    }
    try database.close()
    return outcome
  }
}
