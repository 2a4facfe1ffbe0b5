import Database
import Foundation
import Partnering
import Testing

@testable import Rapport

@Suite struct ReportPageTests {
  @Test func `the first screen says what to discuss, who answered and where trust is`() throws {
    let page = try page(.en, parties: [try harbour, try meadow], since: [try report([try quiet])])
    #expect(page.finding == "2 of 15 statements need a talk. 14 of 22 answered. Trust: 4.0 in March 2026, 3.5 now.")
    #expect(page.discuss.map(\.number) == [1, 5])
    #expect(page.discuss.map(\.average) == ["2.6", "3.0"])
    #expect(page.others.count + page.strengths.count + page.discuss.count == 15)
    #expect(page.since == nil)
  }

  @Test func `German has its own sentences and its own decimal sign`() throws {
    let page = try page(.de, parties: [try harbour, try meadow], since: [])
    #expect(page.finding == "Über 2 von 15 Aussagen müssen wir reden. 14 von 22 haben geantwortet. Vertrauen: jetzt 3,5.")
    #expect(page.trust?.chart == nil)
  }

  @Test func `a round with too few answers says only how many came`() throws {
    let page = try page(.en, parties: [try tally("Harbour", roll: 12, ballots: 2) { _ in [0, 0, 2, 0, 0] }], since: [])
    #expect(page.finding == "2 of 12 answered. Answers of fewer than 5 people are not shown, to protect anonymity.")
    #expect(!page.isShown)
    #expect(page.groups.isEmpty && page.trust == nil && page.parties.isEmpty)
  }

  @Test func `a gap between the parties is drawn and told, and hidden with a reason where all are alike`() throws {
    let page = try page(.en, parties: [try harbour, try meadow], since: [])
    let first = try #require(page.discuss.first?.split)
    #expect(first.rows.map(\.average) == ["1.9", "3.3"])
    #expect(first.sentence == "The parties are 1.4 apart, more than chance would often make.")
    let alike = try #require(page.strengths.first { $0.number == 8 }?.split)
    #expect(alike.dots == nil)
    #expect(alike.why == "Hidden to protect anonymity.")
  }

  @Test func `the page and the print are rendered without a word missing`() throws {
    let page = try page(.en, parties: [try harbour, try meadow], since: [try report([try quiet])])
    let templates = try Templates(resources: Resources(of: "Rapport"))
    for template in ["report", "report-print"] {
      let html = try templates.render(template, with: Content(report: page, w: WordsBelow(words: try words(.en), prefix: "")))
      #expect(html.contains("How well did trust grow between us?"))
      #expect(html.contains("class=\"rating-1\""))
      #expect(!html.contains("[report."))
      #expect(!html.contains("Optional("))
    }
  }
}

private struct Content {
  let report: ReportPage
  let w: WordsBelow
}

/// Low on trust growing between us, alike on the eighth, content otherwise.
private var harbour: PartyTally {
  get throws {
    try tally("Harbour", roll: 12, ballots: 7) { place in
      switch place {
      case 0: [3, 2, 2, 0, 0]
      case 4: [1, 1, 3, 1, 1]
      case 7: [0, 0, 0, 7, 0]
      default: [0, 1, 2, 2, 2]
      }
    }
  }
}
private var meadow: PartyTally {
  get throws {
    try tally("Meadow", roll: 10, ballots: 7) { place in
      switch place {
      case 0: [0, 1, 3, 3, 0]
      case 4: [1, 1, 3, 1, 1]
      default: [0, 1, 1, 3, 2]
      }
    }
  }
}
private var quiet: PartyTally {
  get throws { try tally("Harbour", roll: 12, ballots: 8) { _ in [0, 0, 2, 4, 2] } }
}

private func tally(_ name: String, roll: Int, ballots: Int, _ counts: (Int) -> [Int]) throws -> PartyTally {
  let answers = try (0..<15).map { try #require(Histogram(counts: counts($0))) }
  return try PartyTally(name: name, roll: roll, ballots: ballots, answers: answers)
}

private func instrument(_ language: Language) throws -> Instrument {
  try #require(try InstrumentLibrary().newest(InstrumentLibrary.usual, in: language))
}

private func report(_ parties: [PartyTally]) throws -> SurveyReport {
  try SurveyReport(of: instrument(.en), parties: parties, thresholds: .usual)
}

private func words(_ language: Language) throws -> Words {
  try WordBook(resources: Resources(of: "Rapport")).words(in: language)
}

private func page(_ language: Language, parties: [PartyTally], since earlier: [SurveyReport]) throws -> ReportPage {
  let march = Instant(milliseconds: 1_773_000_000_000)
  let previous = earlier.last.map { PreviousRound(report: $0, rollChange: RollChange(sizes: 22, 22)) }
  let round = ReportedRound(
    report: try SurveyReport(of: instrument(.en), parties: parties, thresholds: .usual, since: previous),
    instrument: try instrument(language), name: "September 2026", closed: Instant(milliseconds: 1_789_000_000_000),
    earlier: earlier.map { .init(report: $0, closed: march) }, comments: nil, commentThreshold: 10, address: "/r")
  return ReportPage(round, in: try words(language), Formats(language: language))
}
