/// What a talk about a report goes through, in order, each with its time. [Survey: the discussion]
public struct Agenda: Sendable, Equatable {
  public enum Part: Sendable, Hashable {
    /// What became of the actions that were decided before and are not closed.
    case openActions(count: Int)
    /// An item of the report that is for discussion, by its number.
    case weakness(item: Int)
    /// An item that goes well, by its number.
    case strength(item: Int)
    /// What to celebrate, and who does what: the end of every talk.
    case closing
  }

  public struct Entry: Sendable, Hashable {
    public let part: Part
    /// Whole minutes, at least 1.
    public let minutes: Int
  }

  public let entries: [Entry]

  /// The talk's length in minutes.
  public static let lengths = 20...480
  /// What most talks need.
  public static let usualLength = 90

  /// Open actions come before both; then the items for discussion, worst first; then the strengths.
  ///
  /// A weakness gets three times the time of a strength, the others twice; every part gets a minute at least. The
  /// minutes add up to the talk's length, or to one for each part if that is more.
  /// - Parameters:
  ///   - weaknesses: the report's items for discussion, worst first.
  ///   - strengths: the report's strengths, best first.
  ///   - minutes: the talk's length.
  public init(weaknesses: [Int], strengths: [Int], openActions: Int, minutes: Int) {
    let parts: [(part: Part, weight: Int)] =
      (openActions > 0 ? [(.openActions(count: openActions), 2)] : [])
      + weaknesses.map { (.weakness(item: $0), 3) } + strengths.map { (.strength(item: $0), 1) } + [(.closing, 2)]
    let spare = max(0, minutes - parts.count)
    let weights = parts.reduce(0) { $0 + $1.weight }
    let shares = parts.map { spare * $0.weight / weights }
    // What is left by rounding down goes to the end, so that all weaknesses get the same and the sum is exact.
    let rest = spare - shares.reduce(0, +)
    entries = zip(parts, shares).map { each, share in
      Entry(part: each.part, minutes: 1 + share + (each.part == .closing ? rest : 0))
    }
  }
}
