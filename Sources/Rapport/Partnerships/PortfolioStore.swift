import Database
import Partnering

/// A partnership as the portfolio has it.
struct PortfolioPartnership: Sendable {
  let id: ID<Partnership>
  let name: String
  let kind: PartnershipKind
  let activeAt: Instant?
  let endedAt: Instant?
  let cadence: Cadence
  let last: LastFigures?
  /// The state of the round that is being prepared, is open or was interrupted.
  let running: String?

  var state: PartnershipState { PartnershipState(activeAt: activeAt, endedAt: endedAt) }

  var nextDue: CalendarDay? {
    guard state == .active, running == nil, let activeAt else { return nil }
    return cadence.nextDue(afterClose: last?.closedAt.day, activeSince: activeAt.day)
  }

  func attention(on today: CalendarDay) -> Attention {
    PartnershipOutlook(
      state: state, nextDue: nextDue, roundIsRunning: running == "open" || running == "interrupted",
      toDiscuss: last?.toDiscuss
    ).attention(on: today)
  }
}

/// The last closed round's figures.
struct LastFigures: Sendable {
  let closedAt: Instant
  /// `nil` where the report hides it.
  let healthThousandths: Int?
  let toDiscuss: Int?
}

/// What is shown of a partnership besides, for the rows of one page.
struct PortfolioDetails: Sendable {
  let parties: [String]
  /// Trust in thousandths, oldest first; `nil` for a round that does not show it.
  let trust: [Int?]
}

/// All partnerships that somebody may see.
struct PortfolioStore: Sendable {
  let database: any Database

  /// The partnerships in which the person has a seat.
  func mine(in scope: OrganisationScope) async throws -> [PortfolioPartnership] {
    try await database.read { connection in
      try connection.query(
        Self.select
          + """

          AND partnership.id IN (
            SELECT partnership_id FROM member WHERE space_id = $1 AND person_id = $2 AND left_at IS NULL)
          """,
        [.id(scope.space), .id(scope.person.id)]
      ).map(Self.partnership)
    }
  }

  /// Those, and for a head of alliances all of the organisation's.
  func visible(in scope: OrganisationScope) async throws -> [PortfolioPartnership] {
    guard scope.person.isHead else { return try await mine(in: scope) }
    return try await database.read { connection in
      try connection.query(
        Self.select
          + """

          AND (partnership.id IN (
              SELECT partnership_id FROM member WHERE space_id = $1 AND person_id = $2 AND left_at IS NULL)
            OR partnership.id IN (SELECT partnership_id FROM party WHERE space_id = $1 AND organisation_id = $3))
          """,
        [.id(scope.space), .id(scope.person.id), .id(scope.organisation)]
      ).map(Self.partnership)
    }
  }

  private static let select = """
    SELECT partnership.id AS id, partnership.name AS name, kind, cadence_months, active_at, ended_at,
      last.closed_at AS closed_at, last.health_thousandths AS health, last.to_discuss AS to_discuss,
      running.state AS running
    FROM partnership
    LEFT JOIN round AS last
      ON last.space_id = partnership.space_id AND last.partnership_id = partnership.id AND last.number = (
        SELECT max(number) FROM round
        WHERE round.space_id = partnership.space_id AND round.partnership_id = partnership.id AND state = 'closed')
    LEFT JOIN round AS running
      ON running.space_id = partnership.space_id AND running.partnership_id = partnership.id AND running.number = (
        SELECT max(number) FROM round
        WHERE round.space_id = partnership.space_id AND round.partnership_id = partnership.id
          AND state IN ('draft', 'opening', 'open', 'interrupted'))
    WHERE partnership.space_id = $1
    """

  private static func partnership(_ row: Row) throws -> PortfolioPartnership {
    guard let kind = PartnershipKind(rawValue: try row.text("kind")) else { throw DatabaseFailure.column("kind") }
    return PortfolioPartnership(
      id: try row.id("id"), name: try row.text("name"), kind: kind, activeAt: try row.instantIfAny("active_at"),
      endedAt: try row.instantIfAny("ended_at"), cadence: Cadence(months: try row.int("cadence_months")) ?? .usual,
      last: try row.instantIfAny("closed_at").map {
        LastFigures(
          closedAt: $0, healthThousandths: try row.integerIfAny("health").map { Int(clamping: $0) },
          toDiscuss: try row.integerIfAny("to_discuss").map { Int(clamping: $0) })
      },
      running: try row.textIfAny("running"))
  }

  /// The organisations with a party in what the person may see, by name.
  func organisations(
    of partnerships: Set<ID<Partnership>>, in scope: OrganisationScope
  ) async throws -> [(id: ID<Organisation>, name: String, partnerships: Set<ID<Partnership>>)] {
    let rows: [(ID<Organisation>, String, ID<Partnership>)] = try await database.read { connection in
      try connection.query(
        """
        SELECT DISTINCT organisation.id AS id, organisation.name AS name, partnership_id
        FROM party
        JOIN organisation ON organisation.space_id = party.space_id AND organisation.id = party.organisation_id
        WHERE party.space_id = $1
        """,
        [.id(scope.space)]
      ).map { (try $0.id("id"), try $0.text("name"), try $0.id("partnership_id")) }
    }
    return Dictionary(grouping: rows.filter { partnerships.contains($0.2) }, by: \.0)
      .map { ($0.key, $0.value[0].1, Set($0.value.map(\.2))) }
      .sorted { ($0.name, $0.id) < ($1.name, $1.id) }
  }

  /// What the rows of one page show besides.
  func details(
    of partnerships: [ID<Partnership>], in scope: OrganisationScope
  ) async throws -> [ID<Partnership>: PortfolioDetails] {
    try await database.read { connection in
      var details: [ID<Partnership>: PortfolioDetails] = [:]
      for id in partnerships {
        let values: [Value] = [.id(scope.space), .id(id)]
        let parties = try connection.query(
          "SELECT name FROM party WHERE space_id = $1 AND partnership_id = $2 ORDER BY place", values)
        let trust = try connection.query(
          """
          SELECT trust_thousandths FROM round
          WHERE space_id = $1 AND partnership_id = $2 AND state = 'closed'
          ORDER BY number
          """, values)
        details[id] = PortfolioDetails(
          parties: try parties.map { try $0.text("name") },
          trust: try trust.map { try $0.integerIfAny("trust_thousandths").map { Int(clamping: $0) } })
      }
      return details
    }
  }
}
