import Foundation
import Hummingbird
import Partnering

/// The first minutes of an installation: one link makes the space, its first organisation and its first account.
extension PeopleRoutes {
  @Sendable func showSetup(_ request: Request, _ context: PageContext) async throws -> Response {
    let visit = try context.visiting()
    try await checkSetupLink(context, visit)
    return try setupPage(SetupForm(Form.none), refusals: nil, visit)
  }

  @Sendable func setUp(_ request: Request, _ context: PageContext) async throws -> Response {
    let visit = try context.visiting()
    try await checkSetupLink(context, visit)
    let form = SetupForm(visit.form)
    do {
      let founding = try await form.founding(at: visit.now, isDemonstration: house.configuration.isDemonstration)
      let link = hashed(secret: context.parameters.get("token") ?? "")
      guard try await store.found(founding, spending: link, at: visit.now) else { throw Refusal.notFound }
      return try await visit.signingIn(founding.person, in: founding.space, going: "/", saying: "people.space-made")
    } catch let refusals as FieldRefusals {
      return try setupPage(form, refusals: refusals, visit)
    }
  }

  private func checkSetupLink(_ context: PageContext, _ visit: Visit) async throws {
    let token = hashed(secret: context.parameters.get("token") ?? "")
    guard try await store.isSetupOpen(token, at: visit.now) else {
      throw Refusal.because("people.setup-link-spent", status: .gone)
    }
  }

  private func setupPage(_ form: SetupForm, refusals: FieldRefusals?, _ visit: Visit) throws -> Response {
    let fields = visit.fields(
      [
        ("space", form.space), ("organisation", form.organisation), ("name", form.name), ("email", form.email),
        ("password", ""),
      ], refusals)
    let head = PageHead(title: visit.words("people.setup-title"), lead: visit.words("people.setup-lead"))
    return try visit.page(
      "setup", SetupPage(action: visit.path, timeZone: form.timeZone, fields: fields), head, status: refusals == nil ? .ok : .unprocessableContent)
  }
}

struct SetupPage: Sendable {
  let action, timeZone: String
  let fields: FieldsOnPage
}

/// What the set-up page's form says, as typed.
struct SetupForm: Sendable {
  let space, organisation, name, email, password, timeZone: String

  init(_ form: Form) {
    (space, organisation, name) = (form["space"], form["organisation"], form["name"])
    (email, password, timeZone) = (form["email"], form["password"], form["time-zone"])
  }

  /// - Throws: `FieldRefusals` for what is missing or too long.
  func founding(at now: Instant, isDemonstration: Bool) async throws -> Founding {
    var refusals = FieldRefusals()
    for (field, value) in [("space", space), ("organisation", organisation), ("name", name)] {
      if PersonName(value) == nil { refusals.refuse(field, "people.name-length") }
    }
    let address = EmailAddress(email)
    if address == nil { refusals.refuse("email", "people.email-form") }
    PasswordHash.check(password, &refusals)
    guard let address, refusals.isEmpty else { throw refusals }
    return Founding(
      space: Randomness.id(at: now), organisation: Randomness.id(at: now), person: Randomness.id(at: now),
      spaceName: space, organisationName: organisation, name: name, email: address.text,
      password: try await PasswordHash(of: password),
      timeZone: TimeZone(identifier: timeZone)?.identifier ?? "GMT", isDemonstration: isDemonstration)
  }
}

/// A new space with its first organisation and person.
struct Founding: Sendable {
  let space: ID<Space>
  let organisation: ID<Organisation>
  let person: ID<Person>
  let spaceName, organisationName, name, email: String
  let password: PasswordHash
  let timeZone: String
  let isDemonstration: Bool
}

extension House {
  /// A new link to set up this installation, or `nil` if that was done.
  public func setupLink() async throws -> String? {
    try await PeopleStore(database: database).openSetup(at: clock.now).map { configuration.baseURL.link("/setup/\($0)") }
  }
}
