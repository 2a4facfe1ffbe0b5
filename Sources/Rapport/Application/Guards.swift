import Database
import Hummingbird
import Partnering

/// A signed-in person; made by a guard alone.
struct PersonScope: Sendable {
  let space: ID<Space>
  let person: SignedInPerson

  fileprivate init(_ person: SignedInPerson) {
    space = person.space
    self.person = person
  }
}

/// A signed-in person and the organisation the person belongs to; made by a guard alone.
struct OrganisationScope: Sendable {
  let space: ID<Space>
  let organisation: ID<Organisation>
  let person: SignedInPerson

  fileprivate init(_ person: SignedInPerson) {
    space = person.space
    organisation = person.organisation
    self.person = person
  }
}

/// Somebody who manages people for the organisation that the space began with: there, mail is looked after. Made by a
/// guard alone.
struct HostScope: Sendable {
  let space: ID<Space>
  let organisation: ID<Organisation>
  let person: SignedInPerson

  fileprivate init(_ scope: OrganisationScope) {
    (space, organisation, person) = (scope.space, scope.organisation, scope.person)
  }
}

/// What somebody is in a partnership.
enum Seat: Sendable, Equatable {
  case member(party: ID<Party>, role: Role)
  /// May belong to no party.
  case facilitator
  /// Head of alliances of a party's organisation: sees what an observer sees.
  case head
}

/// A member's role. [domain, Words]
enum Role: String, Sendable, CaseIterable {
  case lead, sponsor, contributor, observer
}

/// A partnership that the signed-in person may see; made by a guard alone.
struct PartnershipScope: Sendable {
  let space: ID<Space>
  let partnership: ID<Partnership>
  let name: String
  let hasEnded: Bool
  let person: SignedInPerson
  /// All seats of the person: somebody may be a head and a member.
  let seats: [Seat]

  fileprivate init(
    _ person: SignedInPerson, partnership: ID<Partnership>, name: String, hasEnded: Bool, seats: [Seat]
  ) {
    space = person.space
    self.partnership = partnership
    self.name = name
    self.hasEnded = hasEnded
    self.person = person
    self.seats = seats
  }

  /// The parties that the person leads; somebody may sit for more than one.
  var leads: [ID<Party>] {
    seats.compactMap { seat in
      if case .member(let party, .lead) = seat { party } else { nil }
    }
  }

  var isLead: Bool { !leads.isEmpty }

  /// A member of a party, of whatever role: what a challenge or a talk needs.
  var isMember: Bool {
    seats.contains { if case .member = $0 { true } else { false } }
  }

  /// Whether the person talks and decides with the others: every member but an observer, and a facilitator.
  var takesPart: Bool {
    seats.contains { seat in
      switch seat {
      case .member(_, let role): role != .observer
      case .facilitator: true
      case .head: false
      }
    }
  }

  /// - Throws: `Refusal.because` for those who read only, or if the partnership has ended.
  func mustTakePart() throws {
    guard takesPart else { throw Refusal.because("application.readers-only", status: .forbidden) }
    try mustGoOn()
  }

  /// - Throws: `Refusal.because` if the person leads no party, or the partnership has ended.
  func mustLead() throws {
    guard isLead else { throw Refusal.because("application.leads-only", status: .forbidden) }
    try mustGoOn()
  }

  /// - Throws: `Refusal.because` if the partnership has ended.
  func mustGoOn() throws {
    guard !hasEnded else { throw Refusal.because("application.partnership-ended") }
  }
}

/// A round of a partnership that the signed-in person may see; made by a guard alone.
struct RoundScope: Sendable {
  let partnership: PartnershipScope
  let round: ID<Round>

  var space: ID<Space> { partnership.space }
  var person: SignedInPerson { partnership.person }

  fileprivate init(partnership: PartnershipScope, round: ID<Round>) {
    self.partnership = partnership
    self.round = round
  }
}

/// One person's own place on the roll of a round that has been opened, or will be; made by a guard alone. It is all that
/// somebody signed in by a round's personal link may use.
struct RollScope: Sendable {
  let space: ID<Space>
  let round: ID<Round>
  let person: SignedInPerson
  let party: ID<Party>

  fileprivate init(_ person: SignedInPerson, round: ID<Round>, party: ID<Party>) {
    space = person.space
    self.round = round
    self.person = person
    self.party = party
  }
}

/// Turns a session and an address into a scope, or answers 404 for what is not yours.
extension PageContext {
  /// The visit; a handler cannot run without it.
  func visiting() throws -> Visit {
    guard let visit else { throw Refusal.notFound }
    return visit
  }

  /// Somebody signed in with a password (or by any link).
  /// - Throws: `Refusal.signInFirst`.
  func person() throws -> PersonScope {
    guard let person = try visiting().person else { throw Refusal.signInFirst }
    return PersonScope(person)
  }

  /// - Throws: `Refusal.signInFirst`, or `.notFound` for somebody who came by a round's link.
  func organisation() throws -> OrganisationScope {
    let person = try person().person
    guard person.onlyRound == nil else { throw Refusal.notFound }
    return OrganisationScope(person)
  }

  /// `nil` for everybody else: for them, the pages of a host are not there.
  func hosting() async throws -> HostScope? {
    let scope = try organisation()
    let store = SeatStore(database: try visiting().house.database)
    guard scope.person.isManager, try await store.isFirst(scope.organisation, in: scope.space) else { return nil }
    return HostScope(scope)
  }

  /// The partnership that the address names (`:partnership`).
  func partnership() async throws -> PartnershipScope {
    let person = try person().person
    guard person.onlyRound == nil, let id = ID<Partnership>(parameters.get("partnership") ?? "") else {
      throw Refusal.notFound
    }
    let house = try visiting().house
    guard let found = try await SeatStore(database: house.database).seats(of: person, in: id) else {
      throw Refusal.notFound
    }
    return PartnershipScope(person, partnership: id, name: found.name, hasEnded: found.hasEnded, seats: found.seats)
  }

  /// The round that the address names (`:round`), in the partnership that it names.
  func round() async throws -> RoundScope {
    guard let id = ID<Round>(parameters.get("round") ?? "") else {
      _ = try await partnership()
      throw Refusal.notFound
    }
    return try await round(id)
  }

  /// A round of the partnership that the address names.
  func round(_ id: ID<Round>) async throws -> RoundScope {
    let partnership = try await partnership()
    let database = try visiting().house.database
    guard try await SeatStore(database: database).isRound(id, of: partnership.partnership, in: partnership.space) else {
      throw Refusal.notFound
    }
    return RoundScope(partnership: partnership, round: id)
  }

  /// The signed-in person's own place on the roll of the round that the address names (`:round`).
  func roll() async throws -> RollScope {
    let person = try person().person
    guard let id = ID<Round>(parameters.get("round") ?? ""), person.onlyRound == nil || person.onlyRound == id else {
      throw Refusal.notFound
    }
    let database = try visiting().house.database
    guard let party = try await SeatStore(database: database).party(of: person, onRollOf: id) else {
      throw Refusal.notFound
    }
    return RollScope(person, round: id, party: party)
  }
}

/// What the guards ask the database.
private struct SeatStore {
  let database: any Database

  func seats(
    of person: SignedInPerson, in partnership: ID<Partnership>
  ) async throws -> (name: String, hasEnded: Bool, seats: [Seat])? {
    try await database.read { connection in
      guard
        let found = try connection.first(
          "SELECT name, ended_at FROM partnership WHERE space_id = $1 AND id = $2",
          [.id(person.space), .id(partnership)])
      else { return nil }
      var seats = try connection.query(
        """
        SELECT party_id, role FROM member
        WHERE space_id = $1 AND partnership_id = $2 AND person_id = $3 AND left_at IS NULL
        """,
        [.id(person.space), .id(partnership), .id(person.id)]
      ).compactMap { row -> Seat? in
        if try row.text("role") == "facilitator" { return .facilitator }
        guard let role = Role(rawValue: try row.text("role")), let party: ID<Party> = try row.idIfAny("party_id")
        else { return nil }
        return .member(party: party, role: role)
      }
      if person.isHead,
        try connection.first(
          "SELECT id FROM party WHERE space_id = $1 AND partnership_id = $2 AND organisation_id = $3 LIMIT 1",
          [.id(person.space), .id(partnership), .id(person.organisation)]) != nil
      {
        seats.append(.head)
      }
      guard !seats.isEmpty else { return nil }
      return (try found.text("name"), try found.integerIfAny("ended_at") != nil, seats)
    }
  }

  func isFirst(_ organisation: ID<Organisation>, in space: ID<Space>) async throws -> Bool {
    try await database.read { connection in
      try connection.first(
        "SELECT id FROM organisation WHERE space_id = $1 ORDER BY created_at, id LIMIT 1", [.id(space)]
      ).map { try $0.id("id") == organisation } ?? false
    }
  }

  func isRound(_ round: ID<Round>, of partnership: ID<Partnership>, in space: ID<Space>) async throws -> Bool {
    try await database.read { connection in
      try connection.first(
        "SELECT id FROM round WHERE space_id = $1 AND id = $2 AND partnership_id = $3",
        [.id(space), .id(round), .id(partnership)]) != nil
    }
  }

  func party(of person: SignedInPerson, onRollOf round: ID<Round>) async throws -> ID<Party>? {
    try await database.read { connection in
      try connection.first(
        "SELECT party_id FROM roll_entry WHERE space_id = $1 AND round_id = $2 AND person_id = $3",
        [.id(person.space), .id(round), .id(person.id)]
      ).map { try $0.id("party_id") }
    }
  }
}
