import Foundation
import Partnering

/// An event of iCalendar. [RFC 5545]
struct CalendarEvent: Sendable {
  /// The same for all time, so that a later version replaces an earlier one.
  let uid: String
  let sequence: Int
  let summary: String
  let location: String?
  /// Where to read more.
  let address: String
  let time: Time

  enum Time: Sendable {
    case span(from: Instant, to: Instant)
    /// All day, wherever the reader is.
    case day(CalendarDay)
  }

  /// A calendar with this event alone.
  func calendar(madeAt now: Instant) -> String { Self.calendar(of: [self], madeAt: now) }

  static func calendar(of events: [CalendarEvent], madeAt now: Instant) -> String {
    let lines =
      ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Rapport//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
      + events.flatMap { $0.lines(madeAt: now) } + ["END:VCALENDAR"]
    return lines.map { folded($0) + "\r\n" }.joined()
  }

  private func lines(madeAt now: Instant) -> [String] {
    let formats = Formats(language: .en)
    return [
      "BEGIN:VEVENT", "UID:\(uid)@rapport", "SEQUENCE:\(sequence)", "DTSTAMP:\(formats.calendarTime(now))",
      "SUMMARY:\(Self.escaped(summary))",
    ] + time.lines(formats) + (location.map { ["LOCATION:\(Self.escaped($0))"] } ?? []) + ["URL:\(address)", "END:VEVENT"]
  }

  /// RFC 5545 §3.3.11.
  private static func escaped(_ text: String) -> String {
    var escaped = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\", ";", ",": escaped.append("\\"); escaped.append(scalar)
      case "\n": escaped.append("\\"); escaped.append("n")
      case "\r": continue
      default: escaped.append(scalar)
      }
    }
    return String(escaped)
  }

  /// Lines are at most 75 octets; a longer one goes on after a line break and a blank. [RFC 5545 §3.1]
  private static func folded(_ line: String) -> String {
    var (folded, octets) = (String.UnicodeScalarView(), 0)
    for scalar in line.unicodeScalars {
      let width = String(scalar).utf8.count
      if octets + width > 75 {
        folded.append(contentsOf: "\r\n ".unicodeScalars)
        octets = 1
      }
      folded.append(scalar)
      octets += width
    }
    return String(folded)
  }
}

extension CalendarEvent.Time {
  /// The end of a day is the next one. [RFC 5545 §3.6.1]
  fileprivate func lines(_ formats: Formats) -> [String] {
    switch self {
    case .span(let start, let end):
      ["DTSTART:\(formats.calendarTime(start))", "DTEND:\(formats.calendarTime(end))"]
    case .day(let day):
      ["DTSTART;VALUE=DATE:\(digits(of: day))", "DTEND;VALUE=DATE:\(digits(of: day.adding(days: 1)))"]
    }
  }

  private func digits(of day: CalendarDay) -> String { day.description.replacingOccurrences(of: "-", with: "") }
}
