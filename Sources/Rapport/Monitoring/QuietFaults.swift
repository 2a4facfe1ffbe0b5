import Logging
import NIOConcurrencyHelpers

/// Mistakes of the program on the quiet routes. The operator must learn of them, but not when somebody answered: each kind
/// is told once, until the program starts again.
struct QuietFaults: Sendable {
  private let told = NIOLockedValueBox<Set<String>>([])

  /// What failed, and nothing of what was sent.
  func tell(_ error: any Error, to logger: Logger) {
    let kind = String(describing: type(of: error))
    guard told.withLockedValue({ $0.insert(kind).inserted }) else { return }
    logger.error("fault where nothing is logged, told once for each kind", metadata: ["error": "\(kind)"])
  }
}
