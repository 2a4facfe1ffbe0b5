import Partnering
import Testing

@Suite struct AgendaTests {
  @Test func `open actions come first, then what is weak, then what is strong, then the end`() {
    let agenda = Agenda(weaknesses: [5, 2], strengths: [7], openActions: 3, minutes: 90)
    #expect(
      agenda.entries.map(\.part) == [
        .openActions(count: 3), .weakness(item: 5), .weakness(item: 2), .strength(item: 7), .closing,
      ])
  }

  @Test func `without open actions a talk begins with the weakest item`() {
    #expect(Agenda(weaknesses: [5], strengths: [], openActions: 0, minutes: 90).entries.first?.part == .weakness(item: 5))
  }

  @Test(arguments: [20, 45, 60, 90, 91, 480])
  func `the minutes add up to the talk's length`(minutes: Int) {
    for weak in 0...15 {
      let agenda = Agenda(weaknesses: Array(0..<weak), strengths: [20, 21, 22], openActions: 2, minutes: minutes)
      #expect(agenda.entries.map(\.minutes).reduce(0, +) == minutes.clamped(from: weak + 5))
      #expect(agenda.entries.allSatisfy { $0.minutes >= 1 })
    }
  }

  @Test func `what is weak gets more time than what is strong`() {
    let agenda = Agenda(weaknesses: [1], strengths: [2], openActions: 0, minutes: 63)
    // 60 minutes beside one for each part, in shares of 3, 1 and 2.
    #expect(agenda.entries.map(\.minutes) == [31, 11, 21])
  }

  @Test func `all weaknesses get the same time, and the end what is left`() {
    let agenda = Agenda(weaknesses: [1, 2], strengths: [3, 4, 5, 6, 7], openActions: 0, minutes: 90)
    // 82 minutes in 13 shares: 18, 18, 6 each, 12 and the four that are left.
    #expect(agenda.entries.map(\.minutes) == [19, 19, 7, 7, 7, 7, 7, 17])
  }
}

extension Int {
  fileprivate func clamped(from least: Int) -> Int { Swift.max(self, least) }
}
