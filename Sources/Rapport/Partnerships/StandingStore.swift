import Database
import Foundation
import Partnering

extension House {
  /// Puts partnerships in their places for a new day before somebody looks.
  func renewStandings() async throws {
    for (space, today) in try await database.read({ [now = clock.now] in try StandingStore.behind(at: now, $0) }) {
      try await StandingStore.bringUpToDate(in: space, on: today, database)
    }
  }
}

/// Where partnerships stand in the portfolios of the organisations that take part in them. It is kept, so that a page of
/// thousands is read in its order; whatever changes a partnership's place marks it, and the next look at a portfolio puts it
/// in its place again, by the rule of `PartnershipOutlook`.
enum StandingStore {
  static func mark(_ partnership: ID<Partnership>, in space: ID<Space>, _ connection: any Connection) throws {
    try connection.execute(
      """
      INSERT INTO stale_standing (space_id, partnership_id, marks) VALUES ($1, $2, 1)
      ON CONFLICT (space_id, partnership_id) DO UPDATE SET marks = stale_standing.marks + 1
      """, [.id(space), .id(partnership)])
  }

  /// Whether every partnership of a space stands where it belongs on this day.
  static func isCurrent(in space: ID<Space>, on today: CalendarDay, _ connection: any Connection) throws -> Bool {
    let stale = try connection.first(
      "SELECT partnership_id FROM stale_standing WHERE space_id = $1 LIMIT 1", [.id(space)])
    return try stale == nil && !isBehind(today, in: space, connection)
  }

  /// Puts everything in its place where it belongs on this day, some in each transaction: ten thousand at once would hold up
  /// others' answers for seconds.
  static func bringUpToDate(in space: ID<Space>, on today: CalendarDay, _ database: any Database) async throws {
    while try await !database.read({ try isCurrent(in: space, on: today, $0) }) {
      try await database.write { try renewSome(in: space, on: today, $0) }
    }
  }

  /// The spaces whose portfolios somebody has looked at, and not on the day that it is there now.
  static func behind(at now: Instant, _ connection: any Connection) throws -> [(space: ID<Space>, today: CalendarDay)] {
    try connection.query(
      "SELECT space_id, day, time_zone FROM standing_day JOIN space ON space.id = standing_day.space_id"
    ).compactMap { row in
      let zone = TimeZone(identifier: try row.text("time_zone")) ?? .gmt
      let today = Formats(language: .en, timeZone: zone).calendarDay(now)
      return try row.text("day") >= today.description ? nil : (try row.id("space_id"), today)
    }
  }

  /// Puts some of those that were marked in their places. On another day all are marked: more may be due or overdue.
  private static func renewSome(in space: ID<Space>, on today: CalendarDay, _ connection: any Connection) throws {
    if try isBehind(today, in: space, connection) {
      try connection.execute(
        """
        INSERT INTO stale_standing (space_id, partnership_id, marks) SELECT space_id, id, 1 FROM partnership WHERE space_id = $1
        ON CONFLICT (space_id, partnership_id) DO NOTHING
        """, [.id(space)])
      try connection.execute(
        """
        INSERT INTO standing_day (space_id, day) VALUES ($1, $2) ON CONFLICT (space_id) DO UPDATE SET day = excluded.day
        """, [.id(space), .text(today.description)])
    }
    let some = try connection.query(
      "SELECT partnership_id, marks FROM stale_standing WHERE space_id = $1 ORDER BY partnership_id LIMIT 200",
      [.id(space)]
    ).map { (partnership: try $0.id("partnership_id") as ID<Partnership>, marks: try $0.integer("marks")) }
    let found = try PortfolioStore.partnerships(some.map(\.partnership), in: space, asking: nil, on: today, connection)
    for partnership in found { try place(partnership, in: space, on: today, connection) }
    for (partnership, marks) in some {
      try connection.execute(
        "DELETE FROM stale_standing WHERE space_id = $1 AND partnership_id = $2 AND marks = $3",
        [.id(space), .id(partnership), .integer(marks)])
    }
  }

  /// Never back to an earlier day: around midnight two who disagree about it would begin anew after each other for ever.
  private static func isBehind(_ today: CalendarDay, in space: ID<Space>, _ connection: any Connection) throws -> Bool {
    let row = try connection.first("SELECT day FROM standing_day WHERE space_id = $1", [.id(space)])
    return try row.map { try $0.text("day") < today.description } ?? true
  }

  private static func place(
    _ partnership: PortfolioPartnership, in space: ID<Space>, on today: CalendarDay, _ connection: any Connection
  ) throws {
    let keys = PortfolioKeys(of: partnership, on: today)
    try connection.execute(
      """
      INSERT INTO standing (space_id, organisation_id, partnership_id, name, kind, state, attention, amount, unsettled,
        overdue_actions, overdue_days, trust_fall, health, to_discuss, due)
      SELECT DISTINCT space_id, organisation_id, partnership_id, $3, $4, $5,
        CAST($6 AS BIGINT), CAST($7 AS BIGINT), CAST($8 AS BIGINT), CAST($9 AS BIGINT), CAST($10 AS BIGINT),
        CAST($11 AS BIGINT), CAST($12 AS BIGINT), CAST($13 AS BIGINT), CAST($14 AS BIGINT)
      FROM party WHERE space_id = $1 AND partnership_id = $2
      ON CONFLICT (space_id, organisation_id, partnership_id) DO UPDATE SET name = excluded.name, kind = excluded.kind,
        state = excluded.state, attention = excluded.attention, amount = excluded.amount, unsettled = excluded.unsettled,
        overdue_actions = excluded.overdue_actions, overdue_days = excluded.overdue_days, trust_fall = excluded.trust_fall,
        health = excluded.health, to_discuss = excluded.to_discuss, due = excluded.due
      """,
      [
        .id(space), .id(partnership.id), .text(keys.name), .text(partnership.kind.rawValue),
        .text(partnership.state.rawValue),
      ] + keys.numbers.map { Value($0) })
  }
}

/// What sorts a partnership in a portfolio, smallest first, in every order that there is.
struct PortfolioKeys: Sendable {
  let name: String
  /// The six of `PartnershipOutlook.urgency`, then health, items to discuss and the day of the next round.
  let numbers: [Int]

  /// Behind everything that has a figure.
  private static let none = 1_000_000_000

  init(of partnership: PortfolioPartnership, on today: CalendarDay) {
    name = partnership.name.lowercased()
    numbers =
      partnership.outlook.urgency(on: today) + [
        partnership.last?.healthThousandths ?? Self.none, -(partnership.last?.toDiscuss ?? -1),
        partnership.nextDue?.daysSince1970 ?? Self.none,
      ]
  }
}
