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
  /// Whether an open round asks the reader, in a browser.
  let asksReader: Bool
  /// Items of the last closed round that wait for a talk.
  let unsettled: Int
  let overdueActions: Int
  /// In tenths, as they are shown, between the last two rounds that show trust.
  let trustFall: Int

  var state: PartnershipState { PartnershipState(activeAt: activeAt, endedAt: endedAt) }

  var nextDue: CalendarDay? {
    guard state == .active, running == nil, let activeAt else { return nil }
    return cadence.nextDue(afterClose: last?.closedAt.day, activeSince: activeAt.day)
  }

  /// What sorts it among others.
  var outlook: PartnershipOutlook {
    PartnershipOutlook(
      state: state, nextDue: nextDue, roundIsRunning: running == "open" || running == "interrupted",
      asksReader: asksReader,
      unsettled: unsettled, overdueActions: overdueActions, trustFall: trustFall)
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
  var parties: [String] = []
  /// Trust and health in thousandths, oldest first; `nil` for a round that does not show it.
  var trust: [Int?] = []
  var health: [Int?] = []
}

/// All partnerships that somebody may see.
struct PortfolioStore: Sendable {
  let database: any Database

  /// The partnerships in which the person has a seat.
  func mine(in scope: OrganisationScope, on today: CalendarDay) async throws -> [PortfolioPartnership] {
    try await database.read { connection in
      let ids = try connection.query(Self.mine, [.id(scope.space), .id(scope.person.id)]).map { try $0.partnership }
      return try Self.whole(ids, in: scope, on: today, connection)
    }
  }

  /// Those, and for a head of alliances all of the organisation's.
  func visible(in scope: OrganisationScope, on today: CalendarDay) async throws -> [PortfolioPartnership] {
    guard scope.person.isHead else { return try await mine(in: scope, on: today) }
    return try await database.read { connection in
      let ids = try connection.query(
        Self.mine + " UNION SELECT partnership_id FROM party WHERE space_id = $1 AND organisation_id = $3",
        [.id(scope.space), .id(scope.person.id), .id(scope.organisation)]
      ).map { try $0.partnership }
      return try Self.whole(ids, in: scope, on: today, connection)
    }
  }

  /// - Throws: `DatabaseFailure.damaged` if a figure of one of them is not what was kept.
  private static func whole(
    _ ids: [ID<Partnership>], in scope: OrganisationScope, on today: CalendarDay, _ connection: any Connection
  ) throws -> [PortfolioPartnership] {
    for start in stride(from: 0, to: ids.count, by: 50) {
      _ = try closedRounds(of: ids[start..<min(start + 50, ids.count)], in: scope.space, connection)
    }
    return try partnerships(ids, in: scope.space, asking: scope.person.id, on: today, connection)
  }

  /// The figures of the closed rounds of some partnerships, oldest first.
  /// - Throws: `DatabaseFailure.damaged` if one of them is not what was kept.
  private static func closedRounds(
    of partnerships: ArraySlice<ID<Partnership>>, in space: ID<Space>, _ connection: any Connection
  ) throws -> [Row] {
    // As many placeholders as there are; the values are bound like all others.
    let places = partnerships.indices.map { "$\($0 - partnerships.startIndex + 2)" }.joined(separator: ", ")
    let rounds = try connection.query(
      """
      SELECT id, partnership_id, number, closed_at, trust_thousandths, health_thousandths, to_discuss FROM round
      WHERE space_id = $1 AND partnership_id IN (\(places)) AND state = 'closed'
      ORDER BY number
      """, [.id(space)] + partnerships.map { .id($0) })
    try KeptRounds.check(figures: rounds, in: space, connection)
    return rounds
  }

  private static let mine =
    "SELECT DISTINCT partnership_id FROM member WHERE space_id = $1 AND person_id = $2 AND left_at IS NULL"

  /// These partnerships with what is counted over them, by one statement each for some hundreds of them.
  /// - Parameter person: whom an open round may ask; `nil` asks nobody.
  static func partnerships(
    _ ids: [ID<Partnership>], in space: ID<Space>, asking person: ID<Person>?, on today: CalendarDay,
    _ connection: any Connection
  ) throws -> [PortfolioPartnership] {
    let asking = try person.map { try Self.asking($0, in: space, connection) } ?? []
    return try stride(from: 0, to: ids.count, by: 500).flatMap { start in
      try some(ids[start..<min(start + 500, ids.count)], in: space, asking, on: today, connection)
    }
  }

  /// The partnerships whose open round asks a person, in a browser. From the person's own lists: a space has many more rounds.
  static func asking(
    _ person: ID<Person>, in space: ID<Space>, _ connection: any Connection
  ) throws -> Set<ID<Partnership>> {
    Set(
      try connection.query(
        """
        SELECT DISTINCT partnership_id
        FROM roll_entry
        CROSS JOIN round
        WHERE roll_entry.space_id = $1 AND person_id = $2 AND paper = 0
          AND round.space_id = roll_entry.space_id AND round.id = round_id AND state = 'open'
        """, [.id(space), .id(person)]
      ).map { try $0.partnership })
  }

  private static func some(
    _ ids: ArraySlice<ID<Partnership>>, in space: ID<Space>, _ asking: Set<ID<Partnership>>, on today: CalendarDay,
    _ connection: any Connection
  ) throws -> [PortfolioPartnership] {
    // As many placeholders as there are; the values are bound like all others.
    let places = ids.indices.map { "$\($0 - ids.startIndex + 3)" }.joined(separator: ", ")
    let values: [Value] = [.id(space), .text(today.description)] + ids.map { .id($0) }
    func counts(_ sql: String) throws -> [ID<Partnership>: Int] {
      try connection.query(sql, values).reduce(into: [:]) { $0[try $1.partnership] = try $1.int("n") }
    }
    let unsettled = try counts(Self.unsettled(places))
    let overdue = try counts(Self.overdue(places))
    let trusts = try connection.query(Self.lastTrusts(places), values).reduce(into: [:]) { found, row in
      found[try row.partnership, default: []].append(PortfolioRow.tenths(Int(clamping: try row.integer("trust"))))
    }
    return try connection.query(Self.select(places), values).map { row in
      guard let kind = PartnershipKind(rawValue: try row.text("kind")) else { throw DatabaseFailure.column("kind") }
      let id: ID<Partnership> = try row.id("id")
      let trust = trusts[id] ?? []
      return PortfolioPartnership(
        id: id, name: try row.text("name"), kind: kind, activeAt: try row.instantIfAny("active_at"),
        endedAt: try row.instantIfAny("ended_at"), cadence: Cadence(months: try row.int("cadence_months")) ?? .usual,
        last: try row.instantIfAny("closed_at").map {
          LastFigures(
            closedAt: $0, healthThousandths: try row.integerIfAny("health").map { Int(clamping: $0) },
            toDiscuss: try row.integerIfAny("to_discuss").map { Int(clamping: $0) })
        },
        running: try row.textIfAny("running"), asksReader: asking.contains(id), unsettled: unsettled[id] ?? 0,
        overdueActions: overdue[id] ?? 0, trustFall: trust.count == 2 ? max(trust[1] - trust[0], 0) : 0)
    }
  }

  // Every statement has the same values, so that PostgreSQL knows the kind of each: `$2` is today where it is needed.

  private static func select(_ places: String) -> String {
    """
    SELECT partnership.id AS id, partnership.name AS name, kind, cadence_months, active_at, ended_at,
      last.closed_at AS closed_at, last.health_thousandths AS health, last.to_discuss AS to_discuss,
      running.state AS running
    FROM partnership
    LEFT JOIN round AS last
      ON last.space_id = partnership.space_id AND last.partnership_id = partnership.id AND last.state = 'closed'
        AND last.number = (
          SELECT max(number) FROM round
          WHERE round.space_id = partnership.space_id AND round.partnership_id = partnership.id AND state = 'closed')
    LEFT JOIN round AS running
      ON running.space_id = partnership.space_id AND running.partnership_id = partnership.id
        AND running.state IN ('draft', 'opening', 'open', 'interrupted') AND running.number = (
          SELECT max(number) FROM round
          WHERE round.space_id = partnership.space_id AND round.partnership_id = partnership.id
            AND state IN ('draft', 'opening', 'open', 'interrupted'))
    WHERE partnership.space_id = $1 AND $2 <> '' AND partnership.id IN (\(places))
    """
  }

  /// The same as the front page says, `DiscussionStore.unsettled`. Rounds first: a space has many more flagged items than
  /// these partnerships' last rounds.
  private static func unsettled(_ places: String) -> String {
    """
    SELECT partnership_id, count(*) AS n
    FROM round
    CROSS JOIN flagged_item
    WHERE round.space_id = $1 AND $2 <> '' AND partnership_id IN (\(places)) AND state = 'closed'
      AND number = (
        SELECT max(number) FROM round AS any_round
        WHERE any_round.space_id = round.space_id AND any_round.partnership_id = round.partnership_id
          AND any_round.state = 'closed')
      AND flagged_item.space_id = round.space_id AND flagged_item.round_id = round.id
      AND NOT (
        EXISTS (
          SELECT 1 FROM conclusion
          WHERE conclusion.space_id = $1 AND conclusion.round_id = round.id AND conclusion.item = flagged_item.item
            AND conclusion.kind = 'conclusion')
        AND (
          EXISTS (
            SELECT 1 FROM action
            WHERE action.space_id = $1 AND action.round_id = round.id AND action.item = flagged_item.item)
          OR EXISTS (
            SELECT 1 FROM conclusion
            WHERE conclusion.space_id = $1 AND conclusion.round_id = round.id AND conclusion.item = flagged_item.item
              AND conclusion.kind = 'no-action')))
    GROUP BY partnership_id
    """
  }

  private static func overdue(_ places: String) -> String {
    """
    SELECT partnership_id, count(*) AS n
    FROM action
    WHERE space_id = $1 AND partnership_id IN (\(places)) AND state IN ('open', 'doing') AND due < $2
    GROUP BY partnership_id
    """
  }

  /// Of each partnership the last two that are shown, the later first.
  private static func lastTrusts(_ places: String) -> String {
    """
    SELECT partnership_id, trust
    FROM (
      SELECT partnership_id, trust_thousandths AS trust,
        row_number() OVER (PARTITION BY partnership_id ORDER BY number DESC) AS place
      FROM round
      WHERE space_id = $1 AND $2 <> '' AND partnership_id IN (\(places)) AND state = 'closed'
        AND trust_thousandths IS NOT NULL) AS trusts
    WHERE place <= 2
    ORDER BY partnership_id, place
    """
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
    guard !partnerships.isEmpty else { return [:] }
    // As many placeholders as the page has rows; the values are bound like all others.
    let places = partnerships.indices.map { "$\($0 + 2)" }.joined(separator: ", ")
    let values: [Value] = [.id(scope.space)] + partnerships.map { .id($0) }
    return try await database.read { connection in
      var details: [ID<Partnership>: PortfolioDetails] = [:]
      let parties = try connection.query(
        "SELECT partnership_id, name FROM party WHERE space_id = $1 AND partnership_id IN (\(places)) ORDER BY place",
        values)
      for row in parties {
        details[try row.id("partnership_id"), default: PortfolioDetails()].parties.append(try row.text("name"))
      }
      for row in try Self.closedRounds(of: partnerships[...], in: scope.space, connection) {
        let id: ID<Partnership> = try row.id("partnership_id")
        details[id, default: PortfolioDetails()].trust.append(
          try row.integerIfAny("trust_thousandths").map { Int(clamping: $0) })
        details[id, default: PortfolioDetails()].health.append(
          try row.integerIfAny("health_thousandths").map { Int(clamping: $0) })
      }
      return details
    }
  }
}

extension Row {
  /// The column `partnership_id`.
  var partnership: ID<Partnership> {
    get throws { try id("partnership_id") }
  }
}
