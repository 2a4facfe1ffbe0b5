import Foundation
import Partnering
import Testing

@testable import Database
@testable import Rapport

@Suite struct PaperTests {
  static let sentences: [(Language, String)] = [
    (.en, "You are on the list to answer on paper. Your lead has a slip for you."),
    (.de, "Sie stehen auf der Liste für Papier. Ihre Leitung hat einen Zettel für Sie."),
  ]

  @Test(arguments: sentences)
  func `whoever answers on paper is told so where the others find the statements`(language: Language, sentence: String) async throws {
    let (told, round) = try await RoundStory.opened()
    let (paper, browser) = (told.harbour[1], told.harbour[2])
    try await told.putOnPaper(paper, in: round)
    for person in [paper, browser] { try await told.speak(language, to: person) }
    let page = try await paper.visitor.get("/rounds/\(round)/answer")
    #expect(page.status == .conflict && page.text.contains(sentence) && !page.text.contains("type=\"radio\""))
    let other = try await browser.visitor.get("/rounds/\(round)/answer")
    #expect(other.status == .ok && !other.text.contains(sentence) && other.text.contains("type=\"radio\""))
    try await told.answer(round, by: browser)
  }
}
