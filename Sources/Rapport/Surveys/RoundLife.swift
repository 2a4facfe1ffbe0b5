import Ballots
import Database
import Foundation
import Partnering

/// What can become of a round between its opening and its close: extended, withdrawn, interrupted, restarted, given up.
extension RoundStore {
  func unfinished() async throws -> [RoundRecord] {
    try await database.read { connection in
      try connection.query("SELECT \(RoundRecord.columns) FROM round WHERE state IN ('opening', 'open')")
        .map(RoundRecord.init)
    }
  }

  /// Its sealed values cannot be read any more: a restore, or a lost key file.
  func interrupt(_ id: ID<Round>, in space: ID<Space>, at now: Instant) async throws {
    try await database.write { try Self.interrupt(id, in: space, at: now, $0) }
  }

  /// Marks it, and tells everybody on the roll and the leads, who alone can restart it.
  static func interrupt(_ id: ID<Round>, in space: ID<Space>, at now: Instant, _ connection: any Connection) throws {
    let changed = try connection.execute(
      "UPDATE round SET state = 'interrupted', interrupted_at = $3 WHERE space_id = $1 AND id = $2 AND state = 'open'",
      [.id(space), .id(id), .instant(now)])
    guard changed == 1 else { return }
    try SealedRoundStore.forgetCount(of: id, in: space, connection)
    let round = try round(id, in: space, connection)
    let told = Set(try rollIDs(of: id, in: space, connection)).union(
      try leadIDs(of: round.partnership, in: space, connection))
    try PeopleStore.queue(
      .interruption, for: told.sorted(), in: space, partnership: round.partnership, round: id, at: now, connection)
    try note("rounds.happened-interrupted", round, at: now, connection)
  }

  /// Moves the close to the later time, once, for everybody. The digest and all credentials stay.
  func extend(_ scope: RoundScope, at now: Instant, by clock: Clock) async throws {
    try await database.write { connection in
      let round = try Self.mustBeOpen(scope, by: clock, connection)
      guard round.extendedAt == nil, round.latestCloseAt > round.closesAt else {
        throw Refusal.because("rounds.no-extension")
      }
      try connection.execute(
        "UPDATE round SET closes_at = latest_close_at, extended_at = $3 WHERE space_id = $1 AND id = $2",
        [.id(scope.space), .id(scope.round), .instant(now)])
      try Self.tellRoll(.extension, of: round, at: now, connection)
      try Self.note("rounds.happened-extended", round, by: scope.person.id, at: now, connection)
    }
  }

  /// Reminds everybody on the roll alike, whoever has answered: nobody can know.
  /// - Throws: `Refusal.because` if it is too early.
  func remind(_ scope: RoundScope, _ formats: Formats, at now: Instant, by clock: Clock) async throws {
    try await database.write { connection in
      let round = try Self.mustBeOpen(scope, by: clock, connection)
      guard let next = try Self.nextReminder(of: round, connection) else { throw Refusal.because("rounds.no-reminder") }
      guard next <= now else {
        throw Refusal.because("rounds.reminder-too-early", ["moment": .text(formats.moment(next))])
      }
      try Self.tellRoll(.reminder, of: round, at: now, connection)
      try Self.note("rounds.happened-reminded", round, by: scope.person.id, at: now, connection)
    }
  }

  static func nextReminder(of round: RoundRecord, _ connection: any Connection) throws -> Instant? {
    guard round.state == .open, round.roomMinutes == nil, let openedAt = round.openedAt else { return nil }
    let last = try connection.first(
      """
      SELECT max(happened_at) AS last FROM event
      WHERE space_id = $1 AND round_id = $2 AND kind = 'rounds.happened-reminded' AND happened_at >= $3
      """, [.id(round.space), .id(round.id), .instant(openedAt)])
    return ReminderRule.next(openedAt: openedAt, last: try last?.instantIfAny("last"))
  }

  /// A lead's wish to withdraw an open round, for the parties that the lead leads.
  /// - Returns: whether it is withdrawn now; otherwise leads of other parties are awaited.
  func withdraw(_ scope: RoundScope, because: String, at now: Instant, by clock: Clock) async throws -> Bool {
    try await database.write { connection in
      let round = try Self.mustBeOpen(scope, by: clock, connection)
      let terms = "attempt \(round.attempt)"
      for party in scope.partnership.leads {
        try Self.consent(
          .withdrawal, for: party, scope: scope, terms: terms, because: because, at: now, connection)
      }
      let rule = WithdrawalRule(openedAt: round.openedAt ?? now, now: now)
      let parties = try Self.parties(of: round, connection).map(\.id)
      let agreed = try Self.consents(.withdrawal, to: round.id, in: round.space, terms: terms, connection)
      guard rule == .oneLead || agreed.isSuperset(of: parties) else {
        try Self.note(
          "rounds.happened-withdrawal-wished", round, by: scope.person.id, note: because, at: now, connection)
        return false
      }
      try Self.end(round, because: because, by: scope.person.id, "rounds.happened-withdrawn", at: now, connection)
      return true
    }
  }

  /// Gives up an interrupted round: it can be read by nobody, and no new keys are made for it.
  func giveUp(_ scope: RoundScope, because: String, at now: Instant) async throws {
    try await database.write { connection in
      let round = try Self.round(scope.round, in: scope.space, connection)
      guard round.state == .interrupted else { throw Refusal.because("rounds.not-interrupted") }
      try Self.end(round, because: because, by: scope.person.id, "rounds.happened-given-up", at: now, connection)
    }
  }

  /// Takes an interrupted round to the state *opening* again: same roll, same thresholds, a new time.
  func beginRestart(_ scope: RoundScope, _ closing: ClosingPlan, at now: Instant) async throws -> RoundRecord {
    let times = closing.times(openingAt: now)
    return try await database.write { connection in
      let round = try Self.round(scope.round, in: scope.space, connection)
      guard round.state == .interrupted else { throw Refusal.because("rounds.not-interrupted") }
      try connection.execute(
        """
        UPDATE round SET state = 'opening', attempt = attempt + 1, closes_at = $3, latest_close_at = $4,
          extended_at = NULL, room_minutes = $5
        WHERE space_id = $1 AND id = $2
        """,
        [
          .id(scope.space), .id(scope.round), .instant(times.closes), .instant(times.latest),
          Value(closing.minutesInTheRoom),
        ])
      try StandingStore.mark(round.partnership, in: round.space, connection)
      return try Self.round(scope.round, in: scope.space, connection)
    }
  }

  static func withdrawalWishes(
    _ round: RoundRecord, _ connection: any Connection
  ) throws -> Set<ID<Party>> {
    try consents(.withdrawal, to: round.id, in: round.space, terms: "attempt \(round.attempt)", connection)
  }

  /// By the clock that closes it: what one server refuses as closed no other extends.
  private static func mustBeOpen(
    _ scope: RoundScope, by clock: Clock, _ connection: any Connection
  ) throws -> RoundRecord {
    let round = try round(scope.round, in: scope.space, connection)
    guard round.state == .open, try clock.now(by: connection) < round.closesAt else { throw Refusal.because("rounds.not-open") }
    return round
  }

  private static func end(
    _ round: RoundRecord, because: String, by person: ID<Person>, _ event: String, at now: Instant,
    _ connection: any Connection
  ) throws {
    try connection.execute(
      """
      UPDATE round SET state = 'withdrawn', withdrawn_at = $3, withdrawn_because = $4
      WHERE space_id = $1 AND id = $2
      """, [.id(round.space), .id(round.id), .instant(now), .text(because)])
    try SealedRoundStore.forgetCount(of: round.id, in: round.space, connection)
    try PeopleStore.forgetNames(ofErasedIn: round.id, in: round.space, connection)
    try tellRoll(.withdrawal, of: round, at: now, connection)
    try note(event, round, by: person, note: because, at: now, connection)
  }

  private static func tellRoll(
    _ kind: MessageKind, of round: RoundRecord, at now: Instant, _ connection: any Connection
  ) throws {
    try PeopleStore.queue(
      kind, for: try rollIDs(of: round.id, in: round.space, connection), in: round.space,
      partnership: round.partnership, round: round.id, at: now, connection)
  }
}

extension House {
  /// After a round was withdrawn or given up: what was sealed is gone, and so is its key.
  func destroy(_ round: ID<Round>) async {
    await sealedRounds.forget(round, because: .withdrawn)
    await bury(round)
  }

  /// New keys, digest and time for an interrupted round; the browsers send their saved answers again.
  func restart(_ scope: RoundScope, _ closing: ClosingPlan, at now: Instant) async throws {
    try mayOpen()
    guard let name = scope.round.roundName, try !keys.isClosed(name) else {
      throw Refusal.because("rounds.closed-once")
    }
    let round = try await roundStore.beginRestart(scope, closing, at: now)
    do { try await finishOpening(round, at: now) } catch {
      await takeBack(round)
      throw error
    }
    await sealedRounds.forget(round.id)
  }
}
