import Foundation

@testable import Partnering

extension Instrument {
  /// An instrument with so many items, those in `trust` about trust.
  static func of(items count: Int, trust: Set<Int> = []) -> Instrument {
    let items = (1...count).map { number in
      Item(number: number, id: "id-\(number)", source: "survey/\(number)", tags: trust.contains(number) ? [.trust] : [], text: "?")
    }
    return Instrument(
      id: "relational-survey", version: "1", language: "en", name: "Survey", instruction: "Think of it.",
      scale: RatingScale(low: "not very well", high: "very well"), items: items)
  }
}

extension PartyTally {
  /// A party in which each of these gave one rating to the one item; the others on the roll did not answer.
  static func answering(_ name: String, _ ratings: [Int?], roll: Int? = nil) throws -> PartyTally {
    try PartyTally(name: name, roll: roll ?? ratings.count, ballots: ratings.map { [$0] }, itemCount: 1)
  }

  /// A party whose ballots all say the same.
  static func agreeing(_ name: String, people: Int, on ratings: [Int?]) throws -> PartyTally {
    try PartyTally(name: name, roll: people, ballots: Array(repeating: ratings, count: people), itemCount: ratings.count)
  }
}

/// The files beside the tests.
enum TestFile {
  static func bytes(_ path: String, from file: String = #filePath) throws -> Data {
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent().deletingLastPathComponent()
    return try Data(contentsOf: folder.appendingPathComponent(path))
  }
}

/// Numbers that are the same in every run; the seed is printed where a test fails.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64
  init(seed: UInt64) { state = seed | 1 }
  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}
