import Foundation
import Partnering
import Testing

@testable import Database
@testable import Rapport

@Suite struct ActionTests {
  @Test func `an action has an owner of any party, a day, and is seen by everybody`() async throws {
    let (told, round) = try await RoundStory.closed()
    _ = try await told.decide("Call on Thursdays", about: round, owner: told.meadow[1], by: told.harbour[1])
    let read = try await told.harbour[4].visitor.get("\(told.path)/actions").text
    #expect(read.contains("Call on Thursdays") && read.contains("Meadow 2"))
  }

  @Test(arguments: [
    ("what", "", "Write a few words here."), ("due", "2026-01-01", "This day has passed"), ("due", "soon", "Choose a day."),
    ("due", "2040-01-01", "more than three years away"),
  ])
  func `what cannot be is refused, nothing is changed and nothing typed is lost`(
    field: String, value: String, sentence: String
  ) async throws {
    let (told, _) = try await RoundStory.closed()
    let party = try await told.party(of: told.meadow[1])
    let fields = [
      ("what", "Call on Thursdays"), ("due", told.story.now.day.adding(days: 9).description),
      ("owner-\(party)", told.meadow[1].id.text),
    ].map { ($0.0, $0.0 == field ? value : $0.1) }
    let before = try await told.dump()
    let page = try await told.send(fields, to: "\(told.path)/actions", from: "\(told.path)/actions/new", by: told.harbour[1])
    #expect(page.status == .unprocessableContent && page.text.contains(sentence))
    #expect(page.text.contains("value=\"\(told.meadow[1].id)\" selected"))
    #expect(try await told.dump() == before)
  }

  @Test func `somebody who has left owns nothing new`() async throws {
    let (told, _) = try await RoundStory.closed()
    let party = try await told.party(of: told.meadow[1])
    try await told.story.house.database.write { connection in
      try connection.execute(
        "UPDATE member SET left_at = $1 WHERE person_id = $2", [.instant(told.story.now), .id(told.meadow[1].id)])
    }
    let page = try await told.send(
      [
        ("what", "Call"), ("due", told.story.now.day.adding(days: 9).description),
        ("owner-\(party)", told.meadow[1].id.text),
      ], to: "\(told.path)/actions", from: "\(told.path)/actions/new", by: told.harbour[1])
    #expect(page.status == .unprocessableContent && page.text.contains("no longer in the partnership"))
  }

  @Test func `nobody but its owner and the leads closes an action, and two who do it at once do it once`() async throws {
    let (told, round) = try await RoundStory.closed()
    let action = try await told.decide("Call on Thursdays", about: round, owner: told.meadow[1], by: told.harbour[1])
    let path = "\(told.path)/actions/\(action)"
    func close(_ person: Respondent) async throws -> Visitor.Page {
      try await told.send([("state", "done")], to: "\(path)/state", from: path, by: person)
    }
    #expect(try await close(told.harbour[1]).status == .forbidden)
    #expect(try await close(told.meadow[1]).status == .seeOther)
    let again = try await close(told.harbour[0])
    #expect(again.status == .conflict && again.text.contains("Somebody else has just closed it"))
    let events = try await told.story.house.database.read {
      try $0.query("SELECT id FROM event WHERE kind = 'actions.event-done'").count
    }
    #expect(events == 1)
  }

  @Test func `an action that was changed meanwhile is not overwritten, and both are read`() async throws {
    let (told, round) = try await RoundStory.closed()
    let action = try await told.decide("Call on Thursdays", about: round, owner: told.meadow[1], by: told.harbour[1])
    let path = "\(told.path)/actions/\(action)/change"
    let party = try await told.party(of: told.meadow[1])
    let version = try await told.harbour[2].visitor.get(path).hidden("version")
    func change(_ what: String, _ person: Respondent) async throws -> Visitor.Page {
      try await told.send(
        version + [
          ("what", what), ("due", told.story.now.day.adding(days: 9).description), ("owner-\(party)", told.meadow[1].id.text),
        ], to: path, by: person)
    }
    #expect(try await change("Call on Mondays", told.meadow[2]).status == .seeOther)
    let refused = try await change("Call on Fridays", told.harbour[2])
    #expect(refused.status == .unprocessableContent)
    #expect(refused.text.contains("Call on Mondays") && refused.text.contains("Call on Fridays"))
  }

  @Test func `what is overdue waits on its owner's start page, and on nobody else's`() async throws {
    let (told, round) = try await RoundStory.closed()
    _ = try await told.decide("Call on Thursdays", about: round, owner: told.meadow[1], due: 3, by: told.harbour[1])
    told.story.wait(.days(3))
    #expect(try await !told.meadow[1].visitor.get("/").text.contains("Call on Thursdays"))
    told.story.wait(.days(1))
    #expect(try await told.meadow[1].visitor.get("/").text.contains("Call on Thursdays"))
    #expect(try await !told.harbour[1].visitor.get("/").text.contains("Call on Thursdays"))
  }
}
