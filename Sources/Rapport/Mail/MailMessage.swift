import Foundation
import Partnering

/// A message as it goes over the wire: plain text and HTML that say the same. [RFC 5322, 2045, 2046]
struct MailMessage: Sendable {
  /// Between its angle brackets. The same at every try, so that a mail that arrives twice is seen to be one.
  let id: String
  let from, to: Mailbox
  let subject: HeaderText
  let date: Instant
  let text, html: String
  /// Where the reader says that such messages are not wanted; `nil` for what one must know.
  let unsubscribe: String?

  /// The whole message, its lines ended by CRLF.
  var bytes: [UInt8] {
    // `=_` cannot occur in quoted-printable text.
    let boundary = "=_\(id.utf8.prefix { $0 != UInt8(ascii: "@") }.map { String(UnicodeScalar($0)) }.joined())"
    var lines = headers
    lines += ["MIME-Version: 1.0", "Content-Type: multipart/alternative; boundary=\"\(boundary)\"", ""]
    for (type, content) in [("plain", text), ("html", html)] {
      lines += [
        "--\(boundary)", "Content-Type: text/\(type); charset=utf-8", "Content-Transfer-Encoding: quoted-printable", "",
        QuotedPrintable.encoded(content),
      ]
    }
    lines += ["--\(boundary)--", ""]
    return Array(lines.joined(separator: "\r\n").utf8)
  }

  private var headers: [String] {
    [
      "Message-ID: <\(id)>", "Date: \(Self.date(date))", "From: \(from.header)", "To: \(to.header)",
      "Subject: \(subject.encoded)",
      // Nobody's holiday notice answers it. [RFC 3834 §5]
      "Auto-Submitted: auto-generated",
    ] + unsubscribing
  }

  /// One click in the reader's mail program is enough, where that is allowed: over https. [RFC 2369 §3.2, RFC 8058 §3]
  private var unsubscribing: [String] {
    guard let unsubscribe else { return [] }
    return ["List-Unsubscribe: <\(unsubscribe)>"]
      + (unsubscribe.utf8.starts(with: "https:".utf8) ? ["List-Unsubscribe-Post: List-Unsubscribe=One-Click"] : [])
  }

  /// `Mon, 02 Mar 2026 09:00:00 +0000`
  private static func date(_ instant: Instant) -> String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.calendar = Calendar(identifier: .gregorian)
    formatter.timeZone = .gmt
    formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss '+0000'"
    return formatter.string(from: Date(timeIntervalSince1970: Double(instant.milliseconds) / 1_000))
  }
}

/// Text in ASCII lines of 76 bytes at most. [RFC 2045 §6.7]
enum QuotedPrintable {
  static func encoded(_ text: String) -> String {
    text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
      .map { line(Array(String($0).utf8)) }
      .joined(separator: "\r\n")
  }

  private static func line(_ bytes: [UInt8]) -> String {
    var (result, width) = ("", 0)
    for (place, byte) in bytes.enumerated() {
      let isBlankAtEnd = (byte == 0x20 || byte == 0x09) && place == bytes.count - 1
      let isPlain = (0x20...0x7e).contains(byte) && byte != UInt8(ascii: "=") && !isBlankAtEnd
      let piece = isPlain ? String(UnicodeScalar(byte)) : escaped(byte)
      if width + piece.utf8.count > 75 {
        result += "=\r\n"
        width = 0
      }
      result += piece
      width += piece.utf8.count
    }
    return result
  }

  private static func escaped(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return digits.utf8.count == 1 ? "=0\(digits)" : "=\(digits)"
  }
}
