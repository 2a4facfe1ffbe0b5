/// The numbers that decide what a report may show; fixed when a round opens.
public struct DisclosureThresholds: Codable, Sendable, Hashable {
  /// The fewest people of whom any figure is shown, at least 4.
  public let minimumGroup: Int
  /// The fewest ballots with which comments are shown, at least 5.
  public let comments: Int

  public static let smallestMinimumGroup = 4
  public static let smallestCommentThreshold = 5
  /// The distribution of the whole round is shown from this many answers. [D4]
  public static let distributionFrom = 8

  /// A minimum group of 5, comments from 10 ballots.
  public static let usual = DisclosureThresholds(unchecked: 5, comments: 10)

  /// - Throws: ``ThresholdRefusal`` if a number is below its floor or above any roll.
  public init(minimumGroup: Int = 5, comments: Int = 10) throws(ThresholdRefusal) {
    guard (Self.smallestMinimumGroup...Histogram.largestCount).contains(minimumGroup) else {
      throw .minimumGroup(minimumGroup)
    }
    guard (Self.smallestCommentThreshold...Histogram.largestCount).contains(comments) else {
      throw .comments(comments)
    }
    self.init(unchecked: minimumGroup, comments: comments)
  }

  private init(unchecked minimumGroup: Int, comments: Int) {
    self.minimumGroup = minimumGroup
    self.comments = comments
  }

  /// Whether the comments of a round with this many ballots are shown, in random order and without party. [D6]
  public func showsComments(ballots: Int) -> Bool { ballots >= comments && ballots >= minimumGroup }
}

/// A threshold that would not protect anybody, or could never be reached.
public enum ThresholdRefusal: Error, Equatable, Sendable {
  case minimumGroup(Int)
  case comments(Int)
}

/// Why a figure is not shown.
public enum HiddenBecause: String, Codable, Sendable {
  case tooFewAnswers = "too few answers"
  case protectingAnonymity = "to protect anonymity"
}

/// The disclosure rules, as far as they decide about one round's figures.
struct DisclosureRules {
  let minimumGroup: Int
  /// Rule D5: a party is alike if all its answers, save this many, are the same. Only the test that shows why the
  /// rule is needed, and needed with one, sets another number; `nil` removes the rule.
  var alikeSave: Int? = 1

  /// D1, D2: of a round or an item with this many answers.
  func hides(answers: Int) -> HiddenBecause? { answers < minimumGroup ? .tooFewAnswers : nil }

  /// D3 for the round: the split by party, given the ballots of each.
  func hidesSplit(ballots: [Int]) -> HiddenBecause? {
    ballots.contains { $0 < minimumGroup } ? .tooFewAnswers : nil
  }

  /// D3, D5: an item's split by party. Never one party alone, since the whole minus the others gives it away.
  /// That every party has enough ballots need not be asked: no party has more answers than ballots.
  func hidesSplit(answers: [Histogram]) -> HiddenBecause? {
    if answers.contains(where: { $0.n < minimumGroup }) { return .tooFewAnswers }
    if let alikeSave, answers.contains(where: { $0.differing <= alikeSave }) { return .protectingAnonymity }
    return nil
  }

  /// D4.
  func showsDistribution(of answers: Histogram) -> Bool { answers.n >= DisclosureThresholds.distributionFrom }
}
