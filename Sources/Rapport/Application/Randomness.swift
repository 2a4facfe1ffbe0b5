import Crypto
import Foundation
import Partnering

/// The machine's random source and what is made of it.
enum Randomness {
  static func bytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in generator.next() }
  }

  /// A secret for an address or a cookie: 192 bits as 32 letters of base64url.
  static func token() -> String { Data(bytes(24)).base64URL }

  /// The id of a new record.
  static func id<Thing>(at now: Instant) -> ID<Thing> {
    var random = SIMD16<UInt8>()
    for (place, byte) in bytes(16).enumerated() { random[place] = byte }
    return ID(at: now, randomness: random)
  }
}

/// What is kept of a secret: whoever reads the database cannot use it.
func hashed(secret: String) -> [UInt8] { Array(SHA256.hash(data: Data(secret.utf8))) }
