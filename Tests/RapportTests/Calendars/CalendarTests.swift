import Database
import Foundation
import Partnering
import Testing

@testable import Rapport

@Suite struct CalendarTests {
  @Test func `a calendar tells when a round closes, a talk is held and an action is due, without signing in`() async throws {
    let told = try await CalendarStory()
    try await told.setTalk(place: "Quay 4; upstairs")
    try await told.decide("Call, weekly", ownedBy: told.rounds.harbour[1], in: 9)
    let page = try await told.read(told.address(of: told.rounds.harbour[1]))
    #expect(page.headers[.contentType] == "text/calendar; charset=utf-8")
    let lines = page.text.replacingOccurrences(of: "\r\n ", with: "").components(separatedBy: "\r\n")
    let name = try await told.name()
    #expect(lines.contains("SUMMARY:\(name): our survey closes"))
    #expect(lines.contains("DTEND:\(CalendarStory.digits(told.rounds.story.now + .days(14)))"))
    #expect(lines.contains("SUMMARY:\(name): the talk about our survey") && lines.contains("LOCATION:Quay 4\\; upstairs"))
    #expect(lines.contains("SUMMARY:\(name): Call\\, weekly"))
    let (due, next) = (told.rounds.story.now.day.adding(days: 9), told.rounds.story.now.day.adding(days: 10))
    #expect(lines.contains("DTSTART;VALUE=DATE:\(CalendarStory.digits(due))"))
    #expect(lines.contains("DTEND;VALUE=DATE:\(CalendarStory.digits(next))"))
    #expect(lines.filter { $0 == "BEGIN:VEVENT" }.count == 3)
  }

  @Test func `it tells neither what others have to do nor what is done`() async throws {
    let told = try await CalendarStory()
    let address = try await told.address(of: told.rounds.harbour[1])
    try await told.decide("Write to the port", ownedBy: told.rounds.meadow[1], in: 9)
    #expect(try await !told.read(address).text.contains("Write to the port"))
    try await told.decide("Call weekly", ownedBy: told.rounds.harbour[1], in: 9)
    #expect(try await told.read(address).text.contains("Call weekly"))
    for state in ["done", "dropped"] {
      try await told.change("UPDATE action SET state = '\(state)'")
      #expect(try await !told.read(address).text.contains("Call weekly"))
    }
  }

  @Test(arguments: ["draft", "opening", "closed", "withdrawn", "interrupted"])
  func `only an open round's close stands in it, and only for those on its list`(state: String) async throws {
    let told = try await CalendarStory()
    let (on, off) = (try await told.address(of: told.rounds.harbour[1]), try await told.address(of: told.rounds.harbour[2]))
    try await told.change("DELETE FROM roll_entry WHERE person_id = '\(told.rounds.harbour[2].id)'")
    #expect(try await told.read(on).text.contains("VEVENT"))
    #expect(try await !told.read(off).text.contains("VEVENT"))
    try await told.change("UPDATE round SET state = '\(state)'")
    #expect(try await !told.read(on).text.contains("VEVENT"))
  }

  @Test func `a talk stands in it for thirty days more, and its place in the calendar when it is moved`() async throws {
    let told = try await CalendarStory()
    try await told.setTalk(place: "Quay 4")
    try await told.change("UPDATE discussion SET sequence = 3")
    try await told.change("UPDATE round SET state = 'closed'")
    let address = try await told.address(of: told.rounds.harbour[1])
    told.rounds.story.wait(.days(50))
    let text = try await told.read(address).text
    #expect(text.contains("UID:talk-\(told.round)@rapport\r\nSEQUENCE:3\r\n"))
    told.rounds.story.wait(Span(milliseconds: 1))
    #expect(try await !told.read(address).text.contains("VEVENT"))
  }

  @Test func `whoever is erased has no calendar any more`() async throws {
    let told = try await CalendarStory()
    let address = try await told.address(of: told.rounds.harbour[1])
    try await told.change("UPDATE person SET erased_at = 1 WHERE id = '\(told.rounds.harbour[1].id)'")
    #expect(try await told.read(address).status == .notFound)
  }

  @Test func `it is the same before and after its person and the others have answered`() async throws {
    let told = try await CalendarStory()
    let address = try await told.address(of: told.rounds.harbour[1])
    let before = try await told.read(address).text
    for person in [told.rounds.harbour[1], told.rounds.meadow[1]] { try await told.rounds.answer(told.round, by: person) }
    #expect(before.contains("BEGIN:VEVENT"))
    #expect(try await told.read(address).text == before)
  }

  @Test func `whoever has left the partnership reads nothing of it any more`() async throws {
    let told = try await CalendarStory()
    try await told.setTalk(place: "Quay 4")
    try await told.decide("Call weekly", ownedBy: told.rounds.harbour[1], in: 9)
    let address = try await told.address(of: told.rounds.harbour[1])
    try await told.change("UPDATE member SET left_at = 1 WHERE person_id = '\(told.rounds.harbour[1].id)'")
    let page = try await told.read(address)
    #expect(page.status == .ok && !page.text.contains("VEVENT"))
  }

  @Test func `a renewed address works, and the old one is like one that never was`() async throws {
    let told = try await CalendarStory()
    let old = try await told.address(of: told.rounds.harbour[1])
    let new = try await told.address(of: told.rounds.harbour[1])
    #expect(old != new)
    #expect(try await told.read(new).status == .ok)
    let (gone, never) = (try await told.read(old), try await told.read("/calendar/\(String(repeating: "a", count: 32)).ics"))
    #expect(gone.status == .notFound && gone.text == never.text)
  }

  @Test func `somebody else's new address leaves one's own as it is`() async throws {
    let told = try await CalendarStory()
    let own = try await told.address(of: told.rounds.harbour[1])
    _ = try await told.address(of: told.rounds.harbour[2])
    #expect(try await told.read(own).status == .ok)
  }

  @Test func `switched off, an address is like one that never was, until a new one is made`() async throws {
    let told = try await CalendarStory()
    let person = told.rounds.harbour[1]
    let address = try await told.address(of: person)
    #expect(try await person.visitor.get("/account").text.contains("Switch the calendar off"))
    #expect(try await person.visitor.post("/account/calendar/switching-off", []).status == .seeOther)
    #expect(try await person.visitor.get("/account").text.contains("Your calendar is switched off."))
    let never = try await told.read("/calendar/\(String(repeating: "a", count: 32)).ics")
    let gone = try await told.read(address)
    #expect(gone.status == .notFound && gone.text == never.text)
    #expect(try await !person.visitor.get("/account").text.contains("Switch the calendar off"))
    #expect(try await told.read(told.address(of: person)).status == .ok)
  }

  @Test func `the address is shown once, and whoever reads the database cannot use it`() async throws {
    let told = try await CalendarStory()
    let person = told.rounds.harbour[1]
    let address = try await told.address(of: person)
    let secret = try #require(address.split(separator: "/").last?.split(separator: ".").first)
    #expect(secret.utf8.count == 32)
    #expect(try await !person.visitor.get("/account").text.contains(secret))
    let bytes = Data(secret.utf8).map { String(format: "%02X", $0) }.joined()
    let dump = try await told.rounds.dump()
    #expect(dump.contains { $0.hasPrefix("calendar_feed: ") })
    #expect(!dump.contains { $0.contains(secret) || $0.contains(bytes) })
  }

  @Test func `it speaks its person's language`() async throws {
    let told = try await CalendarStory()
    let address = try await told.address(of: told.rounds.harbour[1])
    try await told.change("UPDATE person SET language = 'de'")
    #expect(try await told.read(address).text.contains("unsere Befragung schließt"))
  }
}

/// An open round, and people with calendars.
private struct CalendarStory {
  let rounds: RoundStory
  let round: ID<Round>

  init() async throws { (rounds, round) = try await RoundStory.opened() }

  /// Makes a person's secret address, as the person reads it.
  func address(of person: Respondent) async throws -> String {
    try await person.visitor.get("/account")
    let page = try await person.visitor.post("/account/calendar", [])
    let found = try #require(page.text.firstMatch(of: /value="https?:\/\/[^\/"]+(\/calendar\/[^"]+)"/), "\(page.text)")
    return String(found.output.1)
  }

  /// As a calendar program does: without cookies.
  func read(_ address: String) async throws -> Visitor.Page { try await rounds.story.visitor().get(address) }

  func decide(_ what: String, ownedBy person: Respondent, in days: Int) async throws {
    let party = try await rounds.story.house.database.read { connection in
      try #require(try connection.first("SELECT party_id FROM member WHERE person_id = $1", [.id(person.id)])).text("party_id")
    }
    let fields = [
      ("what", what), ("due", rounds.story.now.day.adding(days: days).description), ("owner-\(party)", person.id.text),
    ]
    let lead = rounds.harbour[0].visitor
    try await lead.get("\(rounds.path)/actions/new")
    try #require(try await lead.post("\(rounds.path)/actions", fields).status == .seeOther)
  }

  func setTalk(place: String) async throws {
    _ = try await rounds.story.house.database.write { connection in
      try connection.execute(
        """
        INSERT INTO discussion (space_id, round_id, starts_at, minutes, place, sequence, set_by, set_at)
        VALUES ($1, $2, $3, 90, $4, 0, $5, $3)
        """,
        [.id(rounds.space), .id(round), .instant(rounds.story.now + .days(20)), .text(place), .id(rounds.harbour[0].id)])
    }
  }

  func change(_ statement: String) async throws {
    _ = try await rounds.story.house.database.write { try $0.execute(statement, []) }
  }

  func name() async throws -> String {
    try await rounds.story.house.database.read { connection in
      try #require(try connection.first("SELECT name FROM partnership", [])).text("name")
    }
  }

  /// To the minute, as a form gives it.
  static func digits(_ instant: Instant) -> String {
    let minute = Date(timeIntervalSince1970: Double(instant.milliseconds / 60_000 * 60))
    return minute.formatted(.iso8601).replacingOccurrences(of: "-", with: "").replacingOccurrences(of: ":", with: "")
  }

  static func digits(_ day: CalendarDay) -> String { day.description.replacingOccurrences(of: "-", with: "") }
}
