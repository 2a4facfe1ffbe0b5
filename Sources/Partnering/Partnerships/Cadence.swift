/// How often a partnership asks its people: a number of months from one close to the next round, 1 to 24.
public struct Cadence: Sendable, Hashable {
  public static let shortest = 1
  public static let longest = 24
  /// What a new partnership begins with.
  public static let usual = Cadence(known: 6)

  public let months: Int

  /// `nil` outside 1 to 24.
  public init?(months: Int) {
    guard (Self.shortest...Self.longest).contains(months) else { return nil }
    self.months = months
  }

  private init(known months: Int) { self.months = months }

  /// The day on which the next round is due.
  /// - Parameters:
  ///   - closed: when the last round closed; `nil` without one. The first round is due a month after everybody joined.
  ///   - active: when everybody had joined.
  public func nextDue(afterClose closed: CalendarDay?, activeSince active: CalendarDay) -> CalendarDay {
    if let closed { return closed.adding(months: months) }
    return active.adding(months: 1)
  }
}
