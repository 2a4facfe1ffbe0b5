import Foundation
import Partnering
import Testing

@testable import Rapport

@Suite struct MailMessageTests {
  private func message(
    to name: String = "Ada", subject: String = "Hello", text: String = "Good day.\n", unsubscribe: String? = nil
  ) throws -> MailMessage {
    let address = try #require(EmailAddress("ada@harbour.example"))
    return MailMessage(
      id: "0001@coast.example", from: try #require(Mailbox("Rapport <rapport@coast.example>")),
      to: try #require(Mailbox(name: name, address: address)),
      subject: try #require(HeaderText(subject)), date: Story.begin, text: text, html: "<p>\(text)</p>", unsubscribe: unsubscribe)
  }

  @Test func `one click ends what one can do without, over https alone`() throws {
    let secure = lines(try message(unsubscribe: "https://coast.example/unsubscribe/x"))
    #expect(secure.contains("List-Unsubscribe: <https://coast.example/unsubscribe/x>"))
    #expect(secure.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"))
    let plain = lines(try message(unsubscribe: "http://127.0.0.1:8080/unsubscribe/x"))
    #expect(plain.contains("List-Unsubscribe: <http://127.0.0.1:8080/unsubscribe/x>"))
    #expect(!plain.contains { $0.hasPrefix("List-Unsubscribe-Post") })
    #expect(!lines(try message()).contains { $0.hasPrefix("List-Unsubscribe") })
  }

  private func lines(_ message: MailMessage) -> [String] {
    String(decoding: message.bytes, as: UTF8.self).components(separatedBy: "\r\n")
  }

  @Test func `a message says who, to whom, when and about what`() throws {
    let lines = lines(try message())
    #expect(lines.prefix(8) == [
      "Message-ID: <0001@coast.example>", "Date: Mon, 02 Mar 2026 09:00:00 +0000",
      "From: \"Rapport\" <rapport@coast.example>", "To: \"Ada\" <ada@harbour.example>", "Subject: Hello",
      "Auto-Submitted: auto-generated", "MIME-Version: 1.0",
      "Content-Type: multipart/alternative; boundary=\"=_0001\"",
    ])
  }

  @Test func `whatever stands in it, a message is ASCII in lines of 78 bytes at most, ended by CRLF`() throws {
    let text = "Grüße \u{1F6A2} = = \t\nein Satz, der viel länger ist als eine Zeile einer Nachricht sein darf, mit ß am Ende \n.\nFrom here\r\u{0}"
    let bytes = try message(to: "Zoë \"the\" Ⅻ", subject: String(repeating: "ü\u{1F6A2}", count: 40), text: text).bytes
    #expect(bytes.allSatisfy { (0x20...0x7e).contains($0) || $0 == 0x0d || $0 == 0x0a })
    let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n")
    #expect(lines.allSatisfy { $0.utf8.count <= 78 && !$0.utf8.contains(0x0a) && !$0.utf8.contains(0x0d) })
    #expect(!lines.contains { $0.hasSuffix(" ") || $0.hasSuffix("\t") })
  }

  @Test(arguments: ["\r\n", "\n", "\r", "\u{0}", "\u{2028}", "\u{2029}", "\u{85}", "\u{0B}"])
  func `nothing that ends a line comes into a header`(end: String) throws {
    #expect(HeaderText("Hello\(end)Bcc: eve@harbour.example") == nil)
    #expect(Mailbox("Rapport\(end)Bcc: x <rapport@coast.example>") == nil)
    #expect(Mailbox("Rapport <rapport@coast.example\(end)>") == nil)
    let address = try #require(EmailAddress("ada@harbour.example"))
    #expect(Mailbox(name: "A\(end)B", address: address) == nil)
  }
}

@Suite struct MailSettingsTests {
  @Test(arguments: [
    ("smtps://mail.example", "smtps://mail.example:465"), ("smtp://mail.example", "smtp://mail.example:587"),
    ("smtp://mail.example:2525", "smtp://mail.example:2525"), ("smtp-plain://127.0.0.1", "smtp-plain://127.0.0.1:25"),
    ("smtp-plain://[::1]:2525", "smtp-plain://[::1]:2525"),
  ])
  func `an address of a mail server is understood`(typed: String, read: String) throws {
    #expect(try MailSettings(server: typed, from: "rapport@coast.example").server == read)
  }

  @Test(arguments: [
    ("smtp-plain://mail.example", MailSettingsFailure.unprotected), ("smtp-plain://127.example", .unprotected),
    ("smtp-plain://10.0.0.1", .unprotected), ("mail.example:587", .server), ("http://mail.example", .server),
    ("smtp://user:secret@mail.example", .server), ("smtp://mail.example/path", .server), ("smtp://", .server), ("", .server),
  ])
  func `any other is refused, and plain mail to another machine`(typed: String, failure: MailSettingsFailure) {
    #expect(throws: failure) { try MailSettings(server: typed, from: "rapport@coast.example") }
  }

  @Test func `a user without a password is refused, and a password without a user`() {
    #expect(throws: MailSettingsFailure.login) {
      try MailSettings(server: "smtps://mail.example", user: "rapport", from: "rapport@coast.example")
    }
    #expect(throws: MailSettingsFailure.login) {
      try MailSettings(server: "smtps://mail.example", password: "secret", from: "rapport@coast.example")
    }
  }
}
