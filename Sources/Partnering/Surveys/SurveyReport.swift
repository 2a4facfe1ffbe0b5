/// What a closed round says: every figure that may be shown, and nothing else.
///
/// It is made once, when the round closes, and kept as it is; what it does not hold cannot be found out from it.
/// Pages, prints, exports and the command show it and compute nothing of their own.
public struct SurveyReport: Codable, Sendable, Equatable {
  /// The instrument's id.
  public let instrument: String
  public let instrumentVersion: String
  /// How many people were asked.
  public let roll: Int
  /// How many ballots came.
  public let answers: Int
  public let minimumGroup: Int
  /// Too few answers: then there is nothing below but the count. [D1]
  public let hidden: HiddenBecause?
  /// Ballots by party; `nil` without a split.
  public let split: BallotSplit?
  /// In the order of the instrument; none when the round is hidden.
  public let items: [ItemReport]
  /// Numbers of the items whose average is 3.0 or less, worst first; ties in the order of the instrument.
  public let forDiscussion: [Int]
  /// Numbers of the best three of the others, and those that tie with the third; best first.
  public let strengths: [Int]
  /// Relational health: the mean of the shown items' means.
  public let health: Average?
  /// The mean of the shown means of the items about trust.
  public let trust: Average?
  /// What became of each item that was for discussion last time, in the order it had then.
  public let followUps: [FollowUp]
  /// Whether the roll changed by a quarter or more since the last round; `nil` without one.
  public let rollChanged: Bool?

  /// The one function that makes the figures of a round.
  /// - Parameters:
  ///   - parties: one for each segment, in the order in which they are shown; a single one where the round has no split.
  ///   - previous: the last round; not compared if its instrument or version is another.
  /// - Throws: ``ReportRefusal``
  public init(
    of instrument: Instrument, parties: [PartyTally], thresholds: DisclosureThresholds,
    since previous: PreviousRound? = nil
  ) throws(ReportRefusal) {
    try self.init(
      of: instrument, parties: parties, rules: DisclosureRules(minimumGroup: thresholds.minimumGroup), since: previous)
  }

  init(
    of instrument: Instrument, parties: [PartyTally], rules: DisclosureRules, since previous: PreviousRound?
  ) throws(ReportRefusal) {
    try Self.check(parties, against: instrument)
    let previous = previous?.of(instrument)
    let answers = parties.reduce(0) { $0 + $1.ballots }
    let hidden = rules.hides(answers: answers)
    let items = hidden != nil ? [] : Self.items(of: instrument, parties: parties, rules: rules, since: previous)
    let ranking = Ranking(items)
    self.instrument = instrument.id
    instrumentVersion = instrument.version
    roll = parties.reduce(0) { $0 + $1.roll }
    self.answers = answers
    minimumGroup = rules.minimumGroup
    self.hidden = hidden
    split = hidden != nil ? nil : BallotSplit(of: parties, rules: rules)
    self.items = items
    forDiscussion = ranking.forDiscussion
    strengths = ranking.strengths
    health = Average(of: items.compactMap(\.figures?.mean))
    trust = Average(of: zip(instrument.items, items).compactMap { $0.tags.contains(.trust) ? $1.figures?.mean : nil })
    followUps = hidden != nil ? [] : Self.followUps(of: previous?.report, in: items)
    rollChanged = hidden != nil ? nil : previous?.rollChange.isLarge
  }

  /// What is said about the item with this number; `nil` if the report has no such item.
  public func item(_ number: Int) -> ItemReport? { items.first { $0.number == number } }

  private static func check(_ parties: [PartyTally], against instrument: Instrument) throws(ReportRefusal) {
    guard !parties.isEmpty else { throw .noParty }
    if let party = parties.first(where: { $0.answers.count != instrument.items.count }) {
      throw .otherInstrument(party: party.name)
    }
    var names: Set<String> = []
    for party in parties where !names.insert(party.name).inserted { throw .sameParty(party.name) }
    guard parties.reduce(0, { $0 + $1.roll }) <= Histogram.largestCount else { throw .rollTooLarge }
  }

  private static func items(
    of instrument: Instrument, parties: [PartyTally], rules: DisclosureRules, since previous: PreviousRound?
  ) -> [ItemReport] {
    instrument.items.enumerated().map { place, item in
      let before = previous?.report.item(item.number)?.figures
      let figures = ItemFigures(of: parties, place: place, rules: rules, before: before)
      return ItemReport(number: item.number, id: item.id, figures: figures)
    }
  }

  private static func followUps(of previous: SurveyReport?, in items: [ItemReport]) -> [FollowUp] {
    guard let previous else { return [] }
    return previous.forDiscussion.compactMap { number in
      guard let before = previous.item(number)?.figures?.mean,
        let now = items.first(where: { $0.number == number })
      else { return nil }
      return FollowUp(
        item: number, before: before, after: now.figures?.mean, direction: now.figures?.change?.direction)
    }
  }
}

/// Why a report cannot be made.
public enum ReportRefusal: Error, Equatable, Sendable {
  case noParty
  case sameParty(String)
  /// The party's answers are to another number of items.
  case otherInstrument(party: String)
  /// More than 1,000,000,000 people.
  case rollTooLarge
}

/// How many ballots came from each party.
public enum BallotSplit: Codable, Sendable, Equatable {
  case hidden(HiddenBecause)
  case shown([PartyBallots])

  public struct PartyBallots: Codable, Sendable, Equatable {
    public let party: String
    public let roll: Int
    public let answers: Int
  }

  init?(of parties: [PartyTally], rules: DisclosureRules) {
    guard parties.count > 1 else { return nil }
    if let reason = rules.hidesSplit(ballots: parties.map(\.ballots)) {
      self = .hidden(reason)
    } else {
      self = .shown(parties.map { PartyBallots(party: $0.name, roll: $0.roll, answers: $0.ballots) })
    }
  }
}

/// What became of an item that was for discussion last time.
public struct FollowUp: Codable, Sendable, Equatable {
  /// The item's number.
  public let item: Int
  public let before: Mean
  /// `nil` where too few answered the item this time.
  public let after: Mean?
  /// `nil` unless both rounds show their distribution.
  public let direction: Change.Direction?
}

/// The last round of the same instrument, and how much its roll differed.
public struct PreviousRound: Sendable, Equatable {
  public let report: SurveyReport
  public let rollChange: RollChange

  public init(report: SurveyReport, rollChange: RollChange) {
    self.report = report
    self.rollChange = rollChange
  }

  fileprivate func of(_ instrument: Instrument) -> PreviousRound? {
    report.instrument == instrument.id && report.instrumentVersion == instrument.version ? self : nil
  }
}

/// How much a roll differs from the last one.
public struct RollChange: Sendable, Equatable {
  /// A quarter or more.
  public let isLarge: Bool

  /// - Parameters:
  ///   - onOneOnly: how many people are on only one of the two rolls.
  ///   - larger: the size of the larger of the two.
  public init(onOneOnly: Int, larger: Int) {
    // Divided, since a product of large numbers might not fit.
    isLarge = larger > 0 && onOneOnly >= larger / 4 + (larger % 4 == 0 ? 0 : 1)
  }

  /// Where only the sizes are known.
  public init(sizes now: Int, _ before: Int) {
    self.init(onOneOnly: max(now, before) - min(now, before), larger: max(now, before))
  }
}

/// Which items are for discussion, and which are strengths.
private struct Ranking {
  let forDiscussion: [Int]
  let strengths: [Int]

  init(_ items: [ItemReport]) {
    let rated = items.compactMap { item in item.figures.map { (number: item.number, mean: $0.mean) } }
    forDiscussion = rated.filter(\.mean.isForDiscussion)
      .sorted { $0.mean.isBelow($1.mean) || (!$1.mean.isBelow($0.mean) && $0.number < $1.number) }
      .map(\.number)
    let others = rated.filter { !$0.mean.isForDiscussion }
      .sorted { $1.mean.isBelow($0.mean) || (!$0.mean.isBelow($1.mean) && $0.number < $1.number) }
    let third = others.prefix(3).last?.mean
    strengths = others.prefix { item in third.map { !item.mean.isBelow($0) } ?? false }.map(\.number)
  }
}
