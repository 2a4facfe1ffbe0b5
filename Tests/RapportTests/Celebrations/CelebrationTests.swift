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

  @Test(arguments: [("", 3, "not empty"), ("Cake", -1, "This day has passed"), ("Cake", 800, "more than two years away")])
  func `what cannot be planned is refused beside its field, and nothing is kept`(what: String, day: Int, says: String) async throws {
    let told = try await CelebrationStory()
    let page = try await told.visitor.post(told.path, told.plan(what: what, day: day))
    #expect(page.status == .unprocessableContent)
    #expect(says == "not empty" || page.text.contains(says))
    #expect(page.text.contains("aria-invalid"))
    #expect(try await told.count("celebration") == 0)
  }

  @Test func `whoever changes an older version is told what it says now`() async throws {
    let told = try await CelebrationStory()
    let path = try await told.plan()
    let (mine, theirs) = (try await told.visitor.get("\(path)/change"), try await told.other.get("\(path)/change"))
    _ = try await told.other.post("\(path)/change", told.plan(what: "Lunch", day: 4) + theirs.hidden("version"))
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

  @Test func `a celebration cannot have been held tomorrow`() async throws {
    let told = try await CelebrationStory()
    let path = try await told.plan()
    let page = try await told.hold(path, note: "", sharedWith: "", day: 1)
    #expect(page.status == .unprocessableContent && page.text.contains("This day is still to come"))
    #expect(try await told.count("celebration WHERE held_on IS NOT NULL") == 0)
  }

  @Test func `a strength of an unknown round is no cause`() async throws {
    let told = try await CelebrationStory()
    let cause = [("round", UUID().uuidString.lowercased()), ("item", "1")]
    #expect(try await told.visitor.post(told.path, told.plan(day: 3) + cause).status == .notFound)
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
