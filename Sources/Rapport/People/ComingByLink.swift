import Foundation
import Hummingbird
import Partnering

/// Making an account by an invitation, and choosing a new password. Looking at a link does nothing, because mail
/// scanners look too; only its form acts.
extension PeopleRoutes {
  @Sendable func showInvitation(_ request: Request, _ context: PageContext) async throws -> Response {
    try await showAccountForm(.invitation, context)
  }

  @Sendable func acceptInvitation(_ request: Request, _ context: PageContext) async throws -> Response {
    try await makeAccount(.invitation, context)
  }

  @Sendable func showPasswordLink(_ request: Request, _ context: PageContext) async throws -> Response {
    try await showAccountForm(.password, context)
  }

  @Sendable func choosePassword(_ request: Request, _ context: PageContext) async throws -> Response {
    try await makeAccount(.password, context)
  }

  private func showAccountForm(_ kind: PersonalLinkKind, _ context: PageContext) async throws -> Response {
    let visit = try context.visiting()
    let link = try await link(kind, context, visit)
    return try accountForm(kind, link, AccountForm(of: link, in: visit), nil, visit)
  }

  private func makeAccount(_ kind: PersonalLinkKind, _ context: PageContext) async throws -> Response {
    let visit = try context.visiting()
    let link = try await link(kind, context, visit)
    let form = AccountForm(visit.form)
    do {
      let account = try await form.account(for: link)
      guard try await store.makeAccount(account, spending: kind, context.token, at: visit.now) else { throw spent }
      let notice = kind == .invitation ? "people.account-made" : "people.password-changed"
      return try await visit.signingIn(link.person, in: link.space, going: "/", saying: notice)
    } catch let refusals as FieldRefusals {
      return try accountForm(kind, link, form, refusals, visit)
    }
  }

  private func link(_ kind: PersonalLinkKind, _ context: PageContext, _ visit: Visit) async throws -> PersonalLink {
    guard let link = try await store.link(kind, context.token, at: visit.now) else { throw spent }
    return link
  }

  private var spent: Refusal { .because("people.link-spent", status: .gone) }

  private func accountForm(
    _ kind: PersonalLinkKind, _ link: PersonalLink, _ form: AccountForm, _ refusals: FieldRefusals?, _ visit: Visit
  ) throws -> Response {
    let words = visit.words
    let values: [String: Named] = ["organisation": .text(link.organisation), "space": .text(link.spaceName)]
    let isInvitation = kind == .invitation
    let head = PageHead(
      title: words(isInvitation ? "people.invitation-title" : "people.new-password-title", values),
      lead: words(isInvitation ? "people.invitation-lead" : "people.new-password-lead", values))
    let content = AccountFormPage(
      action: visit.path, email: link.email, isInvitation: isInvitation, speaksEnglish: form.language == .en, speaksGerman: form.language == .de,
      button: words(isInvitation ? "people.make-account" : "people.save-password"),
      fields: visit.fields([("name", form.name ?? link.name), ("password", "")], refusals))
    return try visit.page(
      "account-form", content, head, status: refusals == nil ? .ok : .unprocessableContent)
  }
}

extension PageContext {
  /// The secret part of a link.
  var token: String { parameters.get("token") ?? "" }
}

struct AccountFormPage: Sendable {
  let action, email: String
  let isInvitation: Bool
  let speaksEnglish, speaksGerman: Bool
  let button: String
  let fields: FieldsOnPage
}

struct AccountForm: Sendable {
  /// `nil` on the form for a new password, which asks for nothing else.
  let name: String?
  let password: String
  let language: Language?

  init(_ form: Form) {
    (name, password) = (form.has("name") ? form["name"] : nil, form["password"])
    language = Language(rawValue: form["language"])
  }

  init(of link: PersonalLink, in visit: Visit) {
    (name, password) = (link.name, "")
    language = link.language ?? visit.language
  }

  /// - Throws: `FieldRefusals`.
  func account(for link: PersonalLink) async throws -> NewAccount {
    var refusals = FieldRefusals()
    let name = PersonName(name ?? link.name)
    if name == nil { refusals.refuse("name", "people.name-length") }
    PasswordHash.check(password, &refusals)
    guard let name, refusals.isEmpty else { throw refusals }
    return NewAccount(
      space: link.space, person: link.person, name: name, language: language ?? link.language ?? .en,
      password: try await PasswordHash(of: password))
  }
}
