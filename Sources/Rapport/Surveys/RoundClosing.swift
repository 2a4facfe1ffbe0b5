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
    for due in try await roundStore.due(by: clock.now) where try await close(due) { closed += 1 }
    return closed
  }

  /// - Returns: whether it was still open and is closed now.
  @discardableResult
  func close(_ round: RoundRecord) async throws -> Bool {
    guard let name = round.id.roundName else { return false }
    do {
      let key = try keys.key(of: name)
      guard try await roundStore.close(round, key: key, instruments, clock) else { return false }
    } catch let failure where SealedRounds.isLoss(failure) {
      try await sealedRounds.interrupt(round.id, in: round.space)
      return false
    }
    await sealedRounds.forget(round.id, because: .closed(at: round.closesAt))
    await bury(round.id)
    return true
  }

  /// Removes the sealing keys of rounds that are over, and notes the closed ones: a crash may have come between.
  func sweepKeys() async throws {
    let over = try await roundStore.over()
    // First the keys: to remove them needs no room.
    _ = try keys.sweep(over.compactMap(\.id.roundName))
    let noted = try keys.closedRounds()
    for round in over where round.state != .interrupted {
      if let name = round.id.roundName, !noted.contains(name) { try keys.markClosed(name) }
    }
    await leftovers.swept()
  }
}

extension RoundStore {
  func due(by now: Instant) async throws -> [RoundRecord] {
    try await database.read { connection in
      try connection.query(
        "SELECT \(RoundRecord.columns) FROM round WHERE state = 'open' AND closes_at <= $1 ORDER BY closes_at, id",
        [.instant(now)]
      ).map(RoundRecord.init)
    }
  }

  func over() async throws -> [(id: ID<Round>, state: RoundState)] {
    try await database.read { connection in
      try connection.query("SELECT id, state FROM round WHERE state IN ('closed', 'withdrawn', 'interrupted')").map {
        (try $0.id("id"), RoundState(rawValue: try $0.text("state")) ?? .interrupted)
      }
    }
  }

  /// The close, in one transaction that reads the sealed rows themselves: an answer is either in them, or comes
  /// after this and finds the round closed.
  fileprivate func close(
    _ due: RoundRecord, key: SealingKey, _ instruments: InstrumentLibrary, _ clock: Clock
  ) async throws -> Bool {
    try await database.write { connection in
      let now = try clock.now(by: connection)
      // Another server may have moved the closing time, or its clock may be the slower one.
      let round = try Self.round(due.id, in: due.space, connection)
      guard round.closesAt <= now,
        let open = try SealedRoundStore.open(round.id, in: round.space, key: key, connection),
        let instrument = instruments.instrument(round.instrument, version: round.instrumentVersion, in: .en)
      else { return false }
      var generator = SystemRandomNumberGenerator()
      // What was promised at the opening, not what a row may say by now.
      guard open.document.minimumGroup == round.minimumGroup, open.document.commentThreshold == round.commentThreshold
      else {
        throw DatabaseFailure.damaged("the thresholds of round \(round.id)")
      }
      let tally = try SealedRoundStore.sealed(of: open, connection).tally(shufflingWith: &generator)
      let report = try Self.report(of: round, instrument, open.document, tally, connection)
      try Self.keep(report, of: round, tally, at: now, connection)
      try SealedRoundStore.deleteAll(of: round.id, in: round.space, connection)
      try PeopleStore.forgetNames(ofErasedIn: round.id, in: round.space, connection)
      let members = Set(try Self.memberIDs(of: round.partnership, in: round.space, connection))
        .union(try Self.rollIDs(of: round.id, in: round.space, connection))
      try PeopleStore.queue(
        .results, for: members.sorted(), in: round.space, partnership: round.partnership, round: round.id, at: now,
        connection)
      try Self.note("rounds.happened-closed", round, at: now, connection)
      return true
    }
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
      UPDATE round SET state = 'closed', closed_at = $3, report = $4, receipts = $5, comments = $6,
        health_thousandths = $7, trust_thousandths = $8, to_discuss = $9
      WHERE space_id = $1 AND id = $2 AND state = 'open'
      """,
      [
        .id(round.space), .id(round.id), .instant(now), .text(try json(report)),
        .text(try json(tally.receipts.map(\.letters))), showsComments ? .text(try json(tally.comments)) : .null,
        Value(report.health?.thousandths), Value(report.trust?.thousandths),
        report.hidden == nil ? Value(report.forDiscussion.count) : .null,
      ])
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
