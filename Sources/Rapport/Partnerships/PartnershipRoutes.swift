import Hummingbird
import Partnering

/// Partnerships: starting and joining them, their front page, their people, the portfolio.
struct PartnershipRoutes: Sendable {
  let house: House

  var store: PartnershipStore { PartnershipStore(database: house.database) }

  func add(to pages: Pages) {
    pages.get("/partnerships/new", use: showStarting)
    pages.post("/partnerships/new", use: start)
    pages.get("/partnerships/:partnership", use: showNow)
    pages.get("/partnerships/:partnership/join", use: showJoining)
    pages.post("/partnerships/:partnership/join", use: join)
  }
}
