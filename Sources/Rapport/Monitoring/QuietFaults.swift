import Logging
import NIOConcurrencyHelpers

/// Mistakes of the program on the quiet routes. The operator must learn of them, but not when somebody answered: each kind
/// is told once, until the program starts again.
struct QuietFaults: Sendable {
  private let told = NIOLockedValueBox<Set<String>>([])

  /// Its type, and of several cases which one: the name alone, without what it carries.
  private static func kind(of error: any Error) -> String {
    let mirror = Mirror(reflecting: error)
    let type = String(describing: type(of: error))
    guard mirror.displayStyle == .enum else { return type }
    return "\(type).\(mirror.children.first?.label ?? String(describing: error))"
  }

  /// What failed, and nothing of what was sent.
  func tell(_ error: any Error, to logger: Logger) {
    let kind = Self.kind(of: error)
    guard told.withLockedValue({ $0.insert(kind).inserted }) else { return }
    logger.error("fault where nothing is logged, told once for each kind", metadata: ["error": "\(kind)"])
  }
}
