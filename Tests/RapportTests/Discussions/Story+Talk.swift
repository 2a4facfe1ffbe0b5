import Foundation
import Partnering
import Testing

@testable import Database
@testable import Rapport

extension RoundStory {
  /// A closed round in which everybody gave item 5 a two and the others a four.
  static func closed() async throws -> (RoundStory, ID<Round>) {
    let (told, round) = try await opened()
    try await told.answerAll(round, item5: 2)
    try await told.close(round)
    return (told, round)
  }

  /// Another one of the same people, half a year later.
  func askedAgain(item5: Int, after pause: Span = .days(180)) async throws -> ID<Round> {
    story.wait(pause)
    let round = try await open()
    try await answerAll(round, item5: item5)
    try await close(round)
    return round
  }

  func answerAll(_ round: ID<Round>, item5: Int) async throws {
    for person in everybody {
      let ballot = try await collect(round, by: person)
      let ratings = (1...Ballot.items).map { $0 == 5 ? "\(item5)" : "4" }
      try #require(try await post(ballot.body(ratings: ratings), to: round).status == .ok)
    }
  }

  func talk(about round: ID<Round>) -> String { "\(place(of: round))/talk" }

  /// Looks at a page and sends a form of it; what the page hides in its forms is sent by name.
  @discardableResult
  func send(
    _ fields: [(String, String)], to path: String, from page: String? = nil, by person: Respondent
  ) async throws -> Visitor.Page {
    try await person.visitor.get(page ?? path)
    return try await person.visitor.post(path, fields)
  }

  /// Decides an action for item 5 that the person owns.
  func decide(
    _ what: String, about round: ID<Round>, owner: Respondent, due: Int = 30, by person: Respondent
  ) async throws -> ID<Action> {
    let party = try await party(of: owner)
    let page = try await send(
      [
        ("what", what), ("due", story.now.day.adding(days: due).description), ("owner-\(party)", owner.id.text),
        ("round", round.text), ("item", "5"),
      ], to: "\(path)/actions", from: "\(path)/actions/new", by: person)
    let location = try #require(page.location, "\(page.text)")
    return try #require(ID<Action>(String(location.split(separator: "/").last ?? "")))
  }

  /// Notes something about an item.
  func note(
    _ text: String, _ field: String = "text", on item: Int = 5, about round: ID<Round>, by person: Respondent
  ) async throws {
    let path = "\(talk(about: round))/items/\(item)"
    try #require(try await send([(field, text)], to: path, by: person).status == .seeOther)
  }

  /// One column of a table, as text; without its empty cells.
  func rows(_ table: String, _ column: String = "what", _ condition: String = "1 = 1") async throws -> [String] {
    try await story.house.database.read { connection in
      try connection.query(
        "SELECT CAST(\(column) AS TEXT) AS cell FROM \(table) WHERE \(column) IS NOT NULL AND (\(condition)) ORDER BY cell"
      ).map { try $0.text("cell") }
    }
  }

  /// Changes what no page changes so simply; `$1` is the person.
  func change(_ statement: String, _ person: Respondent) async throws {
    _ = try await story.house.database.write { try $0.execute(statement, [.id(person.id)]) }
  }
}
