/// What the talk about a later report says of an action. [Survey: what became of it]
public struct ActionReview: Sendable, Hashable {
  public enum Outcome: String, Sendable, CaseIterable {
    /// It goes on, or stays as it is.
    case keep
    /// It is put otherwise.
    case change
    /// It ends here.
    case drop
  }

  /// What people see that came of it. No effect is a result, too.
  public enum Effect: String, Sendable, CaseIterable {
    case helped, none
    /// Too early to say.
    case open
  }

  public let outcome: Outcome
  public let effect: Effect

  public init(outcome: Outcome, effect: Effect) { (self.outcome, self.effect) = (outcome, effect) }
}
