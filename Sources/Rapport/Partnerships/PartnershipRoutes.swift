import Hummingbird
import Partnering

/// Partnerships: starting and joining them, their front page, their people, the portfolio.
struct PartnershipRoutes: Sendable {
  let house: House

  var store: PartnershipStore { PartnershipStore(database: house.database) }

  func add(to pages: Pages) {
    pages.get("/portfolio", use: showPortfolio)
    pages.get("/partnerships/new", use: showStarting)
    pages.post("/partnerships/new", use: start)
    pages.get("/partnerships/:partnership", use: showNow)
    pages.get("/partnerships/:partnership/join", use: showJoining)
    pages.post("/partnerships/:partnership/join", use: join)
    pages.get("/partnerships/:partnership/people", use: showPeople)
    pages.post("/partnerships/:partnership/people", use: addPerson)
    pages.post("/partnerships/:partnership/people/list", use: addList)
    pages.post("/partnerships/:partnership/people/facilitators", use: addFacilitator)
    pages.get("/partnerships/:partnership/people/:member", use: showSeat)
    pages.post("/partnerships/:partnership/people/:member", use: changeSeat)
    pages.post("/partnerships/:partnership/people/:member/leaving", use: leaveSeat)
    pages.get("/partnerships/:partnership/settings", use: showSettings)
    pages.post("/partnerships/:partnership/settings", use: propose)
    pages.post("/partnerships/:partnership/settings/proposal", use: settleProposal)
    pages.get("/partnerships/:partnership/end", use: showEnding)
    pages.post("/partnerships/:partnership/end", use: end)
  }
}
