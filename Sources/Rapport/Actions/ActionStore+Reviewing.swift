import Database
import Partnering

/// What a talk said of an action that an earlier one had decided.
struct ReviewRecord: Sendable {
  let review: ActionReview
  let round: ID<Round>
  /// `nil` once erased.
  let name: String?
  let reviewedAt: Instant
}

/// The talk about a later report keeps, changes or drops each action.
extension ActionStore {
  /// - Throws: `ActionRule.Problem`: only its owners and the leads drop an action, and they say why.
  func review(
    _ id: ID<Action>, _ review: ActionReview, because reason: String?, in scope: RoundScope, at now: Instant
  ) async throws {
    try await database.write { connection in
      let action = try Self.action(id, in: scope.partnership, connection)
      if review.outcome == .drop {
        try Self.move(id, to: .dropped, because: reason, in: scope.partnership, at: now, connection)
      }
      guard action.round != scope.round else { throw Refusal.because("actions.of-this-round") }
      try connection.execute(
        """
        INSERT INTO action_review (space_id, action_id, round_id, outcome, effect, person_id, reviewed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (space_id, action_id, round_id) DO UPDATE SET outcome = excluded.outcome, effect = excluded.effect,
          person_id = excluded.person_id, reviewed_at = excluded.reviewed_at
        """,
        [
          .id(scope.space), .id(id), .id(scope.round), .text(review.outcome.rawValue), .text(review.effect.rawValue),
          .id(scope.person.id), .instant(now),
        ])
    }
  }

  /// All reviews of a partnership's actions, oldest first.
  static func reviews(
    in scope: PartnershipScope, _ connection: any Connection
  ) throws -> [ID<Action>: [ReviewRecord]] {
    let rows = try connection.query(
      """
      SELECT action_id, action_review.round_id AS round_id, outcome, effect, person.name AS name, reviewed_at
      FROM action_review
      JOIN action ON action.space_id = action_review.space_id AND action.id = action_id
      LEFT JOIN person ON person.space_id = action_review.space_id AND person.id = person_id AND erased_at IS NULL
      WHERE action_review.space_id = $1 AND partnership_id = $2
      ORDER BY reviewed_at, action_id
      """, [.id(scope.space), .id(scope.partnership)])
    return try Dictionary(grouping: rows) { try $0.id("action_id") }.mapValues { try $0.map(ReviewRecord.init) }
  }

  func reviews(of id: ID<Action>, in scope: PartnershipScope) async throws -> [ReviewRecord] {
    try await database.read { try Self.reviews(in: scope, $0)[id] ?? [] }
  }
}

extension ReviewRecord {
  fileprivate init(_ row: Row) throws {
    guard let outcome = ActionReview.Outcome(rawValue: try row.text("outcome")) else { throw DatabaseFailure.column("outcome") }
    guard let effect = ActionReview.Effect(rawValue: try row.text("effect")) else { throw DatabaseFailure.column("effect") }
    self.init(
      review: ActionReview(outcome: outcome, effect: effect), round: try row.id("round_id"), name: try row.textIfAny("name"),
      reviewedAt: try row.instant("reviewed_at"))
  }
}
