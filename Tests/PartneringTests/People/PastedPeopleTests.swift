import Testing

@testable import Partnering

@Suite struct PastedPeopleTests {
  @Test(arguments: [
    "Ada, ada@harbour.example", "Ada;ada@harbour.example", "Ada\tada@harbour.example", "  Ada ,  ADA@harbour.example ,",
    "\"Ada\", \"ada@harbour.example\"", "Ada <ada@harbour.example>", "\"Ada\" <ada@harbour.example>", "Ada, ada@harbour.example\r",
  ])
  func `a name and an address are found`(line: String) throws {
    let pasted = PastedPeople(line)
    let entry = try #require(pasted.entries.first)
    #expect(pasted.problems.isEmpty)
    #expect(entry.name.text == "Ada")
    #expect(entry.email.text == "ada@harbour.example")
    #expect(entry.role == nil)
  }

  @Test func `lines keep their numbers over empty lines and every line end`() {
    let pasted = PastedPeople("\r\nAda, ada@a.example, lead\r\n\r\nno address\n\u{2028}Ben, ben@a.example, x, y")
    #expect(pasted.entries.map(\.line) == [2])
    #expect(pasted.entries.first?.role == "lead")
    #expect(pasted.problems == [.init(line: 4, reason: .noAddress), .init(line: 6, reason: .tooMuch)])
  }

  @Test(arguments: [
    ("ada@a.example", PastedPeople.Reason.name), ("Ada, ada@a", .noAddress), ("A\u{0}da, ada@a.example", .name),
    ("Ada, <ada@a.example", .noAddress), ("@", .noAddress), (",,,", .noAddress), ("\u{202E}adA, ada@a.example", .name),
    ("Ada, ada@a.example\u{301}\u{200D}", .noAddress),
  ])
  func `what is no person says why`(line: String, reason: PastedPeople.Reason) {
    #expect(PastedPeople(line).problems == [.init(line: 1, reason: reason)])
  }

  @Test func `an address counts once, whatever its case`() {
    let pasted = PastedPeople("Ada, ada@a.example\nBen, b@a.example\nAda, ADA@a.example")
    #expect(pasted.problems == [.init(line: 3, reason: .repeats(line: 1))])
  }

  @Test func `a list longer than the most ends there`() {
    let lines = (1...(PastedPeople.most + 5)).map { "P\($0), p\($0)@a.example" }
    let pasted = PastedPeople(lines.joined(separator: "\n"))
    #expect(pasted.entries.count == PastedPeople.most)
    #expect(pasted.problems == [.init(line: PastedPeople.most + 1, reason: .tooMany(most: PastedPeople.most))])
  }

  @Test func `hostile bytes are read without harm`() {
    var seed: UInt64 = 7
    let signs = Array("\"<>,;\t\r\n@.a\u{0}\u{301}\u{200D}\u{2028}é ".unicodeScalars)
    for _ in 1...2_000 {
      var text = String.UnicodeScalarView()
      for _ in 1...40 {
        seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        text.append(signs[Int(seed >> 33) % signs.count])
      }
      let pasted = PastedPeople(String(text))
      #expect(Set(pasted.entries.map(\.email)).count == pasted.entries.count)
    }
  }
}

@Suite struct GuessLimitTests {
  private let limit = GuessLimit(most: 3, span: .minutes(10))

  @Test func `the third wrong guess waits until the first is old enough`() {
    let guesses = [0, 60, 120].map { Instant(milliseconds: $0 * 1_000) }
    #expect(limit.end(after: Array(guesses.prefix(2)), at: guesses[2]) == nil)
    #expect(limit.end(after: guesses, at: guesses[2]) == Instant(milliseconds: 600_000))
    #expect(limit.end(after: guesses, at: Instant(milliseconds: 600_000)) == nil)
  }
}
