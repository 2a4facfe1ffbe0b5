import CPostgres
import Dispatch

/// One connection to PostgreSQL. It waits for the server on a thread of its own, never on one that serves requests.
actor PostgresSession {
  private let executor = QueueExecutor()
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private let settings: PostgresSettings
  /// For so long a commit is waited for, and what another transaction has locked.
  private let patience: Duration
  private var link: PostgresLink?

  init(_ settings: PostgresSettings, patience: Duration) { (self.settings, self.patience) = (settings, patience) }

  /// Whether the next transaction may use it.
  var isUsable: Bool { link?.isIdle ?? false }

  /// - Throws: `DatabaseFailure` if the server cannot be reached, or is older than PostgreSQL 15.
  func check() throws {
    guard Self.isNewEnough(try linked().version) else {
      throw DatabaseFailure.unavailable("PostgreSQL 15 or newer is needed")
    }
  }

  /// - Parameter version: as PostgreSQL counts.
  static func isNewEnough(_ version: Int) -> Bool { version >= 150_000 }

  /// - Throws: `PostgresInterruption`, `DatabaseFailure`, or what `body` throws; nothing of it is kept then, save
  ///   that a commit that was not confirmed, or in which the connection was lost, leaves open whether it was.
  func transaction<Result: Sendable>(
    _ kind: PostgresTransaction, _ body: @Sendable (any Connection) throws -> Result
  ) throws -> Result {
    let link = try linked()
    do { try link.run(kind.rawValue) } catch DatabaseFailure.unavailable(let message) {
      throw PostgresInterruption.notBegun(message)
    }
    do {
      let result = try body(PostgresConnection(link: link))
      try link.commit(within: patience)
      return result
    } catch PostgresInterruption.unconfirmed {
      throw PostgresInterruption.unconfirmed
    } catch {
      _ = try? link.run("ROLLBACK")
      throw error
    }
  }

  /// Waits, however long it takes, until PostgreSQL has said what became of a commit that it did not confirm, or is gone.
  func settle() { link?.settle() }

  private func linked() throws -> PostgresLink {
    if let link, link.isIdle { return link }
    let fresh = try PostgresLink(settings, patience: patience)
    link = fresh
    return fresh
  }
}

/// Jobs of one actor, one after another, on a thread that may wait.
private final class QueueExecutor: SerialExecutor {
  private let queue = DispatchQueue(label: "rapport.postgresql")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }

  func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }
}
