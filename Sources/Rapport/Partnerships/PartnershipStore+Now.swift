import Database
import Foundation
import Partnering

/// What the front page tells of the rounds.
struct RoundsSoFar: Sendable {
  /// The round that is being prepared, is open or was interrupted.
  let running: (id: ID<Round>, state: String, closesAt: Instant)?
  let last: LastRound?
}

/// The last closed round and its report.
struct LastRound: Sendable {
  let id: ID<Round>
  let closedAt: Instant
  let instrument: String
  let instrumentVersion: String
  let report: SurveyReport
  /// The items for discussion that have no conclusion yet, or neither an action nor a reason for none; worst first.
  let unsettled: [Int]
}

/// Something that happened, with the names it speaks of.
struct TimelineEntry: Sendable {
  let kind: String
  let person: String
  let party: String
  let note: String
  let happenedAt: Instant
  /// How many people it speaks of: those who came for one party on one day are told as one.
  let count: Int
}

extension PartnershipStore {
  func rounds(in scope: PartnershipScope) async throws -> RoundsSoFar {
    try await database.read { connection in
      RoundsSoFar(running: try Self.running(in: scope, connection), last: try Self.last(in: scope, connection))
    }
  }

  private static func running(
    in scope: PartnershipScope, _ connection: any Connection
  ) throws -> (id: ID<Round>, state: String, closesAt: Instant)? {
    try connection.first(
      """
      SELECT id, state, closes_at FROM round
      WHERE space_id = $1 AND partnership_id = $2 AND state IN ('draft', 'opening', 'open', 'interrupted')
      ORDER BY number DESC
      """,
      [.id(scope.space), .id(scope.partnership)]
    ).map { (try $0.id("id"), try $0.text("state"), try $0.instant("closes_at")) }
  }

  private static func last(in scope: PartnershipScope, _ connection: any Connection) throws -> LastRound? {
    let row = try connection.first(
      """
      SELECT id, closed_at, instrument_id, instrument_version FROM round
      WHERE space_id = $1 AND partnership_id = $2 AND state = 'closed' AND report IS NOT NULL
      ORDER BY number DESC
      """,
      [.id(scope.space), .id(scope.partnership)])
    guard let row else { return nil }
    let id: ID<Round> = try row.id("id")
    guard let report = try KeptRounds.report(of: id, in: scope.space, connection) else { return nil }
    return LastRound(
      id: id, closedAt: try row.instant("closed_at"), instrument: try row.text("instrument_id"),
      instrumentVersion: try row.text("instrument_version"), report: report,
      unsettled: try DiscussionStore.unsettled(report.forDiscussion, of: id, in: scope.space, connection))
  }

  /// The latest happenings, newest first.
  func timeline(in scope: PartnershipScope, most: Int, _ words: Words) async throws -> [TimelineEntry] {
    try await database.read { connection in
      try connection.query(
        """
        WITH told AS (
          SELECT max(id) AS id, count(id) AS n
          FROM event
          WHERE space_id = $1 AND partnership_id = $2
          GROUP BY CASE
            WHEN kind IN ('partnerships.event-came', 'partnerships.event-accepted')
              THEN kind || ' ' || party_id || ' ' || (happened_at / 86400000)
            ELSE id END)
        SELECT told.n AS n, event.kind AS kind, person.name AS person, erased_at, organisation.name AS organisation,
          party.name AS party, note, happened_at
        FROM told
        JOIN event ON event.space_id = $1 AND event.id = told.id
        LEFT JOIN person ON person.space_id = event.space_id AND person.id = event.person_id
        LEFT JOIN organisation
          ON organisation.space_id = person.space_id AND organisation.id = person.organisation_id
        LEFT JOIN party ON party.space_id = event.space_id AND party.id = event.party_id
        ORDER BY happened_at DESC, event.id DESC
        LIMIT $3
        """,
        [.id(scope.space), .id(scope.partnership), Value(most)]
      ).map { row in
        let isErased = try row.integerIfAny("erased_at") != nil
        let former = PeopleStore.formerMember(of: try row.textIfAny("organisation") ?? "", in: words)
        return TimelineEntry(
          kind: try row.text("kind"), person: isErased ? former : try row.textIfAny("person") ?? "",
          party: try row.textIfAny("party") ?? "", note: try row.textIfAny("note") ?? "",
          happenedAt: try row.instant("happened_at"), count: try row.int("n"))
      }
    }
  }
}
