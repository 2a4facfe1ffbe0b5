import Testing

@testable import Partnering

/// Can the figures of a report fix what one party's people answered? Every table of one item that two small parties
/// can make is reported, and every reader's knowledge is what all tables with the same report have in common.
///
/// People of one party are interchangeable, so a table is a multiset of states for each party: no ballot, a blank,
/// or a rating. The readers are an outsider, and a member who knows the own state.
@Suite struct DisclosureEnumerationTests {
  @Test(arguments: [(4, [4, 5], 97_020), (5, [5, 6], 426_888)])
  func `no report fixes a party's ratings`(k: Int, rolls: [Int], tables: Int) throws {
    let found = try Enumeration(rolls: rolls, rules: DisclosureRules(minimumGroup: k)).run()
    #expect(found.tables == tables)
    #expect(found.splitsShown > 1_000)
    #expect(found.learntByOutsider == 0)
    #expect(found.learntByMember == 0)
  }

  // The numbers are those of a program in another language that enumerates the same tables.
  @Test func `without rule D5 reports fix a party's ratings for everybody`() throws {
    let found = try Enumeration(rolls: [4, 5], rules: DisclosureRules(minimumGroup: 4, alikeSave: nil)).run()
    #expect(found.splitsShown == 18_620)
    #expect(found.learntByOutsider == 1_742)
  }

  @Test func `hiding only parties that agree leaves some ratings to be found out`() throws {
    let found = try Enumeration(rolls: [4, 5], rules: DisclosureRules(minimumGroup: 4, alikeSave: 0)).run()
    #expect(found.learntByMember > 0 || found.learntByOutsider > 0)
  }

  @Test func `what is enumerated is what a report shows`() throws {
    var generator = SeededGenerator(seed: 77)
    let rules = DisclosureRules(minimumGroup: 4)
    for _ in 0..<300 {
      let parties = try [4, 5].map { roll in
        let ballots = (0..<Int.random(in: 3...roll, using: &generator)).map { _ in
          [Int.random(in: 0...5, using: &generator)].map { $0 == 0 ? nil : $0 }
        }
        return try PartyTally(name: "\(roll)", roll: roll, ballots: ballots, itemCount: 1)
      }
      let report = try SurveyReport(of: .of(items: 1), parties: parties, rules: rules, since: nil)
      let figures = ItemFigures(of: parties, place: 0, rules: rules, before: nil)
      #expect(report.items.first?.figures == figures, "seed 77")
    }
  }
}

private struct Enumeration {
  struct Found {
    var tables = 0
    var splitsShown = 0
    var learntByOutsider = 0
    var learntByMember = 0
  }

  /// What the people of one party did, as counts of states: 0 no ballot, 1 a blank, 2 to 6 the ratings 1 to 5.
  struct Party {
    let states: [Int]
    let tally: PartyTally
    /// One bit for each state that somebody is in.
    let mask: UInt8
    /// The same once somebody in that state is left out.
    let masksWithout: [UInt8]
    let histogramKey: Int

    init(states: [Int], roll: Int) throws {
      self.states = states
      let counts = Array(states[2...])
      let answers = Histogram(counts: counts) ?? Histogram()
      tally = try PartyTally(name: "\(roll)", roll: roll, ballots: roll - states[0], answers: [answers])
      let mask = states.indices.reduce(UInt8(0)) { states[$1] > 0 ? $0 | 1 << $1 : $0 }
      self.mask = mask
      masksWithout = states.indices.map { states[$0] == 1 ? mask & ~(1 << $0) : mask }
      histogramKey = counts.reduce(0) { $0 * 8 + $1 }
    }
  }

  let parties: [[Party]]
  let rules: DisclosureRules
  private static let ratings: UInt8 = 0b111_1100

  init(rolls: [Int], rules: DisclosureRules) throws {
    self.rules = rules
    parties = try rolls.map { roll in try Self.states(of: roll, kinds: 7).map { try Party(states: $0, roll: roll) } }
  }

  private static func states(of people: Int, kinds: Int) -> [[Int]] {
    guard kinds > 1 else { return [[people]] }
    return (0...people).flatMap { here in states(of: people - here, kinds: kinds - 1).map { [here] + $0 } }
  }

  func run() -> Found {
    var views = Views(rules: rules)
    var seen: [Int] = []
    seen.reserveCapacity(parties[0].count * parties[1].count)
    for first in parties[0] { for second in parties[1] { seen.append(views.view(of: first, second)) } }

    // What each reader knows: the union of the states of each party over all tables with the same view.
    var outsider = [UInt8](repeating: 0, count: views.count * 2)
    var member = [UInt8](repeating: 0, count: views.count * 28)
    var place = 0
    for first in parties[0] {
      for second in parties[1] {
        let view = seen[place]
        place += 1
        outsider[view * 2] |= first.mask
        outsider[view * 2 + 1] |= second.mask
        for own in 1..<7 {
          let slot = view * 28 + own * 2
          if first.states[own] > 0 {
            member[slot] |= first.masksWithout[own]
            member[slot + 1] |= second.mask
          }
          if second.states[own] > 0 {
            member[slot + 14] |= first.mask
            member[slot + 15] |= second.masksWithout[own]
          }
        }
      }
    }
    return judge(seen, views: views, outsider: outsider, member: member)
  }

  private func judge(_ seen: [Int], views: Views, outsider: [UInt8], member: [UInt8]) -> Found {
    var found = Found()
    var place = 0
    for first in parties[0] {
      for second in parties[1] {
        let view = seen[place]
        place += 1
        found.tables += 1
        if views.splitShown.contains(view) { found.splitsShown += 1 }
        let isUnanimous = isOneRatingAtMost(first.mask | second.mask)
        if fixes(outsider[view * 2]) || fixes(outsider[view * 2 + 1]), !isUnanimous { found.learntByOutsider += 1 }
        guard !isUnanimous else { continue }
        let learnt = (1..<7).contains { own in
          let slot = view * 28 + own * 2
          return first.states[own] > 0 && (fixes(member[slot]) || fixes(member[slot + 1]))
            && !isAlike(first.masksWithout[own], second.mask)
            || second.states[own] > 0 && (fixes(member[slot + 14]) || fixes(member[slot + 15]))
              && !isAlike(first.mask, second.masksWithout[own])
        }
        if learnt { found.learntByMember += 1 }
      }
    }
    return found
  }

  private func fixes(_ states: UInt8) -> Bool { (states & Self.ratings).nonzeroBitCount == 1 }
  private func isOneRatingAtMost(_ states: UInt8) -> Bool { (states & Self.ratings).nonzeroBitCount <= 1 }

  /// A party, or the whole round, is unanimous once the reader is left out: then nothing can hide it.
  private func isAlike(_ first: UInt8, _ second: UInt8) -> Bool {
    isOneRatingAtMost(first) || isOneRatingAtMost(second) || isOneRatingAtMost(first | second)
  }
}

/// Numbers for everything that can be read in a report and, before it, on the round's page.
private struct Views {
  let rules: DisclosureRules
  private var numbers: [Int: Int] = [:]
  private var items: [Int: Int] = [:]
  private var shown: [[Int]: Int] = [:]
  private var itemsWithSplit: Set<Int> = []
  private(set) var splitShown: Set<Int> = []
  var count: Int { numbers.count }

  init(rules: DisclosureRules) { self.rules = rules }

  mutating func view(of first: Enumeration.Party, _ second: Enumeration.Party) -> Int {
    let ballots = [first.tally.ballots, second.tally.ballots]
    let isSplitPossible = rules.hidesSplit(ballots: ballots) == nil
    let item = rules.hides(answers: ballots[0] + ballots[1]) != nil ? 0 : itemView(first, second, isSplitPossible)
    // Counts by segment stand on the round's page while it is open, for segments of at least k.
    let counts = ballots.map { $0 >= rules.minimumGroup ? $0 : 15 }
    let key = ((item * 16 + ballots[0] + ballots[1]) * 16 + counts[0]) * 16 + counts[1]
    if let known = numbers[key] { return known }
    numbers[key] = numbers.count
    if itemsWithSplit.contains(item) { splitShown.insert(numbers.count - 1) }
    return numbers.count - 1
  }

  private mutating func itemView(
    _ first: Enumeration.Party, _ second: Enumeration.Party, _ isSplitPossible: Bool
  ) -> Int {
    let key = (first.histogramKey << 16 | second.histogramKey) << 1 | (isSplitPossible ? 1 : 0)
    if let known = items[key] { return known }
    let figures = ItemFigures(of: [first.tally, second.tally], place: 0, rules: rules, before: nil)
    let read = Self.reading(figures)
    let view = shown[read] ?? shown.count + 1
    shown[read] = view
    items[key] = view
    if case .shown = figures?.split { itemsWithSplit.insert(view) }
    return view
  }

  /// Every figure of the item as a reader sees it, the reason for hiding included.
  private static func reading(_ figures: ItemFigures?) -> [Int] {
    guard let figures else { return [] }
    var read = [figures.mean.n, figures.mean.sum, figures.range.low.sum, figures.range.high.sum]
    read += figures.distribution?.counts ?? [-1]
    switch figures.split {
    case nil: read.append(-2)
    case .hidden(.tooFewAnswers): read.append(-3)
    case .hidden(.protectingAnonymity): read.append(-4)
    case .shown(let means):
      read += means.parties.flatMap { [$0.n, $0.tenths] } + [means.gapTenths, means.isClear ? 1 : 0]
    }
    return read
  }
}
