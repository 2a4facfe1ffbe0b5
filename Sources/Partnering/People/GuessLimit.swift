/// How often somebody may guess a password before they have to wait.
public struct GuessLimit: Sendable {
  /// Wrong guesses that are free within `span`.
  public let most: Int
  /// How long a wrong guess counts.
  public let span: Span

  public init(most: Int, span: Span) {
    self.most = most
    self.span = span
  }

  /// For one address: ten in a quarter of an hour.
  public static let ofOneAccount = GuessLimit(most: 10, span: .minutes(15))
  /// For one place on the network, which a whole office may share: sixty in a quarter of an hour.
  public static let ofOnePlace = GuessLimit(most: 60, span: .minutes(15))

  /// The wrong guesses that still count at `now`.
  public func counting(_ guesses: [Instant], at now: Instant) -> [Instant] {
    guesses.filter { now.since($0) < span }
  }

  /// When the next guess may be made, given the earlier wrong ones in order; `nil` if right now.
  public func end(after guesses: [Instant], at now: Instant) -> Instant? {
    let counted = counting(guesses, at: now)
    guard counted.count >= most, let oldest = counted.suffix(most).first else { return nil }
    return oldest + span
  }
}
