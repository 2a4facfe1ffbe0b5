import Foundation

@testable import Ballots

/// A known cast: a round of two segments, its people and their ballot keys.
enum Story {
  static let digest = OpeningDigest(of: Data("the opening document".utf8))

  static var round: RoundName { get throws { try found(RoundName("round-1")) } }

  static func holder(of key: SegmentKey) throws -> BallotHolder {
    try BallotHolder(ballotKey: BallotKey(), digest: digest, segment: key.publicKey)
  }

  static func person(_ number: Int) -> Hash256 { Hash256(of: "person \(number)") }

  static func blinded(_ number: Int) -> Data { Data("blinded \(number)".utf8) }

  static func credential(_ number: Int) throws -> VerifiedCredential {
    try VerifiedCredential(serial: Serial(Hash256(of: "serial \(number)").bytes))
  }

  static func receipt(_ number: Int) throws -> Receipt {
    try found(Receipt(bytes: Hash256(of: "receipt \(number)").bytes.prefix(10)))
  }

  static func answer(
    from number: Int, _ ratings: [Int?] = [4, 4, 4], comment: String = "", send: UInt32 = 1
  ) throws -> Answer {
    try Answer(ratings: ratings, items: ratings.count, comment: comment, receipt: receipt(number), send: send)
  }

  static func found<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw CocoaError(.coderValueNotFound) }
    return value
  }
}

/// SplitMix64, so that a failing run can be repeated from its printed seed. [Steele, Lea and Flood 2014]
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
