import Foundation
import Partnering
import Testing

@testable import Rapport

@Suite struct FormTests {
  @Test func `names and values are decoded, blanks around a value taken away`() {
    let form = Form(urlEncoded: Array("name=+Ada%20L%C3%B6v+&role=lead&role=sponsor&empty".utf8))
    #expect(form["name"] == "Ada Löv")
    #expect(form.all("role") == ["lead", "sponsor"])
    #expect(form.has("empty"))
    #expect(form["missing"] == "")
  }

  @Test(arguments: ["%", "%4", "%zz=1", "=&=&&", "a=%ff%fe", "%00=%00", "a=%+1"])
  func `a broken form is read without harm`(text: String) {
    let form = Form(urlEncoded: Array(text.utf8))
    #expect(form["b"] == "")
  }
}

@Suite struct FormatsTests {
  private let english = Formats(language: .en)
  private let german = Formats(language: .de)

  @Test func `numbers and days are written as each language does`() throws {
    #expect(english.number(1_234_567) == "1,234,567")
    #expect(german.number(1_234_567) == "1.234.567")
    #expect(german.tenths(-5) == "−0,5")
    let day = try #require(CalendarDay("2026-03-09"))
    #expect(english.day(day) == "9 March 2026")
    #expect(german.day(day) == "9. März 2026")
  }

  @Test func `a time in a field is read in the reader's time zone`() throws {
    let berlin = Formats(language: .de, timeZone: try #require(TimeZone(identifier: "Europe/Berlin")))
    let instant = try #require(berlin.instant(fromField: "2026-07-01T12:00"))
    #expect(berlin.machine(instant) == "2026-07-01T10:00:00Z")
    #expect(berlin.fieldValue(instant) == "2026-07-01T12:00")
    #expect(berlin.instant(fromField: "2026-02-30T12:00") == nil)
    #expect(berlin.instant(fromField: "tomorrow") == nil)
  }
}

@Suite struct LanguageTests {
  @Test(arguments: [
    ("de-DE,de;q=0.9,en;q=0.8", Language.de), ("fr,en;q=0.5,de;q=0.7", .de), ("de;q=0,en", .en), ("", .en), (";;;q=", .en),
  ])
  func `the browser's wish decides`(header: String, expected: Language) {
    #expect(Language(accepting: header) == expected)
  }
}

@Suite struct EmailAddressTests {
  @Test(arguments: ["a@b.example", "Ada.Love+x@harbour.example", "ü@börde.example"])
  func `an address is taken`(text: String) { #expect(EmailAddress(text) != nil) }

  @Test(arguments: ["", "a", "a@b", "a@b..c", "@b.example", "a@b@c.example", "a b@c.example", "a@b.example\r\nBcc: x", "a\0@b.example", "<a@b.example>"])
  func `what is no address is refused`(text: String) { #expect(EmailAddress(text) == nil) }
}

@Suite struct EscapingTests {
  @Test func `no combining mark or joiner hides a quote or a bracket`() {
    for mark in ["\u{0301}", "\u{200D}", "\u{FE0F}", "\u{0338}"] {
      for sign in ["\"", "<", ">", "'", "&"] {
        let escaped = EscapedHTML().escapeText(sign + mark)
        #expect(!escaped.utf8.contains { "\"<>'".utf8.contains($0) }, "\(sign) with a mark")
        #expect(escaped.hasPrefix("&"))
      }
    }
  }
}

@Suite struct BaseURLTests {
  @Test(arguments: ["", "rapport.example", "ftp://x", "https://x/path", "https://x?y", "https://u@x", "http://"])
  func `what is no base address is refused`(text: String) { #expect(BaseURL(text) == nil) }

  @Test func `rounds open on https and loopback only`() throws {
    #expect(try #require(BaseURL("https://rapport.example")).allowsRounds)
    #expect(try #require(BaseURL("http://127.0.0.1:8080")).allowsRounds)
    #expect(try #require(BaseURL("http://localhost:8080/")).allowsRounds)
    #expect(try !#require(BaseURL("http://rapport.example")).allowsRounds)
    #expect(try !#require(BaseURL("http://127.rapport.example")).allowsRounds)
  }
}
