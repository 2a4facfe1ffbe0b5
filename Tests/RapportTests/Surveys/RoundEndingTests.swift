import Ballots
import Foundation
import Partnering
import Testing

@testable import Database
@testable import Rapport

@Suite struct RoundEndingTests {
  @Test func `a lost key interrupts the round, and after a new start nobody counts twice`() async throws {
    let (told, round) = try await RoundStory.opened()
    let old = try await told.answer(round, by: told.harbour[1], rating: 1)
    let digest = try await told.opening(of: round, as: told.harbour[1]).digest
    try FileManager.default.removeItem(at: told.keyFile(of: round))
    try await told.story.restarted().reviveRounds()
    await told.story.house.sealedRounds.forget(round)
    #expect(try await told.state(of: round) == "interrupted")
    #expect(try Reason(await told.post(old.body(rating: 1, send: 2), to: round)).code == "round-interrupted")
    let lead = told.meadow[0].visitor
    #expect(try await lead.get(told.place(of: round)).text.contains("/restart"))
    let again = try await lead.post("\(told.place(of: round))/restart", told.numbers())
    #expect(again.status == .seeOther)
    #expect(try await told.state(of: round) == "open")
    let opening = try await told.opening(of: round, as: told.harbour[1])
    #expect(opening.digest != digest && opening.document.attempt == 2)
    #expect(try Reason(await told.post(old.body(rating: 1, send: 2), to: round)).code == "not-signed")
    for person in told.everybody { try await told.answer(round, by: person, rating: 5) }
    try await told.close(round)
    let report = try await told.harbour[0].visitor.get("\(told.place(of: round))/report.json")
    #expect(report.text.contains(#""answers": 10"#))
  }

  @Test func `a key that is lost is noticed by the first answer after a start`() async throws {
    let (told, round) = try await RoundStory.opened()
    let ballot = try await told.answer(round, by: told.harbour[1])
    try FileManager.default.removeItem(at: told.keyFile(of: round))
    await told.story.house.sealedRounds.forget(round)
    #expect(try Reason(await told.post(ballot.body(rating: 4, send: 2), to: round)).code == "round-interrupted")
    #expect(try await told.state(of: round) == "interrupted")
  }

  @Test func `a key that is lost is noticed at the close, too`() async throws {
    let (told, round) = try await RoundStory.opened()
    try FileManager.default.removeItem(at: told.keyFile(of: round))
    told.story.wait(.days(14))
    #expect(try await told.story.house.closeDueRounds() == 0)
    #expect(try await told.state(of: round) == "interrupted")
  }

  @Test func `an interrupted round can be given up, and then never starts again`() async throws {
    let (told, round) = try await RoundStory.opened()
    try FileManager.default.removeItem(at: told.keyFile(of: round))
    try await told.story.restarted().reviveRounds()
    let lead = told.meadow[0].visitor
    try await lead.get("\(told.place(of: round))/giving-up")
    #expect(try await lead.post("\(told.place(of: round))/giving-up", [("reason", "")]).status == .unprocessableContent)
    #expect(try await lead.post("\(told.place(of: round))/giving-up", [("reason", "The disk broke")]).status == .seeOther)
    #expect(try await told.state(of: round) == "withdrawn")
    #expect(try await lead.get(told.place(of: round)).text.contains("The disk broke"))
    #expect(try await lead.post("\(told.place(of: round))/restart", told.numbers()).status == .conflict)
  }

  @Test func `in the first day one lead withdraws alone, and everything sent is gone`() async throws {
    let (told, round) = try await RoundStory.opened()
    let ballot = try await told.answer(round, by: told.harbour[1])
    told.story.wait(.justUnder(.hours(24)))
    try await told.withdraw(round, by: told.meadow[0])
    #expect(try await told.state(of: round) == "withdrawn")
    #expect(try await told.sealedValues(of: round) == 0)
    #expect(!FileManager.default.fileExists(atPath: told.keyFile(of: round).path))
    #expect(try Reason(await told.post(ballot.body(rating: 1, send: 2), to: round)).code == "round-withdrawn")
  }

  @Test func `after a day it takes a lead of every party`() async throws {
    let (told, round) = try await RoundStory.opened()
    told.story.wait(.hours(24))
    for _ in 1...2 { try await told.withdraw(round, by: told.meadow[0]) }
    #expect(try await told.state(of: round) == "open")
    #expect(try await told.withdraw(round, by: told.harbour[1]).status == .forbidden)
    try await told.withdraw(round, by: told.harbour[0])
    #expect(try await told.state(of: round) == "withdrawn")
  }

  @Test func `the close moves once, to the announced time, with the same digest and ballots`() async throws {
    let (told, round) = try await RoundStory.opened()
    let ballot = try await told.collect(round, by: told.harbour[1])
    let digest = try await told.opening(of: round, as: told.harbour[1]).digest
    let path = "\(told.place(of: round))/extension"
    try await told.meadow[0].visitor.get(told.place(of: round))
    #expect(try await told.meadow[0].visitor.post(path, []).status == .seeOther)
    let before = try await told.dump()
    #expect(try await told.harbour[0].visitor.post(path, []).status == .conflict)
    #expect(try await told.dump() == before)
    told.story.wait(.days(20))
    #expect(try await told.story.house.closeDueRounds() == 0)
    #expect(try await told.opening(of: round, as: told.harbour[1]).digest == digest)
    #expect(try await told.post(ballot.body(rating: 4), to: round).status == .ok)
    try await told.close(round, after: .days(1))
  }

  @Test func `a close overdue by more than an hour waits ten minutes after the start`() async throws {
    let (told, round) = try await RoundStory.opened()
    told.story.wait(.minutes(14 * 24 * 60 + 61))
    let (keeper, started) = (RoundKeeper(house: try await told.story.restarted()), told.story.now)
    try await keeper.closeDue(started: started)
    told.story.wait(.justUnder(.minutes(10)))
    try await keeper.closeDue(started: started)
    #expect(try await told.state(of: round) == "open")
    told.story.wait(Span(milliseconds: 1))
    try await keeper.closeDue(started: started)
    #expect(try await told.state(of: round) == "closed")
  }

  @Test func `the keeper rests until the next close, and not for one that waits`() async throws {
    let (told, round) = try await RoundStory.opened()
    let rounds = told.story.house.roundStore
    told.story.wait(Span(milliseconds: Span.days(14).milliseconds - 2_000))
    #expect(try await rounds.untilNextClose(by: told.story.house.clock) == .seconds(2))
    told.story.wait(.seconds(2))
    #expect(try await told.state(of: round) == "open")
    #expect(try await rounds.untilNextClose(by: told.story.house.clock) == nil)
  }

  @Test func `after the close no key and no sealed value is left, and the folder knows the round`() async throws {
    let (told, round) = try await RoundStory.opened()
    try await told.answer(round, by: told.harbour[1])
    let key = try Data(contentsOf: told.keyFile(of: round))
    #expect(try await told.sealedValues(of: round) > 0)
    try await told.close(round)
    #expect(!FileManager.default.fileExists(atPath: told.keyFile(of: round).path))
    #expect(try await told.sealedValues(of: round) == 0)
    #expect(try told.story.house.keys.isClosed(try #require(round.roundName)))
    // As a crash between the close and the key's end leaves it.
    try key.write(to: told.keyFile(of: round))
    try await told.story.restarted().sweepKeys()
    #expect(!FileManager.default.fileExists(atPath: told.keyFile(of: round).path))
  }

  @Test func `the sweep leaves an open round's key alone`() async throws {
    let (told, round) = try await RoundStory.opened()
    try await told.story.house.sweepKeys()
    #expect(FileManager.default.fileExists(atPath: told.keyFile(of: round).path))
  }

  @Test func `an answer that was acknowledged is there after a start`() async throws {
    let (told, round) = try await RoundStory.opened(harbour: 4, meadow: 4)
    for person in told.everybody { try await told.answer(round, by: person, rating: 2) }
    told.story.wait(.days(14))
    #expect(try await told.story.restarted().closeDueRounds() == 1)
    let report = try await told.harbour[0].visitor.get("\(told.place(of: round))/report.json")
    #expect(report.text.contains(#""answers": 8"#))
  }

  @Test func `an erased person's name leaves the opening document at the close, and not before`() async throws {
    let (told, round) = try await RoundStory.opened()
    let (gone, lead) = (told.harbour[4], told.harbour[0].visitor)
    try await lead.get("/people/\(gone.id)/erasing")
    #expect(try await lead.post("/people/\(gone.id)/erasing", [("sure", "1")]).status == .seeOther)
    #expect(try await told.story.document(of: round).contains(gone.name))
    try await told.close(round)
    #expect(try await !told.story.document(of: round).contains(gone.name))
  }

  @Test func `whoever came by a personal link is signed out at the close`() async throws {
    let (told, round) = try await RoundStory.opened()
    let (person, visitor) = (told.harbour[1], told.story.visitor())
    let cookie = try await SessionStore(database: told.story.house.database).start(
      for: person.id, in: told.space, only: round, on: told.story.now.day, until: told.story.now.day.adding(days: 60))
    await visitor.bring(cookie: told.story.house.cookie("session"), value: cookie)
    #expect(try await visitor.get("/rounds/\(round)/answer").status == .ok)
    #expect(try await visitor.get(told.place(of: round)).status == .notFound)
    try await told.close(round)
    #expect(try await visitor.get("/rounds/\(round)/answer").status == .seeOther)
  }
}

extension RoundStory {
  @discardableResult
  func withdraw(_ round: ID<Round>, by lead: Respondent) async throws -> Visitor.Page {
    try await lead.visitor.post("\(place(of: round))/withdrawal", [("reason", "Asked too early")])
  }

  func sealedValues(of round: ID<Round>) async throws -> Int {
    try await story.house.database.read { connection in
      try connection.query("SELECT round_id FROM sealed_value WHERE round_id = $1", [.id(round)]).count
    }
  }
}
