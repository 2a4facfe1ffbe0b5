import Database
import Foundation
import Partnering
import Testing

@testable import Rapport

@Suite struct CelebrationTests {
  @Test func `a celebration is planned, and everybody sees it and who planned it`() async throws {
    let told = try await CelebrationStory()
    let page = try await told.visitor.get(try await told.plan())
    #expect(page.text.contains("Breakfast on the quay") && page.text.contains("Planned by"))
    let list = try await told.other.get(told.path)
    #expect(list.text.contains("Breakfast on the quay"))
    let now = try await told.other.get(told.rounds.path)
    #expect(now.text.contains("planned a celebration: Breakfast on the quay"))
  }

  @Test func `a form sent twice plans once`() async throws {
    let told = try await CelebrationStory()
    let fields = [("id", UUID().uuidString.lowercased())] + told.plan(day: 3)
    for _ in 1...2 { #expect(try await told.visitor.post(told.path, fields).status == .seeOther) }
    #expect(try await told.count("celebration") == 1)
    #expect(try await told.count("event WHERE kind = 'celebrations.event-planned'") == 1)
  }

  @Test(arguments: [
    ("", 3, "Write a few words here."), (String(repeating: "a", count: 401), 3, "400 characters at most"),
    ("Cake", -1, "This day has passed"), ("Cake", 2 * 366 + 1, "more than two years away"),
  ])
  func `what cannot be planned is refused beside its field, nothing is kept and nothing typed is lost`(
    what: String, day: Int, says: String
  ) async throws {
    let told = try await CelebrationStory()
    let typed = told.plan(what: what, day: day)
    let page = try await told.visitor.post(told.path, typed)
    #expect(page.status == .unprocessableContent)
    #expect(page.text.contains(says) && page.text.contains("aria-invalid"))
    #expect(page.text.contains(">\(what)</textarea>") && page.text.contains("value=\"\(typed[1].1)\""))
    #expect(try await told.count("celebration") == 0)
    for day in [0, 2 * 366] { #expect(try await told.visitor.post(told.path, told.plan(day: day)).status == .seeOther) }
  }

  @Test func `whoever changes an older version is told what it says now`() async throws {
    let told = try await CelebrationStory()
    let path = try await told.plan()
    let (mine, theirs) = (try await told.visitor.get("\(path)/change"), try await told.other.get("\(path)/change"))
    _ = try await told.other.post("\(path)/change", told.plan(what: "Lunch", day: 4) + theirs.hidden("version"))
    // A field that cannot be taken does not make the old version the new one.
    let wrong = try await told.visitor.post("\(path)/change", told.plan(what: "Dinner", day: 900) + mine.hidden("version"))
    #expect(wrong.text.contains("It says now: Lunch"))
    let page = try await told.visitor.post("\(path)/change", told.plan(what: "Dinner", day: 4) + mine.hidden("version"))
    #expect(page.status == .unprocessableContent)
    #expect(page.text.contains("It says now: Lunch") && page.text.contains(">Dinner</textarea>"))
    let again = try await told.visitor.post("\(path)/change", told.plan(what: "Dinner", day: 4) + page.hidden("version"))
    #expect(again.status == .seeOther)
    #expect(try await told.visitor.get(path).text.contains("Dinner"))
  }

  @Test func `once held, its day, its note and whom it was shared with stand for everybody`() async throws {
    let told = try await CelebrationStory()
    let path = try await told.plan()
    try await told.hold(path, note: "Sun, and no delays", sharedWith: "the drivers")
    let page = try await told.other.get(path)
    #expect(page.text.contains("Sun, and no delays") && page.text.contains("Shared with: the drivers"))
    #expect(page.text.contains("state-done"))
    #expect(try await told.other.get(told.rounds.path).text.contains("Celebrated: Breakfast on the quay"))
  }

  @Test func `telling it better makes no second happening`() async throws {
    let told = try await CelebrationStory()
    let path = try await told.plan()
    for note in ["Sun", "Sun and wind"] { try await told.hold(path, note: note, sharedWith: "") }
    #expect(try await told.visitor.get(path).text.contains("Sun and wind"))
    #expect(try await told.count("event WHERE kind = 'celebrations.event-held'") == 1)
  }

  @Test func `two who tell of it at once both read both, and neither is lost`() async throws {
    let told = try await CelebrationStory()
    let path = try await told.plan()
    let version = try await told.other.get(path).hidden("version")
    try await told.hold(path, note: "Sun", sharedWith: "")
    let fields = [("held-on", told.rounds.story.now.day.description), ("shared-with", "")]
    for note in ["Wind", String(repeating: "a", count: 2_001)] {
      let page = try await told.other.post("\(path)/holding", fields + version + [("note", note)])
      #expect(page.status == .unprocessableContent && page.text.contains("It says now: Sun"))
      #expect(page.text.contains(">\(note)</textarea>"))
    }
    #expect(try await told.count("celebration WHERE note = 'Sun'") == 1)
  }

  @Test func `a celebration is taken away by a lead, after a question, and is gone with its picture`() async throws {
    let told = try await CelebrationStory()
    let path = try await told.held()
    let photograph = Photograph.leftRed(width: 8, height: 8).jpeg(orientation: 1)
    try #require(try await told.send(photograph, to: path).status == .seeOther)
    let question = try await told.other.get("\(path)/deletion")
    #expect(question.text.contains("Breakfast on the quay") && question.text.contains("goes for everybody"))
    try await told.hold(path, note: "Sun and wind", sharedWith: "")
    let late = try await told.other.post("\(path)/deletion", question.hidden("version"))
    #expect(late.status == .conflict && late.text.contains("at the same moment"))
    #expect(try await told.count("celebration") == 1)
    let again = try await told.other.get("\(path)/deletion").hidden("version")
    #expect(try await told.other.post("\(path)/deletion", again).status == .seeOther)
    #expect(try await told.count("celebration") == 0)
    for gone in [path, "\(path)/picture", "\(path)/deletion"] { #expect(try await told.visitor.get(gone).status == .notFound) }
    #expect(try await told.visitor.get(told.rounds.path).text.contains("took a celebration away."))
  }

  @Test func `whoever planned a celebration may take it away, and others who lead nothing may not`() async throws {
    let told = try await CelebrationStory()
    let (planner, lead) = (told.rounds.meadow[1].visitor, told.visitor)
    try await planner.get("\(told.path)/new")
    let theirs = try await told.plan()
    let own = try #require(try await planner.post(told.path, told.plan(what: "Cake", day: 3)).location)
    #expect(try await !planner.get(theirs).text.contains("/deletion"))
    #expect(try await lead.get(own).text.contains("\(own)/deletion"))
    for page in [try await planner.get("\(theirs)/deletion"), try await planner.post("\(theirs)/deletion", [("version", "1")])] {
      #expect(page.status == .forbidden && page.text.contains("Only whoever planned a celebration"))
    }
    #expect(try await told.count("celebration") == 2)
    let question = try await planner.get("\(own)/deletion")
    #expect(try await planner.post("\(own)/deletion", question.hidden("version")).status == .seeOther)
    #expect(try await told.count("celebration WHERE what = 'Cake'") == 0)
  }

  @Test(arguments: [(1, "", "This day is still to come"), (-2 * 366 - 1, "", "more than two years ago"), (0, String(repeating: "a", count: 301), "300 characters")])
  func `what cannot have been is refused, nothing is kept and nothing typed is lost`(day: Int, sharedWith: String, says: String) async throws {
    let told = try await CelebrationStory()
    let path = try await told.plan()
    let page = try await told.hold(path, note: "Sun", sharedWith: sharedWith, day: day)
    #expect(page.status == .unprocessableContent && page.text.contains(says), "\(page.text)")
    #expect(page.text.contains(">Sun</textarea>") && page.text.contains("value=\"\(sharedWith)\""))
    #expect(try await told.count("celebration WHERE held_on IS NOT NULL OR version > 1") == 0)
  }

  @Test func `only a strength of a closed round of the same partnership is a cause`() async throws {
    let told = try await CelebrationStory()
    let neighbour = try await RoundStory(harbour: 4, meadow: 4, beside: told.rounds)
    let theirs = try await neighbour.open()
    try await neighbour.close(theirs)
    for round in [UUID().uuidString.lowercased(), theirs.text, try await told.rounds.draft().text] {
      #expect(try await told.visitor.post(told.path, told.plan(day: 3) + [("round", round), ("item", "1")]).status == .notFound)
    }
    #expect(try await told.count("celebration") == 0)
  }
}

/// A partnership whose two leads celebrate.
struct CelebrationStory {
  let rounds: RoundStory

  init() async throws {
    rounds = try await RoundStory(harbour: 2, meadow: 2)
    for lead in rounds.leads { try await lead.visitor.get("\(path)/new") }
  }

  var visitor: Visitor { rounds.harbour[0].visitor }
  var other: Visitor { rounds.meadow[0].visitor }
  var path: String { "\(rounds.path)/celebrations" }

  /// The fields of a plan, that many days from today.
  func plan(what: String = "Breakfast on the quay", day: Int) -> [(String, String)] {
    [("what", what), ("day", rounds.story.now.day.adding(days: day).description)]
  }

  /// Plans one for in three days, and says where it is.
  func plan() async throws -> String {
    try #require(try await visitor.post(path, plan(day: 3)).location)
  }

  @discardableResult
  func hold(_ path: String, note: String, sharedWith: String, day: Int = 0) async throws -> Visitor.Page {
    let page = try await visitor.get(path)
    let held = rounds.story.now.day.adding(days: day).description
    return try await visitor.post(
      "\(path)/holding", [("held-on", held), ("note", note), ("shared-with", sharedWith)] + page.hidden("version"))
  }

  func count(_ what: String) async throws -> Int {
    try await rounds.story.house.database.read { try #require(try $0.first("SELECT count(*) AS n FROM \(what)", [])).int("n") }
  }
}
