import Crypto
import Foundation

/// A SHA-256 value: what stands for a person, a serial or a blinded value inside a sealed bucket.
public struct Hash256: Sendable, Hashable, Comparable {
  public static let byteCount = 32

  // Four words instead of an array: a round of 100,000 people is held in memory and sorted.
  private let words: (UInt64, UInt64, UInt64, UInt64)

  /// SHA-256 of `bytes`.
  public init(of bytes: some DataProtocol) { self.init(checked: Array(SHA256.hash(data: bytes))) }

  /// SHA-256 of the UTF-8 bytes of `text`.
  public init(of text: String) { self.init(of: Data(text.utf8)) }

  /// A hash that was kept; `nil` unless there are 32 bytes.
  public init?(bytes: some Sequence<UInt8>) {
    let bytes = Array(bytes)
    guard bytes.count == Self.byteCount else { return nil }
    self.init(checked: bytes)
  }

  /// The receipt itself, filled up with zeros: its bits are random, so it sorts and spreads as a hash does.
  init(receipt: Receipt) {
    self.init(checked: receipt.bytes + Array(repeating: 0, count: Self.byteCount - TypedCode.byteCount))
  }

  /// The 32 bytes.
  public var bytes: [UInt8] { [words.0, words.1, words.2, words.3].flatMap(\.bigEndianBytes) }

  /// Writes the 32 bytes at the beginning of `room`.
  func store(in room: UnsafeMutableRawBufferPointer) {
    for (place, word) in [words.0, words.1, words.2, words.3].enumerated() {
      room.storeBytes(of: word.bigEndian, toByteOffset: place * 8, as: UInt64.self)
    }
  }

  /// The number that the first `count` bits make, `count` from 0 to 32.
  func leadingBits(_ count: Int) -> Int { count == 0 ? 0 : Int(words.0 >> UInt64(64 - min(count, 32))) }

  public static func == (left: Hash256, right: Hash256) -> Bool { left.words == right.words }
  public static func < (left: Hash256, right: Hash256) -> Bool { left.words < right.words }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
    hasher.combine(words.2)
    hasher.combine(words.3)
  }

  /// `bytes` are 32.
  private init(checked bytes: [UInt8]) {
    words = (
      UInt64(bigEndian: bytes[0..<8]), UInt64(bigEndian: bytes[8..<16]), UInt64(bigEndian: bytes[16..<24]),
      UInt64(bigEndian: bytes[24..<32])
    )
  }
}

extension FixedWidthInteger {
  /// The number whose bytes these are, the highest first; only as many as fit count.
  init(bigEndian bytes: some Sequence<UInt8>) { self = bytes.reduce(0) { $0 << 8 | Self($1) } }

  var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}
