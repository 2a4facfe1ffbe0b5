import Database
import Foundation
import Partnering
import Testing

@testable import Rapport

/// What the templates are given in tricky cases.
@Suite struct ReportPageTests {
  @Test func `an average just above 3 says so, since it reads 3.0`() throws {
    let page = try Self.page([Self.party("Team", ballots: 25, [String(repeating: "3", count: 24) + "4"])])
    let row = try #require(page.all.first)
    #expect(row.average == "3.0")
    #expect(row.verdict == "above 3")
    #expect(row.sentences.contains { $0.hasPrefix("The average is a little above 3") })
    #expect(page.discuss.isEmpty)
  }

  @Test func `half a tenth is rounded up`() throws {
    let page = try Self.page([Self.party("Team", ballots: 8, ["33333344" + ""])], language: .de)
    #expect(page.all.first?.average == "3,3")
  }

  @Test func `strengths that are equal to the third are all there`() throws {
    let answers = ["55555", "44444", "44444", "44444", "44455", "11111"]
    let page = try Self.page([Self.party("Team", ballots: 5, answers)])
    #expect(page.strengths.map(\.number) == [1, 5, 2, 3, 4])
    #expect(page.strengthsLead == "The highest averages. There are five, since some are equal.")
    #expect(page.others.map(\.number) == [])
    #expect(page.discuss.map(\.number) == [6])
  }

  @Test func `a round in which every statement is hidden shows no finding of its own`() throws {
    let page = try Self.page([Self.party("Team", roll: 9, ballots: 6, ["1234", "123"])])
    #expect(page.isShown)
    #expect(page.finding == "Too few answered any single statement to show it. Six of 9 answered.")
    #expect(page.all.allSatisfy { $0.hidden == "Hidden to protect anonymity: fewer than five answered this." })
    #expect(page.all.allSatisfy { $0.average == nil && $0.bar == nil && $0.sentences.isEmpty })
    #expect(page.notes.count == 1)
    #expect(page.trust?.sentence == "Trust is hidden to protect anonymity. Too few answered the statements about it.")
  }

  @Test func `one party has no split and nothing to explain`() throws {
    let page = try Self.page([Self.party("Team", ballots: 9, ["123451234"])])
    #expect(page.parties.isEmpty)
    #expect(page.all.first?.split == nil)
    #expect(page.notes.isEmpty)
    #expect(!page.hasGaps)
  }

  @Test func `a round too small to split says why`() throws {
    let page = try Self.page([Self.party("All", ballots: 9, ["123451234"])], partiesOnRoll: 2)
    #expect(page.notes == ["Averages by party are not shown: a party had fewer than five people on the list, so all answers were gathered as one."])
  }

  @Test func `three parties each have a row, a shape and a dot`() throws {
    let parties = ["Harbour", "Meadow", "Mill"].map { Self.party($0, ballots: 6, ["123455"]) }
    let page = try Self.page(parties)
    let split = try #require(page.all.first?.split)
    #expect(split.rows.map(\.name) == ["Harbour", "Meadow", "Mill"])
    #expect(Set(split.rows.map(\.marker.path)).count == 3)
    #expect(split.dots?.rows.count == 3)
    #expect(split.sentence == "The averages of the parties are the same.")
    #expect(page.parties.map(\.answered) == ["6 of 6", "6 of 6", "6 of 6"])
  }

  @Test func `a party that nearly agrees hides the split and no number slips out`() throws {
    let page = try Self.page([
      Self.party("Harbour", ballots: 6, ["555551"]), Self.party("Meadow", ballots: 6, ["123451"]),
    ])
    let row = try #require(page.all.first)
    #expect(row.split?.why == "Hidden to protect anonymity.")
    #expect(row.split?.rows.isEmpty == true)
    #expect(row.split?.dots == nil)
    #expect(row.gapFigure == nil)
    #expect(!row.notes.contains { $0.kind == "gap" })
  }

  @Test func `fewer than eight answers show an average and no distribution`() throws {
    let page = try Self.page([Self.party("Team", roll: 8, ballots: 7, ["1234512"])])
    let row = try #require(page.all.first)
    #expect(row.average == "2.6")
    #expect(row.distribution.isEmpty)
    #expect(row.bar?.segments.isEmpty == true)
    #expect(row.distributionHidden == "Hidden to protect anonymity: fewer than eight answered this.")
    #expect(row.sentences == ["7 of 8 answered this.", "It would stay at or below 3 whatever the one who did not answer had said: from 2.4 to 2.9."])
  }

  @Test func `what became of last time's worries is told for each, clear or not`() throws {
    let before = try Self.report([Self.party("Team", ballots: 10, ["1111122222", "2222233333", "3333333333"])])
    let now = [Self.party("Team", ballots: 10, ["4444455555", "2222233334", "1234"])]
    let page = try Self.page(now, since: before)
    #expect(page.since?.rows.map(\.kind) == ["risen", "same", "hidden"])
    #expect(page.since?.rows.map(\.before) == ["1.5", "2.5", "3.0"])
    #expect(page.since?.rows.map(\.after) == ["4.5", "2.6", nil])
    #expect(page.since?.lead == "These were to be discussed in March.")
    #expect(page.all[0].changeFigure == "+3.0")
    #expect(page.all[0].earlier?.rows.map(\.value) == ["1.5", "4.5"])
  }

  @Test func `a year is named once a round lies far back`() throws {
    let before = try Self.report([Self.party("Team", ballots: 10, ["1111122222"])])
    let page = try Self.page(
      [Self.party("Team", ballots: 10, ["1111122222"])], since: before, then: ReportStory.Told.noon("2025-03-20"))
    #expect(page.since?.lead == "These were to be discussed in March 2025.")
  }

  private static func party(_ name: String, roll: Int? = nil, ballots: Int, _ answers: [String]) -> PartyTally {
    ReportStory.Told.party(name, roll: roll ?? ballots, ballots: ballots, answers)
  }

  private static func instrument(_ count: Int) -> Instrument {
    Instrument(
      id: "small", version: "1", language: "en", name: "Small", instruction: "Say.", scale: .init(low: "l", high: "h"),
      items: (1...count).map { .init(number: $0, id: "item-\($0)", source: "survey/\($0)", tags: [.trust], text: "How \($0)?") })
  }

  private static func report(_ parties: [PartyTally], since last: SurveyReport? = nil) throws -> SurveyReport {
    try SurveyReport(
      of: instrument(parties.first?.answers.count ?? 1), parties: parties, thresholds: .usual,
      since: last.map { PreviousRound(report: $0, rollChange: RollChange(onOneOnly: 0, larger: 10)) })
  }

  private static func page(
    _ parties: [PartyTally], since last: SurveyReport? = nil, then: Instant = ReportStory.Told.march,
    partiesOnRoll: Int? = nil, language: Language = .en
  ) throws -> ReportOnPage {
    let now = ReportStory.Told.september
    let words = try WordBook(resources: Resources(of: "Rapport")).words(in: language)
    let round = ReportedRound(
      openedAt: nil, closedAt: now, report: try report(parties, since: last), commentThreshold: 10, comments: nil,
      partiesOnRoll: partiesOnRoll ?? parties.count, askedReader: false,
      earlier: last.map { [EarlierRound(id: Randomness.id(at: then), closedAt: then, report: $0)] } ?? [])
    let address = RoundAddress(partnership: Randomness.id(at: now), round: Randomness.id(at: now))
    return ReportPage(
      of: round, instrument: instrument(parties.first?.answers.count ?? 1), at: address,
      wording: ReportWording(words: words, formats: Formats(language: language), closedAt: now)
    ).report
  }
}

@Suite struct PublicPagesTests {
  @Test(arguments: [Language.en, .de])
  func `the blank form and the explanations are there without an account`(language: Language) async throws {
    let story = try await ReportStory(told: [])
    let survey = try #require(story.house.instruments.newest(InstrumentLibrary.usual, in: language))
    for path in ["/survey", "/how-it-is-computed", "/what-anonymous-means"] {
      let page = try await story.visitor.get(path, headers: [.acceptLanguage: language.rawValue])
      #expect(page.status == .ok)
      #expect(page.text.contains("<html lang=\"\(language.rawValue)\">"))
      #expect(!page.text.contains("["), "a sentence is missing on \(path)")
    }
    let form = try await story.visitor.get("/survey", headers: [.acceptLanguage: language.rawValue]).text
    for item in survey.items { #expect(form.contains(EscapedHTML().escapeText(item.text))) }
    #expect(form.components(separatedBy: "class=\"box\"").count == 15 * 6 + 1)
  }
}
