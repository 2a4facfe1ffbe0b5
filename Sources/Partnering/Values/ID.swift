/// The identity of one thing of the kind `Thing`: a UUID in its usual lower-case form.
///
/// Ids of different kinds cannot be mixed up: an `ID<Round>` is not an `ID<Person>`.
public struct ID<Thing>: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
  /// The UUID's 36 characters, lower case.
  public let text: String

  /// Parses the usual form of a UUID; `nil` for anything else, an upper-case letter included,
  /// so that one thing has one address.
  public init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard bytes.count == 36 else { return nil }
    for (place, byte) in bytes.enumerated() {
      switch place {
      case 8, 13, 18, 23: guard byte == UInt8(ascii: "-") else { return nil }
      default: guard Self.isHexDigit(byte) else { return nil }
      }
    }
    self.text = String(decoding: bytes, as: UTF8.self)
  }

  /// An id made of 16 bytes.
  public init(bytes: SIMD16<UInt8>) {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(36)
    for place in 0..<16 {
      if [4, 6, 8, 10].contains(place) { text.append(UInt8(ascii: "-")) }
      text.append(digits[Int(bytes[place] >> 4)])
      text.append(digits[Int(bytes[place] & 15)])
    }
    self.text = String(decoding: text, as: UTF8.self)
  }

  /// A UUID of version 7 (RFC 9562 §5.7): ids made later sort later.
  public init(at instant: Instant, randomness: SIMD16<UInt8>) {
    var bytes = randomness
    let milliseconds = UInt64(clamping: instant.milliseconds)
    for place in 0..<6 {
      bytes[place] = UInt8(truncatingIfNeeded: milliseconds >> UInt64(8 * (5 - place)))
    }
    bytes[6] = 0x70 | (bytes[6] & 0x0f)
    bytes[8] = 0x80 | (bytes[8] & 0x3f)
    self.init(bytes: bytes)
  }

  public var description: String { text }

  public static func < (left: ID, right: ID) -> Bool { left.text < right.text }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let id = ID(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an id")
    }
    self = id
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
  }
}
