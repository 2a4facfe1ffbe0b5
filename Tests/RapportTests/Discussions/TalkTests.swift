import Foundation
import Partnering
import Testing

@testable import Database
@testable import Rapport

@Suite struct TalkTests {
  @Test func `a lead sets the date, and everybody gets a message and a calendar entry without any figure`() async throws
  {
    let (told, round) = try await RoundStory.closed()
    let path = told.talk(about: round)
    #expect(try await told.harbour[1].visitor.get(path).text.contains("The talk has no date yet."))
    let fields = [("starts", "2026-03-20T10:00"), ("minutes", "60"), ("place", "Quay, 3; upstairs")]
    #expect(try await told.send(fields, to: path, by: told.harbour[1]).status == .forbidden)
    #expect(try await told.send(fields, to: path, by: told.meadow[0]).status == .seeOther)
    #expect(try await told.harbour[1].visitor.get(path).text.contains("Friday 20 March 2026, 10:00, 60 minutes."))
    let told10 = try await told.story.house.database.read {
      try $0.query("SELECT person_id FROM message WHERE kind = 'talk'").count
    }
    #expect(told10 == 10)
    let calendar = try await told.harbour[1].visitor.get("\(path)/calendar.ics").text
    for line in [
      "DTSTART:20260320T100000Z", "DTEND:20260320T110000Z", "SUMMARY:Grain by sea: the talk about our survey",
      "LOCATION:Quay\\, 3\\; upstairs", "SEQUENCE:0",
    ] { #expect(calendar.contains(line + "\r\n"), "\(line)") }
    #expect(calendar.components(separatedBy: "\r\n").allSatisfy { $0.utf8.count <= 75 })
    try await told.send(
      [("starts", "2026-03-21T10:00"), ("minutes", "60"), ("place", "Quay")], to: path, by: told.harbour[0])
    #expect(try await told.harbour[1].visitor.get("\(path)/calendar.ics").text.contains("SEQUENCE:1\r\n"))
  }

  @Test(arguments: [
    ("2020-01-01T10:00", "60", "Quay", "This time has passed"), ("", "60", "Quay", "Choose a day and a time"),
    ("2028-01-01T10:00", "60", "Quay", "more than a year away"), ("2026-03-20T10:00", "5", "Quay", "20 to 480 minutes"),
    ("2026-03-20T10:00", "481", "Quay", "20 to 480 minutes"),
    ("2026-03-16T08:59", "60", "Quay", "This time has passed"),
    ("2026-03-20T10:00", "60", "", "Write a few words here."),
  ])
  func `a date that cannot be is refused, and what was typed stays`(
    starts: String, minutes: String, place: String, sentence: String
  ) async throws {
    let (told, round) = try await RoundStory.closed()
    let before = try await told.dump()
    let page = try await told.send(
      [("starts", starts), ("minutes", minutes), ("place", place)], to: told.talk(about: round), by: told.harbour[0])
    #expect(page.status == .unprocessableContent)
    #expect(page.text.contains(sentence))
    for (field, typed) in [("starts", starts), ("minutes", minutes), ("place", place)] {
      #expect(page.text.contains(try Regex("<input[^>]* name=\"\(field)\"[^>]* value=\"\(typed)\"")), "\(field)")
    }
    #expect(try await told.dump() == before)
  }

  @Test func `a talk that was held says so, and moves only once that is taken back`() async throws {
    let (told, round) = try await RoundStory.closed()
    let (path, lead) = (told.talk(about: round), told.meadow[0])
    let fields = [("starts", "2026-03-16T10:00"), ("minutes", "60"), ("place", "Quay")]
    func hold(_ held: [(String, String)] = [], by person: Respondent) async throws -> Visitor.Page {
      try await told.send(held, to: "\(path)/holding", from: path, by: person)
    }
    #expect(try await hold(by: lead).text.contains("The talk has no date yet."))
    try await told.send(fields, to: path, by: lead)
    let before = try await told.dump()
    #expect(try await hold(by: lead).status == .conflict, "before it begins")
    told.story.wait(.hours(1))
    #expect(try await hold(by: told.harbour[1]).status == .forbidden)
    #expect(try await told.dump() == before)
    // Two leads say it at once.
    #expect(try await hold(by: lead).status == .seeOther)
    told.story.wait(.days(1))
    #expect(try await hold(by: told.harbour[0]).status == .seeOther)
    #expect(try await told.rows("event", "kind", "kind = 'talk.event-held'").count == 1)
    #expect(try await told.harbour[3].visitor.get(path).text.contains("The talk was held on 16 March 2026."))
    let refused = try await told.send(
      [("starts", "2026-03-20T10:00"), ("minutes", "60"), ("place", "Quay")], to: path, by: lead)
    #expect(refused.status == .conflict && refused.text.contains("Take that back before you move it."))
    #expect(try await hold([("held", "no")], by: lead).status == .seeOther)
    #expect(
      try await told.send([("starts", "2026-03-20T10:00"), ("minutes", "60"), ("place", "Quay")], to: path, by: lead)
        .status == .seeOther)
  }

  @Test func `a talk keeps its time that has passed when only its room changes`() async throws {
    let (told, round) = try await RoundStory.closed()
    let path = told.talk(about: round)
    #expect(try await told.harbour[1].visitor.get("\(path)/calendar.ics").status == .notFound)
    func set(_ starts: String, _ place: String) async throws -> Visitor.Page {
      try await told.send([("starts", starts), ("minutes", "60"), ("place", place)], to: path, by: told.harbour[0])
    }
    #expect(try await set("2026-03-16T10:00", "Quay").status == .seeOther)
    told.story.wait(.hours(2))
    #expect(try await set("2026-03-16T10:30", "Shed").status == .unprocessableContent)
    #expect(try await set("2026-03-16T10:00", "Shed").status == .seeOther)
    #expect(try await told.rows("discussion", "place") == ["Shed"])
  }

  @Test func `the agenda has what is weak first, and says when it is settled`() async throws {
    let (told, round) = try await RoundStory.closed()
    let text = try await told.harbour[1].visitor.get(told.talk(about: round)).text
    let (weak, strong) = (
      try #require(text.range(of: "/talk/items/5")), try #require(text.range(of: "/talk/items/1\""))
    )
    #expect(weak.lowerBound < strong.lowerBound)
    #expect(text.contains("to discuss"))
  }

  @Test(arguments: [
    ["why", "action"], ["why", "reason"], ["action", "why"], ["reason", "why"], ["action", "reason"],
  ])
  func `a weak item stays on the front page and unsettled until it has a conclusion and an action or a reason`(
    steps: [String]
  ) async throws {
    let (told, round) = try await RoundStory.closed()
    // Neither a note on another item, nor one of another partnership's talk.
    try await told.note("We write weekly", on: 1, about: round, by: told.harbour[1])
    func isUnsettled() async throws -> [Bool] {
      let front = try await told.meadow[1].visitor.get(told.path).text
      return [
        front.contains("/talk/items/5"), front.contains("with one item to discuss"),
        !front.contains("no item needs a talk"),
        try await told.meadow[1].visitor.get(told.talk(about: round)).text.contains("to discuss"),
      ]
    }
    for (place, step) in steps.enumerated() {
      #expect(try await isUnsettled() == [true, true, true, true], "before \(place)")
      switch step {
      case "why": try await told.note("Routes change on Fridays", about: round, by: told.harbour[1])
      case "reason": try await told.note("It ends in May anyway", "reason", about: round, by: told.meadow[2])
      default: _ = try await told.decide("Call on Thursdays", about: round, owner: told.meadow[1], by: told.harbour[1])
      }
    }
    #expect(try await isUnsettled() == Array(repeating: !steps.contains("why"), count: 4))
  }

  @Test func `a note that cannot be taken comes back, and none is taken on an item that is not there`() async throws {
    let (told, round) = try await RoundStory.closed()
    let (path, long) = ("\(told.talk(about: round))/items/5", String(repeating: "a", count: 1_001))
    let before = try await told.dump()
    for field in ["text", "reason"] {
      let page = try await told.send([(field, long)], to: path, by: told.harbour[1])
      #expect(page.status == .unprocessableContent && page.text.contains(">\(long)</textarea>"), "\(field)")
    }
    for item in ["0", "16", "five"] {
      let elsewhere = "\(told.talk(about: round))/items/\(item)"
      #expect(
        try await told.send([("text", "Why")], to: elsewhere, from: path, by: told.harbour[1]).status == .notFound)
    }
    #expect(try await told.dump() == before)
  }

  @Test func `a strength that could help a weak item is read beside it`() async throws {
    let (told, round) = try await RoundStory.closed()
    let talk = told.talk(about: round)
    try await told.send([("text", "We write weekly"), ("helps", "5")], to: "\(talk)/items/1", by: told.harbour[1])
    #expect(try await told.meadow[1].visitor.get("\(talk)/items/5").text.contains("<li>We write weekly</li>"))
    #expect(try await !told.meadow[1].visitor.get("\(talk)/items/2").text.contains("We write weekly"))
    try await told.send([("text", "It helps itself"), ("helps", "5")], to: "\(talk)/items/5", by: told.harbour[1])
    #expect(try await told.rows("conclusion", "helps_item") == ["5"])
  }

  @Test func `what two people note at once stands side by side, and what is sent twice stands once`() async throws {
    let (told, round) = try await RoundStory.closed()
    let path = "\(told.talk(about: round))/items/5"
    let (one, other) = (told.harbour[1], told.meadow[1])
    let form = try await one.visitor.get(path).hidden("id")
    try await told.send([("text", "The other note")], to: path, by: other)
    for _ in 1...2 { try await one.visitor.post(path, form + [("text", "The one note")]) }
    let notes = try await told.story.house.database.read {
      try $0.query("SELECT text FROM conclusion ORDER BY text").map { try $0.text("text") }
    }
    #expect(notes == ["The one note", "The other note"])
  }

  @Test func `two who change one note at once both see both, and neither is lost`() async throws {
    let (told, round) = try await RoundStory.closed()
    try await told.note("First words", about: round, by: told.harbour[1])
    let id = try await told.story.house.database.read {
      try #require(try $0.first("SELECT id FROM conclusion", [])?.text("id"))
    }
    let path = "\(told.talk(about: round))/conclusions/\(id)"
    let version = try await told.harbour[1].visitor.get(path).hidden("version")
    #expect(try await told.send(version + [("text", "By Meadow")], to: path, by: told.meadow[1]).status == .seeOther)
    // Words that cannot be taken do not make the old version the new one.
    let wrong = try await told.harbour[1].visitor.post(path, version + [("text", "")])
    #expect(wrong.text.contains("By Meadow") && wrong.text.contains("Write a few words here."))
    let conflict = try await told.harbour[1].visitor.post(path, version + [("text", "By Harbour")])
    #expect(conflict.status == .conflict)
    #expect(conflict.text.contains("By Meadow") && conflict.text.contains("By Harbour"))
    #expect(conflict.hidden("version").map(\.1) == ["2"])
    #expect(try await told.rows("conclusion", "text") == ["By Meadow"])
    let long = String(repeating: "a", count: 1_001)
    let refused = try await told.harbour[1].visitor.post(path, conflict.hidden("version") + [("text", long)])
    #expect(refused.status == .unprocessableContent && refused.text.contains(">\(long)</textarea>"))
    #expect(
      try await told.harbour[1].visitor.post(path, conflict.hidden("version") + [("text", "Both")]).status == .seeOther)
    #expect(try await told.meadow[1].visitor.get("\(told.talk(about: round))/items/5").text.contains("Both"))
  }

  @Test func `each member has one box, signed, that can be emptied again`() async throws {
    let (told, round) = try await RoundStory.closed()
    let path = told.talk(about: round)
    try await told.send([("topic", "The winter timetable")], to: "\(path)/topic", from: path, by: told.harbour[1])
    try await told.send([("topic", "The summer timetable")], to: "\(path)/topic", from: path, by: told.harbour[1])
    let read = try await told.meadow[1].visitor.get(path).text
    #expect(read.contains("The summer timetable") && read.contains("Harbour 2") && !read.contains("winter"))
    try await told.send([("topic", "The other's timetable")], to: "\(path)/topic", from: path, by: told.meadow[1])
    let long = String(repeating: "a", count: 1_001)
    let refused = try await told.send([("topic", long)], to: "\(path)/topic", from: path, by: told.harbour[1])
    #expect(refused.status == .unprocessableContent && refused.text.contains(">\(long)</textarea>"))
    #expect(try await told.rows("topic", "text") == ["The other's timetable", "The summer timetable"])
    try await told.send([("topic", "")], to: "\(path)/topic", from: path, by: told.harbour[1])
    #expect(try await told.rows("topic", "text") == ["The other's timetable"])
  }

  @Test func `anybody may say that a conclusion is wrong, and anybody may answer`() async throws {
    let (told, round) = try await RoundStory.closed()
    try await told.note("Routes change on Fridays", about: round, by: told.harbour[1])
    let item = "\(told.talk(about: round))/items/5"
    let page = try await told.meadow[2].visitor.get(item)
    let subject = page.hidden("conclusion") + [("back", item), ("text", "They change on Mondays")]
    let form = subject + page.hidden("id", after: "challenges")
    for _ in 1...2 { #expect(try await told.meadow[2].visitor.post("\(told.path)/challenges", form).location == item) }
    #expect(try await told.rows("challenge", "text") == ["They change on Mondays"])
    #expect(try await told.rows("event", "note", "kind = 'talk.event-challenged'") == ["They change on Mondays"])
    let read = try await told.harbour[3].visitor.get(item).text
    #expect(read.contains("They change on Mondays") && read.contains("Meadow 3"))
    let answers = try #require(read.firstMatch(of: /action="([^"]+\/answers)"/)).output.1
    #expect(try await told.harbour[3].visitor.post(String(answers), [("text", "Since March, yes")]).status == .seeOther)
    #expect(try await told.meadow[2].visitor.get(item).text.contains("Since March, yes"))
  }

  @Test(arguments: [
    "https://evil.example/", "//evil.example/", "/\\evil.example/", "/partnerships/elsewhere/actions", "/account", "",
  ])
  func `a form of a talk leads back to a page of its own partnership, whatever it carries`(back: String) async throws {
    let (told, _) = try await RoundStory.closed()
    let party = try await told.party(of: told.meadow[1])
    let fields = [("what", "Call"), ("due", "2026-04-02"), ("owner-\(party)", "sought"), ("back", back)]
    let page = try await told.send(
      fields, to: "\(told.path)/actions", from: "\(told.path)/actions/new", by: told.harbour[1])
    #expect(page.location?.hasPrefix("\(told.path)/actions/") == true, "\(page.location ?? "")")
  }

  @Test func `a doubt is about something of this partnership, and says something`() async throws {
    let (told, round) = try await RoundStory.closed()
    let neighbour = try await RoundStory(harbour: 4, meadow: 4, beside: told)
    let action = try await told.decide("Call on Thursdays", about: round, owner: told.meadow[1], by: told.harbour[1])
    try await told.note("Routes change on Fridays", about: round, by: told.harbour[1])
    let conclusion = try #require(try await told.rows("conclusion", "id").first)
    let before = try await told.dump()
    for subject in [("action", action.text), ("conclusion", conclusion), ("action", "none")] {
      let page = try await neighbour.send(
        [subject, ("text", "Wrong")], to: "\(neighbour.path)/challenges", from: "\(neighbour.path)/actions",
        by: neighbour.harbour[1])
      #expect(page.status == .notFound, "\(subject)")
    }
    let empty = try await told.send(
      [("action", action.text), ("text", " ")], to: "\(told.path)/challenges", from: "\(told.path)/actions",
      by: told.harbour[1])
    #expect(empty.status == .unprocessableContent && empty.text.contains("Write a few words here."))
    #expect(try await told.dump() == before)
  }

  @Test func `the next report tells what was concluded and decided, and the next talk what came of it`() async throws {
    let (told, round) = try await RoundStory.closed()
    try await told.note("Routes change on Fridays", about: round, by: told.harbour[1])
    let action = try await told.decide("Call on Thursdays", about: round, owner: told.meadow[1], by: told.harbour[1])
    let next = try await told.askedAgain(item5: 2)
    let report = try await told.meadow[3].visitor.get("\(told.place(of: next))/report").text
    for words in ["Routes change on Fridays", "Call on Thursdays", "no clear change"] {
      #expect(report.contains(words))
    }
    let path = told.talk(about: next)
    let talk = try await told.meadow[3].visitor.get(path).text
    #expect(talk.contains("2.0 before, 2.0 now: no clear change."))
    let review = "\(path)/actions/\(action)"
    for effect in ["open", "none"] {
      let keep = [("effect", effect), ("outcome", "keep")]
      #expect(try await told.send(keep, to: review, from: path, by: told.harbour[2]).status == .seeOther)
    }
    #expect(try await told.rows("action_review", "effect") == ["none"])
    #expect(try await told.meadow[3].visitor.get(path).text.contains("It goes on: no effect. (Harbour 3"))
    // Only its owner and the leads drop it, and they say why.
    let drop = [("effect", "none"), ("outcome", "drop")]
    #expect(
      try await told.send(drop + [("because", "No use")], to: review, from: path, by: told.harbour[2]).status
        == .forbidden)
    #expect(try await told.send(drop, to: review, from: path, by: told.meadow[1]).status == .unprocessableContent)
    let long = String(repeating: "a", count: 1_001)
    let refused = try await told.send(
      [("effect", "helped"), ("outcome", "drop"), ("because", long)], to: review, from: path, by: told.meadow[1])
    #expect(refused.status == .unprocessableContent && refused.text.contains(">\(long)</textarea>"))
    #expect(refused.text.contains("<option value=\"helped\" selected>"))
    #expect(try await told.rows("action", "state") == ["open"])
    #expect(
      try await told.send(drop + [("because", "No use")], to: review, from: path, by: told.meadow[1]).status
        == .seeOther)
    #expect(try await told.harbour[2].visitor.get("\(told.path)/actions/\(action)").text.contains("No use"))
  }

  @Test(arguments: [
    (ActionState.done, "helped", "It was done: it helped. (Meadow 2"),
    (.dropped, "none", "It was dropped: no effect. (Meadow 2"),
  ])
  func `what was closed before does not go on, and its effect is noted`(
    state: ActionState, effect: String, sentence: String
  ) async throws {
    let (told, round) = try await RoundStory.closed()
    let action = try await told.decide("Call on Thursdays", about: round, owner: told.meadow[1], by: told.harbour[1])
    let at = "\(told.path)/actions/\(action)"
    told.story.wait(.days(1))
    try await told.send(
      [("state", state.rawValue), ("because", "As agreed")], to: "\(at)/state", from: at, by: told.meadow[1])
    let next = try await told.askedAgain(item5: 2)
    let path = told.talk(about: next)
    let talk = try await told.meadow[1].visitor.get(path).text
    #expect(talk.contains("value=\"keep\">Note it</button>"))
    #expect(!talk.contains("It goes on") && !talk.contains("value=\"change\"") && !talk.contains("value=\"drop\""))
    try await told.send(
      [("effect", effect), ("outcome", "keep")], to: "\(path)/actions/\(action)", from: path, by: told.meadow[1])
    for page in [path, at] { #expect(try await told.harbour[3].visitor.get(page).text.contains(sentence), "\(page)") }
  }

  @Test func `the next report says why nothing was done, and that it is a reason`() async throws {
    let (told, round) = try await RoundStory.closed()
    try await told.note("It ends in May anyway", "reason", about: round, by: told.meadow[2])
    let next = try await told.askedAgain(item5: 2)
    for page in ["report", "report/print"] {
      let text = try await told.harbour[3].visitor.get("\(told.place(of: next))/\(page)").text
      #expect(text.contains("Nothing was done, because: It ends in May anyway"), "\(page)")
    }
  }

  @Test func `only what was decided before the close, and ended since the last report, is up for review`() async throws
  {
    let (told, first) = try await RoundStory.closed()
    let owner = told.meadow[1]
    func decide(_ what: String, about round: ID<Round>) async throws -> ID<Action> {
      try await told.decide(what, about: round, owner: owner, due: 400, by: told.harbour[1])
    }
    func finish(_ action: ID<Action>) async throws {
      let at = "\(told.path)/actions/\(action)"
      try #require(try await told.send([("state", "done")], to: "\(at)/state", from: at, by: owner).status == .seeOther)
    }
    let (running, done, doneLate) = (
      try await decide("Runs", about: first), try await decide("Ends", about: first),
      try await decide("Ends late", about: first)
    )
    told.story.wait(.days(1))
    try await finish(done)
    let second = try await told.askedAgain(item5: 2, after: .days(60))
    // At the very moment of the close, which is no time before it.
    try await finish(doneLate)
    let (ofSecond, plain) = (
      try await decide("Of the second", about: second), try await told.decideForNothing("Plain", owner: owner)
    )
    try await told.expectToReview([running, done, doneLate], none: [ofSecond, plain], about: second)
    let third = try await told.askedAgain(item5: 2, after: .days(60))
    try await told.expectToReview([running, ofSecond, plain], none: [done, doneLate], about: third)
    // What a talk has said of it stays in that talk.
    try await told.expectToReview([running, done, doneLate], none: [ofSecond, plain], about: second)
  }

  @Test func `what a strength could help is a weakness of the same report`() async throws {
    let (told, round) = try await RoundStory.closed()
    let before = try await told.dump()
    for weak in ["2", "16", "-5"] {
      let page = try await told.send(
        [("text", "We write weekly"), ("helps", weak)], to: "\(told.talk(about: round))/items/1", by: told.harbour[1])
      #expect(page.status == .notFound, "\(weak)")
    }
    #expect(try await told.dump() == before)
  }

  @Test func `a note stays where it stands when it is changed`() async throws {
    let (told, round) = try await RoundStory.closed()
    for text in ["First", "Second"] {
      try await told.note(text, about: round, by: told.harbour[1])
      told.story.wait(.minutes(1))
    }
    let item = "\(told.talk(about: round))/items/5"
    let page = try await told.meadow[1].visitor.get(item)
    let change = String(try #require(page.text.firstMatch(of: /href="([^"]+\/conclusions\/[^"]+)"/)).output.1)
    let form = try await told.meadow[1].visitor.get(change).hidden("version")
    #expect(try await told.meadow[1].visitor.post(change, form + [("text", "First of all")]).status == .seeOther)
    let notes = try await told.meadow[1].visitor.get(item).text.matches(of: /<p class="lines">([^<]+)</).map {
      String($0.output.1)
    }
    #expect(notes == ["First of all", "Second"])
  }

  @Test func `a refused doubt and a refused answer come back beside what they are about, with what was typed`()
    async throws
  {
    let (told, round) = try await RoundStory.closed()
    let action = try await told.decide("Call on Thursdays", about: round, owner: told.meadow[1], by: told.harbour[1])
    try await told.note("Routes change on Fridays", about: round, by: told.harbour[1])
    let conclusion = try #require(try await told.rows("conclusion", "id").first)
    let (doubts, long) = ("\(told.path)/challenges", String(repeating: "a", count: 1_001))
    for (subject, words) in [
      (("action", action.text), "Call on Thursdays"), (("conclusion", conclusion), "Routes change on Fridays"),
    ] {
      func send(_ text: String, to path: String) async throws -> Visitor.Page {
        try await told.send([subject, ("text", text)], to: path, from: "\(told.path)/actions", by: told.meadow[2])
      }
      var before = try await told.dump()
      for (text, sentence) in [(long, "1,000 characters at most"), (" ", "Write a few words here.")] {
        try await told.expectKept(send(text, to: doubts), at: "challenge-\(subject.1)", text, sentence, words)
      }
      #expect(try await told.dump() == before)
      #expect(try await send("Not any more", to: doubts).status == .seeOther)
      let column = subject.0 == "action" ? "action_id" : "conclusion_id"
      let doubt = try #require(try await told.rows("challenge", "id", "\(column) = '\(subject.1)'").first)
      before = try await told.dump()
      let refused = try await send(long, to: "\(doubts)/\(doubt)/answers")
      try await told.expectKept(refused, at: "answer-\(doubt)", long, "1,000 characters at most", "Not any more")
      #expect(try await told.dump() == before)
    }
  }

  @Test func `a date that is sent twice is set once`() async throws {
    let (told, round) = try await RoundStory.closed()
    let path = told.talk(about: round)
    let fields = [("starts", "2026-03-20T10:00"), ("minutes", "60"), ("place", "Quay")]
    try await told.send(fields, to: path, by: told.harbour[0])
    let before = try await told.dump()
    #expect(try await told.send(fields, to: path, by: told.harbour[0]).status == .seeOther)
    #expect(try await told.dump() == before)
  }
}

extension RoundStory {
  /// An action that no report caused.
  fileprivate func decideForNothing(_ what: String, owner: Respondent) async throws -> ID<Action> {
    let page = try await send(
      [
        ("what", what), ("due", story.now.day.adding(days: 400).description),
        ("owner-\(try await party(of: owner))", owner.id.text),
      ],
      to: "\(path)/actions", from: "\(path)/actions/new", by: owner)
    let made = try #require(page.location)
    return try #require(ID<Action>(String(made.split(separator: "/").last ?? "")))
  }

  /// Reviews all that may be, and is refused the others, which the talk does not show either.
  fileprivate func expectToReview(_ those: Set<ID<Action>>, none: Set<ID<Action>>, about round: ID<Round>) async throws
  {
    let path = talk(about: round)
    let page = try await harbour[2].visitor.get(path).text
    for action in those.union(none) {
      let form = "\(path)/actions/\(action)"
      #expect(page.contains("action=\"\(form)\"") == those.contains(action))
      let reviewed = try await send([("effect", "helped"), ("outcome", "keep")], to: form, from: path, by: harbour[2])
      #expect(reviewed.status == (those.contains(action) ? .seeOther : .notFound))
    }
    #expect(try await rows("action_review", "action_id", "round_id = '\(round)'") == those.map(\.text).sorted())
  }

  /// A page that comes back with what was typed in this field, and nowhere else, and with the sentence beside it.
  fileprivate func expectKept(
    _ page: Visitor.Page, at field: String, _ typed: String, _ sentence: String, _ words: String
  ) async throws {
    #expect(page.status == .unprocessableContent && page.text.contains(words), "\(page.text)")
    #expect(page.text.contains("<p class=\"error\" id=\"\(field)-error\">") && page.text.contains(sentence))
    let kept = page.text.matches(of: /<textarea id="([^"]+)"[^>]*>([^<]*)<\/textarea>/).filter { !$0.output.2.isEmpty }
    #expect(kept.map { "\($0.output.1): \($0.output.2)" } == (typed == " " ? [] : ["\(field): \(typed)"]))
  }
}

extension Visitor.Page {
  /// The hidden field of this name in the form that is sent to an address with this end.
  fileprivate func hidden(_ name: String, after end: String) -> [(String, String)] {
    guard let form = text.range(of: "\(end)\"") else { return [] }
    let rest = text[form.upperBound...]
    guard let start = rest.range(of: "name=\"\(name)\" value=\"") else { return [] }
    return [(name, String(rest[start.upperBound...].prefix { $0 != "\"" }))]
  }
}
