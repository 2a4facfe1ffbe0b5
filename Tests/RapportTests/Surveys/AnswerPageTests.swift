import Database
import Partnering
import Testing

@testable import Rapport

@Suite struct AnswerPageTests {
  @Test(arguments: Language.allCases)
  func `every statement has five ratings and an equal way to say nothing, and no sentence is missing`(
    language: Language
  ) throws {
    let html = try rendered(language)
    let parts = html.split(separator: "<fieldset").dropFirst()
    #expect(parts.count == 15)
    for part in parts { #expect(part.components("type=\"radio\"") == 6) }
    #expect(!html.contains("[answer."))
    #expect(!html.contains("Optional("))
  }

  @Test func `the promise names the numbers of this round`() throws {
    let html = try rendered(.en)
    #expect(html.contains("groups of 6 people or more"))
    #expect(html.contains("from 12 ballots on"))
    #expect(html.contains("Nobody sees anything before the close, on Thursday 10 September 2026, 00:26."))
  }

  private func rendered(_ language: Language) throws -> String {
    let resources = try Resources(of: "Rapport")
    let words = try WordBook(resources: resources).words(in: language)
    let page = AnswerPage(
      round: "r", name: "September", digest: "00", digestWords: ["kusab"], address: "/r", segment: "all",
      instrument: try #require(try InstrumentLibrary().newest(InstrumentLibrary.usual, in: language)),
      thresholds: try DisclosureThresholds(minimumGroup: 6, comments: 12),
      closes: Instant(milliseconds: 1_789_000_000_000), since: nil, in: words, Formats(language: language))
    let content = Content(
      round: page.round, segment: page.segment, items: page.items, scaleLow: page.scaleLow, scaleHigh: page.scaleHigh,
      promise: page.promise, remains: page.remains, w: WordsBelow(words: words, prefix: ""))
    return try Templates(resources: resources).render("answer", with: content)
  }
}

private struct Content {
  let round: AnswerPage.Round
  let segment: String
  let items: [AnswerPage.Item]
  let scaleLow: String
  let scaleHigh: String
  let promise: [String]
  let remains: [String]
  let w: WordsBelow
}

extension Substring {
  fileprivate func components(_ text: String) -> Int { split(separator: text, omittingEmptySubsequences: false).count - 1 }
}
