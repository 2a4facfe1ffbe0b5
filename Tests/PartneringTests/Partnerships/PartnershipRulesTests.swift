import Partnering
import Testing

@Suite struct AssentTests {
  @Test func `a yes is complete only when everybody who is asked has given it`() {
    #expect(!Assent(asked: ["a", "b"], given: ["a"]).isComplete)
    #expect(Assent(asked: ["a", "b"], given: ["b", "a"]).isComplete)
    #expect(Assent(asked: ["a", "b"], given: ["c", "b"]).awaited == ["a"])
  }

  @Test func `nobody asked is no yes`() { #expect(!Assent<Int>(asked: [], given: []).isComplete) }

  @Test func `somebody who is not asked is not awaited`() {
    let assent = Assent(asked: ["a"], given: [String]())
    #expect(assent.awaits("a"))
    #expect(!assent.awaits("b"))
  }
}

@Suite struct CadenceTests {
  @Test(arguments: [(0, false), (1, true), (24, true), (25, false), (-6, false)])
  func `a cadence is 1 to 24 months`(months: Int, isTaken: Bool) {
    #expect((Cadence(months: months) != nil) == isTaken)
  }

  @Test func `the next round is due months after the close, at the end of a shorter month`() throws {
    let closed = try #require(CalendarDay("2026-08-31"))
    let active = try #require(CalendarDay("2026-01-15"))
    #expect(Cadence.usual.nextDue(afterClose: closed, activeSince: active).description == "2027-02-28")
    #expect(Cadence.usual.nextDue(afterClose: nil, activeSince: active).description == "2026-02-15")
  }
}

@Suite struct LeadsTests {
  @Test func `the only lead cannot be spared, one of two can, and who leads not always can`() {
    #expect(!Leads(["a"]).canSpare("a"))
    #expect(Leads(["a", "b"]).canSpare("a"))
    #expect(Leads(["a"]).canSpare("b"))
  }
}

@Suite struct AttentionTests {
  private let today = CalendarDay(daysSince1970: 20_000)

  private func outlook(
    _ state: PartnershipState = .active, due: Int? = nil, running: Bool = false, asks: Bool = false, unsettled: Int = 0,
    overdue: Int = 0, fall: Int = 0
  ) -> PartnershipOutlook {
    PartnershipOutlook(
      state: state, nextDue: due.map { today.adding(days: $0) }, roundIsRunning: running, asksReader: asks,
      unsettled: unsettled, overdueActions: overdue, trustFall: fall)
  }

  @Test func `of all that a partnership asks for the most urgent is said`() {
    let everything = outlook(due: -1, running: true, asks: true, unsettled: 1, overdue: 1, fall: 1)
    #expect(everything.attention(on: today) == .answer)
    #expect(outlook(due: -1, running: true, unsettled: 1, overdue: 1, fall: 1).attention(on: today) == .discussion)
    #expect(outlook(due: -1, running: true, overdue: 1, fall: 1).attention(on: today) == .actions)
    #expect(outlook(due: 0, running: true, fall: 1).attention(on: today) == .due)
    #expect(outlook(due: 1, running: true, fall: 1).attention(on: today) == .trust)
    #expect(outlook(due: 1, running: true).attention(on: today) == .running)
    #expect(outlook(due: 1).attention(on: today) == .calm)
    #expect(outlook(.proposed, unsettled: 3, overdue: 1).attention(on: today) == .joining)
    #expect(outlook(.ended, due: -1, unsettled: 3, overdue: 1).attention(on: today) == .none)
  }

  @Test func `a portfolio shows the most urgent first, and of equal ones that with more to do`() {
    let inOrder = [
      outlook(running: true, asks: true, unsettled: 1), outlook(running: true, asks: true),
      outlook(unsettled: 3), outlook(unsettled: 2, overdue: 1), outlook(unsettled: 2),
      outlook(due: 3, overdue: 5), outlook(due: -9, overdue: 4), outlook(due: 3, overdue: 4),
      outlook(due: -30, fall: 2), outlook(due: -2), outlook(due: 0),
      outlook(due: 9, fall: 4), outlook(due: 9, fall: 1),
      outlook(.proposed), outlook(running: true), outlook(due: 1), outlook(.ended, due: -99, unsettled: 15),
    ]
    let urgencies = inOrder.map { $0.urgency(on: today) }
    for (one, next) in zip(urgencies, urgencies.dropFirst()) { #expect(one.lexicographicallyPrecedes(next), "\(one) \(next)") }
    #expect(outlook(due: 1).urgency(on: today) == outlook(due: 40).urgency(on: today), "not due yet is not more urgent sooner")
  }

  @Test func `ended is ended, whatever was before`() {
    let then = Instant(milliseconds: 0)
    #expect(PartnershipState(activeAt: nil, endedAt: nil) == .proposed)
    #expect(PartnershipState(activeAt: then, endedAt: nil) == .active)
    #expect(PartnershipState(activeAt: nil, endedAt: then) == .ended)
    #expect(PartnershipState(activeAt: then, endedAt: then) == .ended)
  }
}

@Suite struct PlainTextTests {
  @Test func `line ends become line feeds, and blanks around go`() throws {
    #expect(try PlainText(" \r\n a\r\nb \n", longest: 10).text == "a\nb")
  }

  @Test(arguments: ["", " \n ", "\u{200B}\u{200D}"])
  func `what shows nothing is empty`(text: String) {
    #expect(throws: PlainText.Problem.empty) { try PlainText(text, longest: 10) }
  }

  @Test(arguments: ["a\u{0}b", "a\u{202E}b", "a\u{1B}b", "a\u{2067}b"])
  func `hidden signs are refused`(text: String) {
    #expect(throws: PlainText.Problem.unreadable) { try PlainText(text, longest: 10) }
  }

  @Test func `length counts scalars, combining marks too`() {
    let marks = "e" + String(repeating: "\u{301}", count: 10)
    #expect(throws: PlainText.Problem.tooLong(most: 10)) { try PlainText(marks, longest: 10) }
  }
}

@Suite struct HopedBenefitsTests {
  @Test func `one a line, empty lines passed over, doubles kept once`() throws {
    #expect(try HopedBenefits(lines: "Boats\r\n\r\n Fewer wrecks \nBoats").benefits == ["Boats", "Fewer wrecks"])
  }

  @Test func `a line that is too long is named`() {
    let long = "Boats\n" + String(repeating: "x", count: 201)
    #expect(throws: HopedBenefits.Problem.line(2, .tooLong(most: 200))) { try HopedBenefits(lines: long) }
  }

  @Test func `none and too many are refused`() {
    #expect(throws: HopedBenefits.Problem.none) { try HopedBenefits(lines: "\n \n") }
    let many = (1...21).map(String.init).joined(separator: "\n")
    #expect(throws: HopedBenefits.Problem.tooMany(most: 20)) { try HopedBenefits(lines: many) }
  }
}

@Suite struct PartnershipKindTests {
  @Test func `there are eleven kinds, and three may be a team`() {
    #expect(PartnershipKind.allCases.count == 11)
    #expect(PartnershipKind.allCases.filter(\.mayBeTeam) == [.boardOfDirectors, .executiveTeam, .internalTeam])
  }
}
