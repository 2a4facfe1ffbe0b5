import Ballots
import Foundation
import HTTPTypes
import Partnering
import Testing

@testable import Database
@testable import Rapport

@Suite struct RoundLifeTests {
  @Test func `a round goes from its draft to a report that everybody has`() async throws {
    let round = try await Story.openRound()
    #expect(try await round.state() == "open")
    var receipts: [String] = []
    for person in round.people { receipts.append(try await round.answer(person).receipt) }
    #expect(try await round.ada.get("\(round.path)/report").status == .notFound)
    try await round.close()
    let report = try await round.report()
    #expect(report.answers == 12)
    #expect(report.health?.tenths == 40)
    for lead in [round.ada, round.bo] { #expect(try await lead.get("\(round.path)/report").status == .ok) }
    let list = try await round.ada.get("/rounds/\(round.id)/receipts", headers: [.accept: "application/json"])
    for receipt in receipts { #expect(list.text.contains(receipt)) }
    #expect(try await round.sealedValues() == [])
    let keys = try FileManager.default.contentsOfDirectory(atPath: round.story.house.keys.path)
    #expect(!keys.contains { $0.hasSuffix(".sealing-key") })
    #expect(try round.story.house.keys.isClosed(try #require(round.id.roundName)))
  }

  @Test func `a change of the list asks every party again`() async throws {
    let (story, ada) = try await Story.begun()
    let (partnership, bo) = try await story.active(by: ada)
    try await story.fill(partnership, ["Harbour": 6, "Dunes": 6])
    let path = try await story.drafted(in: partnership, by: ada)
    try await story.confirm(path, as: ada)
    let seen = try await bo.get(path)
    try await bo.post("\(path)/roll", seen.hidden("party"))
    let late = try await bo.post("\(path)/confirmation", seen.hidden("party") + seen.hidden("terms"))
    #expect(late.status == .conflict)
    #expect(try await ada.get(path).text.contains("waits for you"))
  }

  @Test func `nobody opens a round over plain http`() async throws {
    let story = try await Story(baseURL: "http://rapport.example")
    #expect(throws: (any Error).self) { try story.house.mayOpen() }
  }

  @Test func `the same value gets the same signature, another ballot key none`() async throws {
    let round = try await Story.openRound()
    let person = round.people[0]
    let (first, holder, segment) = try await round.ask(person)
    let token = try await person.get("/rounds/\(round.id)/answer").formToken
    let again = try await round.post(credential: holder.blinded, segment: segment, by: person, token: token)
    #expect(first.text == again.text)
    let (other, _, _) = try await round.ask(person)
    #expect(other.status == .conflict)
    #expect(other.text.contains("\"collected-with-another-key\""))
  }

  @Test func `a higher number of send replaces, and counts once`() async throws {
    let round = try await Story.openRound()
    let ballot = try await round.collect(round.people[0])
    try await round.send(ballot.body(send: 1, ratings: StoryBallot.all(1)))
    #expect(try await round.send(ballot.body(send: 2, ratings: StoryBallot.all(5))).status == .ok)
    #expect(try await round.send(ballot.body(send: 2, ratings: StoryBallot.all(5))).status == .ok)
    for person in round.people.dropFirst() { try await round.answer(person, ratings: StoryBallot.all(5)) }
    try await round.close()
    #expect(try await round.report().answers == 12)
    #expect(try await round.report().health?.tenths == 50)
  }

  @Test func `answers that come together are all counted`() async throws {
    let round = try await Story.openRound()
    var ballots: [StoryBallot] = []
    for person in round.people { ballots.append(try await round.collect(person)) }
    try await withThrowingTaskGroup(of: Int.self) { group in
      for ballot in ballots { group.addTask { try await round.send(ballot.body()).status.code } }
      for try await status in group { #expect(status == 200) }
    }
    try await round.close()
    #expect(try await round.report().answers == 12)
  }

  @Test func `an answer a second too late is refused, and one in time counts after a restart of the program`() async throws {
    let round = try await Story.openRound()
    let late = try await round.collect(round.people[0])
    for person in round.people.dropFirst() { try await round.answer(person) }
    await round.story.house.sealedRounds.forget(round.id)
    round.story.wait(.days(2))
    let refused = try await round.send(late.body())
    #expect(refused.status == .gone)
    #expect(refused.text.contains("round-closed"))
    try await round.story.house.closeDueRounds()
    #expect(try await round.send(late.body()).status == .gone)
    #expect(try await round.report().answers == 11)
  }

  @Test(arguments: [
    ("[6,4,4,4,4,4,4,4,4,4,4,4,4,4,4]", "rating-out-of-range"), ("[3.5,4,4,4,4,4,4,4,4,4,4,4,4,4,4]", "rating-out-of-range"),
    ("[0,4,4,4,4,4,4,4,4,4,4,4,4,4,4]", "rating-out-of-range"), ("[\"x\",4,4,4,4,4,4,4,4,4,4,4,4,4,4]", "rating-out-of-range"),
    ("[4,4]", "item-count"), ("[4,4,4,4,4,4,4,4,4,4,4,4,4,4,4,4]", "item-count"), ("4", "not-understood"), ("", "not-understood"),
  ])
  func `a wrong rating is named and changes nothing`(ratings: String, code: String) async throws {
    let round = try await Story.openRound()
    let ballot = try await round.collect(round.people[0])
    let before = try await round.sealedValues()
    let refused = try await round.send(ballot.body(ratings: ratings))
    #expect((400..<500).contains(refused.status.code))
    #expect(refused.text.contains("\"\(code)\""), "\(refused.text)")
    #expect(try await round.sealedValues() == before)
  }

  @Test func `a forged, foreign, older or oversized answer is refused and changes nothing`() async throws {
    let round = try await Story.openRound()
    let ballot = try await round.collect(round.people[0])
    try await round.send(ballot.body(send: 3))
    let before = try await round.sealedValues()
    var forged = ballot.signature
    forged[forged.startIndex] ^= 1
    let copy = StoryBallot(segment: ballot.segment, serial: ballot.serial, signature: forged, receipt: ballot.receipt)
    let replayed = StoryBallot(
      segment: ballot.segment, serial: Data(repeating: 7, count: 32), signature: ballot.signature, receipt: ballot.receipt)
    let cases: [(String, String)] = [
      (copy.body(send: 4), "not-signed"), (replayed.body(), "not-signed"),
      (ballot.body(send: 4, segment: "Dunes"), "not-signed"), (ballot.body(send: 4, segment: "Nowhere"), "unknown-segment"),
      (ballot.body(send: 2), "older-send"), (ballot.body(send: 4, comment: String(repeating: "a", count: 1_001)), "comment-too-long"),
      (ballot.body(send: 4, comment: String(repeating: "a", count: 5_000_000)), "too-large"),
      ("{\"segment\":", "not-understood"), ("", "not-understood"),
    ]
    for (body, code) in cases {
      let refused = try await round.send(body)
      #expect((400..<500).contains(refused.status.code))
      #expect(refused.text.contains("\"\(code)\""), "\(code): \(refused.text.prefix(200))")
    }
    #expect(try await round.sealedValues() == before)
  }

  @Test func `a lost key interrupts the round, and a restart takes new ballots only`() async throws {
    let round = try await Story.openRound()
    let old = try await round.answer(round.people[0])
    try round.story.house.keys.destroyKey(of: try #require(round.id.roundName))
    await round.story.house.sealedRounds.forget(round.id)
    #expect(try await round.send(old.body(send: 2)).status == .conflict)
    #expect(try await round.state() == "interrupted")
    let formats = Formats(language: .en)
    let times = [
      ("closes", formats.fieldValue(round.story.now + .days(2))), ("latest", formats.fieldValue(round.story.now + .days(3))),
    ]
    try await round.ada.get("\(round.path)/restart")
    #expect(try await round.ada.post("\(round.path)/restart", times).status == .seeOther)
    #expect(try await round.state() == "open")
    #expect(try await round.send(old.body(send: 3)).status == .forbidden)
    for person in round.people { try await round.answer(person) }
    try await round.close()
    #expect(try await round.report().answers == 12)
  }

  @Test func `one lead withdraws on the first day, later every party agrees`() async throws {
    let early = try await Story.openRound()
    try await early.ada.get("\(early.path)/withdrawal")
    try await early.ada.post("\(early.path)/withdrawal", [("reason", "The list was wrong.")])
    #expect(try await early.state() == "withdrawn")
    #expect(try await early.sealedValues() == [])
    let late = try await Story.openRound()
    late.story.wait(.hours(25))
    for (lead, state) in [(late.ada, "open"), (late.bo, "withdrawn")] {
      try await lead.get("\(late.path)/withdrawal")
      try await lead.post("\(late.path)/withdrawal", [("reason", "The list was wrong.")])
      #expect(try await late.state() == state)
    }
  }

  @Test func `a round is extended once, and its digest stays`() async throws {
    let round = try await Story.openRound()
    let document = try await round.people[0].get("/rounds/\(round.id)/opening").text
    try await round.bo.get(round.path)
    #expect(try await round.bo.post("\(round.path)/extension", []).status == .seeOther)
    #expect(try await round.bo.post("\(round.path)/extension", []).status == .conflict)
    #expect(try await round.people[0].get("/rounds/\(round.id)/opening").text == document)
    round.story.wait(.days(3))
    #expect(try await round.story.house.closeDueRounds() == 0)
    round.story.wait(.days(1))
    #expect(try await round.story.house.closeDueRounds() == 1)
  }
}
