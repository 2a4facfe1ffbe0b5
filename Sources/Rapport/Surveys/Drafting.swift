import Hummingbird
import Partnering

/// Preparing a round: its numbers, its roll, and the parties' yes.
extension RoundRoutes {
  @Sendable func list(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope) = (try context.visiting(), try await context.partnership())
    let rounds = try await store.rounds(in: scope)
    let isActive = try await store.isActive(scope)
    let mayDraft = scope.isLead && isActive && !rounds.contains { $0.state == .draft || $0.state.isRunning }
    let content = RoundsPage(rounds, mayDraft: mayDraft, scope, visit)
    return try visit.page("rounds", content, visit.roundHead(in: scope, "rounds.title", lead: "rounds.lead"))
  }

  @Sendable func showNew(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope) = (try context.visiting(), try await context.partnership())
    try await mustBeAbleToDraft(scope)
    return try numbersPage(.new(NumbersForm(usualAt: visit.now, visit.formats)), nil, scope, visit)
  }

  @Sendable func draft(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope) = (try context.visiting(), try await context.partnership())
    try await mustBeAbleToDraft(scope)
    let form = NumbersForm(visit.form)
    do {
      let numbers = try form.numbers(at: visit.now, visit.formats)
      guard let instrument = house.instruments.newest(InstrumentLibrary.usual, in: visit.language) else {
        throw Refusal.notFound
      }
      let round = try await store.draft(numbers, of: instrument, in: scope, at: visit.now)
      return visit.redirect(to: round.path, saying: "rounds.drafted")
    } catch let refusals as FieldRefusals {
      return try numbersPage(.new(form), refusals, scope, visit)
    }
  }

  @Sendable func showNumbers(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope, round) = try await led(context, in: .draft, otherwise: "rounds.no-draft")
    return try numbersPage(.change(NumbersForm(round, at: visit.now, visit.formats), round), nil, scope.partnership, visit)
  }

  @Sendable func changeNumbers(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope, round) = try await led(context, in: .draft, otherwise: "rounds.no-draft")
    let form = NumbersForm(visit.form)
    do {
      try await store.change(form.numbers(at: visit.now, visit.formats), of: scope, at: visit.now)
      return visit.redirect(to: round.path, saying: "rounds.numbers-kept")
    } catch let refusals as FieldRefusals {
      return try numbersPage(.change(form, round), refusals, scope.partnership, visit)
    }
  }

  @Sendable func setRoll(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope, round) = try await led(context, in: .draft, otherwise: "rounds.no-draft")
    let party = try ownParty(visit.form, scope)
    let (chosen, paper) = (visit.form.all("person").compactMap { ID<Person>($0) }, visit.form.all("paper").compactMap { ID<Person>($0) })
    try await store.setRoll(Set(chosen), onPaper: Set(paper), of: party, scope: scope)
    return visit.redirect(to: round.path, saying: "rounds.roll-kept")
  }

  /// A lead's yes for one party. The last one opens the round.
  @Sendable func confirm(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope, round) = try await led(context, in: .draft, otherwise: "rounds.no-draft")
    let party = try ownParty(visit.form, scope)
    try house.mayOpen()
    try await store.check(round, at: visit.now, house.instruments)
    guard try await store.confirm(visit.form["terms"], for: party, scope: scope, at: visit.now) else {
      return visit.redirect(to: round.path, saying: "rounds.confirmed-waiting")
    }
    try await house.open(scope, at: visit.now)
    return visit.redirect(to: round.path, saying: "rounds.opened")
  }

  @Sendable func askDiscarding(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope, round) = try await led(context, in: .draft, otherwise: "rounds.no-draft")
    return try endingPage(.discarding, round, scope, visit)
  }

  @Sendable func discard(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope, _) = try await led(context, in: .draft, otherwise: "rounds.no-draft")
    try await store.discard(scope)
    return visit.redirect(to: "/partnerships/\(scope.partnership.partnership)/rounds", saying: "rounds.discarded")
  }

  /// A round of a partnership in which the person leads a party.
  func led(
    _ context: PageContext, in state: RoundState, otherwise key: String
  ) async throws -> (Visit, RoundScope, RoundRecord) {
    let (visit, scope) = (try context.visiting(), try await context.round())
    try scope.partnership.mustLead()
    let round = try await store.round(scope)
    guard round.state == state else { throw Refusal.because(key) }
    return (visit, scope, round)
  }

  private func mustBeAbleToDraft(_ scope: PartnershipScope) async throws {
    try scope.mustLead()
    guard try await store.isActive(scope) else { throw Refusal.because("rounds.not-active") }
  }

  /// The party that a form speaks for; only one that the person leads.
  func ownParty(_ form: Form, _ scope: RoundScope) throws -> ID<Party> {
    guard let party = form.id("party", of: Party.self), scope.partnership.leads.contains(party) else {
      throw Refusal.because("rounds.own-party-only", status: .forbidden)
    }
    return party
  }

  private func numbersPage(
    _ kind: NumbersPage.Kind, _ refusals: FieldRefusals?, _ scope: PartnershipScope, _ visit: Visit
  ) throws -> Response {
    let content = NumbersPage(kind, refusals, scope, visit)
    let head = visit.roundHead(in: scope, content.titleKey, lead: content.leadKey)
    return try visit.page("round-numbers", content, head, status: refusals == nil ? .ok : .unprocessableContent)
  }
}

extension RoundStore {
  func check(_ round: RoundRecord, at now: Instant, _ instruments: InstrumentLibrary) async throws {
    try await database.read { try Self.check(round, at: now, instruments, $0) }
  }
}

/// The numbers of a round as typed.
struct NumbersForm: Sendable {
  let isInTheRoom: Bool
  let closes, latest, minimumGroup, comments: String

  init(_ form: Form) {
    isInTheRoom = form["closing"] == "room"
    (closes, latest) = (form["closes"], form["latest"])
    (minimumGroup, comments) = (form["minimum-group"], form["comment-threshold"])
  }

  init(usualAt now: Instant, _ formats: Formats) {
    let usual = RoundTimes.usual(from: now)
    self.init(usual.closes, usual.latest, DisclosureThresholds.usual, isInTheRoom: false, formats)
  }

  init(_ round: RoundRecord, at now: Instant, _ formats: Formats) {
    let isInTheRoom = round.roomMinutes != nil
    let times = isInTheRoom ? RoundTimes.usual(from: now) : (closes: round.closesAt, latest: round.latestCloseAt)
    self.init(times.closes, times.latest, round.thresholds, isInTheRoom: isInTheRoom, formats)
  }

  private init(
    _ closes: Instant, _ latest: Instant, _ thresholds: DisclosureThresholds, isInTheRoom: Bool, _ formats: Formats
  ) {
    self.isInTheRoom = isInTheRoom
    (self.closes, self.latest) = (formats.fieldValue(closes), formats.fieldValue(latest))
    (minimumGroup, comments) = (String(thresholds.minimumGroup), String(thresholds.comments))
  }

  /// - Throws: `FieldRefusals`.
  func numbers(at now: Instant, _ formats: Formats) throws -> RoundNumbers {
    var refusals = FieldRefusals()
    let closing = closing(at: now, formats, &refusals)
    let k = Int(minimumGroup), threshold = Int(comments)
    if k.map({ !(DisclosureThresholds.smallestMinimumGroup...1_000).contains($0) }) ?? true {
      refusals.refuse("minimum-group", "rounds.minimum-group-range", ["n": .count(DisclosureThresholds.smallestMinimumGroup)])
    }
    if threshold.map({ !(DisclosureThresholds.smallestCommentThreshold...1_000).contains($0) }) ?? true {
      refusals.refuse(
        "comment-threshold", "rounds.comment-threshold-range", ["n": .count(DisclosureThresholds.smallestCommentThreshold)])
    }
    try refusals.check()
    guard let closing, let k, let threshold else { throw refusals }
    return RoundNumbers(closing: closing, thresholds: try DisclosureThresholds(minimumGroup: k, comments: threshold))
  }

  /// - Throws: `FieldRefusals`.
  func closing(at now: Instant, _ formats: Formats) throws -> ClosingPlan {
    var refusals = FieldRefusals()
    guard let closing = closing(at: now, formats, &refusals) else { throw refusals }
    return closing
  }

  private func closing(at now: Instant, _ formats: Formats, _ refusals: inout FieldRefusals) -> ClosingPlan? {
    if isInTheRoom { return .usualInTheRoom }
    let (first, last) = (formats.instant(fromField: closes), formats.instant(fromField: latest))
    if first == nil { refusals.refuse("closes", "rounds.time-form") }
    if last == nil { refusals.refuse("latest", "rounds.time-form") }
    guard let first, let last else { return nil }
    do { return .at(try RoundTimes(closes: first, latest: last, now: now)) } catch {
      switch error {
      case .tooSoon: refusals.refuse("closes", "rounds.closes-soon", ["n": .count(5)])
      case .latestBeforeClose: refusals.refuse("latest", "rounds.latest-before")
      case .tooLate: refusals.refuse("latest", "rounds.latest-late", ["n": .count(180)])
      }
      return nil
    }
  }
}
