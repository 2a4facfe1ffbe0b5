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
  let starts, ends: Instant

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
      "DTSTART:\(formats.calendarTime(starts))", "DTEND:\(formats.calendarTime(ends))", "SUMMARY:\(Self.escaped(summary))",
    ] + (location.map { ["LOCATION:\(Self.escaped($0))"] } ?? []) + ["URL:\(address)", "END:VEVENT"]
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
