/// PostgreSQL 15 or newer, for an installation of several servers: every write is serializable, so that what holds on
/// SQLite's one writer holds here too, and is run again when it lost a race.
public struct PostgresDatabase: Database {
  private let pool: PostgresPool
  /// How often a transaction that lost a race is tried before it is given up as busy.
  private static let mostTries = 200

  /// Connects once, to find out whether it can be reached.
  /// - Parameters:
  ///   - address: a connection string or address as libpq takes it, with several hosts too.
  ///   - connections: the most that are open at a time; a quarter of them is for reading alone.
  ///   - patience: how long a commit is waited for, and what another transaction has locked. PostgreSQL waits for a synchronous
  ///     standby as long as it is gone, and a commit that waits keeps its locks.
  /// - Throws: `DatabaseFailure`.
  public init(_ address: String, connections: Int = 8, patience: Duration = .seconds(5)) async throws {
    pool = PostgresPool(settings: try PostgresSettings(address), most: connections, patience: patience)
    try await pool.lend(.snapshot) { session in try await session.check() }
  }

  /// Whether libpq can read an address; it may name what is not there.
  public static func canRead(_ address: String) -> Bool { (try? PostgresSettings(address)) != nil }

  public var isShared: Bool { true }

  public func read<Result: Sendable>(
    _ body: @escaping @Sendable (any Connection) throws -> Result
  ) async throws -> Result { try await transaction(.snapshot, body) }

  @discardableResult
  public func write<Result: Sendable>(
    _ body: @escaping @Sendable (any Connection) throws -> Result
  ) async throws -> Result { try await transaction(.serializable, body) }

  public func close() throws { pool.close() }

  private func transaction<Result: Sendable>(
    _ kind: PostgresTransaction, _ body: @escaping @Sendable (any Connection) throws -> Result
  ) async throws -> Result {
    var (tries, hasReconnected) = (0, false)
    while true {
      do {
        return try await pool.lend(kind) { session in try await session.transaction(kind, body) }
      } catch PostgresInterruption.lostRace where tries < Self.mostTries {
        tries += 1
        try await Task.sleep(for: .microseconds(Int.random(in: 0...(500 * min(tries, 20)))))
      } catch PostgresInterruption.notBegun where !hasReconnected {
        // A connection that rested in the pool while the server was restarted: nothing was done with it yet.
        hasReconnected = true
        pool.forgetResting()
      } catch let interruption as PostgresInterruption {
        throw interruption.failure
      }
    }
  }
}

/// How a transaction begins.
enum PostgresTransaction: String {
  case snapshot = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
  case serializable = "BEGIN ISOLATION LEVEL SERIALIZABLE"
}

/// What ended a transaction, and is no fault of its statements. Nothing of it is kept, but for `unconfirmed`.
enum PostgresInterruption: Error {
  /// Another transaction was quicker. [PostgreSQL, 40001 and 40P01]
  case lostRace
  /// The connection was gone before the first statement.
  case notBegun(String)
  /// Whether it is kept is open: PostgreSQL waits for a standby, and keeps waiting.
  case unconfirmed

  var failure: DatabaseFailure {
    switch self {
    case .lostRace: .unavailable("too many transactions change the same rows")
    case .notBegun(let message): .unavailable(message)
    case .unconfirmed: .unavailable("PostgreSQL waits for a standby that does not confirm")
    }
  }
}
