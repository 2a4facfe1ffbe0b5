import Hummingbird
import Partnering

/// Who is in a partnership. Only a party's own leads name its people. [domain, Words]
extension PartnershipRoutes {
  @Sendable func showPeople(_ request: Request, _ context: PageContext) async throws -> Response {
    let visit = try context.visiting()
    return try await peoplePage(nil, .none, context.partnership(), visit)
  }

  @Sendable func addPerson(_ request: Request, _ context: PageContext) async throws -> Response {
    let visit = try context.visiting()
    let (scope, party) = try await ledParty(context, visit)
    do {
      guard let person: ID<Person> = visit.form.id("person") else {
        throw FieldRefusals("person", "members.choose-person")
      }
      guard let role = Role(rawValue: visit.form["role"]) else { throw FieldRefusals("role", "members.choose-role") }
      try await store.add([NewMember(who: .known(person), role: role)], for: party, in: scope, at: visit.now)
      return visit.redirect(to: PartnershipPlace.people.path(in: scope.partnership), saying: "members.added")
    } catch let refusals as FieldRefusals {
      return try await peoplePage(refusals, visit.form, scope, visit)
    }
  }

  @Sendable func addList(_ request: Request, _ context: PageContext) async throws -> Response {
    let visit = try context.visiting()
    let (scope, party) = try await ledParty(context, visit)
    do {
      let people = try MemberList(visit.form["list"], roles: SeatRoles(house.wordBook)).people
      try await store.add(people, for: party, in: scope, at: visit.now)
      return visit.redirect(to: PartnershipPlace.people.path(in: scope.partnership), saying: "members.added-list")
    } catch let refusals as FieldRefusals {
      return try await peoplePage(refusals, visit.form, scope, visit)
    }
  }

  @Sendable func addFacilitator(_ request: Request, _ context: PageContext) async throws -> Response {
    let visit = try context.visiting()
    let scope = try await context.partnership()
    try scope.mustLead()
    do {
      guard let email = EmailAddress(visit.form["email"]) else {
        throw FieldRefusals("email", "starting.email-form")
      }
      try await store.addFacilitator(email, in: scope, at: visit.now)
      return visit.redirect(to: PartnershipPlace.people.path(in: scope.partnership), saying: "members.facilitates")
    } catch let refusals as FieldRefusals {
      return try await peoplePage(refusals, visit.form, scope, visit)
    }
  }

  private func ledParty(_ context: PageContext, _ visit: Visit) async throws -> (PartnershipScope, PartyRecord) {
    let scope = try await context.partnership()
    try scope.mustLead()
    let record = try await store.record(in: scope)
    guard let id: ID<Party> = visit.form.id("party"), scope.leads.contains(id), let party = record.party(id) else {
      throw Refusal.notFound
    }
    return (scope, party)
  }

  private func peoplePage(
    _ refusals: FieldRefusals?, _ form: Form, _ scope: PartnershipScope, _ visit: Visit
  ) async throws -> Response {
    let record = try await store.record(in: scope)
    let members = try await store.members(in: scope)
    let heads = try await store.heads(in: scope)
    var candidates: [ID<Party>: [(id: ID<Person>, name: String)]] = [:]
    for party in record.parties where scope.leads.contains(party.id) {
      candidates[party.id] = try await store.candidates(for: party, in: scope)
    }
    let content = MembersPage(
      record, members, heads, candidates, MembersPage.Typed(form: form, refusals: refusals), scope, visit)
    let head = visit.head(
      in: scope, at: .people, title: visit.words("members.title"), lead: visit.words("members.lead"))
    return try visit.page("members", content, head, status: refusals == nil ? .ok : .unprocessableContent)
  }
}

/// A pasted list of a party's people.
struct MemberList: Sendable {
  let people: [NewMember]

  /// - Throws: `FieldRefusals` naming the first line that is not understood.
  init(_ text: String, roles: SeatRoles) throws {
    let pasted = PastedPeople(text)
    if let problem = pasted.problems.first { throw FieldRefusals("list", problem) }
    guard !pasted.entries.isEmpty else { throw FieldRefusals("list", "members.list-empty") }
    people = try pasted.entries.map { entry in
      guard let role = entry.role.map(roles.role) ?? .contributor else {
        throw FieldRefusals("list", "members.line-role", ["line": .count(entry.line)])
      }
      return NewMember(who: .invited(Newcomer(name: entry.name, email: entry.email), line: entry.line), role: role)
    }
  }
}

extension FieldRefusals {
  fileprivate init(_ field: String, _ problem: PastedPeople.Problem) {
    let line = Named.count(problem.line)
    switch problem.reason {
    case .noAddress: self.init(field, "members.line-address", ["line": line])
    case .name: self.init(field, "members.line-name", ["line": line])
    case .tooMuch: self.init(field, "members.line-much", ["line": line])
    case .repeats(let earlier): self.init(field, "members.line-repeats", ["line": line, "earlier": .count(earlier)])
    case .tooMany(let most): self.init(field, "members.list-long", ["n": .count(most)])
    }
  }
}

/// What people call the roles, in every language.
struct SeatRoles: Sendable {
  private let roles: [String: Role]

  init(_ book: WordBook) {
    var roles: [String: Role] = [:]
    for role in Role.allCases {
      roles[role.rawValue] = role
      for language in Language.allCases {
        roles[book.words(in: language)("roles.\(role.rawValue)").lowercased()] = role
      }
    }
    self.roles = roles
  }

  /// `nil` if it is no role.
  func role(_ typed: String) -> Role? { roles[typed.lowercased()] }
}
