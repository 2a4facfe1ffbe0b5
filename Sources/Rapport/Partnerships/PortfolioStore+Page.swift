import Database
import Partnering

/// One page of a portfolio, with how many there are.
struct PortfolioPageFound: Sendable {
  let partnerships: [PortfolioPartnership]
  /// How many the reader's wish finds, and how many there are without it.
  let found, all: Int
  let organisations: [(id: ID<Organisation>, name: String)]
}

extension PortfolioStore {
  /// The page that the reader wishes for. A head's is read in its order, however many partnerships the organisation has.
  func page(_ wish: PortfolioWish, in scope: OrganisationScope, on today: CalendarDay) async throws
    -> PortfolioPageFound
  {
    guard scope.person.isHead, try await !sitsElsewhere(scope) else {
      return try await fewPage(wish, in: scope, on: today)
    }
    try await StandingStore.bringUpToDate(in: scope.space, on: today, database)
    return try await database.read { connection in
      let asking =
        wish.order == .attention ? try Self.asking(scope.person.id, in: scope.space, connection).sorted() : []
      let asked = try Self.asked(asking, wish, in: scope, on: today, connection)
      let filter = Filter(wish, in: scope)
      let found = try connection.first(filter.count, filter.values)?.int("n") ?? 0
      let all = wish.isFiltering ? try connection.first(filter.countAll, filter.whose)?.int("n") ?? 0 : found
      let others = found - asked.count
      // What asks the reader stands first, or last where the order is reversed.
      let (first, end) = ((wish.number - 1) * PortfolioWish.rowsOnAPage, wish.number * PortfolioWish.rowsOnAPage)
      let before = wish.isReversed ? others : asked.count
      let othersHere =
        wish.isReversed ? min(first, others)..<min(end, others) : max(first - before, 0)..<max(end - before, 0)
      let askedHere =
        wish.isReversed ? max(first - before, 0)..<max(end - before, 0) : min(first, before)..<min(end, before)
      let ids = try connection.query(
        filter.page(wish, without: asking.count),
        filter.values + [Value(othersHere.count), Value(othersHere.lowerBound)] + asking.map { .id($0) }
      ).map { try $0.partnership }
      let rows = try Self.inOrder(ids, in: scope, on: today, connection)
      let mine = asked.dropFirst(askedHere.lowerBound).prefix(askedHere.count)
      return PortfolioPageFound(
        partnerships: wish.isReversed ? rows + mine : mine + rows, found: found, all: all,
        organisations: try Self.partners(in: scope, connection))
    }
  }

  /// For somebody with a seat in some: they are few enough to look at them all.
  private func fewPage(
    _ wish: PortfolioWish, in scope: OrganisationScope, on today: CalendarDay
  ) async throws -> PortfolioPageFound {
    let all = try await visible(in: scope, on: today)
    let organisations = try await organisations(of: Set(all.map(\.id)), in: scope)
    let found = wish.sorting(wish.filtering(all, organisations), on: today)
    return PortfolioPageFound(
      partnerships: Array(wish.page(of: found)), found: found.count, all: all.count,
      organisations: organisations.map { ($0.id, $0.name) })
  }

  /// Whether a head has a seat in a partnership without the own organisation, such as a facilitator's.
  private func sitsElsewhere(_ scope: OrganisationScope) async throws -> Bool {
    try await database.read { connection in
      try connection.first(
        """
        SELECT id FROM member
        WHERE space_id = $1 AND person_id = $2 AND left_at IS NULL AND NOT EXISTS (
          SELECT 1 FROM party
          WHERE party.space_id = $1 AND party.partnership_id = member.partnership_id AND organisation_id = $3)
        LIMIT 1
        """, [.id(scope.space), .id(scope.person.id), .id(scope.organisation)]) != nil
    }
  }

  /// Those whose round asks the reader, in order.
  private static func asked(
    _ asking: [ID<Partnership>], _ wish: PortfolioWish, in scope: OrganisationScope, on today: CalendarDay,
    _ connection: any Connection
  ) throws -> [PortfolioPartnership] {
    guard !asking.isEmpty else { return [] }
    let filter = Filter(wish, in: scope)
    let ids = try connection.query(filter.among(asking.count), filter.values + asking.map { .id($0) }).map {
      try $0.partnership
    }
    return wish.sorting(
      try partnerships(ids, in: scope.space, asking: scope.person.id, on: today, connection), on: today)
  }

  private static func inOrder(
    _ ids: [ID<Partnership>], in scope: OrganisationScope, on today: CalendarDay, _ connection: any Connection
  ) throws -> [PortfolioPartnership] {
    let found = try partnerships(ids, in: scope.space, asking: scope.person.id, on: today, connection)
    let byID = Dictionary(uniqueKeysWithValues: found.map { ($0.id, $0) })
    return ids.compactMap { byID[$0] }
  }

  /// The organisations that share a partnership with this one, itself included, by name.
  private static func partners(
    in scope: OrganisationScope, _ connection: any Connection
  ) throws -> [(id: ID<Organisation>, name: String)] {
    try connection.query(
      """
      SELECT id, name FROM organisation
      WHERE space_id = $1 AND EXISTS (
        SELECT 1 FROM party
        CROSS JOIN standing
        WHERE party.space_id = $1 AND party.organisation_id = organisation.id
          AND standing.space_id = $1 AND standing.organisation_id = $2 AND standing.partnership_id = party.partnership_id)
      """, [.id(scope.space), .id(scope.organisation)]
    ).map { (try $0.id("id"), try $0.text("name")) }
      .sorted { ($0.1, $0.0) < ($1.1, $1.0) }
  }
}

/// The statements about an organisation's standings that a wish finds.
private struct Filter {
  let whose: [Value]
  let values: [Value]
  let count: String
  let countAll = "SELECT count(*) AS n FROM standing WHERE space_id = $1 AND organisation_id = $2"

  private static let condition = """
    space_id = $1 AND organisation_id = $2
      AND ($3 = '' OR kind = $3) AND ($4 = '' OR state = $4) AND ($5 = '' OR name LIKE $5 ESCAPE '!')
      AND ($6 = '' OR EXISTS (
        SELECT 1 FROM party
        WHERE party.space_id = standing.space_id AND party.partnership_id = standing.partnership_id
          AND party.organisation_id = $6))
    """

  init(_ wish: PortfolioWish, in scope: OrganisationScope) {
    whose = [.id(scope.space), .id(scope.organisation)]
    let escaped = wish.search.lowercased().replacing("!", with: "!!").replacing("%", with: "!%").replacing(
      "_", with: "!_")
    values =
      whose + [
        .text(wish.kind?.rawValue ?? ""), .text(wish.state?.rawValue ?? ""),
        .text(escaped.isEmpty ? "" : "%\(escaped)%"),
        .text(wish.organisation?.text ?? ""),
      ]
    count = "SELECT count(*) AS n FROM standing WHERE \(Self.condition)"
  }

  func among(_ count: Int) -> String {
    "SELECT partnership_id FROM standing WHERE \(Self.condition) AND partnership_id IN (\(Self.places(count, from: 7)))"
  }

  /// `$7` rows from `$8` on, without those whose ids follow.
  func page(_ wish: PortfolioWish, without count: Int) -> String {
    let others = count == 0 ? "" : " AND partnership_id NOT IN (\(Self.places(count, from: 9)))"
    let columns = wish.order.columns.map { wish.isReversed ? "\($0) DESC" : $0 }.joined(separator: ", ")
    return "SELECT partnership_id FROM standing WHERE \(Self.condition)\(others) ORDER BY \(columns) LIMIT $7 OFFSET $8"
  }

  private static func places(_ count: Int, from first: Int) -> String {
    (first..<first + count).map { "$\($0)" }.joined(separator: ", ")
  }
}

extension PortfolioOrder {
  /// The columns of a standing that sort it; what ties goes by name.
  fileprivate var columns: [String] {
    switch self {
    case .attention:
      ["attention", "amount", "unsettled", "overdue_actions", "overdue_days", "trust_fall"] + Self.byName
    case .name: Self.byName
    case .health: ["health"] + Self.byName
    case .discuss: ["unsettled", "to_discuss"] + Self.byName
    case .actions: ["overdue_actions"] + Self.byName
    case .due: ["due"] + Self.byName
    }
  }

  private static let byName = ["name", "partnership_id"]
}
