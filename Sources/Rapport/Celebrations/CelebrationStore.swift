import Database
import Partnering

/// The celebrations of a partnership.
struct CelebrationStore: Sendable {
  let database: any Database

  /// Those to come, the next first, then the held ones, the latest first.
  func celebrations(in scope: PartnershipScope) async throws -> [CelebrationRecord] {
    try await database.read { connection in
      try connection.query(
        """
        SELECT \(Self.columns) FROM celebration
        LEFT JOIN person ON person.space_id = celebration.space_id AND person.id = planned_by AND erased_at IS NULL
        WHERE celebration.space_id = $1 AND partnership_id = $2
        ORDER BY CASE WHEN held_on IS NULL THEN 0 ELSE 1 END, held_on DESC, planned_for, celebration.id
        """, [.id(scope.space), .id(scope.partnership)]
      ).map(CelebrationRecord.init)
    }
  }

  /// - Throws: `Refusal.notFound`.
  func celebration(_ id: ID<Celebration>, in scope: PartnershipScope) async throws -> CelebrationRecord {
    try await database.read { try Self.celebration(id, in: scope, $0) }
  }

  static func celebration(
    _ id: ID<Celebration>, in scope: PartnershipScope, _ connection: any Connection
  ) throws -> CelebrationRecord {
    let row = try connection.first(
      """
      SELECT \(columns) FROM celebration
      LEFT JOIN person ON person.space_id = celebration.space_id AND person.id = planned_by AND erased_at IS NULL
      WHERE celebration.space_id = $1 AND partnership_id = $2 AND celebration.id = $3
      """, [.id(scope.space), .id(scope.partnership), .id(id)])
    guard let row else { throw Refusal.notFound }
    return try CelebrationRecord(row)
  }

  private static let columns = """
    celebration.id AS id, round_id, item, what, planned_for, planned_by, person.name AS planner, planned_at, held_on, note, shared_with, version,
    CASE WHEN picture IS NULL THEN NULL ELSE picture_says END AS picture_says
    """
}

/// Planning celebrations, changing them, and saying that they were held.
extension CelebrationStore {
  /// Keeps a new celebration under the id that its form carries, so that a form sent twice plans once.
  /// - Throws: `Refusal.notFound` for a cause that is no closed round of this partnership.
  func plan(_ plan: CelebrationPlan, as id: ID<Celebration>, in scope: PartnershipScope, at now: Instant) async throws {
    try await database.write { connection in
      try plan.cause?.mustBe(in: scope, connection)
      let added = try connection.execute(
        """
        INSERT INTO celebration (space_id, id, partnership_id, round_id, item, what, planned_for, planned_by, planned_at, version)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)
        ON CONFLICT (space_id, id) DO NOTHING
        """,
        [
          .id(scope.space), .id(id), .id(scope.partnership), .id(plan.cause?.round), Value(plan.cause?.item), .text(plan.what),
          .text(plan.day.description), .id(scope.person.id), .instant(now),
        ])
      guard added == 1 else { return }
      try Happening(kind: "celebrations.event-planned", person: scope.person.id, round: plan.cause?.round, note: plan.what)
        .keep(in: scope.partnership, of: scope.space, at: now, connection)
    }
  }

  /// - Parameter version: that of the celebration when its form was made.
  /// - Throws: `Refusal.because` if somebody changed it meanwhile.
  func change(
    _ id: ID<Celebration>, to plan: CelebrationPlan, version: Int, in scope: PartnershipScope
  ) async throws {
    try await database.write { connection in
      let changed = try connection.execute(
        """
        UPDATE celebration SET what = $5, planned_for = $6, version = version + 1
        WHERE space_id = $1 AND partnership_id = $2 AND id = $3 AND version = $4
        """,
        [.id(scope.space), .id(scope.partnership), .id(id), Value(version), .text(plan.what), .text(plan.day.description)])
      guard changed == 1 else { throw Refusal.because("celebrations.changed-meanwhile") }
    }
  }

  /// Says that it was held, or tells it better.
  /// - Throws: `Refusal.because` if somebody changed it meanwhile.
  func hold(
    _ id: ID<Celebration>, _ holding: CelebrationRecord.Holding, version: Int, in scope: PartnershipScope, at now: Instant
  ) async throws {
    try await database.write { connection in
      let before = try Self.celebration(id, in: scope, connection)
      guard before.version == version else { throw Refusal.because("celebrations.changed-meanwhile") }
      try connection.execute(
        """
        UPDATE celebration SET held_on = $3, note = $4, shared_with = $5, version = version + 1
        WHERE space_id = $1 AND id = $2
        """,
        [.id(scope.space), .id(id), .text(holding.day.description), Value(holding.note), Value(holding.sharedWith)])
      guard before.holding == nil else { return }
      try Happening(kind: "celebrations.event-held", person: scope.person.id, round: before.round, note: before.what)
        .keep(in: scope.partnership, of: scope.space, at: now, connection)
    }
  }

  /// Takes it away for everybody, with what was told of it and its picture.
  /// - Parameter version: that of the celebration when it was asked whether it should go.
  /// - Throws: `Refusal.because` if somebody changed it meanwhile.
  func delete(_ celebration: CelebrationRecord, version: Int, in scope: PartnershipScope, at now: Instant) async throws {
    try await database.write { connection in
      let deleted = try connection.execute(
        "DELETE FROM celebration WHERE space_id = $1 AND partnership_id = $2 AND id = $3 AND version = $4",
        [.id(scope.space), .id(scope.partnership), .id(celebration.id), Value(version)])
      guard deleted == 1 else { throw Refusal.because("celebrations.changed-meanwhile") }
      try Happening(kind: "celebrations.event-deleted", person: scope.person.id, round: celebration.round)
        .keep(in: scope.partnership, of: scope.space, at: now, connection)
    }
  }
}

extension CelebrationRecord {
  fileprivate init(_ row: Row) throws {
    guard let planned = CalendarDay(try row.text("planned_for")) else { throw DatabaseFailure.column("planned_for") }
    let note = try row.textIfAny("note")
    let sharedWith = try row.textIfAny("shared_with")
    let holding = try row.textIfAny("held_on").map { text in
      guard let day = CalendarDay(text) else { throw DatabaseFailure.column("held_on") }
      return Holding(day: day, note: note, sharedWith: sharedWith)
    }
    self.init(
      id: try row.id("id"), round: try row.idIfAny("round_id"), item: try row.integerIfAny("item").map { Int(clamping: $0) },
      what: try row.text("what"), plannedFor: planned, planner: try row.id("planned_by"), plannedBy: try row.textIfAny("planner"),
      plannedAt: try row.instant("planned_at"), holding: holding, picture: try row.textIfAny("picture_says"), version: try row.int("version"))
  }
}
