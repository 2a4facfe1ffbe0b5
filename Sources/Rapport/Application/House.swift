import Ballots
import Database
import Foundation
import Logging
import NIOConcurrencyHelpers
import Partnering

/// Everything that a request may need, given to each capability when the router is built.
public struct House: Sendable {
  let configuration: Configuration
  let database: any Database
  let clock: Clock
  let templates: Templates
  let fragments = Fragments()
  let wordBook: WordBook
  let assets: Assets
  let instruments: InstrumentLibrary
  let logger: Logger
  /// Wrong passwords of the last minutes.
  let guesses: PasswordGuesses
  /// What one of several servers does for all.
  let leases: LeaseStore
  let keys: KeyFolder
  let sealedRounds: SealedRounds
  let leftovers = RoundLeftovers()
  /// Makes the key pair of each segment of a round that opens.
  let segmentKeys: SegmentKeyMaker
  /// `nil` where messages are handed over by hand alone.
  let mailer: Mailer?
  let startedAt: Instant
  /// Whether a signal has asked the program to stop.
  let isStopping = NIOLockedValueBox(false)
  let meter = Meter()
  let quietFaults = QuietFaults()
  /// The schema that this program knows.
  let migrations: [Migration]

  /// Reads templates, words and assets from beside the program, and brings the database's schema up to date.
  /// - Throws: `ResourcesMissing`, `TemplateFailure`, `WordFileFailure`, `InstrumentFailure`, `KeyFolderFailure` or `DatabaseFailure`.
  public init(
    configuration: Configuration, database: any Database, clock: Clock = .system, logger: Logger,
    segmentKeys: SegmentKeyMaker = .fresh
  ) async throws {
    try await self.init(
      configuration: configuration, database: database, clock: clock, logger: logger, segmentKeys: segmentKeys,
      mailer: configuration.mail.map { Mailer.smtp($0, as: configuration.baseURL.mailName) })
  }

  init(
    configuration: Configuration, database: any Database, clock: Clock, logger: Logger, segmentKeys: SegmentKeyMaker,
    mailer: Mailer?
  ) async throws {
    let resources = try Resources(of: "Rapport")
    self.configuration = configuration
    self.database = database
    self.clock = clock
    self.logger = logger
    startedAt = clock.now
    templates = try Templates(resources: resources)
    wordBook = try WordBook(resources: resources)
    assets = try Assets(resources: resources)
    instruments = try InstrumentLibrary(resources: resources)
    self.segmentKeys = segmentKeys
    self.mailer = mailer
    keys = try KeyFolder(path: configuration.keys.path)
    guesses = PasswordGuesses(database: database)
    leases = LeaseStore(database: database, clock: clock)
    sealedRounds = SealedRounds(
      database: database, keys: keys, clock: clock, keeping: database.isShared ? .inDatabase : .inMemory)
    migrations = try Migration.all()
    try await database.migrate(with: migrations)
    try await KeyFolderStore(database: database).check(keys)
    try await roundStore.digestEarlierRounds()
  }
}

/// Services are named in the log by what they hold: no word or secret of the settings may get there so.
extension House: CustomStringConvertible, CustomDebugStringConvertible {
  public var description: String { "House" }
  public var debugDescription: String { description }
}
