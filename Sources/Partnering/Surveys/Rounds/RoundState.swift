/// Where a round stands. The raw values are those of the database. [domain, Words]
public enum RoundState: String, Sendable, Hashable, CaseIterable {
  case draft
  /// Its keys are being made; nobody can answer yet.
  case opening
  case open
  /// Its sealing key is lost, after a restore for example: nothing that was sent can be read.
  case interrupted
  case withdrawn
  case closed

  /// Whether the partnership's next round has to wait for this one.
  public var isRunning: Bool {
    switch self {
    case .opening, .open, .interrupted: true
    case .draft, .withdrawn, .closed: false
    }
  }
}
