import Database
import Partnering

/// The actions of a partnership.
struct ActionStore: Sendable {
  let database: any Database

  /// All of them: those that run first, by due date, then the closed ones, the latest first.
  func actions(in scope: PartnershipScope) async throws -> [ActionRecord] {
    try await database.read { try Self.actions(in: scope, $0) }
  }

  static func actions(in scope: PartnershipScope, _ connection: any Connection) throws -> [ActionRecord] {
    let owners = Dictionary(grouping: try owners(in: scope, connection), by: \.action)
    return try connection.query(
      """
      SELECT \(columns) FROM action
      LEFT JOIN person ON person.space_id = action.space_id AND person.id = decided_by AND erased_at IS NULL
      WHERE action.space_id = $1 AND partnership_id = $2
      ORDER BY CASE WHEN closed_at IS NULL THEN 0 ELSE 1 END, closed_at DESC, due, action.id
      """, [.id(scope.space), .id(scope.partnership)]
    ).map { row in try ActionRecord(row, owners: (owners[try row.id("id")] ?? []).map(\.owner)) }
  }

  /// - Throws: `Refusal.notFound`.
  func action(_ id: ID<Action>, in scope: PartnershipScope) async throws -> ActionRecord {
    try await database.read { try Self.action(id, in: scope, $0) }
  }

  static func action(
    _ id: ID<Action>, in scope: PartnershipScope, _ connection: any Connection
  ) throws -> ActionRecord {
    let row = try connection.first(
      """
      SELECT \(columns) FROM action
      LEFT JOIN person ON person.space_id = action.space_id AND person.id = decided_by AND erased_at IS NULL
      WHERE action.space_id = $1 AND partnership_id = $2 AND action.id = $3
      """, [.id(scope.space), .id(scope.partnership), .id(id)])
    guard let row else { throw Refusal.notFound }
    let owners = try owners(in: scope, connection).filter { $0.action == id }.map(\.owner)
    return try ActionRecord(row, owners: owners)
  }

  private static let columns = """
    action.id AS id, round_id, item, what, due, state, because, version, person.name AS decider, decided_at, closed_at
    """

  private static func owners(
    in scope: PartnershipScope, _ connection: any Connection
  ) throws -> [(action: ID<Action>, owner: ActionRecord.Owner)] {
    try connection.query(
      """
      SELECT action_id, party.id AS party_id, party.name AS party, party.place AS place, action_owner.person_id AS person_id,
        person.name AS person,
        CASE WHEN erased_at IS NULL AND EXISTS (
          SELECT 1 FROM member
          WHERE member.space_id = action_owner.space_id AND member.partnership_id = action.partnership_id
            AND member.person_id = action_owner.person_id AND left_at IS NULL) THEN 1 ELSE 0 END AS present
      FROM action_owner
      JOIN action ON action.space_id = action_owner.space_id AND action.id = action_id
      JOIN party ON party.space_id = action_owner.space_id AND party.id = action_owner.party_id
      LEFT JOIN person
        ON person.space_id = action_owner.space_id AND person.id = action_owner.person_id AND erased_at IS NULL
      WHERE action_owner.space_id = $1 AND action.partnership_id = $2
      ORDER BY party.place
      """, [.id(scope.space), .id(scope.partnership)]
    ).map { row in
      (
        try row.id("action_id"),
        ActionRecord.Owner(
          party: try row.id("party_id"), partyName: try row.text("party"), place: try row.int("place"),
          person: try row.idIfAny("person_id"), name: try row.textIfAny("person"), isPresent: try row.flag("present"))
      )
    }
  }

  /// The parties with their present members who may own an action: everybody but observers.
  func parties(in scope: PartnershipScope) async throws -> [PartyOfOwners] {
    try await database.read { connection in
      let people = try connection.query(
        """
        SELECT DISTINCT party_id, person.id AS id, person.name AS name
        FROM member
        JOIN person ON person.space_id = member.space_id AND person.id = member.person_id
        WHERE member.space_id = $1 AND partnership_id = $2 AND party_id IS NOT NULL AND left_at IS NULL
          AND erased_at IS NULL AND role IN ('lead', 'sponsor', 'contributor')
        ORDER BY name, id
        """, [.id(scope.space), .id(scope.partnership)]
      ).map { (party: try $0.id("party_id") as ID<Party>, id: try $0.id("id") as ID<Person>, name: try $0.text("name")) }
      return try connection.query(
        "SELECT id, name FROM party WHERE space_id = $1 AND partnership_id = $2 ORDER BY place, id",
        [.id(scope.space), .id(scope.partnership)]
      ).enumerated().map { place, row in
        let id: ID<Party> = try row.id("id")
        return PartyOfOwners(
          id: id, name: try row.text("name"), place: place,
          people: people.filter { $0.party == id }.map { ($0.id, $0.name) })
      }
    }
  }

  func comments(on id: ID<Action>, in scope: PartnershipScope) async throws -> [CommentRecord] {
    try await database.read { connection in
      try connection.query(
        """
        SELECT action_comment.id AS id, person.name AS name, text, written_at FROM action_comment
        LEFT JOIN person ON person.space_id = action_comment.space_id AND person.id = person_id AND erased_at IS NULL
        WHERE action_comment.space_id = $1 AND action_id = $2
        ORDER BY written_at, action_comment.id
        """, [.id(scope.space), .id(id)]
      ).map { row in
        CommentRecord(
          id: try row.id("id"), name: try row.textIfAny("name"), text: try row.text("text"), writtenAt: try row.instant("written_at"))
      }
    }
  }
}

extension ActionRecord {
  fileprivate init(_ row: Row, owners: [Owner]) throws {
    guard let state = ActionState(rawValue: try row.text("state")) else { throw DatabaseFailure.column("state") }
    guard let due = CalendarDay(try row.text("due")) else { throw DatabaseFailure.column("due") }
    self.init(
      id: try row.id("id"), round: try row.idIfAny("round_id"),
      item: try row.integerIfAny("item").map { Int(clamping: $0) }, what: try row.text("what"), due: due, state: state,
      because: try row.textIfAny("because"), version: try row.int("version"), decidedBy: try row.textIfAny("decider"),
      decidedAt: try row.instant("decided_at"), closedAt: try row.instantIfAny("closed_at"), owners: owners)
  }
}
