import Database
import Foundation
import Partnering

/// What there is to read about a round.
enum ReportState: Sendable {
  case made(ReportedRound)
  /// Not opened yet, or still open: then nothing is shown to anybody. [D9]
  case notYet(closesAt: Instant)
  case interrupted
  case withdrawn
}

/// A closed round with everything that its report may say.
struct ReportedRound: Sendable {
  let openedAt: Instant?
  let closedAt: Instant
  let report: SurveyReport
  let commentThreshold: Int
  /// `nil` where there were too few ballots to show any. [D6]
  let comments: [String]?
  /// How many parties had people on the roll.
  let partiesOnRoll: Int
  /// Whether the reader was on the roll.
  let askedReader: Bool
  /// The earlier closed rounds of the same instrument and version, oldest first.
  let earlier: [EarlierRound]

  /// The last of the earlier rounds that showed any figure: the one that this report compares with.
  var lastShown: EarlierRound? { earlier.last { $0.report.hidden == nil } }
}

/// A round that closed before, as its own report tells it.
struct EarlierRound: Sendable {
  let id: ID<Round>
  let closedAt: Instant
  let report: SurveyReport
}

/// Reads the reports, which are made once when a round closes and never change.
struct ReportStore: Sendable {
  let database: any Database

  func state(in scope: RoundScope) async throws -> ReportState {
    try await database.read { connection in
      let row = try connection.first(
        """
        SELECT state, instrument_id, instrument_version, comment_threshold, closes_at, opened_at, closed_at
        FROM round WHERE space_id = $1 AND id = $2
        """,
        [.id(scope.space), .id(scope.round)])
      guard let row else { throw Refusal.notFound }
      switch try row.text("state") {
      case "closed": return .made(try Self.reported(row, in: scope, connection))
      case "withdrawn": return .withdrawn
      case "interrupted": return .interrupted
      default: return .notYet(closesAt: try row.instant("closes_at"))
      }
    }
  }

  /// From now on it no longer waits on the reader's home page.
  func see(_ scope: RoundScope) async throws {
    let values: [Value] = [.id(scope.space), .id(scope.round), .id(scope.person.id)]
    let seen = try await database.read {
      try $0.first("SELECT round_id FROM report_seen WHERE space_id = $1 AND round_id = $2 AND person_id = $3", values)
    }
    guard seen == nil else { return }
    try await database.write { connection in
      try connection.execute(
        """
        INSERT INTO report_seen (space_id, round_id, person_id) VALUES ($1, $2, $3)
        ON CONFLICT (space_id, round_id, person_id) DO NOTHING
        """, values)
    }
  }

  private static func reported(
    _ row: Row, in scope: RoundScope, _ connection: any Connection
  ) throws -> ReportedRound {
    let closedAt = try row.instant("closed_at")
    guard let report = try KeptRounds.report(of: scope.round, in: scope.space, connection) else {
      throw KeptRounds.damage(.report, of: scope.round)
    }
    return ReportedRound(
      openedAt: try row.instantIfAny("opened_at"), closedAt: closedAt, report: report,
      commentThreshold: try row.int("comment_threshold"),
      comments: try KeptRounds.comments(of: scope.round, in: scope.space, connection),
      partiesOnRoll: try parties(in: scope, connection), askedReader: try asked(in: scope, connection),
      earlier: try earlier(
        than: closedAt, of: row.text("instrument_id"), version: row.text("instrument_version"), in: scope, connection))
  }

  private static func earlier(
    than closedAt: Instant, of instrument: String, version: String, in scope: RoundScope, _ connection: any Connection
  ) throws -> [EarlierRound] {
    try connection.query(
      """
      SELECT id, closed_at FROM round
      WHERE space_id = $1 AND partnership_id = $2 AND state = 'closed'
        AND instrument_id = $3 AND instrument_version = $4 AND closed_at < $5
      ORDER BY closed_at
      """,
      [
        .id(scope.space), .id(scope.partnership.partnership), .text(instrument), .text(version), .instant(closedAt),
      ]
    ).map { row in
      let id: ID<Round> = try row.id("id")
      guard let report = try KeptRounds.report(of: id, in: scope.space, connection) else {
        throw KeptRounds.damage(.report, of: id)
      }
      return EarlierRound(id: id, closedAt: try row.instant("closed_at"), report: report)
    }
  }

  private static func parties(in scope: RoundScope, _ connection: any Connection) throws -> Int {
    try connection.first(
      """
      SELECT COUNT(*) AS parties FROM party
      WHERE space_id = $1 AND partnership_id = $2 AND EXISTS (
        SELECT 1 FROM roll_entry
        WHERE roll_entry.space_id = party.space_id AND round_id = $3 AND party_id = party.id)
      """, [.id(scope.space), .id(scope.partnership.partnership), .id(scope.round)]
    )?.int("parties") ?? 0
  }

  private static func asked(in scope: RoundScope, _ connection: any Connection) throws -> Bool {
    try connection.first(
      "SELECT person_id FROM roll_entry WHERE space_id = $1 AND round_id = $2 AND person_id = $3",
      [.id(scope.space), .id(scope.round), .id(scope.person.id)]) != nil
  }
}
