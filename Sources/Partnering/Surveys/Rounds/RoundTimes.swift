/// When a round closes, and the one later time to which it may be moved. Both are fixed when it opens. [anonymity, Open]
public struct RoundTimes: Sendable, Hashable {
  public let closes: Instant
  /// Not before `closes`; the same where no extension is wanted.
  public let latest: Instant

  /// The shortest time for answering.
  public static let shortest = Span.minutes(5)
  /// The longest, up to the later time.
  public static let longest = Span.days(180)

  /// - Throws: ``RoundTimesRefusal`` if nobody could answer in this time, or the later time is before the first.
  public init(closes: Instant, latest: Instant, now: Instant) throws(RoundTimesRefusal) {
    guard closes >= now + Self.shortest else { throw .tooSoon }
    guard latest >= closes else { throw .latestBeforeClose }
    guard latest <= now + Self.longest else { throw .tooLate }
    (self.closes, self.latest) = (closes, latest)
  }

  fileprivate init(closing: Instant) { (closes, latest) = (closing, closing) }

  /// What a new round proposes: two weeks, and a week more.
  public static func usual(from now: Instant) -> (closes: Instant, latest: Instant) {
    let hour = Span.hours(1).milliseconds
    let whole = Instant(milliseconds: now.milliseconds - now.milliseconds % hour)
    return (whole + .days(14), whole + .days(21))
  }
}

/// What the leads of a round agree on about its close, before it opens.
public enum ClosingPlan: Sendable, Hashable {
  /// At a time that they write down.
  case at(RoundTimes)
  /// So many minutes after the opening, while everybody sits in one room; there is no later time.
  case inTheRoom(minutes: Int)

  /// Long enough for fifteen statements and a comment, short enough to wait for.
  public static let usualInTheRoom = ClosingPlan.inTheRoom(minutes: 20)

  /// The times of a round that opens now, and from then on fixed.
  public func times(openingAt now: Instant) -> RoundTimes {
    switch self {
    case .at(let times): times
    case .inTheRoom(let minutes): RoundTimes(closing: now + .minutes(Int64(minutes)))
    }
  }

  /// `nil` for a written time.
  public var minutesInTheRoom: Int? {
    if case .inTheRoom(let minutes) = self { minutes } else { nil }
  }
}

/// Why a round cannot close then.
public enum RoundTimesRefusal: Error, Sendable, Hashable {
  /// Less than ``RoundTimes/shortest`` from now.
  case tooSoon
  /// The later time is before the closing time.
  case latestBeforeClose
  /// More than ``RoundTimes/longest`` from now.
  case tooLate
}
