import Ballots
import Foundation
import Partnering

/// What everybody on the roll of a round can read and compare, frozen when it opens. [anonymity, Open]
struct OpeningDocument: Codable, Sendable {
  struct Segment: Codable, Sendable {
    /// The party's name, or `everybody`.
    let name: String
    /// How many people.
    let roll: Int
    let key: SegmentPublicKey
  }

  struct Listed: Codable, Sendable {
    let name: String
    let people: [Someone]
  }

  struct Someone: Codable, Sendable {
    let person: ID<Person>
    /// `nil` once erased, after the close.
    let name: String?
    /// True for somebody who answers with a slip; otherwise left out.
    let paper: Bool?
  }

  let round: ID<Round>
  /// 1, and one more at each restart.
  let attempt: Int
  let instrument: String
  let instrumentVersion: String
  let languages: [String]
  let items: Int
  let minimumGroup: Int
  let commentThreshold: Int
  let closesAt: String
  let latestCloseAt: String
  let segments: [Segment]
  let parties: [Listed]

  enum CodingKeys: String, CodingKey {
    case round, attempt, instrument, languages, items, segments, parties
    case instrumentVersion = "instrument_version"
    case minimumGroup = "minimum_group"
    case commentThreshold = "comment_threshold"
    case closesAt = "closes_at"
    case latestCloseAt = "latest_close_at"
  }

  init(of round: RoundRecord, parties: [RollParty], items: Int, keys: [SegmentPublicKey]) {
    let formats = Formats(language: .en)
    self.round = round.id
    attempt = round.attempt
    instrument = round.instrument
    instrumentVersion = round.instrumentVersion
    languages = Language.allCases.map(\.rawValue)
    self.items = items
    (minimumGroup, commentThreshold) = (round.minimumGroup, round.commentThreshold)
    (closesAt, latestCloseAt) = (formats.machine(round.closesAt), formats.machine(round.latestCloseAt))
    segments = zip(Self.segments(of: round, parties), keys).map { Segment(name: $0.name, roll: $0.roll, key: $1) }
    self.parties = parties.map { party in
      Listed(name: party.name, people: party.roll.map { Someone(person: $0.id, name: $0.name, paper: $0.isOnPaper ? true : nil) })
    }
  }

  /// A party is a segment of its own only where every party has enough people.
  static func segments(of round: RoundRecord, _ parties: [RollParty]) -> [(name: String, roll: Int)] {
    let sizes = parties.map { DisclosureOutlook.PartyRoll(name: $0.name, size: $0.roll.count) }
    let outlook = DisclosureOutlook(parties: sizes, thresholds: round.thresholds)
    return outlook.split == .possible ? sizes.map { ($0.name, $0.size) } : [(everybody, outlook.roll)]
  }

  static let everybody = "everybody"

  /// The exact bytes that are kept, served and hashed.
  func bytes() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(self))
  }

  /// Where somebody of a party answers.
  func segment(ofParty name: String) -> Int {
    segments.count == 1 ? 0 : segments.firstIndex { $0.name == name } ?? 0
  }
}
