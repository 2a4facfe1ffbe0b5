import Database
import Partnering

/// Somebody's seat in a partnership.
struct MemberRecord: Sendable {
  let id: ID<Member>
  let person: ID<Person>
  let name: String
  let organisationName: String
  /// `nil` for a facilitator.
  let party: ID<Party>?
  /// `nil` for a facilitator.
  let role: Role?
  let joinedAt: Instant
}

/// Somebody to be seated for a party.
struct NewMember: Sendable {
  enum Who: Sendable {
    case known(ID<Person>)
    case invited(Newcomer, line: Int)
  }

  let who: Who
  let role: Role
}

extension PartnershipStore {
  /// The present members, by role and name.
  func members(in scope: PartnershipScope) async throws -> [MemberRecord] {
    try await database.read { connection in
      try Self.members(in: scope, connection).sorted { ($0.rank, $0.name, $0.id) < ($1.rank, $1.name, $1.id) }
    }
  }

  private static func members(in scope: PartnershipScope, _ connection: any Connection) throws -> [MemberRecord] {
    try connection.query(
      """
      SELECT member.id AS id, person_id, person.name AS name, organisation.name AS organisation, party_id, role,
        joined_at
      FROM member
      JOIN person ON person.space_id = member.space_id AND person.id = member.person_id
      JOIN organisation ON organisation.space_id = person.space_id AND organisation.id = person.organisation_id
      WHERE member.space_id = $1 AND partnership_id = $2 AND left_at IS NULL
      """,
      [.id(scope.space), .id(scope.partnership)]
    ).map { row in
      MemberRecord(
        id: try row.id("id"), person: try row.id("person_id"), name: try row.text("name"),
        organisationName: try row.text("organisation"), party: try row.idIfAny("party_id"),
        role: Role(rawValue: try row.text("role")), joinedAt: try row.instant("joined_at"))
    }
  }

  /// The heads of alliances of every party's organisation: name and organisation.
  func heads(in scope: PartnershipScope) async throws -> [(name: String, organisation: String)] {
    try await database.read { connection in
      try connection.query(
        """
        SELECT person.name AS name, organisation.name AS organisation
        FROM person
        JOIN organisation ON organisation.space_id = person.space_id AND organisation.id = person.organisation_id
        WHERE person.space_id = $1 AND head = 1 AND erased_at IS NULL AND organisation_id IN (
          SELECT organisation_id FROM party WHERE space_id = $1 AND partnership_id = $2)
        ORDER BY organisation.name, person.name
        """,
        [.id(scope.space), .id(scope.partnership)]
      ).map { (try $0.text("name"), try $0.text("organisation")) }
    }
  }

  /// The people of a party's organisation who have no seat for this party.
  func candidates(for party: PartyRecord, in scope: PartnershipScope) async throws -> [(id: ID<Person>, name: String)] {
    try await database.read { connection in
      try connection.query(
        """
        SELECT id, name FROM person
        WHERE space_id = $1 AND organisation_id = $2 AND erased_at IS NULL AND id NOT IN (
          SELECT person_id FROM member WHERE space_id = $1 AND party_id = $3 AND left_at IS NULL)
        ORDER BY name, id
        """,
        [.id(scope.space), .id(party.organisation), .id(party.id)]
      ).map { (try $0.id("id"), try $0.text("name")) }
    }
  }

  /// Seats people for a party; all of them or none.
  /// - Throws: `FieldRefusals`.
  func add(_ people: [NewMember], for party: PartyRecord, in scope: PartnershipScope, at now: Instant) async throws {
    try await database.write { connection in
      for newcomer in people {
        let person = try Self.person(newcomer, party, in: scope, at: now, connection)
        try Self.seat(person, as: newcomer.role.rawValue, for: party.id, in: scope, at: now, connection)
        try Happening(kind: "partnerships.event-came", person: person, party: party.id)
          .keep(in: scope.partnership, of: scope.space, at: now, connection)
      }
    }
  }

  private static func person(
    _ newcomer: NewMember, _ party: PartyRecord, in scope: PartnershipScope, at now: Instant,
    _ connection: any Connection
  ) throws -> ID<Person> {
    switch newcomer.who {
    case .known(let person):
      let found = try connection.first(
        "SELECT id FROM person WHERE space_id = $1 AND id = $2 AND organisation_id = $3 AND erased_at IS NULL",
        [.id(scope.space), .id(person), .id(party.organisation)])
      guard found != nil else { throw FieldRefusals("person", "members.choose-person") }
      return person
    case .invited(let newcomer, let line):
      do {
        return try PeopleStore.invite(
          newcomer, to: party.organisation, in: scope.space, by: scope.person.id, partnership: scope.partnership,
          at: now, connection)
      } catch InvitationRefusal.addressElsewhere {
        throw FieldRefusals("list", "members.line-elsewhere", ["line": .count(line)])
      }
    }
  }

  /// Somebody who sits there already keeps that seat.
  private static func seat(
    _ person: ID<Person>, as role: String, for party: ID<Party>?, in scope: PartnershipScope, at now: Instant,
    _ connection: any Connection
  ) throws {
    let sits = try connection.first(
      """
      SELECT id FROM member
      WHERE space_id = $1 AND partnership_id = $2 AND person_id = $3 AND coalesce(party_id, '') = $4
        AND left_at IS NULL
      """,
      [.id(scope.space), .id(scope.partnership), .id(person), .text(party?.text ?? "")])
    guard sits == nil else { throw FieldRefusals(party == nil ? "email" : "list", "members.sits-there") }
    try connection.execute(
      """
      INSERT INTO member (space_id, id, partnership_id, party_id, person_id, role, joined_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7)
      """,
      [
        .id(scope.space), .id(Randomness.id(at: now) as ID<Member>), .id(scope.partnership), .id(party), .id(person),
        .text(role), .instant(now),
      ])
  }

  /// Names somebody of the space to facilitate.
  /// - Throws: `FieldRefusals` if nobody here has this address.
  func addFacilitator(_ email: EmailAddress, in scope: PartnershipScope, at now: Instant) async throws {
    try await database.write { connection in
      let person: ID<Person>? = try connection.first(
        "SELECT id FROM person WHERE space_id = $1 AND email = $2 AND erased_at IS NULL",
        [.id(scope.space), .text(email.text)]
      ).map { try $0.id("id") }
      guard let person else { throw FieldRefusals("email", "members.nobody-has") }
      try Self.seat(person, as: "facilitator", for: nil, in: scope, at: now, connection)
      try Happening(kind: "partnerships.event-facilitates", person: person)
        .keep(in: scope.partnership, of: scope.space, at: now, connection)
    }
  }

  /// Gives a member another role.
  /// - Throws: `FieldRefusals` if a party would have no lead.
  func change(_ member: MemberRecord, to role: Role, in scope: PartnershipScope, at now: Instant) async throws {
    try await database.write { connection in
      if role != .lead { try Self.keepALead(without: member, in: scope, connection) }
      try connection.execute(
        "UPDATE member SET role = $3 WHERE space_id = $1 AND id = $2 AND left_at IS NULL",
        [.id(scope.space), .id(member.id), .text(role.rawValue)])
      try Happening(kind: "partnerships.event-role-\(role.rawValue)", person: member.person, party: member.party)
        .keep(in: scope.partnership, of: scope.space, at: now, connection)
      try Self.activateIfJoined(scope.partnership, in: scope.space, at: now, connection)
    }
  }

  /// Lets a member go.
  /// - Throws: `FieldRefusals` if a party would have no lead.
  func leave(_ member: MemberRecord, in scope: PartnershipScope, at now: Instant) async throws {
    try await database.write { connection in
      try Self.keepALead(without: member, in: scope, connection)
      let left = try connection.execute(
        "UPDATE member SET left_at = $3 WHERE space_id = $1 AND id = $2 AND left_at IS NULL",
        [.id(scope.space), .id(member.id), .instant(now)])
      guard left == 1 else { return }
      try Happening(kind: "partnerships.event-left", person: member.person, party: member.party)
        .keep(in: scope.partnership, of: scope.space, at: now, connection)
      try Self.activateIfJoined(scope.partnership, in: scope.space, at: now, connection)
    }
  }

  private static func keepALead(
    without member: MemberRecord, in scope: PartnershipScope, _ connection: any Connection
  ) throws {
    guard let party = member.party else { return }
    let present = try members(in: scope, connection).filter { $0.party == party && $0.role == .lead }
    guard Leads(present.map(\.person)).canSpare(member.person) else {
      throw FieldRefusals("role", "members.last-lead")
    }
  }
}

extension MemberRecord {
  fileprivate var rank: Int { role.flatMap { Role.allCases.firstIndex(of: $0) } ?? Role.allCases.count }
}
