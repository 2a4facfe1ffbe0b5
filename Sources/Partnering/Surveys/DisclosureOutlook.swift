/// What a round will be able to show, told before it opens from its roll alone.
public struct DisclosureOutlook: Sendable, Equatable {
  /// A party and how many of its people are on the roll.
  public struct PartyRoll: Codable, Sendable, Equatable {
    public let name: String
    public let size: Int

    public init(name: String, size: Int) {
      self.name = name
      self.size = size
    }
  }

  /// Whether figures may be split by party.
  public enum Split: Sendable, Equatable {
    /// Each party is a segment of its own.
    case possible
    /// There is nothing to split: a team.
    case oneParty
    /// These parties have fewer people than the minimum group, so everybody is in one segment.
    case tooSmall([PartyRoll])
  }

  /// Two parties of which the first has more than twice the people of the second.
  public struct Lopsided: Sendable, Equatable {
    public let larger: PartyRoll
    public let smaller: PartyRoll
  }

  public let roll: Int
  public let split: Split
  /// `nil` unless one party has more than twice the people of another.
  public let lopsided: Lopsided?
  /// Whether there are enough people for any figure. If not, only the count would ever be shown.
  public let canShowFigures: Bool
  /// Whether there are enough people for the distribution of the answers, which needs eight.
  public let canShowDistributions: Bool
  /// Whether there are enough people for comments.
  public let canShowComments: Bool

  /// - Parameter parties: every party of the round with the size of its part of the roll; sizes are not negative.
  public init(parties: [PartyRoll], thresholds: DisclosureThresholds) {
    roll = parties.reduce(0) { $0 + min(max($1.size, 0), Histogram.largestCount) }
    split = Self.split(of: parties, thresholds: thresholds)
    lopsided = Self.lopsided(parties)
    canShowFigures = roll >= thresholds.minimumGroup
    canShowDistributions = canShowFigures && roll >= DisclosureThresholds.distributionFrom
    canShowComments = thresholds.showsComments(ballots: roll)
  }

  private static func split(of parties: [PartyRoll], thresholds: DisclosureThresholds) -> Split {
    guard parties.count > 1 else { return .oneParty }
    let small = parties.filter { $0.size < thresholds.minimumGroup }
    return small.isEmpty ? .possible : .tooSmall(small)
  }

  private static func lopsided(_ parties: [PartyRoll]) -> Lopsided? {
    guard let larger = parties.max(by: { $0.size < $1.size }),
      let smaller = parties.min(by: { $0.size < $1.size }),
      larger.size - smaller.size > smaller.size
    else { return nil }
    return Lopsided(larger: larger, smaller: smaller)
  }
}
