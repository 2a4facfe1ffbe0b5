/// An address to which a message could be sent: one `@` between two parts without blanks or controls, a dot in the second.
struct EmailAddress: Sendable, Hashable {
  /// Lower case, so that one address is one account.
  let text: String

  init?(_ typed: String) {
    let bytes = Array(typed.utf8)
    let parts = bytes.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
    guard bytes.count <= 254, parts.count == 2, !parts[0].isEmpty, parts[0].count <= 64 else { return nil }
    let labels = parts[1].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard labels.count >= 2, labels.allSatisfy({ !$0.isEmpty }) else { return nil }
    let forbidden = Set("\"(),:;<>[\\] ".utf8)
    guard bytes.allSatisfy({ $0 > 0x20 && $0 != 0x7f && !forbidden.contains($0) }) else { return nil }
    text = typed.lowercased()
  }
}
