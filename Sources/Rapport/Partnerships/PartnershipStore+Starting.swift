import Database
import Partnering

extension PartnershipStore {
  /// The organisations of the space that can be chosen for a party, by name.
  func organisations(in scope: OrganisationScope) async throws -> [(id: ID<Organisation>, name: String)] {
    try await database.read { connection in
      try connection.query(
        "SELECT id, name FROM organisation WHERE space_id = $1 ORDER BY name, id", [.id(scope.space)]
      ).map { (try $0.id("id"), try $0.text("name")) }
    }
  }

  /// Makes the partnership with its parties and their first leads; whoever is new is invited.
  /// - Throws: `FieldRefusals`, with nothing made.
  func start(_ beginning: Beginning, in scope: OrganisationScope, at now: Instant) async throws {
    try await database.write { connection in
      try Self.insert(beginning, in: scope, at: now, connection)
      let maker = try Self.seat(
        Party.Seating(
          partnership: beginning.partnership, organisation: scope.organisation, name: beginning.ownParty, place: 0),
        leads: [scope.person.id], in: scope, at: now, connection)
      var names: Set<String> = [beginning.ownParty.lowercased()]
      for other in beginning.others {
        let found = try Self.found(other, of: beginning, in: scope, at: now, connection)
        guard names.insert(found.name.lowercased()).inserted else {
          throw FieldRefusals("party-\(other.place)", "starting.party-twice")
        }
        _ = try Self.seat(
          Party.Seating(
            partnership: beginning.partnership, organisation: found.organisation, name: found.name, place: other.place),
          leads: found.leads, in: scope, at: now, connection)
      }
      try Happening(kind: "partnerships.event-started", person: scope.person.id, party: maker)
        .keep(in: beginning.partnership, of: scope.space, at: now, connection)
    }
  }

  private static func insert(
    _ beginning: Beginning, in scope: OrganisationScope, at now: Instant, _ connection: any Connection
  ) throws {
    try connection.execute(
      """
      INSERT INTO partnership (space_id, id, name, kind, purpose, team, cadence_months, created_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
      """,
      [
        .id(scope.space), .id(beginning.partnership), .text(beginning.name), .text(beginning.kind.rawValue),
        .text(beginning.purpose), Value(beginning.isTeam), Value(Cadence.usual.months), .instant(now),
      ])
  }

  private struct FoundParty {
    let organisation: ID<Organisation>
    let name: String
    let leads: [ID<Person>]
  }

  private static func found(
    _ other: OtherParty, of beginning: Beginning, in scope: OrganisationScope, at now: Instant,
    _ connection: any Connection
  ) throws -> FoundParty {
    switch other.seat {
    case .existing(let organisation):
      return try existing(organisation, other, in: scope, connection)
    case .new(let newcomer):
      let organisation = try newOrganisation(other, in: scope, at: now, connection)
      let lead = try invite(newcomer, other, to: organisation, of: beginning, in: scope, at: now, connection)
      return FoundParty(organisation: organisation, name: other.name, leads: [lead])
    case .inside(let newcomer):
      let lead = try invite(newcomer, other, to: scope.organisation, of: beginning, in: scope, at: now, connection)
      return FoundParty(organisation: scope.organisation, name: other.name, leads: [lead])
    }
  }

  private static func existing(
    _ organisation: ID<Organisation>, _ other: OtherParty, in scope: OrganisationScope, _ connection: any Connection
  ) throws -> FoundParty {
    let name = try connection.first(
      "SELECT name FROM organisation WHERE space_id = $1 AND id = $2", [.id(scope.space), .id(organisation)]
    ).map { try $0.text("name") }
    guard let name else { throw FieldRefusals("organisation-\(other.place)", "starting.organisation-missing") }
    let managers: [ID<Person>] = try connection.query(
      """
      SELECT id FROM person
      WHERE space_id = $1 AND organisation_id = $2 AND manager = 1 AND erased_at IS NULL
      ORDER BY created_at, id
      """,
      [.id(scope.space), .id(organisation)]
    ).map { try $0.id("id") }
    guard !managers.isEmpty else { throw FieldRefusals("organisation-\(other.place)", "starting.nobody-there") }
    return FoundParty(organisation: organisation, name: other.name.isEmpty ? name : other.name, leads: managers)
  }

  private static func newOrganisation(
    _ other: OtherParty, in scope: OrganisationScope, at now: Instant, _ connection: any Connection
  ) throws -> ID<Organisation> {
    let same = try connection.first(
      "SELECT id FROM organisation WHERE space_id = $1 AND lower(name) = lower($2) LIMIT 1",
      [.id(scope.space), .text(other.name)])
    guard same == nil else { throw FieldRefusals("party-\(other.place)", "starting.organisation-here") }
    let id: ID<Organisation> = Randomness.id(at: now)
    try connection.execute(
      "INSERT INTO organisation (space_id, id, name, created_at) VALUES ($1, $2, $3, $4)",
      [.id(scope.space), .id(id), .text(other.name), .instant(now)])
    return id
  }

  private static func invite(
    _ newcomer: Newcomer, _ other: OtherParty, to organisation: ID<Organisation>, of beginning: Beginning,
    in scope: OrganisationScope, at now: Instant, _ connection: any Connection
  ) throws -> ID<Person> {
    do {
      return try PeopleStore.invite(
        newcomer, to: organisation, in: scope.space, by: scope.person.id, partnership: beginning.partnership, at: now,
        connection)
    } catch InvitationRefusal.addressElsewhere {
      throw FieldRefusals("email-\(other.place)", "starting.address-elsewhere")
    }
  }

  /// Makes a party and seats its leads.
  private static func seat(
    _ seating: Party.Seating, leads: [ID<Person>], in scope: OrganisationScope, at now: Instant,
    _ connection: any Connection
  ) throws -> ID<Party> {
    let party: ID<Party> = Randomness.id(at: now)
    try connection.execute(
      """
      INSERT INTO party (space_id, id, partnership_id, organisation_id, name, place)
      VALUES ($1, $2, $3, $4, $5, $6)
      """,
      [
        .id(scope.space), .id(party), .id(seating.partnership), .id(seating.organisation), .text(seating.name),
        Value(seating.place),
      ])
    for lead in leads {
      try connection.execute(
        """
        INSERT INTO member (space_id, id, partnership_id, party_id, person_id, role, joined_at)
        VALUES ($1, $2, $3, $4, $5, 'lead', $6)
        """,
        [
          .id(scope.space), .id(Randomness.id(at: now) as ID<Member>), .id(seating.partnership), .id(party), .id(lead),
          .instant(now),
        ])
    }
    return party
  }
}

extension Party {
  /// Where a new party sits.
  fileprivate struct Seating {
    let partnership: ID<Partnership>
    let organisation: ID<Organisation>
    let name: String
    let place: Int
  }
}

extension FieldRefusals {
  /// One field refused.
  init(_ field: String, _ key: String, _ values: [String: Named] = [:]) {
    self.init()
    refuse(field, key, values)
  }
}
