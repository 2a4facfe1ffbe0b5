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
      try round(), of: "Ferry", segment: "all",
      try #require(try InstrumentLibrary().newest(InstrumentLibrary.usual, in: language)), since: nil, in: words,
      Formats(language: language))
    let content = Content(
      round: page.round, segment: page.segment, items: page.items, scaleLow: page.scaleLow, scaleHigh: page.scaleHigh,
      promise: page.promise, remains: page.remains, w: WordsBelow(words: words, prefix: ""))
    return try Templates(resources: resources).render("answer", with: content)
  }
}

/// A round of at least 6 people, with comments from 12 on, that closes on 10 September 2026.
private func round() throws -> RoundRecord {
  let id = "0190a6f2-7c1e-7abc-8def-0123456789ab"
  let closes = Value.integer(1_789_000_000_000)
  return try RoundRecord(
    Row(columns: [
      "space_id": .text(id), "id": .text(id), "partnership_id": .text(id), "number": 1, "state": "open",
      "instrument_id": "relational-survey", "instrument_version": "1", "minimum_group": 6, "comment_threshold": 12,
      "closes_at": closes, "latest_close_at": closes, "room_minutes": nil, "attempt": 1, "opened_at": 1, "extended_at": nil, "closed_at": nil,
      "withdrawn_because": nil, "digest": .bytes(Array(repeating: 0, count: 32)),
    ]))
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
