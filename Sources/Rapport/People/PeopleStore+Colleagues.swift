import Database
import Partnering

/// Somebody of an organisation, as its own people see them.
struct Colleague: Sendable {
  let id: ID<Person>
  let name, email: String
  let isManager, isHead: Bool
  /// Without one, a person answers surveys by links.
  let hasPassword: Bool
  /// Whether an invitation to make an account waits or was shown.
  let isInvited: Bool
}

/// Who belongs to an organisation, and what its managers may change about them.
extension PeopleStore {
  enum Inviting: Sendable, Equatable {
    case done
    /// The places, in the list, of those whose address is somebody's already; nobody was invited.
    case taken([Int])
  }

  /// The organisation's name and everybody of it, by name.
  func colleagues(of scope: OrganisationScope) async throws -> (name: String, people: [Colleague]) {
    try await database.read { connection in
      let name = try connection.first(
        "SELECT name FROM organisation WHERE space_id = $1 AND id = $2", [.id(scope.space), .id(scope.organisation)])
      let rows = try connection.query(
        Self.colleagueSQL + " ORDER BY lower(person.name), person.id", [.id(scope.space), .id(scope.organisation), ""])
      return (try name?.text("name") ?? "", try rows.map(Colleague.init))
    }
  }

  /// One of them; `nil` for everybody else.
  func colleague(_ id: ID<Person>, in scope: OrganisationScope) async throws -> Colleague? {
    try await database.read { connection in
      try connection.first(Self.colleagueSQL, [.id(scope.space), .id(scope.organisation), .id(id)]).map(Colleague.init)
    }
  }

  /// Invites everybody, or nobody if one address is taken.
  func invite(_ newcomers: [Newcomer], in scope: OrganisationScope, at now: Instant) async throws -> Inviting {
    try await database.write { connection in
      let taken = try newcomers.indices.filter { place in
        try connection.first(
          "SELECT id FROM person WHERE email = $1", [.text(newcomers[place].email.text)]) != nil
      }
      guard taken.isEmpty else { return .taken(taken) }
      for newcomer in newcomers {
        _ = try Self.invite(
          newcomer, to: scope.organisation, in: scope.space, by: scope.person.id, at: now, connection)
      }
      return .done
    }
  }

  /// Changes the name, and the two roles in the organisation if they are given.
  /// - Throws: `NobodyManages`, with nothing changed, if nobody would manage the organisation any more.
  func change(
    _ id: ID<Person>, name: PersonName, roles: (isManager: Bool, isHead: Bool)?, in scope: OrganisationScope
  ) async throws {
    try await database.write { connection in
      let person: [Value] = [.id(scope.space), .id(scope.organisation), .id(id)]
      try connection.execute(
        "UPDATE person SET name = $4 WHERE space_id = $1 AND organisation_id = $2 AND id = $3",
        person + [.text(name.text)])
      guard let roles else { return }
      try connection.execute(
        "UPDATE person SET manager = $4, head = $5 WHERE space_id = $1 AND organisation_id = $2 AND id = $3",
        person + [Value(roles.isManager), Value(roles.isHead)])
      guard try Self.isManaged(scope, connection) else { throw NobodyManages() }
    }
  }

  /// Puts an invitation into the outbox again, for somebody without an account.
  func inviteAgain(_ id: ID<Person>, in scope: OrganisationScope, at now: Instant) async throws {
    try await database.write { connection in
      try Self.queue(.invitation, for: [id], in: scope.space, by: scope.person.id, at: now, connection)
    }
  }

  static func isManaged(_ scope: OrganisationScope, _ connection: any Connection) throws -> Bool {
    try connection.first(
      """
      SELECT id FROM person
      WHERE space_id = $1 AND organisation_id = $2 AND manager = 1 AND erased_at IS NULL
      LIMIT 1
      """,
      [.id(scope.space), .id(scope.organisation)]) != nil
  }

  private static let colleagueSQL = """
    SELECT person.id, person.name, person.email, manager, head,
      CASE WHEN password IS NULL THEN 0 ELSE 1 END AS has_password,
      CASE WHEN EXISTS (
        SELECT 1 FROM message
        WHERE message.space_id = person.space_id AND message.person_id = person.id AND message.kind = 'invitation'
      ) THEN 1 ELSE 0 END AS is_invited
    FROM person
    WHERE space_id = $1 AND organisation_id = $2 AND erased_at IS NULL AND ($3 = '' OR person.id = $3)
    """
}

/// The last manager cannot be taken away: nobody could invite or name managers any more.
struct NobodyManages: Error {}

extension Colleague {
  fileprivate init(_ row: Row) throws {
    self.init(
      id: try row.id("id"), name: try row.text("name"), email: try row.text("email"),
      isManager: try row.flag("manager"), isHead: try row.flag("head"), hasPassword: try row.flag("has_password"),
      isInvited: try row.flag("is_invited"))
  }
}
