import Foundation
import Hummingbird
import Partnering

/// One person of an organisation, for its managers and for the person: name, roles, and going away.
extension PeopleRoutes {
  @Sendable func showPerson(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope, colleague) = try await colleague(context)
    let form = PersonForm(of: colleague)
    return try personPage(colleague, form, nil, scope, visit)
  }

  @Sendable func changePerson(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope, colleague) = try await colleague(context)
    let form = PersonForm(visit.form)
    do {
      try await change(colleague, as: form, in: scope)
      let next = scope.person.isManager ? "/organisation" : "/people/\(colleague.id)"
      return visit.redirect(to: next, saying: "people.person-changed", ["name": form.name])
    } catch let refusals as FieldRefusals {
      return try personPage(colleague, form, refusals, scope, visit)
    }
  }

  @Sendable func invitePersonAgain(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope, colleague) = try await colleague(context)
    try scope.mustManage()
    guard !colleague.hasPassword else { throw Refusal.because("people.has-account-already") }
    try await store.inviteAgain(colleague.id, in: scope, at: visit.now)
    return visit.redirect(to: "/outbox", saying: visit.mailKey("people.invited-one"), ["name": colleague.name])
  }

  private func change(_ colleague: Colleague, as form: PersonForm, in scope: OrganisationScope) async throws {
    var refusals = FieldRefusals()
    guard let name = PersonName(form.name) else {
      refusals.refuse("name", "people.name-length")
      throw refusals
    }
    let roles = scope.person.isManager ? (isManager: form.isManager, isHead: form.isHead) : nil
    do {
      try await store.change(colleague.id, name: name, roles: roles, in: scope)
    } catch is NobodyManages {
      refusals.refuse("manager", "people.last-manager")
      throw refusals
    }
  }

  /// The person that the address names, for a manager of the organisation or the person: 404 for all others.
  func colleague(_ context: PageContext) async throws -> (Visit, OrganisationScope, Colleague) {
    let (visit, scope) = (try context.visiting(), try context.organisation())
    guard let id = ID<Person>(context.parameters.get("person") ?? ""), scope.person.isManager || scope.person.id == id,
      let colleague = try await store.colleague(id, in: scope)
    else { throw Refusal.notFound }
    return (visit, scope, colleague)
  }

  private func personPage(
    _ colleague: Colleague, _ form: PersonForm, _ refusals: FieldRefusals?, _ scope: OrganisationScope, _ visit: Visit
  ) throws -> Response {
    let content = PersonPage(
      action: "/people/\(colleague.id)", email: colleague.email,
      fields: visit.fields([("name", form.name), ("manager", "")], refusals), manages: scope.person.isManager,
      isManager: form.isManager, isHead: form.isHead,
      invites: scope.person.isManager && !colleague.hasPassword, invitesHow: visit.aboutMail("people.invite-again-hint"))
    let head = PageHead(
      title: colleague.name, lead: visit.words("people.person-lead"),
      trail: [.init(label: visit.words("people.organisation-short"), href: "/organisation")])
    return try visit.page("person", content, head, status: refusals == nil ? .ok : .unprocessableContent)
  }
}

struct PersonPage: Sendable {
  let action, email: String
  let fields: FieldsOnPage
  /// Whether the visitor may change the roles.
  let manages: Bool
  let isManager, isHead: Bool
  /// Whether an invitation can be made again.
  let invites: Bool
  /// What becomes of the new invitation.
  let invitesHow: String
}

struct PersonForm: Sendable {
  let name: String
  let isManager, isHead: Bool

  init(_ form: Form) { (name, isManager, isHead) = (form["name"], form.has("manager"), form.has("head")) }

  init(of colleague: Colleague) {
    (name, isManager, isHead) = (colleague.name, colleague.isManager, colleague.isHead)
  }
}
