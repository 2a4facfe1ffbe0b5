import Database
import Partnering

/// Deciding actions, changing them, and saying how far they are.
extension ActionStore {
  /// Keeps a new action under the id that its form carries, so that a form sent twice decides once.
  /// - Throws: `Refusal.because` for an owner who has left, or a cause that is no closed round of this partnership.
  func decide(_ plan: ActionPlan, as id: ID<Action>, in scope: PartnershipScope, at now: Instant) async throws {
    try await database.write { connection in
      try Self.check(plan, in: scope, connection)
      let added = try connection.execute(
        """
        INSERT INTO action (space_id, id, partnership_id, round_id, item, what, due, state, version, decided_by, decided_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', 1, $8, $9)
        ON CONFLICT (space_id, id) DO NOTHING
        """,
        [
          .id(scope.space), .id(id), .id(scope.partnership), .id(plan.cause?.round), Value(plan.cause?.item),
          .text(plan.what), .text(plan.due.description), .id(scope.person.id), .instant(now),
        ])
      guard added == 1 else { return }
      try Self.setOwners(plan.owners, of: id, in: scope, connection)
      try Happening(kind: "actions.event-decided", person: scope.person.id, round: plan.cause?.round, note: plan.what)
        .keep(in: scope.partnership, of: scope.space, at: now, connection)
    }
  }

  /// - Parameter version: that of the action when its form was made.
  /// - Throws: `Refusal.because` if somebody changed it meanwhile.
  func change(_ id: ID<Action>, to plan: ActionPlan, version: Int, in scope: PartnershipScope) async throws {
    try await database.write { connection in
      let action = try Self.action(id, in: scope, connection)
      try Self.check(plan, keeping: action.owners, in: scope, connection)
      guard action.version == version else { throw Refusal.because("actions.changed-meanwhile") }
      try connection.execute(
        "UPDATE action SET what = $3, due = $4, version = version + 1 WHERE space_id = $1 AND id = $2",
        [.id(scope.space), .id(id), .text(plan.what), .text(plan.due.description)])
      try connection.execute(
        "DELETE FROM action_owner WHERE space_id = $1 AND action_id = $2", [.id(scope.space), .id(id)])
      try Self.setOwners(plan.owners, of: id, in: scope, connection)
      try StandingStore.mark(scope.partnership, in: scope.space, connection)
    }
  }

  /// Says how far an action is.
  /// - Throws: `ActionRule.Problem`.
  func move(
    _ id: ID<Action>, to state: ActionState, because reason: String?, in scope: PartnershipScope, at now: Instant
  ) async throws {
    try await database.write { try Self.move(id, to: state, because: reason, in: scope, at: now, $0) }
  }

  static func move(
    _ id: ID<Action>, to state: ActionState, because reason: String?, in scope: PartnershipScope, at now: Instant,
    _ connection: any Connection
  ) throws {
    let action = try Self.action(id, in: scope, connection)
    let rule = action.rule(for: scope)
    // Sent again after a lost reply, or said by two in the same words, it is so once.
    if rule.maySay, action.state == state, action.because == reason { return }
    try rule.check(from: action.state, to: state, because: reason)
    try connection.execute(
      """
      UPDATE action SET state = $3, because = $4, closed_at = $5, version = version + 1
      WHERE space_id = $1 AND id = $2
      """,
      [
        .id(scope.space), .id(id), .text(state.rawValue), Value(reason), state.isRunning ? .null : .instant(now),
      ])
    try StandingStore.mark(scope.partnership, in: scope.space, connection)
    guard !state.isRunning else { return }
    try Happening(
      kind: "actions.event-\(state.rawValue)", person: scope.person.id, round: action.round, note: action.what
    ).keep(in: scope.partnership, of: scope.space, at: now, connection)
  }

  func comment(
    _ text: String, on id: ID<Action>, as comment: ID<ActionComment>, in scope: PartnershipScope, at now: Instant
  ) async throws {
    try await database.write { connection in
      _ = try Self.action(id, in: scope, connection)
      try connection.execute(
        """
        INSERT INTO action_comment (space_id, id, action_id, person_id, text, written_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (space_id, id) DO NOTHING
        """, [.id(scope.space), .id(comment), .id(id), .id(scope.person.id), .text(text), .instant(now)])
    }
  }

  /// Owners are present members of the party they own it for; those it has already may stay, wherever they are now.
  private static func check(
    _ plan: ActionPlan, keeping before: [ActionRecord.Owner] = [], in scope: PartnershipScope,
    _ connection: any Connection
  ) throws {
    for (party, ownership) in plan.owners {
      guard case .person(let person) = ownership,
        !before.contains(where: { $0.party == party && $0.person == person })
      else { continue }
      let seat = try connection.first(
        """
        SELECT id FROM member
        WHERE space_id = $1 AND partnership_id = $2 AND party_id = $3 AND person_id = $4 AND left_at IS NULL
          AND role IN ('lead', 'sponsor', 'contributor')
        """, [.id(scope.space), .id(scope.partnership), .id(party), .id(person)])
      guard seat != nil else { throw FieldRefusals("owner-\(party)", "actions.owner-left") }
    }
    try plan.cause?.mustBe(in: scope, connection)
  }

  private static func setOwners(
    _ owners: [ID<Party>: ActionPlan.Ownership], of id: ID<Action>, in scope: PartnershipScope,
    _ connection: any Connection
  ) throws {
    for (party, ownership) in owners {
      let person: ID<Person>? = if case .person(let person) = ownership { person } else { nil }
      // Nothing, for a party of another partnership.
      try connection.execute(
        """
        INSERT INTO action_owner (space_id, action_id, party_id, person_id)
        SELECT space_id, $3, id, $5 FROM party WHERE space_id = $1 AND partnership_id = $2 AND id = $4
        """, [.id(scope.space), .id(scope.partnership), .id(id), .id(party), .id(person)])
    }
  }
}
