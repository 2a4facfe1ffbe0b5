import Foundation
import Testing

@testable import Partnering

@Suite struct CalendarDayTests {
  /// Foundation's calendar is the second implementation.
  @Test func `days agree with another calendar over four centuries`() throws {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(identifier: "GMT"))
    for number in stride(from: -60_000, through: 90_000, by: 37) {
      let date = Date(timeIntervalSince1970: Double(number) * 86_400)
      let parts = calendar.dateComponents([.year, .month, .day], from: date)
      let day = CalendarDay(daysSince1970: number)
      #expect([day.year, day.month, day.day] == [parts.year, parts.month, parts.day])
      #expect(CalendarDay(day.description) == day)
    }
  }

  @Test(arguments: ["2026-02-29", "2026-13-01", "2026-00-10", "2026-1-01", "2026-01-01 ", "２026-01-01", "0000-01-01", ""])
  func `what is no date is refused`(text: String) {
    #expect(CalendarDay(text) == nil)
  }

  @Test func `months are added up to the end of a shorter month`() {
    #expect(CalendarDay("2026-08-31")?.adding(months: 6).description == "2027-02-28")
    #expect(CalendarDay("2027-08-31")?.adding(months: 6).description == "2028-02-29")
    #expect(CalendarDay("2026-11-30")?.adding(months: 1).description == "2026-12-30")
    #expect(CalendarDay("2026-03-15")?.adding(months: -3).description == "2025-12-15")
  }
}

@Suite struct InstantTests {
  @Test func `the ends of time are not passed`() {
    #expect(Instant(milliseconds: .max) + .hours(1) == Instant(milliseconds: .max))
    #expect(Instant(milliseconds: .min) - .hours(1) == Instant(milliseconds: .min))
  }

  @Test func `an instant before 1970 falls on the day before`() {
    #expect(Instant(milliseconds: -1).day.description == "1969-12-31")
  }
}

@Suite struct IDTests {
  enum Thing {}

  @Test func `ids made later sort later`() {
    let early = ID<Thing>(at: Instant(milliseconds: 1_000), randomness: SIMD16(repeating: 255))
    let late = ID<Thing>(at: Instant(milliseconds: 1_001), randomness: SIMD16(repeating: 0))
    #expect(early < late)
    #expect(ID<Thing>(early.text) == early)
  }

  @Test(arguments: [
    "", "0190a6f2-7c1e-7abc-8def-0123456789a", "0190A6F2-7c1e-7abc-8def-0123456789ab", "0190a6f2x7c1e-7abc-8def-0123456789ab",
    "0190a6f2-7c1e-7abc-8def-0123456789aá", "../../../../../../../../../etc/passwd",
  ])
  func `what is no id is refused`(text: String) {
    #expect(ID<Thing>(text) == nil)
  }
}
