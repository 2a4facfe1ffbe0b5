import Partnering
import Testing

/// 09:00 UTC on 2 March 2026.
private let now = Instant(milliseconds: 1_772_442_000_000)
private let aMillisecond = Span(milliseconds: 1)

@Suite struct ClosingPlanTests {
  @Test func `in the room the close comes so many minutes after the opening, and there is no later time`() {
    for minutes in [1, 20, 45] {
      let times = ClosingPlan.inTheRoom(minutes: minutes).times(openingAt: now)
      #expect(times.closes.since(now) == .minutes(Int64(minutes)))
      #expect(times.latest == times.closes)
    }
  }

  @Test func `a round in the room that opens later closes later`() {
    let (early, late) = (ClosingPlan.usualInTheRoom.times(openingAt: now), ClosingPlan.usualInTheRoom.times(openingAt: now + .days(3)))
    #expect(late.closes.since(early.closes) == .days(3))
  }

  @Test func `a written time stays as it is, whenever the round opens`() throws {
    let times = try RoundTimes(closes: now + .days(14), latest: now + .days(21), now: now)
    for opening in [now, now + .days(5)] { #expect(ClosingPlan.at(times).times(openingAt: opening) == times) }
  }

  @Test func `only a round in the room lasts a number of minutes, and usually twenty`() throws {
    #expect(ClosingPlan.usualInTheRoom.minutesInTheRoom == 20)
    #expect(ClosingPlan.inTheRoom(minutes: 7).minutesInTheRoom == 7)
    #expect(ClosingPlan.at(try RoundTimes(closes: now + .hours(1), latest: now + .hours(1), now: now)).minutesInTheRoom == nil)
  }

  @Test func `whoever agreed on minutes has not agreed on the time that they come to`() throws {
    let room = ClosingPlan.inTheRoom(minutes: 20)
    #expect(room != .inTheRoom(minutes: 21))
    #expect(room != .at(room.times(openingAt: now)))
  }
}

@Suite struct RoundTimesTests {
  @Test func `a round lasts five minutes at least`() throws {
    let first = now + .minutes(5)
    #expect(try RoundTimes(closes: first, latest: first, now: now).closes == first)
    #expect(throws: RoundTimesRefusal.tooSoon) { try RoundTimes(closes: first - aMillisecond, latest: first, now: now) }
  }

  @Test func `the later time is the close itself or comes after it`() throws {
    let close = now + .days(14)
    #expect(try RoundTimes(closes: close, latest: close, now: now).latest == close)
    #expect(throws: RoundTimesRefusal.latestBeforeClose) { try RoundTimes(closes: close, latest: close - aMillisecond, now: now) }
  }

  @Test func `a round lasts half a year at most, up to its later time`() throws {
    let last = now + .days(180)
    #expect(try RoundTimes(closes: now + .days(14), latest: last, now: now).latest == last)
    #expect(throws: RoundTimesRefusal.tooLate) { try RoundTimes(closes: now + .days(14), latest: last + aMillisecond, now: now) }
  }

  @Test func `two weeks and a week more are proposed, from the whole hour`() {
    let usual = RoundTimes.usual(from: now + .minutes(59))
    #expect(usual.closes == now + .days(14) && usual.latest == now + .days(21))
  }
}

@Suite struct RoundSpacingTests {
  private func closed(_ at: Instant, showedFigures: Bool = true) -> RoundSpacing.Earlier {
    .init(state: .closed, closedAt: at, showedFigures: showedFigures)
  }

  @Test(arguments: [RoundState.opening, .open, .interrupted])
  func `while another runs none opens`(state: RoundState) {
    let other = RoundSpacing.Earlier(state: state, closedAt: nil, showedFigures: false)
    #expect(throws: RoundSpacingRefusal.anotherRuns) { try RoundSpacing.check([other], at: now) }
  }

  @Test func `the next opens 28 days after the last close that showed figures, and no millisecond earlier`() throws {
    let (last, before) = (closed(now), closed(now - .days(200)))
    for others in [[last, before], [before, last]] {
      try RoundSpacing.check(others, at: now + .days(28))
      #expect(throws: RoundSpacingRefusal.tooSoon(until: now + .days(28))) {
        try RoundSpacing.check(others, at: now + .days(28) - aMillisecond)
      }
    }
  }

  @Test func `a close without figures, a withdrawal and a draft start no wait`() throws {
    try RoundSpacing.check([], at: now)
    try RoundSpacing.check([closed(now, showedFigures: false)], at: now)
    for state in [RoundState.withdrawn, .draft] {
      try RoundSpacing.check([.init(state: state, closedAt: now, showedFigures: true)], at: now)
    }
  }
}

@Suite struct RoundEndingRulesTests {
  @Test func `one lead withdraws alone for a day, and not a millisecond longer`() {
    #expect(WithdrawalRule(openedAt: now, now: now) == .oneLead)
    #expect(WithdrawalRule(openedAt: now, now: now + .hours(24) - aMillisecond) == .oneLead)
    #expect(WithdrawalRule(openedAt: now, now: now + .hours(24)) == .aLeadOfEveryParty)
  }

  @Test func `a roll tells by its change if fewer came or went than a group needs, but not if nobody did`() {
    let roll = Set(1...10)
    #expect(!RollDifference(roll, roll).isTelling(minimumGroup: 5))
    // One has gone and three have come.
    let changed = RollDifference(Set(2...13), roll)
    #expect(changed.onOneOnly == 4 && changed.larger == 12)
    #expect(changed.isTelling(minimumGroup: 5) && !changed.isTelling(minimumGroup: 4))
    #expect(RollDifference(roll, Set(2...13)) == changed)
  }
}
