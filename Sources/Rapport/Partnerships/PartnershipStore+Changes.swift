import Database
import Partnering

/// A change of what is joint that waits for everybody's yes.
struct ProposalRecord: Sendable {
  let id: ID<Proposal>
  let name: String?
  let purpose: String?
  let cadence: Cadence?
  let proposedBy: ID<Person>
  let proposer: String
  let proposedAt: Instant
  /// Parties that have said yes; in a team, people.
  let agreedParties: [ID<Party>]
  let agreedPeople: [ID<Person>]
}

/// What somebody wants to change; `nil` stays as it is.
struct JointChange: Sendable {
  let name: String?
  let purpose: String?
  let cadence: Cadence?

  var isEmpty: Bool { name == nil && purpose == nil && cadence == nil }
}

extension PartnershipRecord {
  /// The names of those whose yes to a change is still missing.
  func awaited(for proposal: ProposalRecord) -> [String] {
    if isTeam {
      let awaited = Assent(asked: leads.map(\.person), given: proposal.agreedPeople).awaited
      return leads.filter { awaited.contains($0.person) }.map(\.name)
    }
    let awaited = Assent(asked: parties.map(\.id), given: proposal.agreedParties).awaited
    return parties.filter { awaited.contains($0.id) }.map(\.name)
  }

  /// Whether a yes of this reader is missing.
  func awaits(_ scope: PartnershipScope, for proposal: ProposalRecord) -> Bool {
    if isTeam { return scope.isLead && !proposal.agreedPeople.contains(scope.person.id) }
    return scope.leads.contains { !proposal.agreedParties.contains($0) }
  }
}

extension PartnershipStore {
  /// The change that waits for a yes, if there is one.
  func proposal(in scope: PartnershipScope) async throws -> ProposalRecord? {
    try await database.read { try Self.proposal(in: scope, $0) }
  }

  private static func proposal(in scope: PartnershipScope, _ connection: any Connection) throws -> ProposalRecord? {
    let row = try connection.first(
      """
      SELECT proposal.id AS id, proposal.name AS name, purpose, cadence_months, proposed_by, person.name AS proposer,
        proposed_at
      FROM proposal
      JOIN person ON person.space_id = proposal.space_id AND person.id = proposed_by
      WHERE proposal.space_id = $1 AND partnership_id = $2 AND outcome IS NULL
      """,
      [.id(scope.space), .id(scope.partnership)])
    guard let row else { return nil }
    let consents = try connection.query(
      "SELECT party_id, person_id FROM proposal_consent WHERE space_id = $1 AND proposal_id = $2",
      [.id(scope.space), .text(try row.text("id"))])
    return ProposalRecord(
      id: try row.id("id"), name: try row.textIfAny("name"), purpose: try row.textIfAny("purpose"),
      cadence: try row.integerIfAny("cadence_months").flatMap { Cadence(months: Int(clamping: $0)) },
      proposedBy: try row.id("proposed_by"), proposer: try row.text("proposer"),
      proposedAt: try row.instant("proposed_at"), agreedParties: try consents.map { try $0.id("party_id") },
      agreedPeople: try consents.map { try $0.id("person_id") })
  }

  /// Proposes a change with the proposer's own yes; in force at once where nobody else is asked.
  /// - Throws: `Refusal.because` if another change waits already.
  func propose(_ change: JointChange, in scope: PartnershipScope, at now: Instant) async throws {
    try await database.write { connection in
      guard try Self.proposal(in: scope, connection) == nil else { throw Refusal.because("changes.one-waits") }
      let id: ID<Proposal> = Randomness.id(at: now)
      try connection.execute(
        """
        INSERT INTO proposal (space_id, id, partnership_id, name, purpose, cadence_months, proposed_by, proposed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        [
          .id(scope.space), .id(id), .id(scope.partnership), Value(change.name), Value(change.purpose),
          Value(change.cadence?.months), .id(scope.person.id), .instant(now),
        ])
      try Happening(kind: "partnerships.event-proposed", person: scope.person.id, party: scope.leads.first)
        .keep(in: scope.partnership, of: scope.space, at: now, connection)
      try Self.agree(id, in: scope, at: now, connection)
    }
  }

  /// Says yes to the waiting change for every party that the person leads.
  func agree(to proposal: ID<Proposal>, in scope: PartnershipScope, at now: Instant) async throws {
    try await database.write { try Self.agree(proposal, in: scope, at: now, $0) }
  }

  private static func agree(
    _ id: ID<Proposal>, in scope: PartnershipScope, at now: Instant, _ connection: any Connection
  ) throws {
    guard let waiting = try proposal(in: scope, connection), waiting.id == id else {
      throw Refusal.because("changes.settled")
    }
    for party in scope.leads {
      try connection.execute(
        """
        INSERT INTO proposal_consent (space_id, proposal_id, party_id, person_id, consented_at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING
        """,
        [.id(scope.space), .id(id), .id(party), .id(scope.person.id), .instant(now)])
    }
    let record = try record(of: scope.partnership, in: scope.space, connection)
    guard let proposal = try proposal(in: scope, connection), record.awaited(for: proposal).isEmpty else { return }
    try apply(proposal, in: scope, at: now, connection)
  }

  private static func apply(
    _ proposal: ProposalRecord, in scope: PartnershipScope, at now: Instant, _ connection: any Connection
  ) throws {
    try connection.execute(
      """
      UPDATE partnership
      SET name = coalesce($3, name), purpose = coalesce($4, purpose), cadence_months = coalesce($5, cadence_months)
      WHERE space_id = $1 AND id = $2
      """,
      [
        .id(scope.space), .id(scope.partnership), Value(proposal.name), Value(proposal.purpose),
        Value(proposal.cadence?.months),
      ])
    try settle(proposal.id, as: "agreed", in: scope, at: now, connection)
    try Happening(kind: "partnerships.event-agreed")
      .keep(in: scope.partnership, of: scope.space, at: now, connection)
  }

  private static func settle(
    _ proposal: ID<Proposal>, as outcome: String, in scope: PartnershipScope, at now: Instant,
    _ connection: any Connection
  ) throws {
    try connection.execute(
      "UPDATE proposal SET outcome = $3, settled_at = $4 WHERE space_id = $1 AND id = $2 AND outcome IS NULL",
      [.id(scope.space), .id(proposal), .text(outcome), .instant(now)])
  }

  /// Takes a change off the table: a lead of any party, since without that party's yes it cannot come.
  func drop(_ proposal: ID<Proposal>, in scope: PartnershipScope, at now: Instant) async throws {
    try await database.write { connection in
      guard let waiting = try Self.proposal(in: scope, connection), waiting.id == proposal else {
        throw Refusal.because("changes.settled")
      }
      try Self.settle(proposal, as: "withdrawn", in: scope, at: now, connection)
      try Happening(kind: "partnerships.event-dropped", person: scope.person.id, party: scope.leads.first)
        .keep(in: scope.partnership, of: scope.space, at: now, connection)
    }
  }

  /// Ends the partnership: it stays readable, and nothing new is added.
  /// - Throws: `Refusal.because` while a round runs, whose answers would be lost.
  func end(because reason: String, in scope: PartnershipScope, at now: Instant) async throws {
    try await database.write { connection in
      let running = try connection.first(
        """
        SELECT id FROM round
        WHERE space_id = $1 AND partnership_id = $2 AND state IN ('opening', 'open', 'interrupted')
        LIMIT 1
        """,
        [.id(scope.space), .id(scope.partnership)])
      guard running == nil else { throw FieldRefusals("because", "changes.round-runs") }
      let ended = try connection.execute(
        "UPDATE partnership SET ended_at = $3, ended_because = $4 WHERE space_id = $1 AND id = $2 AND ended_at IS NULL",
        [.id(scope.space), .id(scope.partnership), .instant(now), .text(reason)])
      guard ended == 1 else { throw Refusal.because("application.partnership-ended") }
      try Happening(
        kind: "partnerships.event-ended", person: scope.person.id, party: scope.leads.first, note: reason
      ).keep(in: scope.partnership, of: scope.space, at: now, connection)
    }
  }
}
