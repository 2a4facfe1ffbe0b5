import Hummingbird
import Partnering

/// Accounts: setting up, signing in and out, invitations, the organisation's people.
struct PeopleRoutes: Sendable {
  let house: House

  var store: PeopleStore { PeopleStore(database: house.database) }
  var sessions: SessionStore { SessionStore(database: house.database) }

  func add(to pages: Pages) {
    pages.get("/setup/:token", use: showSetup)
    pages.post("/setup/:token", use: setUp)
    pages.get("/sign-in", use: showSignIn)
    pages.post("/sign-in", use: signIn)
    pages.post("/sign-out", use: signOut)
    pages.post("/language", use: chooseLanguage)
  }
}
