/// What a portfolio needs to know of a partnership to say which needs attention first.
public struct PartnershipOutlook: Sendable, Equatable {
  public let state: PartnershipState
  /// `nil` unless active and no round is being prepared or open.
  public let nextDue: CalendarDay?
  /// Whether a round is open or was interrupted.
  public let roundIsRunning: Bool
  /// Items for discussion in the last closed round; `nil` without one, or where it showed nothing.
  public let toDiscuss: Int?

  public init(state: PartnershipState, nextDue: CalendarDay?, roundIsRunning: Bool, toDiscuss: Int?) {
    self.state = state
    self.nextDue = nextDue
    self.roundIsRunning = roundIsRunning
    self.toDiscuss = toDiscuss
  }

  /// What it asks for on this day, most urgent first in the order of the cases.
  public func attention(on today: CalendarDay) -> Attention {
    switch state {
    case .ended: .none
    case .proposed: .joining
    case .active:
      if roundIsRunning { .running }
      else if let nextDue, nextDue <= today { .due }
      else if let toDiscuss, toDiscuss > 0 { .discussion }
      else { .calm }
    }
  }
}

/// What a partnership asks for.
public enum Attention: Int, Sendable, Comparable, CaseIterable {
  /// A round is due, or overdue.
  case due
  /// Items wait to be talked about.
  case discussion
  /// Somebody has not joined yet.
  case joining
  /// A round is open.
  case running
  case calm
  /// It has ended.
  case none

  public static func < (left: Attention, right: Attention) -> Bool { left.rawValue < right.rawValue }
}
