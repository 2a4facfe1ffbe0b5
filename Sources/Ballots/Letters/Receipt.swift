/// What somebody keeps to find the own ballot counted: 80 bits. The receipts of a round are a set of their
/// own, tied to no ballot, and its sorted list is shown after the close.
public struct Receipt: Sendable, Hashable, Comparable {
  let code: TypedCode

  /// `nil` unless there are 10 bytes.
  public init?(bytes: some Sequence<UInt8>) {
    guard let code = TypedCode(bytes: bytes) else { return nil }
    self.code = code
  }

  /// A receipt as somebody typed it, 16 letters; `nil` if it is none.
  public init?(typed text: some StringProtocol) {
    guard let code = TypedCode(typed: text) else { return nil }
    self.code = code
  }

  init(code: TypedCode) { self.code = code }

  /// The 10 bytes.
  public var bytes: [UInt8] { code.bytes }

  /// 16 letters in four groups of four.
  public var letters: String { code.letters }

  public static func < (left: Receipt, right: Receipt) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }
}

/// What stands on a paper slip and lets whoever holds it answer once: 80 bits.
public struct SlipCode: Sendable, Hashable {
  let code: TypedCode

  /// A new code from `generator`.
  public init(using generator: inout some RandomNumberGenerator) { code = TypedCode(using: &generator) }

  /// A code as somebody typed it, 16 letters; `nil` if it is none.
  public init?(typed text: some StringProtocol) {
    guard let code = TypedCode(typed: text) else { return nil }
    self.code = code
  }

  /// 16 letters in four groups of four.
  public var letters: String { code.letters }

  /// All that the server keeps of it.
  public var hash: Hash256 { Hash256(of: code.bytes) }
}

/// Eighty bits that people can copy by hand.
struct TypedCode: Sendable, Hashable {
  static let byteCount = 10
  let bytes: [UInt8]

  init(using generator: inout some RandomNumberGenerator) {
    bytes = (0..<Self.byteCount).map { _ in UInt8.random(in: 0...255, using: &generator) }
  }

  init?(bytes: some Sequence<UInt8>) {
    let bytes = Array(bytes)
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }

  init(hash: Hash256) { bytes = Array(hash.bytes.prefix(Self.byteCount)) }

  init?(typed text: some StringProtocol) {
    guard let bytes = TypedLetters.bits(Self.byteCount * 8, typed: text) else { return nil }
    self.bytes = bytes
  }

  var letters: String { TypedLetters.grouped(bits: Self.byteCount * 8, of: bytes) }
}
