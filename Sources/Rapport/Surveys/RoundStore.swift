import Crypto
import Database
import Foundation
import Partnering

/// Rounds before, while and after they are open; what is sealed of them is in `SealedRoundStore`.
struct RoundStore: Sendable {
  let database: any Database

  /// The rounds of a partnership, the newest first.
  func rounds(in scope: PartnershipScope) async throws -> [RoundRecord] {
    try await database.read { connection in
      try connection.query(
        """
        SELECT \(RoundRecord.columns) FROM round
        WHERE space_id = $1 AND partnership_id = $2
        ORDER BY number DESC
        """,
        [.id(scope.space), .id(scope.partnership)]
      ).map(RoundRecord.init)
    }
  }

  func round(_ scope: RoundScope) async throws -> RoundRecord {
    try await database.read { try Self.round(scope.round, in: scope.space, $0) }
  }

  func round(_ scope: RollScope) async throws -> RoundRecord {
    try await database.read { try Self.round(scope.round, in: scope.space, $0) }
  }

  static func round(_ id: ID<Round>, in space: ID<Space>, _ connection: any Connection) throws -> RoundRecord {
    let row = try connection.first(
      "SELECT \(RoundRecord.columns) FROM round WHERE space_id = $1 AND id = $2", [.id(space), .id(id)])
    guard let row else { throw Refusal.notFound }
    return try RoundRecord(row)
  }

  /// A round that closed last before this one, of the same instrument.
  static func lastClosed(
    before round: RoundRecord, showingFigures: Bool, _ connection: any Connection
  ) throws -> ID<Round>? {
    try connection.first(
      """
      SELECT id FROM round
      WHERE space_id = $1 AND partnership_id = $2 AND id <> $3 AND state = 'closed' AND instrument_id = $4
        AND ($5 = 0 OR health_thousandths IS NOT NULL)
      ORDER BY closed_at DESC
      LIMIT 1
      """,
      [.id(round.space), .id(round.partnership), .id(round.id), .text(round.instrument), Value(showingFigures)]
    ).map { try $0.id("id") }
  }

  /// Whether this partnership may have rounds: it is active, and has not ended.
  func isActive(_ scope: PartnershipScope) async throws -> Bool {
    try await database.read { connection in
      try connection.first(
        """
        SELECT id FROM partnership
        WHERE space_id = $1 AND id = $2 AND active_at IS NOT NULL AND ended_at IS NULL
        """, [.id(scope.space), .id(scope.partnership)]) != nil
    }
  }

  // MARK: The roll

  func parties(of round: RoundRecord) async throws -> [RollParty] {
    try await database.read { try Self.parties(of: round, $0) }
  }

  /// Every party with those who are, or may be put, on the roll. In a draft somebody who left is on no roll; from
  /// the opening on the roll stays as it was.
  static func parties(of round: RoundRecord, _ connection: any Connection) throws -> [RollParty] {
    let people = round.state == .draft ? try candidates(of: round, connection) : try roll(of: round, connection)
    return try connection.query(
      """
      SELECT id, name FROM party WHERE space_id = $1 AND partnership_id = $2 ORDER BY place, id
      """, [.id(round.space), .id(round.partnership)]
    ).enumerated().map { place, row in
      let id: ID<Party> = try row.id("id")
      return RollParty(id: id, name: try row.text("name"), place: place, people: people[id] ?? [])
    }
  }

  /// What a lead who confirms a draft now says yes to.
  static func terms(of id: ID<Round>, in space: ID<Space>, _ connection: any Connection) throws -> RoundTerms {
    let round = try round(id, in: space, connection)
    return RoundTerms(of: round, parties: try parties(of: round, connection))
  }

  private static func candidates(
    of round: RoundRecord, _ connection: any Connection
  ) throws -> [ID<Party>: [RollParty.Person]] {
    let rows = try connection.query(
      """
      SELECT DISTINCT member.party_id AS party_id, member.person_id AS person_id, person.name AS name, role,
        roll_entry.person_id AS entry, coalesce(roll_entry.paper, 0) AS paper
      FROM member
      JOIN person ON person.space_id = member.space_id AND person.id = member.person_id
      LEFT JOIN roll_entry ON roll_entry.space_id = member.space_id AND roll_entry.round_id = $3
        AND roll_entry.person_id = member.person_id AND roll_entry.party_id = member.party_id
      WHERE member.space_id = $1 AND member.partnership_id = $2 AND member.party_id IS NOT NULL
        AND left_at IS NULL AND erased_at IS NULL AND role IN ('lead', 'sponsor', 'contributor')
      ORDER BY name, person_id
      """,
      [.id(round.space), .id(round.partnership), .id(round.id)])
    return try grouped(rows) { try $0.textIfAny("entry") != nil }
  }

  private static func roll(
    of round: RoundRecord, _ connection: any Connection
  ) throws -> [ID<Party>: [RollParty.Person]] {
    let rows = try connection.query(
      """
      SELECT party_id, person_id, CASE WHEN erased_at IS NULL THEN person.name END AS name, '' AS role, paper
      FROM roll_entry
      JOIN person ON person.space_id = roll_entry.space_id AND person.id = roll_entry.person_id
      WHERE roll_entry.space_id = $1 AND round_id = $2
      ORDER BY person.name, person_id
      """,
      [.id(round.space), .id(round.id)])
    return try grouped(rows) { _ in true }
  }

  private static func grouped(
    _ rows: [Row], isOnRoll: (Row) throws -> Bool
  ) throws -> [ID<Party>: [RollParty.Person]] {
    var people: [ID<Party>: [RollParty.Person]] = [:]
    for row in rows {
      let person = RollParty.Person(
        id: try row.id("person_id"), name: try row.textIfAny("name"), role: try row.text("role"),
        isOnRoll: try isOnRoll(row), isOnPaper: try row.flag("paper"))
      people[try row.id("party_id"), default: []].append(person)
    }
    return people
  }

  static func rollIDs(of round: ID<Round>, in space: ID<Space>, _ connection: any Connection) throws -> [ID<Person>] {
    try connection.query(
      "SELECT person_id FROM roll_entry WHERE space_id = $1 AND round_id = $2 ORDER BY person_id",
      [.id(space), .id(round)]
    ).map { try $0.id("person_id") }
  }

  /// All who see the report: everybody who sits in the partnership.
  static func memberIDs(
    of partnership: ID<Partnership>, in space: ID<Space>, _ connection: any Connection
  ) throws -> [ID<Person>] {
    try connection.query(
      """
      SELECT DISTINCT person_id FROM member
      WHERE space_id = $1 AND partnership_id = $2 AND left_at IS NULL
      ORDER BY person_id
      """, [.id(space), .id(partnership)]
    ).map { try $0.id("person_id") }
  }

  static func leadIDs(
    of partnership: ID<Partnership>, in space: ID<Space>, _ connection: any Connection
  ) throws -> [ID<Person>] {
    try connection.query(
      """
      SELECT DISTINCT person_id FROM member
      WHERE space_id = $1 AND partnership_id = $2 AND role = 'lead' AND left_at IS NULL
      ORDER BY person_id
      """, [.id(space), .id(partnership)]
    ).map { try $0.id("person_id") }
  }

  /// What happened, for the partnership's front page.
  static func note(
    _ kind: String, _ round: RoundRecord, by person: ID<Person>? = nil, note: String? = nil, at now: Instant,
    _ connection: any Connection
  ) throws {
    try Happening(kind: kind, person: person, round: round.id, note: note)
      .keep(in: round.partnership, of: round.space, at: now, connection)
  }
}

/// What a lead confirms: the numbers and the roll. Any change of them is another value, and asks again.
struct RoundTerms: Sendable, Equatable {
  let text: String

  init(of round: RoundRecord, parties: [RollParty]) {
    var lines = [
      round.instrument, round.instrumentVersion, "\(round.minimumGroup)", "\(round.commentThreshold)",
    ]
    // The closing time of a round in the room comes with the last yes, so what is agreed on is how long it lasts.
    lines += round.roomMinutes.map { ["in the room", "\($0)"] }
      ?? ["\(round.closesAt.milliseconds)", "\(round.latestCloseAt.milliseconds)"]
    for party in parties {
      lines.append("party \(party.id)")
      lines += party.roll.map { $0.isOnPaper ? "\($0.id) on paper" : $0.id.text }.sorted()
    }
    text = Data(SHA256.hash(data: Data(lines.joined(separator: "\n").utf8))).base64URL
  }
}
