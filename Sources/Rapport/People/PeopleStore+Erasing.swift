import Database
import Foundation
import Partnering

/// What goes when a person is erased, and what stays.
extension PeopleStore {
  /// The organisation's name, and the partnerships in which the person is a party's only lead.
  func whatErasingTouches(_ id: ID<Person>, in scope: OrganisationScope) async throws -> (String, [String]) {
    try await database.read { connection in
      let organisation = try connection.first(
        "SELECT name FROM organisation WHERE space_id = $1 AND id = $2", [.id(scope.space), .id(scope.organisation)])
      let led = try connection.query(
        """
        SELECT DISTINCT partnership.name
        FROM member
        JOIN partnership ON partnership.space_id = member.space_id AND partnership.id = member.partnership_id
        WHERE member.space_id = $1 AND member.person_id = $2 AND member.role = 'lead' AND member.left_at IS NULL
          AND partnership.ended_at IS NULL
          AND NOT EXISTS (
            SELECT 1 FROM member AS other
            WHERE other.space_id = member.space_id AND other.party_id = member.party_id AND other.role = 'lead'
              AND other.left_at IS NULL AND other.person_id <> member.person_id)
        ORDER BY partnership.name
        """,
        [.id(scope.space), .id(id)])
      return (try organisation?.text("name") ?? "", try led.map { try $0.text("name") })
    }
  }

  /// Erases a person of the scope's organisation. The row stays, nameless, so that joint records keep pointing at
  /// somebody; on the roll of an open round the person stays counted.
  /// - Throws: `NobodyManages`, with nothing changed, if others would be left without a manager.
  func erase(_ id: ID<Person>, in scope: OrganisationScope, at now: Instant) async throws {
    try await database.write { connection in
      let person: [Value] = [.id(scope.space), .id(id)]
      let erased = try connection.execute(
        """
        UPDATE person
        SET name = '', email = $4, password = NULL, language = NULL, manager = 0, head = 0, erased_at = $5
        WHERE space_id = $1 AND id = $2 AND organisation_id = $3 AND erased_at IS NULL
        """,
        person + [.id(scope.organisation), .text("erased:\(id)"), .instant(now)])
      guard erased == 1 else { throw Refusal.notFound }
      guard try Self.isManaged(scope, connection) || Self.isEmpty(scope, connection) else { throw NobodyManages() }
      for statement in Self.forgetting { try connection.execute(statement, person) }
      try connection.execute(
        "UPDATE member SET left_at = $3 WHERE space_id = $1 AND person_id = $2 AND left_at IS NULL",
        person + [.instant(now)])
      let ended = try connection.query(
        """
        SELECT round_id FROM roll_entry
        JOIN round ON round.space_id = roll_entry.space_id AND round.id = roll_entry.round_id
        WHERE roll_entry.space_id = $1 AND person_id = $2 AND state IN ('closed', 'withdrawn')
        """, person)
      for row in ended { try Self.forgetNames(ofErasedIn: try row.id("round_id"), in: scope.space, connection) }
    }
  }

  private static let forgetting = [
    "DELETE FROM session WHERE space_id = $1 AND person_id = $2",
    "DELETE FROM calendar_feed WHERE space_id = $1 AND person_id = $2",
    "DELETE FROM link WHERE space_id = $1 AND person_id = $2",
    "DELETE FROM link_use WHERE space_id = $1 AND person_id = $2",
    "DELETE FROM message WHERE space_id = $1 AND person_id = $2",
    "DELETE FROM report_seen WHERE space_id = $1 AND person_id = $2",
    "UPDATE message SET invited_by = NULL WHERE space_id = $1 AND invited_by = $2",
    """
    DELETE FROM roll_entry
    WHERE space_id = $1 AND person_id = $2
      AND round_id IN (SELECT id FROM round WHERE space_id = $1 AND state = 'draft')
    """,
  ]

  private static func isEmpty(_ scope: OrganisationScope, _ connection: any Connection) throws -> Bool {
    try connection.first(
      "SELECT id FROM person WHERE space_id = $1 AND organisation_id = $2 AND erased_at IS NULL LIMIT 1",
      [.id(scope.space), .id(scope.organisation)]) == nil
  }
}
