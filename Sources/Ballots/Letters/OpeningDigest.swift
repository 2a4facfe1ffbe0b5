import Crypto
import Foundation

/// SHA-256 of the exact bytes of a round's opening document: what everybody on the roll compares.
public struct OpeningDigest: Sendable, Hashable {
  /// The 32 bytes.
  public let bytes: [UInt8]

  /// The digest of a document as it is sent, byte for byte.
  public init(of document: Data) { bytes = Array(SHA256.hash(data: document)) }

  /// A digest that was kept; `nil` unless there are 32 bytes.
  public init?(bytes: some Sequence<UInt8>) {
    let bytes = Array(bytes)
    guard bytes.count == SHA256.byteCount else { return nil }
    self.bytes = bytes
  }

  /// The first 48 bits as three words, to be read out in a room.
  public var words: [String] { Proquints.words(bytes.prefix(6)) }

  /// The whole digest as 64 hexadecimal digits, as the answering page carries it.
  public var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
