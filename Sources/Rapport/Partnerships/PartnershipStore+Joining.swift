import Database
import Partnering

extension PartnershipStore {
  /// Whether the person has accepted the purpose of a team, or is not asked to.
  func hasAccepted(in scope: PartnershipScope) async throws -> Bool {
    try await database.read { connection in
      try connection.first(
        """
        SELECT id FROM member
        WHERE space_id = $1 AND partnership_id = $2 AND person_id = $3 AND left_at IS NULL
          AND role <> 'facilitator' AND accepted_at IS NULL
        LIMIT 1
        """,
        [.id(scope.space), .id(scope.partnership), .id(scope.person.id)]) == nil
    }
  }

  /// Keeps a yes, and makes the partnership active if it was the last one awaited.
  /// - Throws: `FieldRefusals` if the purpose was changed a moment ago.
  func join(_ joining: Joining, in scope: PartnershipScope, at now: Instant) async throws {
    try await database.write { connection in
      let record = try Self.record(of: scope.partnership, in: scope.space, connection)
      guard record.purpose == joining.acceptedPurpose else {
        throw FieldRefusals("purpose", "joining.purpose-changed")
      }
      try Self.accept(joining, in: scope, at: now, connection)
      if !joining.benefits.isEmpty { try Self.takeSeat(joining, in: scope, at: now, connection) }
      try Happening(
        kind: record.isTeam ? "partnerships.event-accepted" : "partnerships.event-joined", person: scope.person.id,
        party: joining.party
      ).keep(in: scope.partnership, of: scope.space, at: now, connection)
      try Self.activateIfJoined(scope.partnership, in: scope.space, at: now, connection)
    }
  }

  private static func accept(
    _ joining: Joining, in scope: PartnershipScope, at now: Instant, _ connection: any Connection
  ) throws {
    try connection.execute(
      """
      UPDATE member SET accepted_at = $5
      WHERE space_id = $1 AND partnership_id = $2 AND party_id = $3 AND person_id = $4 AND left_at IS NULL
        AND accepted_at IS NULL
      """,
      [.id(scope.space), .id(scope.partnership), .id(joining.party), .id(scope.person.id), .instant(now)])
  }

  private static func takeSeat(
    _ joining: Joining, in scope: PartnershipScope, at now: Instant, _ connection: any Connection
  ) throws {
    let taken = try connection.execute(
      "UPDATE party SET joined_at = $3, joined_by = $4 WHERE space_id = $1 AND id = $2 AND joined_at IS NULL",
      [.id(scope.space), .id(joining.party), .instant(now), .id(scope.person.id)])
    guard taken == 1 else { throw Refusal.because("joining.joined-already") }
    for (place, benefit) in joining.benefits.enumerated() {
      try connection.execute(
        "INSERT INTO hoped_benefit (space_id, party_id, place, benefit) VALUES ($1, $2, $3, $4)",
        [.id(scope.space), .id(joining.party), Value(place), .text(benefit)])
    }
  }

  /// Makes a proposed partnership active once everybody who is asked has joined.
  static func activateIfJoined(
    _ partnership: ID<Partnership>, in space: ID<Space>, at now: Instant, _ connection: any Connection
  ) throws {
    let record = try record(of: partnership, in: space, connection)
    guard record.state == .proposed, record.isJoinedByAll else { return }
    try connection.execute(
      "UPDATE partnership SET active_at = $3 WHERE space_id = $1 AND id = $2",
      [.id(space), .id(partnership), .instant(now)])
    try Happening(kind: "partnerships.event-active")
      .keep(in: partnership, of: space, at: now, connection)
  }
}
