import Foundation
import Testing

@testable import Partnering

@Suite struct SurveyReportTests {
  private let one = Instrument.of(items: 1)
  private let five = DisclosureThresholds.usual

  private func report(_ parties: PartyTally..., of instrument: Instrument? = nil, since previous: PreviousRound? = nil) throws -> SurveyReport {
    try SurveyReport(of: instrument ?? one, parties: parties, thresholds: five, since: previous)
  }

  @Test func `fewer ballots than the minimum group leave nothing but the count`() throws {
    let report = try report(.answering("All", [1, 2, 3, 4], roll: 9))
    #expect(report.hidden == .tooFewAnswers)
    #expect(report.answers == 4)
    #expect(report.items.isEmpty && report.split == nil && report.health == nil && report.forDiscussion.isEmpty)
  }

  @Test func `an item that too few answered says nothing, not even how many`() throws {
    let report = try report(.answering("All", [1, 2, 3, 4, nil]))
    #expect(report.hidden == nil)
    #expect(report.items == [ItemReport(number: 1, id: "id-1", figures: nil)])
    #expect(report.health == nil)
  }

  @Test func `the distribution is shown from eight answers on`() throws {
    let seven = try report(.answering("All", [1, 2, 3, 4, 5, 1, 2])).items[0].figures
    let eight = try report(.answering("All", [1, 2, 3, 4, 5, 1, 2, 5])).items[0].figures
    #expect(seven?.distribution == nil && seven?.isDivided == nil)
    #expect(eight?.distribution?.counts == [2, 2, 1, 1, 2])
    #expect(eight?.isDivided == true)
  }

  @Test func `an item is divided from exactly a quarter on each side`() {
    #expect(Histogram(counts: [2, 0, 4, 0, 2])?.isDivided == true)
    #expect(Histogram(counts: [1, 1, 4, 1, 1])?.isDivided == true)
    #expect(Histogram(counts: [1, 0, 5, 1, 1])?.isDivided == false)
    #expect(Histogram(counts: [1, 1, 5, 1, 0])?.isDivided == false)
  }

  @Test func `a split shows counts and averages to one decimal`() throws {
    let report = try report(.answering("Harbour", [1, 2, 3, 4, 3]), .answering("Meadow", [4, 5, 4, 3, 4, 5]))
    guard case .shown(let means) = report.items[0].figures?.split else { Issue.record("no split"); return }
    #expect(means.parties.map(\.party) == ["Harbour", "Meadow"])
    #expect(means.parties.map(\.n) == [5, 6])
    #expect(means.parties.map(\.tenths) == [26, 42])
    #expect(means.gapTenths == 16)
    guard case .shown(let ballots) = report.split else { Issue.record("no ballots"); return }
    #expect(ballots.map(\.answers) == [5, 6])
  }

  @Test func `one party with too few answers hides the split of all`() throws {
    let few = try report(.answering("Harbour", [1, 2, 3, 4, nil]), .answering("Meadow", [4, 5, 4, 3, 4]))
    #expect(few.items[0].figures?.split == .hidden(.tooFewAnswers))
    #expect(few.split != .hidden(.tooFewAnswers))
    let absent = try report(.answering("Harbour", [1, 2, 3, 4], roll: 5), .answering("Meadow", [4, 5, 4, 3, 4]))
    #expect(absent.items[0].figures?.split == .hidden(.tooFewAnswers))
    #expect(absent.split == .hidden(.tooFewAnswers))
  }

  @Test(arguments: [[4, 4, 4, 4, 4], [4, 4, 4, 4, 2]])
  func `a party that agrees, or all but one, hides the split`(ratings: [Int]) throws {
    let report = try report(.answering("Harbour", ratings), .answering("Meadow", [1, 2, 3, 4, 5]))
    #expect(report.items[0].figures?.split == .hidden(.protectingAnonymity))
  }

  @Test func `a round with one segment has no split`() throws {
    let report = try report(.answering("All", [1, 2, 3, 4, 5]))
    #expect(report.split == nil && report.items[0].figures?.split == nil)
  }

  @Test func `an average of exactly three is for discussion, a hair above is not`() throws {
    let exact = try report(.answering("All", [3, 3, 3, 3, 3]))
    let above = try report(.answering("All", Array(repeating: 3, count: 29) + [4]))
    #expect(exact.forDiscussion == [1] && exact.strengths.isEmpty)
    #expect(above.forDiscussion.isEmpty && above.strengths == [1])
    #expect(above.items[0].figures?.mean.tenths == 30)
  }

  @Test func `what is for discussion comes worst first, strengths best first, ties in order`() throws {
    let items = [4, 2, 5, 1, 4, 2, 4, 3, 5]
    let report = try report(.agreeing("All", people: 5, on: items), of: .of(items: 9))
    #expect(report.forDiscussion == [4, 2, 6, 8])
    // Items 3 and 9 lead; the third place is shared by three.
    #expect(report.strengths == [3, 9, 1, 5, 7])
  }

  @Test func `hidden items enter neither health nor trust nor the ranking`() throws {
    let ballots: [[Int?]] = [[4, 1, 2], [4, 1, 3], [5, nil, 2], [5, 1, 3], [4, 1, 2]]
    let all = try PartyTally(name: "All", roll: 5, ballots: ballots, itemCount: 3)
    let report = try report(all, of: .of(items: 3, trust: [2, 3]))
    #expect(report.forDiscussion == [3])
    #expect(report.health?.tenths == 34 && report.health?.items == 2)
    #expect(report.trust?.tenths == 24 && report.trust?.items == 1)
  }

  @Test func `an average of averages rounds its exact half away from zero`() throws {
    // 3.4 and 2.3 make 2.85, but binary fractions a hair less.
    let ten = try PartyTally(
      name: "All", roll: 10,
      ballots: (0..<10).map { [$0 < 6 ? 3 : 4, $0 < 7 ? 2 : 3] as [Int?] }, itemCount: 2)
    #expect(try report(ten, of: .of(items: 2)).health?.tenths == 29)
  }

  @Test func `halves of an average round away from zero`() {
    #expect(Mean(sum: 13, n: 4)?.tenths == 33)
    #expect(Mean(sum: 65, n: 20)?.tenths == 33)
    #expect(Mean(sum: 324, n: 100)?.tenths == 32)
    #expect(Mean(sum: 0, n: 0) == nil)
  }

  @Test func `the verdict is open while those who did not answer could turn it`() throws {
    #expect(try report(.answering("All", [4, 3, 3, 4, 3], roll: 12)).items[0].figures?.isFirm == false)
    #expect(try report(.answering("All", [5, 5, 5, 5, 5], roll: 6)).items[0].figures?.isFirm == true)
  }

  @Test func `a change says risen or fallen only where it is clear`() throws {
    let low = try report(.answering("All", [1, 2, 2, 1, 2, 3, 2, 1]))
    let high = try report(.answering("All", [4, 5, 4, 4, 3, 5, 4, 5]))
    let same = RollChange(sizes: 8, 8)
    func direction(from before: SurveyReport, _ ratings: [Int]) throws -> Change.Direction? {
      try report(.answering("All", ratings), since: PreviousRound(report: before, rollChange: same)).items[0].figures?.change?.direction
    }
    #expect(try direction(from: low, [4, 4, 3, 4, 5, 3, 4, 4]) == .risen)
    #expect(try direction(from: high, [2, 2, 3, 2, 1, 3, 2, 2]) == .fallen)
    #expect(try direction(from: high, [4, 5, 4, 4, 3, 4, 4, 5]) == .noClearChange)
  }

  @Test func `without both distributions a change has two averages and no verdict`() throws {
    let before = try report(.answering("All", [1, 1, 2, 1, 1, 2]))
    let now = try report(
      .answering("All", [5, 5, 4, 5, 5, 4, 5, 5]), since: PreviousRound(report: before, rollChange: RollChange(sizes: 8, 6)))
    #expect(now.items[0].figures?.change?.before == Mean(sum: 8, n: 6))
    #expect(now.items[0].figures?.change?.direction == nil)
    #expect(now.rollChanged == true)
    #expect(now.followUps == [FollowUp(item: 1, before: try #require(Mean(sum: 8, n: 6)), after: Mean(sum: 38, n: 8), direction: nil)])
  }

  @Test func `a round of another version is not compared`() throws {
    let before = try report(.answering("All", [1, 1, 2, 1, 1, 2]))
    let newer = Instrument(
      id: one.id, version: "2", language: "en", name: "", instruction: "", scale: one.scale, items: one.items)
    let now = try report(
      .answering("All", [5, 5, 4, 5, 5]), of: newer, since: PreviousRound(report: before, rollChange: RollChange(sizes: 5, 6)))
    #expect(now.items[0].figures?.change == nil && now.rollChanged == nil && now.followUps.isEmpty)
  }

  @Test func `a roll changed when a quarter of the larger one is on one roll only`() {
    #expect(RollChange(onOneOnly: 2, larger: 8).isLarge)
    #expect(!RollChange(onOneOnly: 2, larger: 9).isLarge)
    #expect(!RollChange(onOneOnly: 0, larger: 0).isLarge)
    #expect(RollChange(sizes: 9, 12).isLarge)
    #expect(!RollChange(sizes: 10, 12).isLarge)
  }

  @Test func `a report kept as JSON comes back the same`() throws {
    let before = try report(.answering("A", [1, 2, 3, 4, 3]), .answering("B", [4, 5, 4, 3, 4, 5]))
    let now = try report(
      .answering("A", [1, 2, 3, 4, 3]), .answering("B", [4, 4, 4, 4, 4]),
      since: PreviousRound(report: before, rollChange: RollChange(sizes: 10, 11)))
    for report in [before, now] {
      #expect(try JSONDecoder().decode(SurveyReport.self, from: JSONEncoder().encode(report)) == report)
    }
  }

  @Test func `answers that cannot be counted are refused`() {
    #expect(throws: TallyRefusal.moreBallotsThanRoll(party: "A", ballots: 2, roll: 1)) {
      try PartyTally(name: "A", roll: 1, ballots: [[1], [2]] as [[Int?]], itemCount: 1)
    }
    #expect(throws: TallyRefusal.ratingOutOfRange(item: 1)) {
      try PartyTally(name: "A", roll: 1, ballots: [[6]] as [[Int?]], itemCount: 1)
    }
    #expect(throws: TallyRefusal.ratingOutOfRange(item: 1)) {
      try PartyTally(name: "A", roll: 1, ballots: [[UInt64.max]] as [[UInt64?]], itemCount: 1)
    }
    #expect(throws: TallyRefusal.itemsMissing(expected: 2, found: 1)) {
      try PartyTally(name: "A", roll: 1, ballots: [[5]] as [[Int?]], itemCount: 2)
    }
    #expect(throws: ReportRefusal.noParty) { try SurveyReport(of: one, parties: [], thresholds: five) }
    #expect(throws: ReportRefusal.sameParty("A")) {
      let party = try PartyTally.answering("A", [1])
      _ = try SurveyReport(of: one, parties: [party, party], thresholds: five)
    }
  }

  @Test func `a minimum group below four is refused`() {
    #expect(throws: ThresholdRefusal.minimumGroup(3)) { try DisclosureThresholds(minimumGroup: 3) }
    #expect(throws: ThresholdRefusal.comments(4)) { try DisclosureThresholds(comments: 4) }
    #expect(DisclosureThresholds.usual.showsComments(ballots: 10))
    #expect(!DisclosureThresholds.usual.showsComments(ballots: 9))
  }

  @Test func `the outlook tells before the round what its roll allows`() throws {
    func outlook(_ sizes: Int...) -> DisclosureOutlook {
      let parties = sizes.enumerated().map { DisclosureOutlook.PartyRoll(name: "P\($0.offset)", size: $0.element) }
      return DisclosureOutlook(parties: parties, thresholds: five)
    }
    #expect(outlook(5, 6).split == .possible)
    #expect(outlook(9).split == .oneParty)
    #expect(outlook(4, 9).split == .tooSmall([DisclosureOutlook.PartyRoll(name: "P0", size: 4)]))
    #expect(outlook(5, 10).lopsided == nil)
    #expect(outlook(5, 11).lopsided?.larger.name == "P1")
    #expect(outlook(0, 1).lopsided?.smaller.size == 0)
    #expect(!outlook(4).canShowFigures)
    #expect(outlook(3, 4).canShowFigures && !outlook(3, 4).canShowDistributions)
    #expect(outlook(4, 4).canShowDistributions && !outlook(4, 4).canShowComments)
    #expect(outlook(5, 5).canShowComments)
  }

  @Test func `an instrument with misnumbered or repeated items says so`() {
    let item = Instrument.Item(number: 2, id: "a", source: "survey/1", tags: [], text: "?")
    let bad = Instrument(
      id: "x", version: "1", language: "en", name: "", instruction: "", scale: one.scale, items: [item, item])
    #expect(bad.problems == [.misnumbered(place: 1), .sameID("a")])
    #expect(one.problems.isEmpty)
  }

  @Test func `both languages of the Relational Survey agree in all but words`() throws {
    func facts(_ language: String) throws -> [String] {
      let file = "../../Sources/Rapport/Surveys/Instruments/relational-survey.\(language).yaml"
      return String(decoding: try TestFile.bytes(file), as: UTF8.self).split(separator: "\n").map(String.init).filter { line in
        ["id:", "- number:", "source:", "tags:", "version:"].contains { line.drop { $0 == " " }.hasPrefix($0) }
      }
    }
    let english = try facts("en")
    #expect(english.count == 2 + 4 * 15)
    #expect(try facts("de") == english)
    let trust = english.enumerated().filter { $0.element.contains("trust") && $0.element.contains("tags:") }
    #expect(trust.map { english[$0.offset - 1].filter(\.isNumber) } == ["1", "9", "10", "13"])
  }

  @Test func `a hundred thousand ballots are counted and reported`() throws {
    let ballots = (0..<100_000).map { person in
      (0..<15).map { item -> UInt8? in
        guard (person + item) % 11 != 0 else { return nil }
        return UInt8(1 + (person * 7 + item * person / 3) % 5)
      }
    }
    let fifteen = Instrument.of(items: 15)
    let parties = try [ballots[..<30_000], ballots[30_000..<60_000], ballots[60_000...]].enumerated().map {
      try PartyTally(name: "P\($0.offset)", roll: $0.element.count, ballots: Array($0.element), itemCount: 15)
    }
    let report = try SurveyReport(of: fifteen, parties: parties, thresholds: five)
    #expect(report.items.count == 15 && report.answers == 100_000)
  }
}
