import Crypto
import Foundation

/// The secret from which one person's ballot in one round is made: 128 bits. It never reaches the server;
/// whoever has it can replace the ballot until the close, on any device.
public struct BallotKey: Sendable, Hashable {
  /// The 16 bytes.
  public let bytes: [UInt8]

  /// A new key from `generator`.
  public init(using generator: inout some RandomNumberGenerator) {
    bytes = (0..<Self.byteCount).map { _ in UInt8.random(in: 0...255, using: &generator) }
  }

  /// A new key from the machine's random source.
  public init() {
    var generator = SystemRandomNumberGenerator()
    self.init(using: &generator)
  }

  /// `nil` unless there are 16 bytes.
  public init?(bytes: some Sequence<UInt8>) {
    let bytes = Array(bytes)
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }

  /// A key as somebody typed it: 28 letters, of which the last 12 bits find slips of the hand
  /// (4,095 of 4,096). `nil` if it is none.
  public init?(typed text: some StringProtocol) {
    guard let typed = TypedLetters.bits(140, typed: text), let key = BallotKey(bytes: typed.prefix(16)),
      key.checked == typed
    else { return nil }
    self = key
  }

  /// 28 letters in seven groups of four.
  public var letters: String { TypedLetters.grouped(bits: 140, of: checked) }

  private static let byteCount = 16

  /// The key and 12 bits of its hash, the rest of the last byte zero.
  private var checked: [UInt8] {
    var hash = SHA256()
    hash.update(data: Data("rapport ballot key".utf8))
    hash.update(data: bytes)
    let check = Array(hash.finalize().prefix(2))
    return bytes + [check[0], check[1] & 0xf0]
  }
}
