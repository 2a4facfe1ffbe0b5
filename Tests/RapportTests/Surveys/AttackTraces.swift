import Ballots
import Foundation

@testable import Rapport

/// Looks for anything of any ballot in copied bytes: every part in every form in which a program would write it.
struct Traces {
  enum Kind: Hashable {
    case serial, serialHash, signature, ratings, receipt, comment

    /// Receipts and comments stand in the report from the close on, tied to nothing.
    var isSecretForEver: Bool { self != .receipt && self != .comment }
  }

  struct Found: Hashable {
    let ballot: Int
    let kind: Kind
    let offset: Int
  }

  private struct Part {
    let ballot: Int
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
      add(ballot.holder, of: place)
      add(signature: ballot.signature, of: place)
      add(ratings: ballot.ratings, of: place)
      add(comment: ballot.comment, of: place)
    }
  }

  mutating func add(_ holder: BallotHolder, of ballot: Int) {
    let serial = holder.serial.bytes
    add(binary: serial, .serial, ballot)
    add(binary: Data(Hash256(of: serial).bytes), .serialHash, ballot)
    add(Data(holder.receipt.bytes), .receipt, ballot)
    add(Data(holder.receipt.letters.utf8), .receipt, ballot)
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
    let candidates = beginning[Int(bytes[place]) << 8 | Int(bytes[place + 1])] ?? []
    return candidates.compactMap { candidate in
      let part = parts[candidate]
      guard place + part.bytes.count <= bytes.count, let start = bytes.baseAddress else { return nil }
      let isThere = memcmp(start + place, part.bytes, part.bytes.count) == 0
      return isThere ? Found(ballot: part.ballot, kind: part.kind, offset: place) : nil
    }
  }

  private mutating func add(binary bytes: Data, _ kind: Kind, _ ballot: Int) {
    add(bytes, kind, ballot)
    add(Data(bytes.base64URL.utf8), kind, ballot)
    for digits in ["%02x", "%02X"] { add(Data(bytes.map { String(format: digits, $0) }.joined().utf8), kind, ballot) }
  }

  private mutating func add(_ bytes: Data, _ kind: Kind, _ ballot: Int) {
    let part = Part(ballot: ballot, kind: kind, bytes: Array(bytes))
    let begin = Int(part.bytes[0]) << 8 | Int(part.bytes[1])
    begins[begin] = true
    beginning[begin, default: []].append(parts.count)
    parts.append(part)
  }
}
