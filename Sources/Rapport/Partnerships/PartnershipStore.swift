import Database
import Partnering

/// Partnerships and their parties.
struct PartnershipStore: Sendable {
  let database: any Database

  func record(in scope: PartnershipScope) async throws -> PartnershipRecord {
    try await database.read { connection in
      try Self.record(of: scope.partnership, in: scope.space, connection)
    }
  }

  /// - Throws: `Refusal.notFound`.
  static func record(
    of partnership: ID<Partnership>, in space: ID<Space>, _ connection: any Connection
  ) throws -> PartnershipRecord {
    let found = try connection.first(
      """
      SELECT name, kind, purpose, team, cadence_months, created_at, active_at, ended_at, ended_because
      FROM partnership
      WHERE space_id = $1 AND id = $2
      """,
      [.id(space), .id(partnership)])
    guard let found else { throw Refusal.notFound }
    guard let kind = PartnershipKind(rawValue: try found.text("kind")) else { throw DatabaseFailure.column("kind") }
    return PartnershipRecord(
      id: partnership, name: try found.text("name"), kind: kind, purpose: try found.text("purpose"),
      isTeam: try found.flag("team"), cadence: Cadence(months: try found.int("cadence_months")) ?? .usual,
      createdAt: try found.instant("created_at"), activeAt: try found.instantIfAny("active_at"),
      endedAt: try found.instantIfAny("ended_at"), endedBecause: try found.textIfAny("ended_because"),
      parties: try parties(of: partnership, in: space, connection),
      leads: try leads(of: partnership, in: space, connection))
  }

  private static func parties(
    of partnership: ID<Partnership>, in space: ID<Space>, _ connection: any Connection
  ) throws -> [PartyRecord] {
    let benefits = try connection.query(
      """
      SELECT party_id, benefit
      FROM hoped_benefit
      JOIN party ON party.space_id = hoped_benefit.space_id AND party.id = hoped_benefit.party_id
      WHERE party.space_id = $1 AND partnership_id = $2
      ORDER BY hoped_benefit.place
      """,
      [.id(space), .id(partnership)])
    let byParty = Dictionary(grouping: try benefits.map { (try $0.text("party_id"), try $0.text("benefit")) }, by: \.0)
    return try connection.query(
      """
      SELECT party.id AS id, party.name AS name, organisation_id, organisation.name AS organisation_name, joined_at
      FROM party
      JOIN organisation ON organisation.space_id = party.space_id AND organisation.id = party.organisation_id
      WHERE party.space_id = $1 AND partnership_id = $2
      ORDER BY place
      """,
      [.id(space), .id(partnership)]
    ).map { row in
      PartyRecord(
        id: try row.id("id"), name: try row.text("name"), organisation: try row.id("organisation_id"),
        organisationName: try row.text("organisation_name"), joinedAt: try row.instantIfAny("joined_at"),
        benefits: (byParty[try row.text("id")] ?? []).map(\.1))
    }
  }

  private static func leads(
    of partnership: ID<Partnership>, in space: ID<Space>, _ connection: any Connection
  ) throws -> [LeadRecord] {
    try connection.query(
      """
      SELECT person_id, person.name AS name, party_id, accepted_at
      FROM member
      JOIN person ON person.space_id = member.space_id AND person.id = member.person_id
      WHERE member.space_id = $1 AND partnership_id = $2 AND role = 'lead' AND left_at IS NULL
        AND party_id IS NOT NULL
      ORDER BY member.joined_at, person.name
      """,
      [.id(space), .id(partnership)]
    ).map { row in
      LeadRecord(
        person: try row.id("person_id"), name: try row.text("name"), party: try row.id("party_id"),
        acceptedAt: try row.instantIfAny("accepted_at"))
    }
  }
}
