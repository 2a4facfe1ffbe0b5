/// An address to which a message could be sent: one `@` between two parts without blanks, controls or invisible
/// signs, a dot in the second; 254 bytes at most (RFC 5321 §4.5.3.1).
public struct EmailAddress: Sendable, Hashable {
  /// Lower case, so that one address is one account.
  public let text: String

  /// `nil` for anything else; blanks around it are the caller's to take away.
  public init?(_ typed: some StringProtocol) {
    let bytes = Array(typed.utf8)
    let parts = bytes.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
    guard bytes.count <= 254, parts.count == 2, !parts[0].isEmpty, parts[0].count <= 64 else { return nil }
    let labels = parts[1].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard labels.count >= 2, labels.allSatisfy({ !$0.isEmpty }) else { return nil }
    let forbidden = Set("\"(),:;<>[\\] ".utf8)
    guard !bytes.contains(where: forbidden.contains), typed.unicodeScalars.allSatisfy(\.isVisible) else { return nil }
    text = typed.lowercased()
  }
}

extension Unicode.Scalar {
  /// Whether the scalar shows: no control, no blank, nothing that only changes how its neighbours look.
  var isVisible: Bool {
    switch properties.generalCategory {
    case .control, .format, .surrogate, .lineSeparator, .paragraphSeparator, .spaceSeparator: false
    default: true
    }
  }
}
