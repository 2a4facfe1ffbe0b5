import Foundation
import Hummingbird
import Partnering

/// What a person may see and change of their own.
extension PeopleRoutes {
  @Sendable func showAccount(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope) = (try context.visiting(), try context.organisation())
    return try await accountPage(name: scope.person.name, nil, scope, visit)
  }

  @Sendable func changeAccount(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope) = (try context.visiting(), try context.organisation())
    guard let name = PersonName(visit.form["name"]) else {
      var refusals = FieldRefusals()
      refusals.refuse("name", "people.name-length")
      return try await accountPage(name: visit.form["name"], refusals, scope, visit)
    }
    try await store.change(scope.person.id, name: name, roles: nil, in: scope)
    if let language = Language(rawValue: visit.form["language"]) { try await store.choose(language, for: scope.person) }
    return visit.redirect(to: "/account", saying: "people.account-changed")
  }

  @Sendable func changePassword(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope) = (try context.visiting(), try context.organisation())
    do {
      let password = try await newPassword(visit, scope)
      try await store.setPassword(password, of: scope.person)
      try await sessions.endAll(of: scope.person.id, in: scope.space)
      return try await visit.signingIn(
        scope.person.id, in: scope.space, going: "/account", saying: "people.password-changed")
    } catch let refusals as FieldRefusals {
      return try await accountPage(name: scope.person.name, refusals, scope, visit)
    }
  }

  @Sendable func signOutEverywhere(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope) = (try context.visiting(), try context.organisation())
    try await sessions.endAll(of: scope.person.id, in: scope.space)
    return visit.redirect(to: "/sign-in", saying: "people.signed-out-everywhere")
  }

  /// The old password is asked for, so that a browser left open gives nobody the account.
  private func newPassword(_ visit: Visit, _ scope: OrganisationScope) async throws -> PasswordHash {
    var refusals = FieldRefusals()
    let (old, new) = (visit.form["old-password"], visit.form["password"])
    guard let (email, hash) = try await store.password(of: scope.person) else { throw Refusal.notFound }
    let subjects = [PasswordGuesses.Subject.account(email)]
    do {
      try await house.guesses.check(subjects, at: visit.now)
    } catch Refusal.because(let key, let values, _) {
      refusals.refuse("old-password", key, values)
      throw refusals
    }
    if try await !hash.matches(old) {
      try await house.guesses.wrong(subjects, at: visit.now)
      refusals.refuse("old-password", "people.old-password-wrong")
    }
    PasswordHash.check(new, &refusals)
    try refusals.check()
    return try await PasswordHash(of: new)
  }

  /// The page after a calendar's secret address was made: shown there, this once.
  func accountPage(showing calendar: String, _ scope: OrganisationScope, _ visit: Visit) async throws -> Response {
    try await accountPage(name: scope.person.name, nil, calendar: calendar, scope, visit)
  }

  private func accountPage(
    name: String, _ refusals: FieldRefusals?, calendar: String? = nil, _ scope: OrganisationScope, _ visit: Visit
  ) async throws -> Response {
    guard let account = try await store.ownAccount(of: scope.person) else { throw Refusal.notFound }
    let content = AccountPage(
      email: account.email, organisation: account.organisation, erasing: "/people/\(scope.person.id)/erasing",
      fields: visit.fields([("name", name), ("old-password", ""), ("password", "")], refusals),
      speaksEnglish: visit.language == .en, speaksGerman: visit.language == .de, hasPassword: account.hasPassword,
      uses: account.uses.map { AccountPage.Use($0, in: visit) }, hasCalendar: account.hasCalendar,
      calendarAddress: calendar,
      getsAllMail: account.getsAllMail)
    let head = PageHead(title: visit.words("people.account-title"), lead: visit.words("people.account-lead"))
    return try visit.page("account", content, head, status: refusals == nil ? .ok : .unprocessableContent)
  }
}

struct AccountPage: Sendable {
  struct Use: Sendable {
    let day, machineDay, round: String

    init(_ use: LinkUse, in visit: Visit) {
      day = visit.formats.day(use.day)
      machineDay = use.day.description
      round = visit.words(
        "people.round-of", ["partnership": .text(use.partnership), "number": .count(use.number)])
    }
  }

  let email, organisation, erasing: String
  let fields: FieldsOnPage
  let speaksEnglish, speaksGerman, hasPassword: Bool
  let uses: [Use]
  /// Whether an address was made already; it is not kept and cannot be shown again.
  let hasCalendar: Bool
  let calendarAddress: String?
  let getsAllMail: Bool
}

/// That a round's personal link signed somebody in on a day.
struct LinkUse: Sendable {
  let day: CalendarDay
  let partnership: String
  let number: Int
}
