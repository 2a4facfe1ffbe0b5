import Hummingbird
import Partnering

/// A round's page, and what leads can do with one that has been opened.
extension RoundRoutes {
  @Sendable func show(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope) = (try context.visiting(), try await context.round())
    let found = try await store.whole(scope, house.instruments)
    let waiting = try await house.waiting(
      for: scope.partnership.person, in: scope.partnership.partnership, at: visit.now)
    let content = RoundPage(
      found, slips: waiting.filter { $0.isAboutSlips(of: scope.round) }.map { visit.task($0) }, scope, visit)
    let head = visit.roundHead(in: scope.partnership, title: visit.roundName(found.round), lead: content.lead)
    return try visit.page("round", content, head)
  }

  @Sendable func extend(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope, round) = try await led(context, in: .open, otherwise: "rounds.not-open")
    try await store.extend(scope, at: visit.now, by: house.clock)
    return visit.redirect(to: round.path, saying: "rounds.extended")
  }

  @Sendable func remind(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope, round) = try await led(context, in: .open, otherwise: "rounds.not-open")
    try await store.remind(scope, visit.formats, at: visit.now, by: house.clock)
    return visit.redirect(to: round.path, saying: "rounds.reminded")
  }

  @Sendable func askWithdrawal(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope, round) = try await led(context, in: .open, otherwise: "rounds.not-open")
    return try endingPage(.withdrawal, round, scope, visit)
  }

  @Sendable func withdraw(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope, round) = try await led(context, in: .open, otherwise: "rounds.not-open")
    do {
      let because = try reason(visit.form)
      guard try await house.ending({
        try await store.withdraw(scope, because: because, at: visit.now, by: house.clock)
      }) else {
        return visit.redirect(to: round.path, saying: "rounds.withdrawal-waiting")
      }
    } catch let refusals as FieldRefusals {
      return try endingPage(.withdrawal, round, scope, visit, refusals)
    }
    await house.destroy(scope.round)
    return visit.redirect(to: round.path, saying: "rounds.withdrawn-now")
  }

  @Sendable func showRestart(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope, round) = try await led(context, in: .interrupted, otherwise: "rounds.not-interrupted")
    return try restartPage(NumbersForm(usualAt: visit.now, visit.formats), nil, round, scope, visit)
  }

  @Sendable func restart(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope, round) = try await led(context, in: .interrupted, otherwise: "rounds.not-interrupted")
    let form = NumbersForm(visit.form)
    do {
      try await house.restart(scope, try form.closing(at: visit.now, visit.formats), at: visit.now)
      return visit.redirect(to: round.path, saying: "rounds.restarted")
    } catch let refusals as FieldRefusals {
      return try restartPage(form, refusals, round, scope, visit)
    }
  }

  @Sendable func askGivingUp(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope, round) = try await led(context, in: .interrupted, otherwise: "rounds.not-interrupted")
    return try endingPage(.givingUp, round, scope, visit)
  }

  @Sendable func giveUp(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope, round) = try await led(context, in: .interrupted, otherwise: "rounds.not-interrupted")
    do {
      let because = try reason(visit.form)
      try await house.ending { try await store.giveUp(scope, because: because, at: visit.now) }
    } catch let refusals as FieldRefusals { return try endingPage(.givingUp, round, scope, visit, refusals) }
    await house.destroy(scope.round)
    return visit.redirect(to: round.path, saying: "rounds.given-up")
  }

  func endingPage(
    _ ending: RoundEndingPage.Ending, _ round: RoundRecord, _ scope: RoundScope, _ visit: Visit,
    _ refusals: FieldRefusals? = nil
  ) throws -> Response {
    let content = RoundEndingPage(ending, round, refusals, visit)
    let head = visit.roundHead(
      in: scope.partnership, title: visit.words("rounds.\(ending.rawValue)-title"),
      below: (visit.roundName(round), round.path))
    return try visit.page("round-ending", content, head, status: refusals == nil ? .ok : .unprocessableContent)
  }

  private func restartPage(
    _ form: NumbersForm, _ refusals: FieldRefusals?, _ round: RoundRecord, _ scope: RoundScope, _ visit: Visit
  ) throws -> Response {
    let content = NumbersPage(.restart(form, round), refusals, scope.partnership, visit)
    let head = visit.roundHead(in: scope.partnership, content.titleKey, lead: content.leadKey)
    return try visit.page("round-numbers", content, head, status: refusals == nil ? .ok : .unprocessableContent)
  }

  /// - Throws: `FieldRefusals`.
  private func reason(_ form: Form) throws -> String {
    var refusals = FieldRefusals()
    let reason = form["reason"]
    if !(1...1_000).contains(reason.unicodeScalars.count) || reason.unicodeScalars.contains("\0") {
      refusals.refuse("reason", "rounds.reason-length", ["n": .count(1_000)])
    }
    try refusals.check()
    return reason
  }
}

/// Everything that a round's page tells.
struct WholeRound: Sendable {
  let round: RoundRecord
  let parties: [RollParty]
  let terms: RoundTerms
  let confirmed: Set<ID<Party>>
  /// The parties whose leads want an open round withdrawn.
  let withdrawing: Set<ID<Party>>
  /// How much the roll differs from the last closed round's; `nil` without one.
  let difference: RollDifference?
  let midnight: MidnightCounts?
  /// When the people of an open round may be reminded next; `nil` of a round in the room, where all sit together.
  let nextReminder: Instant?
}

extension RoundStore {
  func whole(_ scope: RoundScope, _ instruments: InstrumentLibrary) async throws -> WholeRound {
    try await database.read { connection in
      let round = try Self.round(scope.round, in: scope.space, connection)
      let parties = try Self.parties(of: round, connection)
      let terms = RoundTerms(of: round, parties: parties)
      let before = try Self.lastClosed(before: round, showingFigures: true, connection)
        .map { Set(try Self.rollIDs(of: $0, in: round.space, connection)) }
      return WholeRound(
        round: round, parties: parties, terms: terms,
        confirmed: try Self.consents(.opening, to: round.id, in: round.space, terms: terms.text, connection),
        withdrawing: try Self.withdrawalWishes(round, connection),
        difference: before.map { RollDifference(Set(parties.flatMap(\.roll).map(\.id)), $0) },
        midnight: try Self.midnightCounts(of: round, connection),
        nextReminder: try Self.nextReminder(of: round, connection))
    }
  }
}
