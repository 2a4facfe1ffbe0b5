import Foundation
import Hummingbird
import Partnering

/// All partnerships that somebody may see, what needs attention first.
extension PartnershipRoutes {
  @Sendable func showPortfolio(_ request: Request, _ context: PageContext) async throws -> Response {
    let visit = try context.visiting()
    let scope = try context.organisation()
    let portfolio = PortfolioStore(database: house.database)
    let wish = PortfolioWish(visit.query)
    let page = try await portfolio.page(wish, in: scope, on: visit.today)
    let details = try await portfolio.details(of: page.partnerships.map(\.id), in: scope)
    let rows = page.partnerships.map { PortfolioRow($0, details[$0.id], visit) }
    let content = PortfolioPage(
      rows, found: page.found, all: page.all, wish, page.organisations, mayStart: scope.person.isManager, visit)
    let head = PageHead(title: visit.words("portfolio.title"), lead: visit.words("portfolio.lead"))
    return try visit.page(sharing: "portfolio", content, head)
  }
}

/// What the reader wants to see of the portfolio, as the address has it.
struct PortfolioWish: Sendable {
  let search: String
  let kind: PartnershipKind?
  let state: PartnershipState?
  let organisation: ID<Organisation>?
  let order: PortfolioOrder
  let isReversed: Bool
  let number: Int

  static let rowsOnAPage = 50

  init(_ query: Form) {
    search = query["name"]
    kind = PartnershipKind(rawValue: query["kind"])
    state = PartnershipState(rawValue: query["state"])
    organisation = query.id("organisation")
    let sort = query["sort"]
    isReversed = sort.hasPrefix("-")
    order = PortfolioOrder(rawValue: isReversed ? String(sort.dropFirst()) : sort) ?? .attention
    number = min(max(query.number("page") ?? 1, 1), 100_000)
  }

  var isFiltering: Bool { !search.isEmpty || kind != nil || state != nil || organisation != nil }

  func filtering(
    _ all: [PortfolioPartnership],
    _ organisations: [(id: ID<Organisation>, name: String, partnerships: Set<ID<Partnership>>)]
  ) -> [PortfolioPartnership] {
    let words = search.lowercased()
    let within = organisation.map { id in organisations.first { $0.id == id }?.partnerships ?? [] }
    return all.filter { each in
      (kind == nil || each.kind == kind) && (state == nil || each.state == state)
        && (within?.contains(each.id) ?? true) && (words.isEmpty || each.name.lowercased().contains(words))
    }
  }

  func sorting(_ found: [PortfolioPartnership], on today: CalendarDay) -> [PortfolioPartnership] {
    let sorted = found.sorted { order.puts($0, before: $1, on: today) }
    return isReversed ? sorted.reversed() : sorted
  }

  func page(of found: [PortfolioPartnership]) -> ArraySlice<PortfolioPartnership> {
    found.dropFirst((number - 1) * Self.rowsOnAPage).prefix(Self.rowsOnAPage)
  }

  /// The address of the same wish in another order or on another page.
  func href(order: PortfolioOrder, isReversed: Bool, page: Int = 1) -> String {
    var items = [URLQueryItem(name: "sort", value: (isReversed ? "-" : "") + order.rawValue)]
    if !search.isEmpty { items.append(URLQueryItem(name: "name", value: search)) }
    if let kind { items.append(URLQueryItem(name: "kind", value: kind.rawValue)) }
    if let state { items.append(URLQueryItem(name: "state", value: state.rawValue)) }
    if let organisation { items.append(URLQueryItem(name: "organisation", value: organisation.text)) }
    if page > 1 { items.append(URLQueryItem(name: "page", value: String(page))) }
    var address = URLComponents()
    address.path = "/portfolio"
    address.queryItems = items
    // A plus would be read as a blank.
    return (address.string ?? "/portfolio").replacingOccurrences(of: "+", with: "%2B")
  }
}

/// What the portfolio's page shows.
struct PortfolioPage: Equatable, Sendable {
  struct Column: Equatable, Sendable {
    let label: String
    let href: String
    /// `ascending` or `descending` where the table is sorted by this column.
    let sorted: String?
  }

  let rows: [PortfolioRow]
  let hasRows: Bool
  let isEmpty: Bool
  let foundNothing: Bool
  let count: String
  let search: String
  let sort: String
  let kinds, states, organisations: [StartingPage.Choice]
  let byAttention, byName, byHealth, byDiscuss, byActions, byDue: Column
  let previous, next: String?
  let hasPages: Bool
  let pageOf: String
  let mayStart: Bool

  init(
    _ rows: [PortfolioRow], found: Int, all: Int, _ wish: PortfolioWish,
    _ organisations: [(id: ID<Organisation>, name: String)], mayStart: Bool, _ visit: Visit
  ) {
    let words = visit.words
    self.rows = rows
    hasRows = !rows.isEmpty
    isEmpty = all == 0
    foundNothing = all > 0 && rows.isEmpty
    count = words("portfolio.count", ["n": .count(found)])
    search = wish.search
    sort = (wish.isReversed ? "-" : "") + wish.order.rawValue
    let any = StartingPage.Choice(value: "", label: words("portfolio.any"), hint: nil, isChosen: false)
    kinds =
      [any]
      + PartnershipKind.allCases.map {
        .init(value: $0.rawValue, label: words("kinds.\($0.rawValue)"), hint: nil, isChosen: wish.kind == $0)
      }
    states =
      [any]
      + PartnershipState.allCases.map {
        .init(value: $0.rawValue, label: words("states.\($0.rawValue)"), hint: nil, isChosen: wish.state == $0)
      }
    self.organisations =
      [any]
      + organisations.map {
        .init(value: $0.id.text, label: $0.name, hint: nil, isChosen: wish.organisation == $0.id)
      }
    byAttention = Self.column(.attention, wish, words)
    byName = Self.column(.name, wish, words)
    byHealth = Self.column(.health, wish, words)
    byDiscuss = Self.column(.discuss, wish, words)
    byActions = Self.column(.actions, wish, words)
    byDue = Self.column(.due, wish, words)
    let pages = max(1, (found + PortfolioWish.rowsOnAPage - 1) / PortfolioWish.rowsOnAPage)
    let turn = { wish.href(order: wish.order, isReversed: wish.isReversed, page: $0) }
    previous = wish.number > 1 ? turn(min(wish.number - 1, pages)) : nil
    next = wish.number < pages ? turn(wish.number + 1) : nil
    hasPages = pages > 1
    pageOf = words("portfolio.page-of", ["page": .count(wish.number), "pages": .count(pages)])
    self.mayStart = mayStart
  }

  private static func column(_ order: PortfolioOrder, _ wish: PortfolioWish, _ words: Words) -> Column {
    let isThis = wish.order == order
    return Column(
      label: words("portfolio.by-\(order.rawValue)"),
      href: wish.href(order: order, isReversed: isThis && !wish.isReversed),
      sorted: isThis ? (wish.isReversed ? "descending" : "ascending") : nil)
  }
}
