import Foundation
import HTTPTypes
import Partnering
import Testing

@testable import Database
@testable import Rapport

@Suite struct InTheRoomTests {
  private static let inTheRoom = ["closing": "room"]

  @Test func `a round in the room closes twenty minutes after the last lead's yes, however old its draft is`() async throws {
    let told = try await RoundStory()
    let round = try await told.draft(Self.inTheRoom)
    try await told.confirm(round, by: told.harbour[0])
    told.story.wait(.days(3))
    try await told.confirm(round, by: told.meadow[0])
    let document = try await told.opening(of: round, as: told.meadow[1]).document
    // Three days after 09:00 on 2 March, and twenty minutes; there is no later time.
    #expect(document.closesAt == "2026-03-05T09:20:00Z")
    #expect(document.latestCloseAt == document.closesAt)
    for person in told.everybody { try await told.answer(round, by: person) }
    told.story.wait(.justUnder(.minutes(20)))
    #expect(try await told.story.house.closeDueRounds() == 0)
    told.story.wait(Span(milliseconds: 1))
    #expect(try await told.story.house.closeDueRounds() == 1)
  }

  @Test func `its draft says how long it lasts, and no day`() async throws {
    let told = try await RoundStory()
    let round = try await told.draft(Self.inTheRoom)
    let page = try await told.harbour[0].visitor.get(told.place(of: round)).text
    #expect(page.contains("20 minutes after the last party has confirmed"))
    #expect(!page.contains("2 March 2026"))
    let list = try await told.harbour[0].visitor.get("\(told.path)/rounds").text
    #expect(list.contains("Lasts 20 minutes from its opening"))
    let numbers = try await told.harbour[0].visitor.get("\(told.place(of: round))/numbers").text
    #expect(numbers.contains(#"value="room" checked"#) && !numbers.contains(#"value="time" checked"#))
  }

  @Test(arguments: [("room", "time"), ("time", "room")])
  func `whoever confirmed the one close is asked again about the other`(before: String, after: String) async throws {
    let told = try await RoundStory()
    let round = try await told.draft(["closing": before])
    try await told.confirm(round, by: told.harbour[0])
    try await told.harbour[0].visitor.post("\(told.place(of: round))/numbers", told.numbers(["closing": after]))
    try await told.confirm(round, by: told.meadow[0])
    #expect(try await told.state(of: round) == "draft")
    try await told.confirm(round, by: told.harbour[0])
    #expect(try await told.state(of: round) == "open")
  }

  @Test func `the room hears one word when the last has sent, and nothing before that`() async throws {
    let told = try await RoundStory()
    let round = try await told.open(Self.inTheRoom)
    // Harbour, a group of its own, is complete halfway.
    for person in told.everybody {
      #expect(try await state(round, told) == "open")
      #expect(try await page(round, told).contains(#"data-state="open""#))
      try await told.answer(round, by: person)
    }
    #expect(try await state(round, told) == "everybody")
    #expect(try await page(round, told).contains(#"data-state="everybody""#))
    try await told.close(round, after: .minutes(20))
    #expect(try await state(round, told) == "closed")
  }

  @Test func `somebody who sends twice does not stand for two`() async throws {
    let told = try await RoundStory()
    let round = try await told.open(Self.inTheRoom)
    for person in told.everybody.dropLast() {
      let ballot = try await told.answer(round, by: person)
      try await told.post(ballot.body(rating: 2, send: 2), to: round)
    }
    #expect(try await state(round, told) == "open")
  }

  @Test func `all replies and all pages are equally long, and nothing is kept of them`() async throws {
    let told = try await RoundStory()
    let round = try await told.open(Self.inTheRoom)
    func lengths() async throws -> [Int] {
      [try await reply(round, told).text.utf8.count, try await page(round, told).utf8.count]
    }
    let first = try await lengths()
    for person in told.everybody { try await told.answer(round, by: person) }
    let before = try await told.dump()
    #expect(try await lengths() == first)
    #expect(try await told.dump() == before)
    try await told.close(round, after: .minutes(20))
    #expect(try await reply(round, told).text.utf8.count == first[0])
  }

  @Test func `a round over days tells no such word`() async throws {
    let (told, round) = try await RoundStory.opened()
    for person in told.everybody { try await told.answer(round, by: person) }
    let reply = try await reply(round, told)
    #expect(reply.status == .conflict && !reply.text.contains("everybody"))
    #expect(try await told.harbour[0].visitor.get("\(told.place(of: round))/room").location == told.place(of: round))
  }

  @Test func `the screen leads to the report after the close, and back to a round that was withdrawn`() async throws {
    let (told, other) = (try await RoundStory(), try await RoundStory())
    let closed = try await told.open(Self.inTheRoom), withdrawn = try await other.open(Self.inTheRoom)
    try await told.close(closed, after: .minutes(20))
    let room = "\(told.place(of: closed))/room"
    #expect(try await told.meadow[3].visitor.get(room).location == "\(told.place(of: closed))/report")
    try await other.withdraw(withdrawn, by: other.meadow[0])
    #expect(try await state(withdrawn, other) == "closed")
    let away = try await other.meadow[3].visitor.get("\(other.place(of: withdrawn))/room")
    #expect(away.location == other.place(of: withdrawn))
  }

  @Test(arguments: Language.allCases)
  func `the screen has the address, the three words and the time that is left`(language: Language) async throws {
    let told = try await RoundStory()
    let round = try await told.open(Self.inTheRoom)
    told.story.wait(.minutes(3))
    let reader = told.meadow[2].visitor
    try await reader.post("/language", [("language", language.rawValue)])
    let page = try await reader.get("\(told.place(of: round))/room").text
    #expect(page.contains("http://127.0.0.1:8080/rounds/\(round)/answer</p>"))
    #expect(page.contains(#"<svg class="qr-code""#))
    #expect(page.contains(#"data-clock="1020""#))
    for word in try await told.opening(of: round, as: told.harbour[0]).digest.words { #expect(page.contains("<span>\(word)</span>")) }
    #expect(page.contains(language == .en ? "Everybody has sent." : "Alle haben gesendet."))
  }

  @Test func `a round that was interrupted can go on in the room`() async throws {
    let told = try await RoundStory()
    let round = try await told.open()
    try await told.story.house.sealedRounds.interrupt(round, in: told.space)
    told.story.wait(.hours(1))
    try await told.harbour[0].visitor.post("\(told.place(of: round))/restart", told.numbers(Self.inTheRoom))
    #expect(try await told.opening(of: round, as: told.meadow[1]).document.closesAt == "2026-03-02T10:20:00Z")
    #expect(try await state(round, told) == "open")
  }

  private func reply(_ round: ID<Round>, _ told: RoundStory) async throws -> Visitor.Page {
    try await told.harbour[1].visitor.get("\(told.place(of: round))/room/state")
  }

  private func state(_ round: ID<Round>, _ told: RoundStory) async throws -> String? {
    try JSONDecoder().decode([String: String].self, from: Data(try await reply(round, told).text.utf8))["state"]
  }

  private func page(_ round: ID<Round>, _ told: RoundStory) async throws -> String {
    try await told.harbour[1].visitor.get("\(told.place(of: round))/room").text
  }
}
