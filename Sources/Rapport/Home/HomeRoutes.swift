import Hummingbird
import Partnering

/// The start page: what waits for whoever is signed in, and what Rapport is for everybody else.
struct HomeRoutes: Sendable {
  let house: House

  func add(to pages: Pages) {
    pages.get("/", use: show)
  }

  @Sendable func show(_ request: Request, _ context: PageContext) async throws -> Response {
    let visit = try context.visiting()
    guard let person = visit.person else { return try welcome(visit) }
    if let round = person.onlyRound { return visit.redirect(to: "/rounds/\(round)/answer") }
    let scope = try context.organisation()
    let waiting = try await house.waiting(for: person, at: visit.now)
    let portfolio = try await PortfolioStore(database: house.database).mine(in: scope, on: visit.today)
    let content = HomePage(waiting, portfolio, mayStart: person.isManager, visit)
    let head = PageHead(title: visit.words("home.title"))
    return try visit.page("home", content, head)
  }

  private func welcome(_ visit: Visit) throws -> Response {
    let head = PageHead(title: visit.words("welcome.title"), lead: visit.words("welcome.lead"))
    return try visit.page("welcome", WelcomePage(isDemonstration: house.configuration.isDemonstration), head)
  }
}

struct WelcomePage: Sendable { let isDemonstration: Bool }

/// What the start page shows.
struct HomePage: Sendable {
  let finding: String
  let first: TaskOnPage?
  let tasks: [TaskOnPage]
  let hasTasks: Bool
  let partnerships: [PortfolioRow]
  let hasPartnerships: Bool
  let hasMore: Bool
  let mayStart: Bool
  let startsFirst: Bool
  let isGuest: Bool

  /// How many partnerships stand here before the portfolio is the better place.
  static let most = 12

  init(_ waiting: [Waiting], _ portfolio: [PortfolioPartnership], mayStart: Bool, _ visit: Visit) {
    let all = waiting.map { visit.task($0) }
    finding = visit.words(
      portfolio.isEmpty ? "home.empty" : all.isEmpty ? "home.nothing-waits" : "home.waits", ["n": .count(all.count)])
    first = all.first
    tasks = Array(all.dropFirst().prefix(20))
    hasTasks = all.count > 1
    let sorted = portfolio.sorted { PortfolioOrder.attention.puts($0, before: $1, on: visit.today) }
    partnerships = sorted.prefix(Self.most).map { PortfolioRow($0, nil, visit) }
    hasPartnerships = !portfolio.isEmpty
    hasMore = portfolio.count > Self.most
    self.mayStart = mayStart
    startsFirst = mayStart && portfolio.isEmpty
    isGuest = !mayStart && portfolio.isEmpty
  }
}
