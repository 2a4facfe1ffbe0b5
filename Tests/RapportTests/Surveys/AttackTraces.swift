import Ballots
import Foundation
import Partnering

@testable import Rapport

/// Looks for anything of any ballot, and for the keys of the round, in copied bytes: every part in every form in which a
/// program would write it.
struct Traces: Sendable {
  enum Kind: Hashable {
    case collected, serial, serialHash, signature, ratings, receipt, comment, slip, slipHash, sealingKey, segmentKey

    /// Receipts and comments stand in the report from the close on, tied to nothing.
    var isSecretForEver: Bool { self != .receipt && self != .comment }
  }

  struct Found: Hashable {
    /// `nil` if it is the round's own.
    let ballot: Int?
    let kind: Kind
    let offset: Int
  }

  private struct Part {
    let ballot: Int?
    let kind: Kind
    let bytes: [UInt8]
  }

  private var parts: [Part] = []
  /// By the first two bytes: whether some part begins so, and which.
  private var begins = [Bool](repeating: false, count: 65_536)
  private var beginning: [Int: [Int]] = [:]

  init() {}

  init(_ ballots: [ContestedBallot]) {
    for (place, ballot) in ballots.enumerated() {
      add(ballot.serial, of: place)
      add(ballot.receipt, of: place)
      if let signature = ballot.signature { add(signature: signature, of: place) }
      if let slip = ballot.slip { add(slip, of: place) }
      add(ratings: ballot.ratings, of: place)
      add(comment: ballot.comment, of: place)
    }
  }

  /// What is sealed of a collecting: under which hash, and of which value.
  mutating func add(collectedBy id: ID<Person>, blinded: Data, of ballot: Int) {
    for hash in [Hash256(of: id.text), Hash256(of: blinded)] { add(binary: Data(hash.bytes), .collected, ballot) }
  }

  mutating func add(_ serial: Serial, of ballot: Int) {
    add(binary: serial.bytes, .serial, ballot)
    add(letters: serial.letters, .serial, ballot)
    add(binary: Data(Hash256(of: serial.bytes).bytes), .serialHash, ballot)
  }

  mutating func add(_ receipt: Receipt, of ballot: Int) {
    add(Data(receipt.bytes), .receipt, ballot)
    add(letters: receipt.letters, .receipt, ballot)
  }

  mutating func add(_ slip: SlipCode, of ballot: Int) {
    add(letters: slip.letters, .slip, ballot)
    add(binary: Data(slip.hash.bytes), .slipHash, ballot)
  }

  mutating func add(signature: Data, of ballot: Int) { add(binary: signature, .signature, ballot) }

  mutating func add(ratings: [UInt8], of ballot: Int) {
    add(Data(ratings), .ratings, ballot)
    for separator in [",", ", "] { add(Data(ratings.map(String.init).joined(separator: separator).utf8), .ratings, ballot) }
  }

  mutating func add(comment: String, of ballot: Int) {
    // Its beginning names it already, and survives being cut.
    add(Data(comment.utf8.prefix(20)), .comment, ballot)
  }

  mutating func add(sealingKey: Data) { add(binary: sealingKey, .sealingKey, nil) }

  mutating func add(segmentKey: SegmentKey) {
    // From its middle, as all keys begin alike; where three bytes make four letters and no line of PEM ends.
    add(binary: Data(segmentKey.der.dropFirst(600).prefix(24)), .segmentKey, nil)
  }

  // One pass for all parts: thousands of them in gigabytes, in a debug build, leave no time for one after another.
  func found(in data: Data) -> [Found] {
    data.withUnsafeBytes { bytes in
      guard bytes.count > 2, let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return [] }
      return begins.withUnsafeBufferPointer { begins in
        var found: [Found] = []
        let last = bytes.count &- 1
        var place = 0
        while place < last {
          if begins[Int(start[place]) &<< 8 | Int(start[place &+ 1])] {
            found += parts(at: place, of: bytes)
          }
          place &+= 1
        }
        return found
      }
    }
  }

  private func parts(at place: Int, of bytes: UnsafeRawBufferPointer) -> [Found] {
    guard let start = bytes.baseAddress else { return [] }
    var found: [Found] = []
    for candidate in beginning[Int(bytes[place]) << 8 | Int(bytes[place + 1])] ?? [] {
      let part = parts[candidate]
      if place + part.bytes.count <= bytes.count, memcmp(start + place, part.bytes, part.bytes.count) == 0 {
        found.append(Found(ballot: part.ballot, kind: part.kind, offset: place))
      }
    }
    return found
  }

  private mutating func add(binary bytes: Data, _ kind: Kind, _ ballot: Int?) {
    add(bytes, kind, ballot)
    add(Data(bytes.base64URL.utf8), kind, ballot)
    add(bytes.base64EncodedData().filter { $0 != UInt8(ascii: "=") }, kind, ballot)
    for digits in ["0123456789abcdef", "0123456789ABCDEF"] { add(bytes.written(in: Array(digits.utf8)), kind, ballot) }
  }

  private mutating func add(letters: String, _ kind: Kind, _ ballot: Int?) {
    add(Data(letters.utf8), kind, ballot)
    add(Data(letters.utf8.filter { $0 != UInt8(ascii: "-") }), kind, ballot)
  }

  private mutating func add(_ bytes: Data, _ kind: Kind, _ ballot: Int?) {
    let part = Part(ballot: ballot, kind: kind, bytes: Array(bytes))
    let begin = Int(part.bytes[0]) << 8 | Int(part.bytes[1])
    begins[begin] = true
    beginning[begin, default: []].append(parts.count)
    parts.append(part)
  }
}

extension Data {
  fileprivate func written(in digits: [UInt8]) -> Data {
    var written = Data(capacity: 2 * count)
    for byte in self {
      written.append(digits[Int(byte >> 4)])
      written.append(digits[Int(byte & 15)])
    }
    return written
  }
}
