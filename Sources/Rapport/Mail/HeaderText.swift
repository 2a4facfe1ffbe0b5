import Foundation

/// A text that may stand in a header of a mail: no scalar in it ends a line or hides one.
struct HeaderText: Sendable, Hashable {
  let text: String

  /// Goes by scalars: as people see it, `"\r\n"` is one letter and no line feed at all.
  init?(_ text: String) {
    let isPlain = text.unicodeScalars.allSatisfy { scalar in
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator, .surrogate: false
      default: true
      }
    }
    guard isPlain else { return nil }
    self.text = text
  }

  /// As it is, or as encoded words of 75 bytes at most, each on a line of its own. [RFC 2047 §2]
  var encoded: String {
    let isBare = text.utf8.allSatisfy { (0x20...0x7e).contains($0) } && !text.contains("=?") && text.utf8.count <= 60
    guard !isBare else { return text }
    var pieces: [[UInt8]] = [[]]
    for scalar in text.unicodeScalars {
      let bytes = Array(String(scalar).utf8)
      // 42 bytes make 56 letters of base64, which fit beside "Subject:"; a word never splits a scalar.
      if (pieces.last?.count ?? 0) + bytes.count > 42 { pieces.append([]) }
      pieces[pieces.count - 1] += bytes
    }
    return pieces.map { "=?utf-8?B?\(Data($0).base64EncodedString())?=" }.joined(separator: "\r\n ")
  }
}

extension Mailbox {
  /// `=?utf-8?B?…?= <ada@harbour.example>`
  var header: String {
    guard let text = HeaderText(name), !name.isEmpty else { return "<\(address.text)>" }
    let word = text.encoded
    guard word == name else { return "\(word)\r\n <\(address.text)>" }
    let quoted = name.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
    return "\"\(quoted)\" <\(address.text)>"
  }
}
