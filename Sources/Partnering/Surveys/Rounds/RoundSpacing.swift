/// Of rounds that share an item, one is open at a time, and the next opens 28 days after the close: two rounds close
/// together would tell what one person who joined between them said. [anonymity, D12]
public enum RoundSpacing {
  /// The wait after a close.
  public static let wait = Span.days(28)

  /// Another round of the same partnership that shares an item with the one that is to open.
  public struct Earlier: Sendable {
    public let state: RoundState
    /// `nil` unless it is closed.
    public let closedAt: Instant?
    /// Whether its report showed any figure.
    public let showedFigures: Bool

    public init(state: RoundState, closedAt: Instant?, showedFigures: Bool) {
      (self.state, self.closedAt, self.showedFigures) = (state, closedAt, showedFigures)
    }
  }

  /// - Throws: ``RoundSpacingRefusal`` if another is running or closed too lately. A round that was withdrawn, or
  ///   showed nothing, starts no wait.
  public static func check(_ others: [Earlier], at now: Instant) throws(RoundSpacingRefusal) {
    if others.contains(where: \.state.isRunning) { throw .anotherRuns }
    let closes = others.compactMap { $0.state == .closed && $0.showedFigures ? $0.closedAt : nil }
    if let last = closes.max(), now < last + wait { throw .tooSoon(until: last + wait) }
  }
}

/// Why a round cannot open yet.
public enum RoundSpacingRefusal: Error, Sendable, Hashable {
  case anotherRuns
  /// The earliest instant at which it can.
  case tooSoon(until: Instant)
}

/// How many people are on only one of two rolls. [anonymity, D12 and section 4]
public struct RollDifference: Sendable, Hashable {
  public let onOneOnly: Int
  public let larger: Int

  public init<Person: Hashable>(_ roll: Set<Person>, _ before: Set<Person>) {
    onOneOnly = roll.symmetricDifference(before).count
    larger = max(roll.count, before.count)
  }

  /// Whether so few people came or went that comparing the two reports could tell about them.
  public func isTelling(minimumGroup: Int) -> Bool { onOneOnly > 0 && onOneOnly < minimumGroup }
}

/// When the people of an open round may be reminded: all of them alike, and seldom enough to be read.
public enum ReminderRule {
  /// A day after the opening at the earliest, and three days after the last reminder.
  public static func next(openedAt: Instant, last: Instant?) -> Instant {
    last.map { $0 + .days(3) } ?? openedAt + .days(1)
  }
}

/// Who must agree before an open round is withdrawn. [anonymity, Withdraw]
public enum WithdrawalRule: Sendable, Hashable {
  case oneLead
  case aLeadOfEveryParty

  /// One lead alone may do it in the first 24 hours.
  public init(openedAt: Instant, now: Instant) {
    self = now < openedAt + .hours(24) ? .oneLead : .aLeadOfEveryParty
  }
}
