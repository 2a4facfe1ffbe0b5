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

/// RFC 4648 §5 without padding, byte by byte: an answer carries kilobytes of it.
extension Data {
  var base64URL: String {
    let swapped: [UInt8] = base64EncodedData().compactMap { byte in
      switch byte {
      case UInt8(ascii: "+"): UInt8(ascii: "-")
      case UInt8(ascii: "/"): UInt8(ascii: "_")
      case UInt8(ascii: "="): nil
      default: byte
      }
    }
    return String(decoding: swapped, as: UTF8.self)
  }

  init?(base64URL text: String) {
    var standard = text.utf8.map { byte in
      switch byte {
      case UInt8(ascii: "-"): UInt8(ascii: "+")
      case UInt8(ascii: "_"): UInt8(ascii: "/")
      default: byte
      }
    }
    standard += Array(repeating: UInt8(ascii: "="), count: (4 - standard.count % 4) % 4)
    self.init(base64Encoded: Data(standard))
  }
}

/// What is kept of a secret: whoever reads the database cannot use it.
func hashed(secret: String) -> [UInt8] { Array(SHA256.hash(data: Data(secret.utf8))) }
