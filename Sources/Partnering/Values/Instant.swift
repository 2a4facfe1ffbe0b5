/// A point in time: milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
public struct Instant: Sendable, Hashable, Comparable, Codable {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  public let milliseconds: Int64

  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  public static func < (left: Instant, right: Instant) -> Bool {
    left.milliseconds < right.milliseconds
  }

  /// The instant a span later; the ends of the range of `Int64` are never passed.
  public static func + (instant: Instant, span: Span) -> Instant {
    let (sum, overflow) = instant.milliseconds.addingReportingOverflow(span.milliseconds)
    return Instant(milliseconds: overflow ? (span.milliseconds > 0 ? .max : .min) : sum)
  }

  public static func - (instant: Instant, span: Span) -> Instant {
    instant + Span(milliseconds: -span.milliseconds)
  }

  /// How long after `earlier` this instant is; negative if it is before.
  public func since(_ earlier: Instant) -> Span {
    let (difference, overflow) = milliseconds.subtractingReportingOverflow(earlier.milliseconds)
    return Span(milliseconds: overflow ? .max : difference)
  }

  /// The day in UTC on which this instant falls.
  public var day: CalendarDay {
    CalendarDay(daysSince1970: Int(milliseconds.flooringQuotient(86_400_000)))
  }

  public init(from decoder: any Decoder) throws {
    milliseconds = try decoder.singleValueContainer().decode(Int64.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(milliseconds)
  }
}

/// A length of time in milliseconds.
public struct Span: Sendable, Hashable, Comparable {
  public let milliseconds: Int64

  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  public static func seconds(_ count: Int64) -> Span { Span(milliseconds: count * 1_000) }
  public static func minutes(_ count: Int64) -> Span { .seconds(count * 60) }
  public static func hours(_ count: Int64) -> Span { .minutes(count * 60) }
  public static func days(_ count: Int64) -> Span { .hours(count * 24) }

  public static func < (left: Span, right: Span) -> Bool { left.milliseconds < right.milliseconds }
}

/// A date of the Gregorian calendar, without a time of day: what the domain means by "on 3 March".
public struct CalendarDay: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
  /// Days since 1970-01-01; negative before.
  public let daysSince1970: Int

  public init(daysSince1970: Int) { self.daysSince1970 = daysSince1970 }

  /// `nil` if there is no such day, or the year is not from 1 to 9999.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1 else { return nil }
    let made = CalendarDay.days(year: year, month: month, day: day)
    let back = CalendarDay(daysSince1970: made)
    guard back.parts == (year, month, day) else { return nil }
    self = back
  }

  /// Parses `2026-03-09`; `nil` for anything else.
  public init?(_ iso: some StringProtocol) {
    let bytes = Array(iso.utf8)
    guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-") else { return nil }
    func number(_ range: Range<Int>) -> Int? {
      var value = 0
      for byte in bytes[range] {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        value = value * 10 + Int(byte - UInt8(ascii: "0"))
      }
      return value
    }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10) else { return nil }
    self.init(year: year, month: month, day: day)
  }

  public var year: Int { parts.0 }
  public var month: Int { parts.1 }
  public var day: Int { parts.2 }

  /// The first instant of this day in UTC.
  public var start: Instant { Instant(milliseconds: Int64(daysSince1970) * 86_400_000) }

  /// The same day of the month `count` months on, or the last day of that month if it is shorter.
  public func adding(months count: Int) -> CalendarDay {
    let total = year * 12 + (month - 1) + count
    let (newYear, newMonth) = (total.flooringQuotient(12), total - total.flooringQuotient(12) * 12 + 1)
    for day in stride(from: self.day, through: 28, by: -1) {
      if let made = CalendarDay(year: newYear, month: newMonth, day: day) { return made }
    }
    return CalendarDay(year: newYear, month: newMonth, day: self.day) ?? self
  }

  public func adding(days count: Int) -> CalendarDay { CalendarDay(daysSince1970: daysSince1970 + count) }

  /// `2026-03-09`
  public var description: String {
    func padded(_ number: Int, _ width: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }

  public static func < (left: CalendarDay, right: CalendarDay) -> Bool {
    left.daysSince1970 < right.daysSince1970
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let day = CalendarDay(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a date")
    }
    self = day
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }

  // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
  private static func days(year: Int, month: Int, day: Int) -> Int {
    let y = month <= 2 ? year - 1 : year
    let era = y.flooringQuotient(400)
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  private var parts: (Int, Int, Int) {
    let z = daysSince1970 + 719_468
    let era = z.flooringQuotient(146_097)
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
  }
}

extension BinaryInteger {
  /// The quotient rounded towards minus infinity, for a positive divisor.
  fileprivate func flooringQuotient(_ divisor: Self) -> Self {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }
}
