import Database
import NIOConcurrencyHelpers
import ServiceLifecycle

/// Whether the program can do its work now.
enum Readiness: String, Sendable {
  case ready
  /// A signal asked it to stop.
  case stopping
  /// The database does not answer.
  case database
  /// The database's schema is another program's: older than this one's, or newer.
  case schema
}

extension House {
  func readiness() async -> Readiness {
    if isStopping.withLockedValue({ $0 }) { return .stopping }
    do { return try await database.isMigrated(with: migrations) ? .ready : .schema } catch { return .database }
  }
}

/// Notes that the program was asked to stop before anything of it has stopped.
struct StoppingNoted<Inner: Service>: Service {
  let inner: Inner
  let isStopping: NIOLockedValueBox<Bool>

  func run() async throws {
    try await withGracefulShutdownHandler {
      try await inner.run()
    } onGracefulShutdown: {
      isStopping.withLockedValue { $0 = true }
    }
  }
}
