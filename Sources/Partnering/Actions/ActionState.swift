/// How far an action is.
public enum ActionState: String, Sendable, CaseIterable, Codable {
  case open, doing, done, dropped

  /// Whether somebody still has it to do.
  public var isRunning: Bool { self == .open || self == .doing }
}

/// Who may do what with an action. [issue: nobody but the owner and the leads closes them]
public struct ActionRule: Sendable {
  /// Whether the person owns it on some side.
  public let isOwner: Bool
  /// Whether the person leads a party of the partnership.
  public let isLead: Bool

  public init(isOwner: Bool, isLead: Bool) { (self.isOwner, self.isLead) = (isOwner, isLead) }

  /// Whether the person says how far it is.
  public var maySay: Bool { isOwner || isLead }

  public enum Problem: Error, Equatable, Sendable {
    /// Only owners and leads say how far it is.
    case notYours
    /// It is so already: two people did the same at once, in other words.
    case soAlready(ActionState)
    /// What is dropped says why.
    case noReason
  }

  /// Checks a step from one state to another. What was closed may be taken up again.
  /// - Throws: `Problem`.
  public func check(from: ActionState, to: ActionState, because reason: String?) throws(Problem) {
    guard maySay else { throw .notYours }
    guard from != to else { throw .soAlready(to) }
    guard to != .dropped || !(reason ?? "").isEmpty else { throw .noReason }
  }
}

extension ActionState {
  /// Whether it should have been closed before today.
  public func isOverdue(due: CalendarDay, today: CalendarDay) -> Bool { isRunning && due < today }
}
