import Database
import Foundation
import Logging
import Partnering

/// Everything that a request may need, given to each capability when the router is built.
public struct House: Sendable {
  let configuration: Configuration
  let database: any Database
  let clock: Clock
  let templates: Templates
  let wordBook: WordBook
  let assets: Assets
  let instruments: InstrumentLibrary
  let logger: Logger
  /// Wrong passwords of the last minutes.
  let guesses = PasswordGuesses()

  /// Reads templates, words and assets from beside the program, and brings the database's schema up to date.
  /// - Throws: `ResourcesMissing`, `TemplateFailure`, `WordFileFailure`, `InstrumentFailure` or `DatabaseFailure`.
  public init(
    configuration: Configuration, database: any Database, clock: Clock = .system, logger: Logger
  ) async throws {
    let resources = try Resources(of: "Rapport")
    self.configuration = configuration
    self.database = database
    self.clock = clock
    self.logger = logger
    templates = try Templates(resources: resources)
    wordBook = try WordBook(resources: resources)
    assets = try Assets(resources: resources)
    instruments = try InstrumentLibrary(resources: resources)
    try await database.migrate(with: Migration.all())
  }
}
