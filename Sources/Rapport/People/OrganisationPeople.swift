import Foundation
import Hummingbird
import Partnering

/// An organisation's people: everybody of it may look, its managers invite.
extension PeopleRoutes {
  @Sendable func showOrganisation(_ request: Request, _ context: PageContext) async throws -> Response {
    try await organisationPage(InvitationForm(.none), nil, context)
  }

  @Sendable func invite(_ request: Request, _ context: PageContext) async throws -> Response {
    let visit = try context.visiting()
    let scope = try context.organisation()
    try scope.mustManage()
    let form = InvitationForm(visit.form)
    do {
      let newcomer = try form.newcomer()
      guard try await store.invite([newcomer], in: scope, at: visit.now) == .done else {
        var refusals = FieldRefusals()
        refusals.refuse("email", "people.address-taken")
        throw refusals
      }
      return visit.redirect(to: "/organisation", saying: visit.mailKey("people.invited-one"), ["name": newcomer.name.text])
    } catch let refusals as FieldRefusals {
      return try await organisationPage(form, refusals, context)
    }
  }

  @Sendable func inviteList(_ request: Request, _ context: PageContext) async throws -> Response {
    let visit = try context.visiting()
    let scope = try context.organisation()
    try scope.mustManage()
    let form = InvitationForm(visit.form)
    let list = InvitationList(form.list, roles: RoleWords(visit.house.wordBook))
    var problems = list.problems
    if problems.isEmpty, list.newcomers.isEmpty { problems = [.nobody] }
    if problems.isEmpty, case .taken(let places) = try await store.invite(list.newcomers, in: scope, at: visit.now) {
      problems = places.map { .taken(line: list.lines[$0], email: list.newcomers[$0].email.text) }
    }
    guard problems.isEmpty else { return try await organisationPage(form, nil, context, problems: problems) }
    if let only = list.newcomers.first, list.newcomers.count == 1 {
      return visit.redirect(to: "/organisation", saying: visit.mailKey("people.invited-one"), ["name": only.name.text])
    }
    let number = visit.formats.number(list.newcomers.count)
    return visit.redirect(to: "/organisation", saying: visit.mailKey("people.invited-many"), ["number": number])
  }

  private func organisationPage(
    _ form: InvitationForm, _ refusals: FieldRefusals?, _ context: PageContext, problems: [InvitationList.Problem] = []
  ) async throws -> Response {
    let visit = try context.visiting()
    let scope = try context.organisation()
    let (name, colleagues) = try await store.colleagues(of: scope)
    let waits = try await store.hasMessages(for: scope)
    let showsOutbox = scope.person.isManager || waits
    let content = OrganisationPage(
      people: colleagues.map { OrganisationPage.Line($0, seenBy: scope.person, in: visit) },
      caption: visit.words("people.people-of", ["organisation": .text(name), "n": .count(colleagues.count)]),
      isAlone: colleagues.count == 1 && scope.person.isManager, manages: scope.person.isManager,
      showsOutbox: showsOutbox, showsMail: try await context.hosting() != nil,
      outboxWhy: visit.aboutMail("people.outbox-why"), outboxOpen: visit.aboutMail("people.outbox-open"),
      fields: visit.fields([("name", form.name), ("email", form.email)], refusals),
      isManager: form.isManager, isHead: form.isHead, list: form.list,
      problems: problems.isEmpty ? nil : .init(lines: problems.map { $0.sentence(in: visit.words) }))
    let head = PageHead(title: name, lead: visit.words("people.organisation-lead"))
    let isRefused = refusals != nil || !problems.isEmpty
    return try visit.page("organisation", content, head, status: isRefused ? .unprocessableContent : .ok)
  }
}

extension OrganisationScope {
  /// - Throws: `Refusal.because` if the person does not manage the organisation's people.
  func mustManage() throws {
    guard person.isManager else { throw Refusal.because("people.managers-only", status: .forbidden) }
  }
}

struct OrganisationPage: Sendable {
  struct Line: Sendable {
    let name, email: String
    /// Where the person's entry is changed; `nil` for those who may not.
    let href: String?
    let roles: String?
    let access: String

    init(_ colleague: Colleague, seenBy me: SignedInPerson, in visit: Visit) {
      (name, email) = (colleague.name, colleague.email)
      href = me.isManager || me.id == colleague.id ? "/people/\(colleague.id)" : nil
      roles =
        switch (colleague.isManager, colleague.isHead) {
        case (true, true): visit.words("people.is-manager-and-head")
        case (true, false): visit.words("people.is-manager")
        case (false, true): visit.words("people.is-head")
        case (false, false): nil
        }
      access = visit.words(
        colleague.hasPassword ? "people.has-account" : colleague.isInvited ? "people.is-invited" : "people.has-links")
    }
  }

  struct Problems: Sendable { let lines: [String] }

  let people: [Line]
  let caption: String
  let isAlone, manages, showsOutbox, showsMail: Bool
  let outboxWhy, outboxOpen: String
  let fields: FieldsOnPage
  let isManager, isHead: Bool
  let list: String
  let problems: Problems?
}

/// Both ways to invite, as typed.
struct InvitationForm: Sendable {
  let name, email, list: String
  let isManager, isHead: Bool

  init(_ form: Form) {
    (name, email) = (form["name"], form["email"])
    // Not trimmed: the lines must keep their numbers.
    list = form.all("list").first ?? ""
    (isManager, isHead) = (form.has("manager"), form.has("head"))
  }

  /// - Throws: `FieldRefusals`.
  func newcomer() throws -> Newcomer {
    var refusals = FieldRefusals()
    let (name, email) = (PersonName(name), EmailAddress(email))
    if name == nil { refusals.refuse("name", "people.name-length") }
    if email == nil { refusals.refuse("email", "people.email-form") }
    guard let name, let email else { throw refusals }
    return Newcomer(name: name, email: email, isManager: isManager, isHead: isHead)
  }
}
