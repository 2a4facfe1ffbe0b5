/// What a report says about one item.
public struct ItemReport: Codable, Sendable, Equatable {
  /// Counted from 1, in the order of the instrument.
  public let number: Int
  public let id: String
  /// `nil` where too few answered; then not even their number is said. [D2]
  public let figures: ItemFigures?
}

/// What is to be done about an item. [Survey]
public enum Verdict: String, Codable, Sendable {
  /// The average is 3.0 or less.
  case forDiscussion = "for discussion"
  case notForDiscussion = "not for discussion"
  case noAnswers = "no answers"

  init(of mean: Mean?) {
    guard let mean else { self = .noAnswers; return }
    self = mean.isForDiscussion ? .forDiscussion : .notForDiscussion
  }
}

/// Every figure of an item that may be shown.
public struct ItemFigures: Codable, Sendable, Equatable {
  public let mean: Mean
  public let verdict: Verdict
  public let range: MeanRange
  /// `nil` below eight answers. [D4]
  public let distribution: Histogram?
  /// `nil` where the round has no split at all.
  public let split: ItemSplit?
  /// `nil` without a figure of the last round.
  public let change: Change?

  /// How many answered the item.
  public var n: Int { mean.n }
  /// Whether the verdict stays the same whatever those who did not answer would have said.
  public var isFirm: Bool { range.isFirm }
  /// Whether many are content and many are not; `nil` where the distribution is.
  public var isDivided: Bool? { distribution.flatMap(\.isDivided) }
}

/// Between which values the mean would lie if everybody on the roll had answered.
///
/// The survey asks everybody, so the doubt is about those who did not answer, not about a sample.
public struct MeanRange: Codable, Sendable, Equatable {
  /// If all others had said 1.
  public let low: Mean
  /// If all others had said 5.
  public let high: Mean

  /// `nil` if the roll is empty or smaller than the number of answers.
  init?(of answers: Histogram, roll: Int) {
    let missing = roll - answers.n
    guard missing >= 0, answers.n > 0,
      let low = Mean(sum: answers.sum + missing, n: roll),
      let high = Mean(sum: answers.sum + 5 * missing, n: roll)
    else { return nil }
    self.low = low
    self.high = high
  }

  /// Both ends are on the same side of 3.
  public var isFirm: Bool { high.isForDiscussion || !low.isForDiscussion }
}

/// An item's averages by party, or why they are hidden.
public enum ItemSplit: Codable, Sendable, Equatable {
  case hidden(HiddenBecause)
  case shown(PartyMeans)
}

/// The averages of the parties: to one decimal, never with a distribution. [D4]
public struct PartyMeans: Codable, Sendable, Equatable {
  public struct PartyMean: Codable, Sendable, Equatable {
    public let party: String
    /// How many of the party answered the item.
    public let n: Int
    /// The average in tenths, from 10 to 50.
    public let tenths: Int
  }

  /// In the order of the round's parties.
  public let parties: [PartyMean]
  /// The largest shown average minus the smallest, in tenths.
  public let gapTenths: Int
  /// Whether the gap is more than chance would often make; else it may be chance.
  public let isClear: Bool

  init(names: [String], answers: [Histogram]) {
    parties = zip(names, answers).compactMap { name, answers in
      Mean(sum: answers.sum, n: answers.n).map { PartyMean(party: name, n: answers.n, tenths: $0.tenths) }
    }
    let shown = parties.map(\.tenths)
    gapTenths = (shown.max() ?? 0) - (shown.min() ?? 0)
    isClear = PermutationTest.isClear(answers)
  }
}

/// What became of an item since the last round.
public struct Change: Codable, Sendable, Equatable {
  public enum Direction: String, Codable, Sendable {
    case risen, fallen
    case noClearChange = "no clear change"
  }

  public let before: Mean
  /// `nil` unless both rounds show their distribution.
  public let direction: Direction?

  init(from before: ItemFigures, to mean: Mean, distribution: Histogram?) {
    self.before = before.mean
    guard let earlier = before.distribution, let now = distribution else { direction = nil; return }
    guard PermutationTest.isClear(earlier, now) else { direction = .noClearChange; return }
    direction = before.mean.isBelow(mean) ? .risen : .fallen
  }
}

extension ItemFigures {
  /// The figures that the rules allow; `nil` if none.
  init?(
    of parties: [PartyTally], place: Int, rules: DisclosureRules, before: ItemFigures?
  ) {
    let answers = parties.map { $0.answers[place] }
    let whole = answers.reduce(Histogram(), +)
    let roll = parties.reduce(0) { $0 + $1.roll }
    guard rules.hides(answers: whole.n) == nil, let mean = Mean(sum: whole.sum, n: whole.n),
      let range = MeanRange(of: whole, roll: roll)
    else { return nil }
    let distribution = rules.showsDistribution(of: whole) ? whole : nil
    self.mean = mean
    self.range = range
    self.distribution = distribution
    verdict = Verdict(of: mean)
    split = ItemSplit(of: parties, answers: answers, rules: rules)
    change = before.map { Change(from: $0, to: mean, distribution: distribution) }
  }
}

extension ItemSplit {
  fileprivate init?(of parties: [PartyTally], answers: [Histogram], rules: DisclosureRules) {
    guard parties.count > 1 else { return nil }
    if let reason = rules.hidesSplit(answers: answers) {
      self = .hidden(reason)
    } else {
      self = .shown(PartyMeans(names: parties.map(\.name), answers: answers))
    }
  }
}
