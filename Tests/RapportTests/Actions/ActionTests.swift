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
    ("what", "", "Write a few words here."), ("what", String(repeating: "a", count: 401), "400 characters at most"),
    ("due", "2026-01-01", "This day has passed"), ("due", "2026-03-01", "This day has passed"),
    ("due", "soon", "Choose a day."),
    ("due", "2029-03-19", "more than three years away"), ("owner", "", "Choose somebody on one side at least"),
  ])
  func `what cannot be is refused, nothing is changed and nothing typed is lost`(
    field: String, value: String, sentence: String
  ) async throws {
    let (told, _) = try await RoundStory.closed()
    var typed = ["what": "Call on Thursdays", "due": "2026-04-02", "owner": told.meadow[1].id.text]
    typed[field] = value
    let before = try await told.dump()
    let page = try await told.send(
      [
        ("what", typed["what"] ?? ""), ("due", typed["due"] ?? ""),
        ("owner-\(try await told.party(of: told.meadow[1]))", typed["owner"] ?? ""),
      ], to: "\(told.path)/actions", from: "\(told.path)/actions/new", by: told.harbour[1])
    #expect(page.status == .unprocessableContent && page.text.contains(sentence))
    #expect(
      page.text.contains(">\(typed["what"] ?? "")</textarea>") && page.text.contains("value=\"\(typed["due"] ?? "")\""))
    #expect(page.text.contains("value=\"\(told.meadow[1].id)\" selected") == (field != "owner"))
    #expect(try await told.dump() == before)
  }

  @Test func `a form sent twice decides once`() async throws {
    let (told, _) = try await RoundStory.closed()
    let new = "\(told.path)/actions/new"
    let form = try await told.harbour[1].visitor.get(new).hidden("id")
    try #require(!form.isEmpty)
    for _ in 1...2 {
      #expect(
        try await told.send(form + told.action("Call"), to: "\(told.path)/actions", from: new, by: told.harbour[1])
          .status == .seeOther)
    }
    #expect(try await told.rows("action") == ["Call"])
    #expect(try await told.rows("event", "note", "kind = 'actions.event-decided'") == ["Call"])
  }

  @Test func `an action of today is not late, and one in three years is near enough`() async throws {
    let (told, _) = try await RoundStory.closed()
    for days in [0, 3 * 366] {
      let page = try await told.send(
        told.action("In \(days) days", days: days), to: "\(told.path)/actions", from: "\(told.path)/actions/new",
        by: told.harbour[1])
      #expect(page.status == .seeOther, "\(days)")
    }
  }

  @Test func `a party's owner is one of its own people, and no observer`() async throws {
    let (told, _) = try await RoundStory.closed()
    let (harbour, observer) = (try await told.party(of: told.harbour[0]), told.harbour[3])
    try await told.change("UPDATE member SET role = 'observer' WHERE person_id = $1", observer)
    let before = try await told.dump()
    for person in [told.meadow[1], observer] {
      let page = try await told.send(
        [("what", "Call"), ("due", "2026-04-02"), ("owner-\(harbour)", person.id.text)], to: "\(told.path)/actions",
        from: "\(told.path)/actions/new", by: told.harbour[1])
      #expect(page.status == .unprocessableContent, "\(person.name)")
    }
    #expect(try await told.dump() == before)
  }

  @Test func `only a closed round of the same partnership causes an action`() async throws {
    let (told, _) = try await RoundStory.closed()
    let neighbour = try await RoundStory(harbour: 4, meadow: 4, beside: told)
    let theirs = try await neighbour.open()
    try await neighbour.close(theirs)
    let draft = try await told.draft()
    let before = try await told.dump()
    for round in [theirs, draft, Randomness.id(at: told.story.now)] {
      let cause = [("round", round.text), ("item", "5")]
      let page = try await told.send(
        told.action("Call") + cause, to: "\(told.path)/actions", from: "\(told.path)/actions/new", by: told.harbour[1])
      #expect(page.status == .notFound)
    }
    #expect(try await told.dump() == before)
  }

  @Test func `somebody who has left owns nothing new`() async throws {
    let (told, _) = try await RoundStory.closed()
    let party = try await told.party(of: told.meadow[1])
    try await told.change("UPDATE member SET left_at = 1 WHERE person_id = $1", told.meadow[1])
    let page = try await told.send(
      [("what", "Call"), ("due", "2026-04-02"), ("owner-\(party)", told.meadow[1].id.text)], to: "\(told.path)/actions",
      from: "\(told.path)/actions/new", by: told.harbour[1])
    #expect(page.status == .unprocessableContent && page.text.contains("no longer in the partnership"))
  }

  @Test func `an owner who has left stays, and so does a day that has passed, when the words are changed`() async throws
  {
    let (told, round) = try await RoundStory.closed()
    let action = try await told.decide(
      "Call on Thursdays", about: round, owner: told.meadow[1], due: 3, by: told.harbour[1])
    try await told.change("UPDATE member SET left_at = 1 WHERE person_id = $1", told.meadow[1])
    told.story.wait(.days(5))
    let path = "\(told.path)/actions/\(action)/change"
    let form = try await told.harbour[1].visitor.get(path)
    #expect(form.text.contains("value=\"\(told.meadow[1].id)\" selected"))
    let day = told.story.now.day.adding(days: -2).description
    let owner = ("owner-\(try await told.party(of: told.meadow[1]))", told.meadow[1].id.text)
    func change(_ day: String) async throws -> Visitor.Page {
      try await told.harbour[1].visitor.post(
        path, form.hidden("version") + [("what", "Write on Thursdays"), ("due", day), owner])
    }
    #expect(try await change(told.story.now.day.adding(days: -1).description).status == .unprocessableContent)
    #expect(try await change(day).status == .seeOther)
    let read = try await told.harbour[1].visitor.get("\(told.path)/actions/\(action)").text
    #expect(read.contains("Write on Thursdays") && read.contains(told.meadow[1].name))
  }

  @Test func `nobody but its owner and the leads closes an action, and two who do it at once do it once`() async throws
  {
    let (told, round) = try await RoundStory.closed()
    let action = try await told.decide("Call on Thursdays", about: round, owner: told.meadow[1], by: told.harbour[1])
    let path = "\(told.path)/actions/\(action)"
    func close(_ person: Respondent) async throws -> Visitor.Page {
      try await told.send([("state", "done")], to: "\(path)/state", from: path, by: person)
    }
    #expect(try await close(told.harbour[1]).status == .forbidden)
    #expect(try await close(told.meadow[1]).location == path)
    let once = try await told.dump()
    // Again after a lost reply, and by a lead who did not know.
    for person in [told.meadow[1], told.harbour[0]] {
      #expect(try await close(person).location == path)
      #expect(try await told.harbour[4].visitor.get(path).text.contains("done"))
    }
    #expect(try await close(told.harbour[1]).status == .forbidden)
    #expect(try await told.dump() == once)
    #expect(try await told.rows("event", "note", "kind = 'actions.event-done'") == ["Call on Thursdays"])
  }

  @Test func `whoever closes in other words what was closed meanwhile is told, and reads both`() async throws {
    let (told, round) = try await RoundStory.closed()
    let action = try await told.decide("Call on Thursdays", about: round, owner: told.meadow[1], by: told.harbour[1])
    let path = "\(told.path)/actions/\(action)"
    for state in ["done", "dropped"] {
      for first in [("state", "open"), ("state", state)] {
        try await told.send(
          [first, ("because", "Calls are held")], to: "\(path)/state", from: path, by: told.meadow[1])
      }
      let before = try await told.dump()
      let page = try await told.send(
        [("state", state), ("because", "We write now")], to: "\(path)/state", from: path, by: told.harbour[0])
      #expect(
        page.status == .unprocessableContent
          && page.text.contains("It was \(state == "done" ? "closed as done" : "dropped") meanwhile"))
      #expect(page.text.contains(">We write now</textarea>") && page.text.contains("Calls are held"))
      #expect(try await told.dump() == before)
    }
  }

  @Test func `actions and celebrations are about an item that the report shows`() async throws {
    let (told, round) = try await RoundStory.opened()
    for person in told.everybody {
      let ballot = try await told.collect(round, by: person)
      let ratings = (1...Ballot.items).map { $0 == 7 ? "null" : "3" }
      try #require(try await told.post(ballot.body(ratings: ratings), to: round).status == .ok)
    }
    try await told.close(round)
    let (before, lead) = (try await told.dump(), told.harbour[0])
    func send(_ place: String, _ item: String) async throws -> Visitor.Page {
      try await told.send(
        told.action("Call") + [("day", "2026-04-02"), ("round", round.text), ("item", item)],
        to: "\(told.path)/\(place)",
        from: "\(told.path)/\(place)/new", by: lead)
    }
    for item in ["0", "-1", "16", "9223372036854775807", "7"] {
      for place in ["actions", "celebrations"] {
        #expect(try await send(place, item).status == .notFound, "\(place) \(item)")
      }
    }
    #expect(try await told.dump() == before)
    for place in ["actions", "celebrations"] { #expect(try await send(place, "15").status == .seeOther) }
  }

  @Test func `what is dropped says why to everybody, and what was closed can be taken up again`() async throws {
    let (told, round) = try await RoundStory.closed()
    let action = try await told.decide("Call on Thursdays", about: round, owner: told.meadow[1], by: told.harbour[1])
    let path = "\(told.path)/actions/\(action)"
    func move(_ state: String, _ because: String = "") async throws -> Visitor.Page {
      try await told.send(
        [("state", state), ("because", because)], to: "\(path)/state", from: path, by: told.meadow[1])
    }
    let (before, long) = (try await told.dump(), String(repeating: "a", count: 1_001))
    #expect(try await move("dropped").text.contains("Say why it is dropped."))
    #expect(try await move("dropped", long).text.contains(">\(long)</textarea>"))
    #expect(try await move("forgotten").status == .badRequest)
    #expect(try await told.dump() == before)
    #expect(try await move("dropped", "No budget").status == .seeOther)
    #expect(try await told.harbour[4].visitor.get(path).text.contains("No budget"))
    #expect(try await told.rows("action", "closed_at") == [String(told.story.now.milliseconds)])
    #expect(try await move("open").status == .seeOther)
    #expect(try await told.rows("action", "closed_at").isEmpty)
    #expect(
      try await told.rows("event", "note", "kind LIKE 'actions.event-%' AND kind <> 'actions.event-decided'") == [
        "Call on Thursdays"
      ])
  }

  @Test func `a comment is signed, stands once however often it is sent, and comes back if it cannot be taken`()
    async throws
  {
    let (told, round) = try await RoundStory.closed()
    let action = try await told.decide("Call on Thursdays", about: round, owner: told.meadow[1], by: told.harbour[1])
    let path = "\(told.path)/actions/\(action)"
    let (visitor, long) = (told.harbour[2].visitor, String(repeating: "a", count: 2_001))
    let form = try await visitor.get(path).hidden("id")
    let refused = try await visitor.post("\(path)/comments", form + [("comment", long)])
    #expect(refused.status == .unprocessableContent && refused.text.contains(">\(long)</textarea>"))
    #expect(refused.hidden("id").map(\.1) == form.map(\.1))
    #expect(try await visitor.post("\(path)/comments", form + [("comment", "")]).status == .unprocessableContent)
    #expect(try await told.rows("action_comment", "text").isEmpty)
    for _ in 1...2 {
      #expect(try await visitor.post("\(path)/comments", form + [("comment", "Done on Monday")]).status == .seeOther)
    }
    #expect(try await told.rows("action_comment", "text") == ["Done on Monday"])
    let other = try await told.decide("Write on Fridays", about: round, owner: told.meadow[1], by: told.harbour[1])
    #expect(try await !told.meadow[3].visitor.get("\(told.path)/actions/\(other)").text.contains("Done on Monday"))
    let read = try await told.meadow[3].visitor.get(path).text
    #expect(read.contains("<strong>\(told.harbour[2].name)</strong>") && read.contains("Done on Monday"))
  }

  @Test func `an action that was changed meanwhile is not overwritten, and both are read`() async throws {
    let (told, round) = try await RoundStory.closed()
    let action = try await told.decide("Call on Thursdays", about: round, owner: told.meadow[1], by: told.harbour[1])
    let path = "\(told.path)/actions/\(action)/change"
    let version = try await told.harbour[2].visitor.get(path).hidden("version")
    func change(_ what: String, _ person: Respondent) async throws -> Visitor.Page {
      try await told.send(version + told.action(what, owner: told.meadow[1]), to: path, by: person)
    }
    #expect(try await change("Call on Mondays", told.meadow[2]).status == .seeOther)
    // A field that cannot be taken does not make the old version the new one.
    let wrong = version + [("what", "Call on Fridays"), ("due", "soon")]
    let both = try await told.harbour[2].visitor.post(path, wrong)
    #expect(both.status == .unprocessableContent && both.text.contains("Call on Mondays"))
    let refused = try await change("Call on Fridays", told.harbour[2])
    #expect(refused.status == .unprocessableContent)
    #expect(refused.text.contains("Call on Mondays") && refused.text.contains(">Call on Fridays</textarea>"))
    #expect(try await told.rows("action") == ["Call on Mondays"])
    let again = try await refused.hidden("version") + told.action("Call on Fridays", owner: told.meadow[1])
    #expect(try await told.harbour[2].visitor.post(path, again).status == .seeOther)
    #expect(try await told.rows("action") == ["Call on Fridays"])
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

extension RoundStory {
  /// The fields of an action, for which one of Meadow is sought unless the owner is named.
  fileprivate func action(_ what: String, days: Int = 9, owner: Respondent? = nil) async throws -> [(String, String)] {
    let party = try await party(of: owner ?? meadow[0])
    return [
      ("what", what), ("due", story.now.day.adding(days: days).description),
      ("owner-\(party)", owner?.id.text ?? "sought"),
    ]
  }
}
