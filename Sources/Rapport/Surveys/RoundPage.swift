import Partnering

/// A round's own page: what it will show, who may answer, who has confirmed, and what can be done now.
struct RoundPage: Sendable {
  struct PartyOnPage: Sendable {
    let id, name: String
    let marker: PartyMarker
    let people: [PersonOnPage]
    let count: String
    let isConfirmed: Bool
    let confirmedWord: String
    /// Whether the reader leads it, and it is a draft.
    let isOwn: Bool
    /// Also when every party has confirmed and it is a draft all the same: an opening did not finish, and one more yes opens it.
    let asksConfirmation: Bool
    let confirmLabel: String
    let legend: String
  }
  struct PersonOnPage: Sendable {
    let id, name, role: String
    let isOnRoll, isOnPaper: Bool
  }
  struct Draft: Sendable {
    let steps: [Step]
    let numbers, roll, confirmation, discarding, terms: String
    let isLead: Bool
    let warnings: [String]
    let confirmations: [PartyOnPage]
    let own: [PartyOnPage]
  }
  struct Step: Sendable {
    let label: String
    let isDone, isNow: Bool
  }
  struct Running: Sendable {
    let digestWords: [String]
    let answer, extend, extendLabel, withdraw: String?
    let reminder: Reminder?
    /// The projector's page, of a round in the room.
    let room: String?
    /// The address of the sheets, for a lead whose people use paper.
    let slips: String?
    /// What a lead has to do with them before anybody can use them.
    let waitingSlips: [TaskOnPage]
    let withdrawing: String?
    /// How many had answered at the last midnight, a line for each group.
    let counts: [String]
    let countsOf: String
  }
  struct Reminder: Sendable {
    /// The address that sends it; `nil` while it is too early.
    let action: String?
    let next: String
  }
  struct Interrupted: Sendable { let restart, giveUp: String? }

  let path: String
  let state, stateWord: String
  let lead: String
  /// Whether there is still something to announce: a closed round has its report.
  let announces: Bool
  let finding: String
  let shows: [String]
  let facts: [Fact]
  let parties: [PartyOnPage]
  let draft: Draft?
  let running: Running?
  let interrupted: Interrupted?
  let report: String?

  struct Fact: Sendable { let term, value: String }

  /// - Parameter slips: the slips that wait for the reader to print and hand them out.
  init(_ whole: WholeRound, slips: [TaskOnPage], _ scope: RoundScope, _ visit: Visit) {
    let (round, words) = (whole.round, visit.words)
    path = round.path
    (state, stateWord) = (round.state.shape, words("rounds.state-\(round.state.rawValue)"))
    let moment: Named = .text(visit.formats.moment(round.closesAt))
    lead = words(
      "rounds.lead-\(round.state.rawValue)",
      [
        "moment": moment, "day": .text(visit.formats.day(round.closedAt ?? round.closesAt)),
        "reason": .text(round.withdrawnBecause ?? ""),
      ])
    let outlook = RoundOutlook(whole, visit)
    announces = round.state != .closed && round.state != .withdrawn
    (finding, shows) = (outlook.finding, outlook.shows)
    facts = Self.facts(round, whole, visit)
    let parties = whole.parties.map { Self.party($0, whole, scope, visit) }
    self.parties = parties
    draft = round.state == .draft ? Self.draft(whole, parties, outlook.warnings, scope, visit) : nil
    running = round.state == .open ? Self.running(whole, slips, scope, visit) : nil
    let mayLead = scope.partnership.isLead && !scope.partnership.hasEnded
    interrupted =
      round.state != .interrupted
      ? nil
      : Interrupted(
        restart: mayLead ? "\(round.path)/restart" : nil, giveUp: mayLead ? "\(round.path)/giving-up" : nil)
    report = round.state == .closed ? "\(round.path)/report" : nil
  }

  private static func facts(_ round: RoundRecord, _ whole: WholeRound, _ visit: Visit) -> [Fact] {
    let (words, formats) = (visit.words, visit.formats)
    let roll = whole.parties.reduce(0) { $0 + $1.roll.count }
    // The closing time of a round in the room comes with the last yes.
    let lasting = round.state == .draft ? round.roomMinutes : nil
    let closes = lasting.map { words("room.from-opening", ["n": .count($0)]) } ?? formats.moment(round.closesAt)
    var facts = [Fact(term: words("rounds.fact-closes"), value: closes)]
    if lasting == nil, round.extendedAt == nil, round.latestCloseAt > round.closesAt {
      facts.append(Fact(term: words("rounds.fact-latest"), value: formats.moment(round.latestCloseAt)))
    }
    facts += [
      Fact(term: words("rounds.fact-roll"), value: words("rounds.people", ["n": .count(roll)])),
      Fact(term: words("rounds.fact-minimum"), value: words("rounds.people", ["n": .count(round.minimumGroup)])),
      Fact(
        term: words("rounds.fact-comments"), value: words("rounds.from-answers", ["n": .count(round.commentThreshold)])),
    ]
    return facts
  }

  private static func party(
    _ party: RollParty, _ whole: WholeRound, _ scope: RoundScope, _ visit: Visit
  ) -> PartyOnPage {
    let words = visit.words
    let isConfirmed = whole.confirmed.contains(party.id)
    let isOpening = whole.parties.allSatisfy { whole.confirmed.contains($0.id) }
    let isOwn = whole.round.state == .draft && scope.partnership.leads.contains(party.id) && !scope.partnership.hasEnded
    return PartyOnPage(
      id: party.id.text, name: party.name, marker: PartyMarker(seat: party.place),
      people: party.people.map { person in
        PersonOnPage(
          id: person.id.text, name: person.name ?? words("people.former-member", ["organisation": .text(party.name)]),
          role: person.role.isEmpty ? "" : words("rounds.role-\(person.role)"), isOnRoll: person.isOnRoll,
          isOnPaper: person.isOnPaper)
      },
      count: words("rounds.people", ["n": .count(party.roll.count)]), isConfirmed: isConfirmed,
      confirmedWord: words(isConfirmed ? "rounds.confirmed" : isOwn ? "rounds.waits-for-you" : "rounds.waits"),
      isOwn: isOwn, asksConfirmation: !isConfirmed || isOpening,
      confirmLabel: words("rounds.confirm", ["party": .text(party.name)]),
      legend: words("rounds.roll-of", ["party": .text(party.name)]))
  }

  private static func draft(
    _ whole: WholeRound, _ parties: [PartyOnPage], _ warnings: [String], _ scope: RoundScope, _ visit: Visit
  ) -> Draft {
    let path = whole.round.path
    let waits = parties.contains { $0.isOwn && !$0.isConfirmed }
    let steps = [("numbers", true, false), ("roll", !waits, waits), ("confirm", false, !waits), ("open", false, false)]
    return Draft(
      steps: steps.map { Step(label: visit.words("rounds.step-\($0.0)"), isDone: $0.1, isNow: $0.2) },
      numbers: "\(path)/numbers", roll: "\(path)/roll", confirmation: "\(path)/confirmation",
      discarding: "\(path)/discarding", terms: whole.terms.text,
      isLead: scope.partnership.isLead && !scope.partnership.hasEnded, warnings: warnings, confirmations: parties,
      own: parties.filter(\.isOwn))
  }

  private static func running(
    _ whole: WholeRound, _ waitingSlips: [TaskOnPage], _ scope: RoundScope, _ visit: Visit
  ) -> Running {
    let round = whole.round
    let place = whole.parties.flatMap(\.roll).first { $0.id == scope.person.id }
    let printsSlips = whole.parties.contains { scope.partnership.leads.contains($0.id) && !$0.paper.isEmpty }
    let mayLead = scope.partnership.isLead && !scope.partnership.hasEnded
    let canExtend = mayLead && round.extendedAt == nil && round.latestCloseAt > round.closesAt
    let counts = counts(whole, visit)
    let wishing = whole.parties.filter { whole.withdrawing.contains($0.id) }.map(\.name).joined(separator: ", ")
    return Running(
      digestWords: round.digest?.words ?? [], answer: place?.isOnPaper == false ? "/rounds/\(round.id)/answer" : nil,
      extend: canExtend ? "\(round.path)/extension" : nil,
      extendLabel: canExtend
        ? visit.words("rounds.extend", ["moment": .text(visit.formats.moment(round.latestCloseAt))]) : nil,
      withdraw: mayLead ? "\(round.path)/withdrawal" : nil,
      reminder: mayLead ? whole.nextReminder.flatMap { reminder($0, round, visit) } : nil,
      room: round.roomMinutes.map { _ in "\(round.path)/room" },
      slips: mayLead && printsSlips && waitingSlips.isEmpty ? "\(round.path)/slips" : nil, waitingSlips: waitingSlips,
      withdrawing: wishing.isEmpty ? nil : visit.words("rounds.withdrawal-wished-by", ["parties": .text(wishing)]),
      counts: counts,
      countsOf: whole.midnight.map {
        visit.words("rounds.counts-of", ["moment": .text(visit.formats.moment($0.day.start))])
      }
        ?? visit.words("rounds.counts-to-come"))
  }

  private static func reminder(_ next: Instant, _ round: RoundRecord, _ visit: Visit) -> Reminder? {
    guard next < round.closesAt else { return nil }
    return Reminder(
      action: next <= visit.now ? "\(round.path)/reminder" : nil,
      next: visit.words("rounds.reminder-next", ["moment": .text(visit.formats.moment(next))]))
  }

  private static func counts(_ whole: WholeRound, _ visit: Visit) -> [String] {
    guard let midnight = whole.midnight else { return [] }
    let (round, words) = (whole.round, visit.words)
    return zip(OpeningDocument.segments(of: round, whole.parties), midnight.ballots).map { segment, ballots in
      let group = segment.name == OpeningDocument.everybody ? words("rounds.everybody") : segment.name
      return words(
        ballots < round.minimumGroup ? "rounds.count-few" : "rounds.count",
        ["group": .text(group), "n": .count(ballots), "k": .count(round.minimumGroup), "roll": .count(segment.roll)])
    }
  }
}

/// What a round will and will not show, in plain words, from its roll and numbers alone.
struct RoundOutlook: Sendable {
  let finding: String
  let shows: [String]
  let warnings: [String]

  init(_ whole: WholeRound, _ visit: Visit) {
    let (round, words) = (whole.round, visit.words)
    let rolls = whole.parties.map { DisclosureOutlook.PartyRoll(name: $0.name, size: $0.roll.count) }
    let outlook = DisclosureOutlook(parties: rolls, thresholds: round.thresholds)
    let k: Named = .count(round.minimumGroup)
    finding =
      switch outlook.split {
      case _ where !outlook.canShowFigures: words("rounds.shows-nothing", ["k": k])
      case .oneParty: words("rounds.shows-team", ["k": k])
      case .possible: words("rounds.shows-split", ["k": k])
      case .tooSmall(let parties):
        words("rounds.shows-no-split", ["k": k, "parties": .text(parties.map(\.name).joined(separator: ", "))])
      }
    shows = [
      words("rounds.shows-never", ["k": k]),
      words(
        outlook.canShowDistributions ? "rounds.shows-distribution" : "rounds.shows-no-distribution",
        ["n": .count(DisclosureThresholds.distributionFrom)]),
      words(
        outlook.canShowComments ? "rounds.shows-comments" : "rounds.shows-no-comments",
        ["n": .count(round.commentThreshold)]),
    ]
    var warnings: [String] = []
    if let lopsided = outlook.lopsided {
      warnings.append(
        words("rounds.lopsided", ["larger": .text(lopsided.larger.name), "smaller": .text(lopsided.smaller.name)]))
    }
    if let difference = whole.difference, difference.isTelling(minimumGroup: round.minimumGroup) {
      warnings.append(words("rounds.roll-differs", ["n": .count(difference.onOneOnly)]))
    }
    self.warnings = warnings
  }
}
