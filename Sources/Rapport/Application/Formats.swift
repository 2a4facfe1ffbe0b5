import Foundation
import NIOConcurrencyHelpers
import Partnering

/// Dates and numbers in the reader's way.
struct Formats: Sendable {
  let language: Language
  let timeZone: TimeZone

  init(language: Language, timeZone: TimeZone = .gmt) {
    self.language = language
    self.timeZone = timeZone
  }

  /// `1,234` or `1.234`
  func number(_ number: Int) -> String {
    let digits = Array(String(number.magnitude))
    var grouped = ""
    for (place, digit) in digits.enumerated() {
      if place > 0, (digits.count - place) % 3 == 0 { grouped += language == .de ? "." : "," }
      grouped.append(digit)
    }
    return (number < 0 ? "−" : "") + grouped
  }

  /// One decimal of an average that is already rounded to tenths: `3.2` or `3,2`.
  func tenths(_ tenths: Int) -> String {
    let sign = tenths < 0 ? "−" : ""
    return "\(sign)\(tenths.magnitude / 10)\(language == .de ? "," : ".")\(tenths.magnitude % 10)"
  }

  /// `3 March 2026` or `3. März 2026`
  func day(_ day: CalendarDay) -> String {
    text(day.start, timeZone: .gmt, format: language == .de ? "d. MMMM yyyy" : "d MMMM yyyy")
  }

  /// The day of an instant in the reader's time zone.
  func day(_ instant: Instant) -> String {
    text(instant, timeZone: timeZone, format: language == .de ? "d. MMMM yyyy" : "d MMMM yyyy")
  }

  /// `March 2026` or `März 2026`
  func month(_ instant: Instant) -> String { text(instant, timeZone: timeZone, format: "MMMM yyyy") }

  /// `March` or `März`, for a reader who knows the year.
  func monthName(_ instant: Instant) -> String { text(instant, timeZone: timeZone, format: "LLLL") }

  /// `03/2026`, for where there is little room.
  func monthInDigits(_ instant: Instant) -> String { text(instant, timeZone: timeZone, format: "MM/yyyy") }

  /// `Tuesday 3 March 2026, 17:00`
  func moment(_ instant: Instant) -> String {
    text(
      instant, timeZone: timeZone,
      format: language == .de ? "EEEE, d. MMMM yyyy, HH:mm 'Uhr'" : "EEEE d MMMM yyyy, HH:mm")
  }

  /// What `<time datetime>` wants, in UTC.
  func machine(_ instant: Instant) -> String {
    text(instant, timeZone: .gmt, format: "yyyy-MM-dd'T'HH:mm:ss'Z'")
  }

  /// A time of iCalendar in UTC: `20260303T170000Z`. [RFC 5545 §3.3.5]
  func calendarTime(_ instant: Instant) -> String {
    text(instant, timeZone: .gmt, format: "yyyyMMdd'T'HHmmss'Z'")
  }

  /// What `<input type="datetime-local">` wants, in the reader's time zone.
  func fieldValue(_ instant: Instant) -> String {
    text(instant, timeZone: timeZone, format: "yyyy-MM-dd'T'HH:mm")
  }

  /// The day that an instant falls on where the reader is.
  func calendarDay(_ instant: Instant) -> CalendarDay { CalendarDay(fieldValue(instant).prefix(10)) ?? instant.day }

  /// Reads what `<input type="datetime-local">` sends; `nil` if it is no such time.
  func instant(fromField field: String) -> Instant? {
    // Its own, since it is changed.
    let formatter = makeFormatter(timeZone: timeZone, format: "yyyy-MM-dd'T'HH:mm")
    formatter.isLenient = false
    return formatter.date(from: field).map { Instant(milliseconds: Int64($0.timeIntervalSince1970 * 1_000)) }
  }

  private func text(_ instant: Instant, timeZone: TimeZone, format: String) -> String {
    let date = Date(timeIntervalSince1970: Double(instant.milliseconds) / 1_000)
    return formatter(timeZone: timeZone, format: format).string(from: date)
  }

  /// Made once for each language, time zone and format: to make one takes longer than all that it formats on a page.
  private func formatter(timeZone: TimeZone, format: String) -> DateFormatter {
    let key = "\(language.rawValue) \(timeZone.identifier) \(format)"
    return Self.made.withLockedValue { made in
      if let formatter = made[key] { return formatter }
      let formatter = makeFormatter(timeZone: timeZone, format: format)
      made[key] = formatter
      return formatter
    }
  }

  private static let made = NIOLockedValueBox<[String: DateFormatter]>([:])

  private func makeFormatter(timeZone: TimeZone, format: String) -> DateFormatter {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: language == .de ? "de_DE" : "en_GB")
    formatter.calendar = Calendar(identifier: .gregorian)
    formatter.timeZone = timeZone
    formatter.dateFormat = format
    return formatter
  }
}
