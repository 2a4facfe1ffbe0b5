import Crypto
import Foundation

/// What a monitoring system must know to read the metrics.
public struct MetricsToken: Sendable {
  public static let leastLength = 16

  private let digest: [UInt8]

  /// `nil` if it is too short to be secret, or cannot stand in a header.
  public init?(_ text: String) {
    guard text.utf8.count >= Self.leastLength, text.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else { return nil }
    digest = Array(SHA256.hash(data: Data(text.utf8)))
  }

  /// Whether an `Authorization` header carries it. Digests are compared, in a time that depends on neither.
  func isIn(_ header: String?) -> Bool {
    let parts = (header ?? "").split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else { return false }
    let sent = SHA256.hash(data: Data(parts[1].utf8))
    return zip(digest, sent).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
