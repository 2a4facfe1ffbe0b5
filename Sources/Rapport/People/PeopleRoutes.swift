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
    pages.get("/invitation/:token", use: showInvitation)
    pages.post("/invitation/:token", use: acceptInvitation)
    pages.get("/password", use: showLostPassword)
    pages.post("/password", use: mailPasswordLink)
    pages.get("/password/:token", use: showPasswordLink)
    pages.post("/password/:token", use: choosePassword)
    pages.get("/r/:token", use: showRoundLink)
    pages.post("/r/:token", use: followRoundLink)
    pages.get("/account", use: showAccount)
    pages.post("/account", use: changeAccount)
    pages.post("/account/password", use: changePassword)
    pages.post("/account/mail", use: chooseMail)
    pages.get("/unsubscribe/:token", use: showUnsubscribing)
    pages.post("/unsubscribe/:token", use: unsubscribe)
    pages.post("/account/sign-out-everywhere", use: signOutEverywhere)
    pages.get("/organisation", use: showOrganisation)
    pages.post("/organisation/people", use: invite)
    pages.post("/organisation/people/list", use: inviteList)
    pages.get("/people/:person", use: showPerson)
    pages.post("/people/:person", use: changePerson)
    pages.post("/people/:person/invitation", use: invitePersonAgain)
    pages.get("/people/:person/erasing", use: askBeforeErasing)
    pages.post("/people/:person/erasing", use: erase)
    pages.get("/outbox", use: showOutbox)
    pages.post("/outbox/:message", use: showMessage)
    pages.post("/outbox/:message/mailing", use: mailAgain)
  }
}
