import Database
import Foundation
import Hummingbird
import Logging
import NIOConcurrencyHelpers
import Partnering

/// A space to look around in. Its people set up, invite, open, answer and close by the pages that everybody uses, at
/// times of the past two years; no row is written past the rules.
public enum Demonstration {
  /// Fills an empty folder.
  /// - Parameters:
  ///   - now: today, in the story.
  ///   - telling: hears what is being done.
  /// - Throws: `OperationFailure.notEmpty`, `DataFolderFailure`, `DemonstrationFailure`.
  public static func fill(
    _ folder: URL, at now: Instant, logger: Logger, telling: @Sendable (String) -> Void
  ) async throws {
    try Backup.mustBeEmpty(folder)
    guard let base = BaseURL("http://127.0.0.1:8080") else { return }
    let data = try DataFolder(folder)
    // The folder's lock lasts as long as this value.
    defer { withExtendedLifetime(data) {} }
    let time = NIOLockedValueBox(now - .days(430))
    let database = try data.openDatabase()
    let house = try await House(
      configuration: Configuration(data: folder, baseURL: base, isDemonstration: true), database: database,
      clock: Clock { time.withLockedValue { $0 } }, logger: logger)
    let players = Players(house: house, time: time)
    try await players.play(Plot.northernCoast, today: now, telling: telling)
    try database.close()
  }

  /// Whether a database holds a demonstration.
  public static func lives(in database: any Database) async -> Bool {
    // A database that has no spaces yet is none.
    let found = try? await database.read { try $0.first("SELECT id FROM space WHERE demonstration = 1", []) }
    return (found ?? nil) != nil
  }
}

/// A page did not answer as the story needs it: a mistake in Rapport.
public enum DemonstrationFailure: Error {
  case refused(step: String, status: Int)
  case missing(String, on: String)
}
