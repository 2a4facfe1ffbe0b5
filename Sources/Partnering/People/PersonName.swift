/// What a person, an organisation or a place is called: 1 to 120 scalars on one line.
public struct PersonName: Sendable, Hashable {
  /// The most Unicode scalars of a name.
  public static let longest = 120

  /// As typed.
  public let text: String

  /// `nil` if it is empty, too long, shows nothing, or holds a control or a sign that turns the direction of the
  /// text around it; blanks around it are the caller's to take away.
  public init?(_ typed: some StringProtocol) {
    let scalars = typed.unicodeScalars
    guard (1...Self.longest).contains(scalars.count), scalars.contains(where: \.isVisible),
      !scalars.contains(where: \.breaksALine)
    else { return nil }
    text = String(typed)
  }
}

extension Unicode.Scalar {
  /// Controls, line ends, and the signs of Unicode UAX #9 that reorder text: with them one name could pose as another.
  fileprivate var breaksALine: Bool {
    switch properties.generalCategory {
    case .control, .surrogate, .lineSeparator, .paragraphSeparator: true
    default: (0x202A...0x202E).contains(value) || (0x2066...0x2069).contains(value)
    }
  }
}
