import Partnering
import Testing

@Suite struct ActionRuleTests {
  @Test func `the owner and every lead say how far an action is, and nobody else`() throws {
    for rule in [ActionRule(isOwner: true, isLead: false), ActionRule(isOwner: false, isLead: true)] {
      try rule.check(from: .open, to: .done, because: nil)
    }
    #expect(throws: ActionRule.Problem.notYours) {
      try ActionRule(isOwner: false, isLead: false).check(from: .open, to: .done, because: nil)
    }
  }

  @Test func `what is dropped says why`() throws {
    let rule = ActionRule(isOwner: true, isLead: false)
    #expect(throws: ActionRule.Problem.noReason) { try rule.check(from: .doing, to: .dropped, because: nil) }
    #expect(throws: ActionRule.Problem.noReason) { try rule.check(from: .doing, to: .dropped, because: "") }
    try rule.check(from: .doing, to: .dropped, because: "No budget")
  }

  @Test func `two people who close one action at once do it once`() {
    #expect(throws: ActionRule.Problem.soAlready(.done)) {
      try ActionRule(isOwner: true, isLead: true).check(from: .done, to: .done, because: nil)
    }
  }

  @Test func `an action is overdue from the day after it was due, until it is closed`() throws {
    let (due, next) = (try #require(CalendarDay(year: 2026, month: 3, day: 2)), try #require(CalendarDay(year: 2026, month: 3, day: 3)))
    #expect(!ActionState.open.isOverdue(due: due, today: due))
    #expect(ActionState.open.isOverdue(due: due, today: next))
    #expect(ActionState.doing.isOverdue(due: due, today: next))
    #expect(!ActionState.done.isOverdue(due: due, today: next))
  }
}
