import Ballots
import Database
import Foundation
import Logging
import Partnering

extension House {
  /// Closes every round whose closing time has come by the house's clock: makes its report, once and for all.
  /// - Returns: how many were closed.
  @discardableResult
  public func closeDueRounds() async throws -> Int {
    var closed = 0
    for due in try await roundStore.due(by: clock) where try await close(due) { closed += 1 }
    return closed
  }

  /// - Returns: whether it was still open and is closed now.
  @discardableResult
  func close(_ round: RoundRecord) async throws -> Bool {
    guard let name = round.id.roundName else { return false }
    do {
      _ = try keys.key(of: name)
      guard try await ending({ try await closeAndCount(round) }) else { return false }
    } catch let failure where SealedRounds.isLoss(failure) {
      try await sealedRounds.interrupt(round.id, in: round.space)
      return false
    }
    await sealedRounds.forget(round.id, because: .closed(at: round.closesAt))
    await bury(round.id)
    await tell(round.id, in: round.space)
    return true
  }

  /// Runs what ends a round. Whether it is over, a connection that was lost at the commit does not say: then the sweep looks.
  func ending<Result>(_ work: () async throws -> Result) async throws -> Result {
    do { return try await work() } catch {
      if error.isOutage { await leftovers.sweepLater() }
      throw error
    }
  }

  /// Where one process alone takes answers, it counts them beside the others' commits; else it counts the sealed rows, so that an
  /// answer is either among them or finds the round closed.
  private func closeAndCount(_ round: RoundRecord) async throws -> Bool {
    do {
      guard let held = try await sealedRounds.hold(round.id, closedAt: round.closesAt) else {
        return try await roundStore.close(round, as: try await sealedRounds.open(round.id), instruments, clock)
      }
      let closed = try await roundStore.close(round, as: held.round, held.sealed, instruments, clock)
      if !closed { await sealedRounds.letGo(round.id) }
      return closed
    } catch is RoundClosed {
      return false
    } catch {
      await sealedRounds.letGo(round.id)
      throw error
    }
  }

  /// Removes what is sealed of a round that is over: without its key it is noise. Some at a time, so that others' answers
  /// come between; a round of very many would hold them up for seconds.
  func clearSealed(_ round: ID<Round>) async throws {
    while try await roundStore.removeSealed(of: round, atMost: 64) {}
  }

  /// Removes the sealing keys of rounds that are over, and notes the closed ones: a crash may have come between.
  func sweepKeys() async throws {
    let over = try await roundStore.over()
    // First the keys: to remove them needs no room.
    _ = try keys.sweep(over.filter { $0.state != .interrupted }.compactMap(\.id.roundName))
    for round in over where round.state == .interrupted {
      try await roundStore.whileInterrupted(round.id) { [keys] in
        _ = try round.id.roundName.map { try keys.sweep([$0]) }
      }
    }
    try keys.markClosed(over.filter { $0.state != .interrupted }.compactMap(\.id.roundName))
    for round in try await roundStore.overButSealed() { try await clearSealed(round) }
    for (space, round) in try await roundStore.toTell() { try await roundStore.tell(round, in: space, at: clock.now) }
    await leftovers.swept()
  }
}

extension RoundStore {
  func due(by clock: Clock) async throws -> [RoundRecord] {
    try await database.read { connection in
      let now = try clock.now(by: connection)
      return try connection.query(
        "SELECT \(RoundRecord.columns) FROM round WHERE state = 'open' AND closes_at <= $1 ORDER BY closes_at, id",
        [.instant(now)]
      ).map(RoundRecord.init)
    }
  }

  /// How long until the next open round is due; `nil` if none is.
  func untilNextClose(by clock: Clock) async throws -> Duration? {
    try await database.read { connection in
      let now = try clock.now(by: connection)
      return try connection.first(
        "SELECT MIN(closes_at) AS next FROM round WHERE state = 'open' AND closes_at > $1", [.instant(now)]
      )?.instantIfAny("next").map { .milliseconds($0.milliseconds - now.milliseconds) }
    }
  }

  /// Rounds that are over, of which sealed values are left.
  func overButSealed() async throws -> [ID<Round>] {
    try await database.read { connection in
      try connection.query(
        """
        SELECT id FROM round
        WHERE state IN ('closed', 'withdrawn') AND EXISTS (
          SELECT 1 FROM sealed_value WHERE sealed_value.space_id = round.space_id AND round_id = round.id)
        """
      ).map { try $0.id("id") }
    }
  }

  /// - Returns: whether there may be more.
  func removeSealed(of round: ID<Round>, atMost count: Int) async throws -> Bool {
    try await database.write { connection in
      try connection.execute(
        """
        DELETE FROM sealed_value
        WHERE (space_id, round_id, kind, segment, bucket, page) IN (
          SELECT space_id, round_id, kind, segment, bucket, page FROM sealed_value
          WHERE space_id = (SELECT space_id FROM round WHERE id = $1) AND round_id = $1
          LIMIT CAST($2 AS BIGINT))
        """, [.id(round), Value(count)]) == count
    }
  }

  /// Nothing, if a lead restarts the round meanwhile: then the key in the file is a new one.
  func whileInterrupted(_ round: ID<Round>, _ work: @escaping @Sendable () throws -> Void) async throws {
    try await database.write { connection in
      // An update, so that a restart on another server waits for it.
      let isStill = try connection.execute(
        "UPDATE round SET state = state WHERE id = $1 AND state = 'interrupted'", [.id(round)])
      if isStill == 1 { try work() }
    }
  }

  func over() async throws -> [(id: ID<Round>, state: RoundState)] {
    try await database.read { connection in
      try connection.query("SELECT id, state FROM round WHERE state IN ('closed', 'withdrawn', 'interrupted')").map {
        (try $0.id("id"), RoundState(rawValue: try $0.text("state")) ?? .interrupted)
      }
    }
  }

  /// The close where another server may hold the round, in three transactions. The first touches the round's row after its
  /// time: whoever saw the row before, and is still writing an answer, cannot have it kept once the second has counted
  /// without it; that is what serializable means. One transaction for all would read the sealed values and write a row that
  /// stands among those of other rounds: as long as anybody answers there, it would lose every race.
  /// [anonymity, Close; Ports and Grittner, Serializable Snapshot Isolation in PostgreSQL, 2012]
  fileprivate func close(
    _ due: RoundRecord, as open: OpenRound, _ instruments: InstrumentLibrary, _ clock: Clock
  ) async throws -> Bool {
    let isDue = try await database.write { connection in
      guard let (round, _) = try Self.stillDue(due, clock, connection) else { return false }
      return try connection.execute(
        "UPDATE round SET state = state WHERE space_id = $1 AND id = $2", [.id(round.space), .id(round.id)]) == 1
    }
    guard isDue else { return false }
    // Reads alone, and still serializable.
    let counted: Counted? = try await database.write { connection in
      guard let (round, _) = try Self.stillDue(due, clock, connection), round.attempt == open.document.attempt else {
        return nil
      }
      return try Self.count(round, as: open, SealedRoundStore.sealed(of: open, connection), instruments, connection)
    }
    guard let counted else { return false }
    return try await keep(counted, of: due, attempt: open.document.attempt, clock)
  }

  /// The close of a round of which nothing more is taken: counted beside the writer, then kept.
  fileprivate func close(
    _ due: RoundRecord, as open: OpenRound, _ sealed: SealedRound, _ instruments: InstrumentLibrary, _ clock: Clock
  ) async throws -> Bool {
    let counted: Counted? = try await database.read { connection in
      guard let (round, _) = try Self.stillDue(due, clock, connection) else { return nil }
      return try Self.count(round, as: open, sealed, instruments, connection)
    }
    guard let counted else { return false }
    return try await keep(counted, of: due, attempt: open.document.attempt, clock)
  }

  /// - Returns: whether it was still to be closed, and as the round that was counted.
  private func keep(_ counted: Counted, of due: RoundRecord, attempt: Int, _ clock: Clock) async throws -> Bool {
    try await database.write { connection in
      guard let (round, now) = try Self.stillDue(due, clock, connection), round.attempt == attempt else { return false }
      try Self.end(round, counted, at: now, connection)
      return true
    }
  }

  /// Another server may have moved the closing time, or its clock may be the slower one.
  private static func stillDue(
    _ due: RoundRecord, _ clock: Clock, _ connection: any Connection
  ) throws -> (RoundRecord, Instant)? {
    let now = try clock.now(by: connection)
    let round = try round(due.id, in: due.space, connection)
    return round.state == .open && round.closesAt <= now ? (round, now) : nil
  }

  private struct Counted: Sendable {
    let report: SurveyReport
    let tally: Tally
  }

  private static func count(
    _ round: RoundRecord, as open: OpenRound, _ sealed: SealedRound, _ instruments: InstrumentLibrary,
    _ connection: any Connection
  ) throws -> Counted? {
    guard let instrument = instruments.instrument(round.instrument, version: round.instrumentVersion, in: .en) else {
      return nil
    }
    // What was promised at the opening, not what a row may say by now.
    guard open.document.minimumGroup == round.minimumGroup, open.document.commentThreshold == round.commentThreshold
    else { throw DatabaseFailure.damaged("the thresholds of round \(round.id)") }
    var generator = SystemRandomNumberGenerator()
    let tally = sealed.tally(shufflingWith: &generator)
    return Counted(report: try report(of: round, instrument, open.document, tally, connection), tally: tally)
  }

  private static func end(
    _ round: RoundRecord, _ counted: Counted, at now: Instant, _ connection: any Connection
  ) throws {
    try keep(counted.report, of: round, counted.tally, at: now, connection)
    try SealedRoundStore.forgetCount(of: round.id, in: round.space, connection)
    try PeopleStore.forgetNames(ofErasedIn: round.id, in: round.space, connection)
    try tellLater(.results, of: round, connection)
    try note("rounds.happened-closed", round, at: now, connection)
  }

  private static func report(
    of round: RoundRecord, _ instrument: Instrument, _ document: OpeningDocument, _ tally: Tally,
    _ connection: any Connection
  ) throws -> SurveyReport {
    let parties = try zip(document.segments, tally.ballots).map { segment, ballots in
      try PartyTally(name: segment.name, roll: segment.roll, ballots: ballots, itemCount: document.items)
    }
    return try SurveyReport(
      of: instrument, parties: parties, thresholds: round.thresholds, since: try previous(to: round, connection))
  }

  private static func previous(to round: RoundRecord, _ connection: any Connection) throws -> PreviousRound? {
    guard let id = try lastClosed(before: round, showingFigures: true, connection),
      let report = try KeptRounds.report(of: id, in: round.space, connection)
    else { return nil }
    let difference = RollDifference(
      Set(try rollIDs(of: round.id, in: round.space, connection)), Set(try rollIDs(of: id, in: round.space, connection))
    )
    return PreviousRound(
      report: report, rollChange: RollChange(onOneOnly: difference.onOneOnly, larger: difference.larger))
  }

  private static func keep(
    _ report: SurveyReport, of round: RoundRecord, _ tally: Tally, at now: Instant, _ connection: any Connection
  ) throws {
    let showsComments = round.thresholds.showsComments(ballots: report.answers)
    try connection.execute(
      """
      UPDATE round SET state = 'closed', closed_at = $3, report = $4, health_thousandths = $5,
        trust_thousandths = $6, to_discuss = $7
      WHERE space_id = $1 AND id = $2 AND state = 'open'
      """,
      [
        .id(round.space), .id(round.id), .instant(now), .text(try json(report)),
        Value(report.health?.thousandths), Value(report.trust?.thousandths),
        report.hidden == nil ? Value(report.forDiscussion.count) : .null,
      ])
    let receipts = try json(tally.receipts.map(\.letters))
    try KeptRounds.keep(.receipts, receipts, of: round.id, in: round.space, connection)
    if showsComments {
      try KeptRounds.keep(.comments, try json(tally.comments), of: round.id, in: round.space, connection)
    }
    for item in report.forDiscussion {
      try connection.execute(
        "INSERT INTO flagged_item (space_id, round_id, item) VALUES ($1, $2, $3)",
        [.id(round.space), .id(round.id), Value(item)])
    }
    try KeptRounds.keepDigests(of: round.id, in: round.space, connection)
  }

  private static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}

extension Average {
  /// Cut off, and always within what rounds to the shown tenths, so that a page made of it shows the same figure.
  var thousandths: Int {
    min(max(Int((value * 1_000).rounded(.down)), tenths * 100 - 50), tenths * 100 + 49)
  }
}
