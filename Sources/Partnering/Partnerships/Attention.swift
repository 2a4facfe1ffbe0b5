/// What a portfolio needs to know of a partnership to say which needs attention first.
public struct PartnershipOutlook: Sendable, Equatable {
  public let state: PartnershipState
  /// `nil` unless active and no round is being prepared or open.
  public let nextDue: CalendarDay?
  /// Whether a round is open or was interrupted.
  public let roundIsRunning: Bool
  /// Whether the open round asks the reader. Nobody can say whether the reader has answered.
  public let asksReader: Bool
  /// Items for discussion in the last closed round that have no conclusion yet, or neither an action nor a reason for none.
  public let unsettled: Int
  /// Actions that are not done though their day has passed.
  public let overdueActions: Int
  /// By how many tenths trust fell from the last but one round to the last; 0 where it did not, or is not shown.
  public let trustFall: Int

  public init(
    state: PartnershipState, nextDue: CalendarDay? = nil, roundIsRunning: Bool = false, asksReader: Bool = false,
    unsettled: Int = 0, overdueActions: Int = 0, trustFall: Int = 0
  ) {
    (self.state, self.nextDue, self.roundIsRunning, self.asksReader) = (state, nextDue, roundIsRunning, asksReader)
    (self.unsettled, self.overdueActions, self.trustFall) = (unsettled, overdueActions, trustFall)
  }

  /// What it asks for on this day: of all that it does, what is most urgent in the order of the cases.
  public func attention(on today: CalendarDay) -> Attention {
    switch state {
    case .ended: .none
    case .proposed: .joining
    case .active:
      if asksReader { .answer }
      else if unsettled > 0 { .discussion }
      else if overdueActions > 0 { .actions }
      else if let nextDue, nextDue <= today { .due }
      else if trustFall > 0 { .trust }
      else if roundIsRunning { .running }
      else { .calm }
    }
  }

  /// What sorts a portfolio, smallest first, compared number by number: what it asks for, then how much of that there is (more
  /// items, more actions, longer overdue, a deeper fall), then how much of the rest. What ties goes by name.
  public func urgency(on today: CalendarDay) -> [Int] {
    let attention = attention(on: today)
    let overdue = nextDue.map { min($0.daysSince1970 - today.daysSince1970, 0) } ?? 0
    let first =
      switch attention {
      case .discussion: -unsettled
      case .actions: -overdueActions
      case .due: overdue
      case .trust: -trustFall
      case .answer, .joining, .running, .calm, .none: 0
      }
    return [attention.rawValue, first, -unsettled, -overdueActions, overdue, -trustFall]
  }
}

/// What a partnership asks for.
public enum Attention: Int, Sendable, Comparable, CaseIterable {
  /// A round is open and asks the reader.
  case answer
  /// Items wait to be talked about.
  case discussion
  /// Actions are overdue.
  case actions
  /// A round is due, or overdue.
  case due
  /// Trust fell between the last two rounds.
  case trust
  /// Somebody has not joined yet.
  case joining
  /// A round is open, and does not ask the reader.
  case running
  case calm
  /// It has ended.
  case none

  public static func < (left: Attention, right: Attention) -> Bool { left.rawValue < right.rawValue }
}
