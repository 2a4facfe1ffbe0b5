import Hummingbird
import Partnering

/// One member's seat: another role, or leaving.
extension PartnershipRoutes {
  @Sendable func showSeat(_ request: Request, _ context: PageContext) async throws -> Response {
    let visit = try context.visiting()
    let (scope, member) = try await seat(context)
    return try seatPage(member, nil, scope, visit)
  }

  @Sendable func changeSeat(_ request: Request, _ context: PageContext) async throws -> Response {
    let visit = try context.visiting()
    let (scope, member) = try await seat(context)
    guard let party = member.party, scope.leads.contains(party) else { throw Refusal.notFound }
    do {
      guard let role = Role(rawValue: visit.form["role"]) else { throw FieldRefusals("role", "members.choose-role") }
      try await store.change(member, to: role, in: scope, at: visit.now)
      return visit.redirect(to: PartnershipPlace.people.path(in: scope.partnership), saying: "members.changed")
    } catch let refusals as FieldRefusals {
      return try seatPage(member, refusals, scope, visit)
    }
  }

  @Sendable func leaveSeat(_ request: Request, _ context: PageContext) async throws -> Response {
    let visit = try context.visiting()
    let (scope, member) = try await seat(context)
    do {
      try await store.leave(member, in: scope, at: visit.now)
      let path = member.person == scope.person.id ? "/" : PartnershipPlace.people.path(in: scope.partnership)
      return visit.redirect(to: path, saying: "members.left", ["name": member.name, "partnership": scope.name])
    } catch let refusals as FieldRefusals {
      return try seatPage(member, refusals, scope, visit)
    }
  }

  /// The seat that the address names, for its own person and the leads of its party; a facilitator's for every lead.
  private func seat(_ context: PageContext) async throws -> (PartnershipScope, MemberRecord) {
    let scope = try await context.partnership()
    let id = ID<Member>(context.parameters.get("member") ?? "")
    guard let member = try await store.members(in: scope).first(where: { $0.id == id }),
      member.person == scope.person.id || member.party.map(scope.leads.contains) ?? scope.isLead
    else { throw Refusal.notFound }
    try scope.mustGoOn()
    return (scope, member)
  }

  private func seatPage(
    _ member: MemberRecord, _ refusals: FieldRefusals?, _ scope: PartnershipScope, _ visit: Visit
  ) throws -> Response {
    let words = visit.words
    let isOwn = member.person == scope.person.id
    let path = "\(PartnershipPlace.people.path(in: scope.partnership))/\(member.id)"
    let mayChange = member.party.map(scope.leads.contains) ?? false
    let content = SeatPage(
      action: path, leaving: "\(path)/leaving", error: refusals?.sentence(of: "role", words),
      roles: mayChange
        ? .init(
          choices: Role.allCases.map {
            .init(
              value: $0.rawValue, label: words("roles.\($0.rawValue)"), hint: words("roles.\($0.rawValue)-hint"),
              isChosen: $0 == member.role)
          }) : nil,
      leaveTitle: words(isOwn ? "members.leave-title" : "members.let-go-title", ["name": .text(member.name)]),
      leaveWhat: words(isOwn ? "members.leave-what" : "members.let-go-what", ["name": .text(member.name)]),
      leaveButton: words(isOwn ? "members.leave" : "members.let-go", ["name": .text(member.name)]))
    let head = visit.head(
      in: scope, at: .people, title: member.name,
      trail: [
        .init(label: words("members.title"), href: PartnershipPlace.people.path(in: scope.partnership)),
        .init(label: member.name, href: nil),
      ])
    return try visit.page("seat", content, head, status: refusals == nil ? .ok : .unprocessableContent)
  }
}

/// What the page of one seat shows.
struct SeatPage: Sendable {
  struct Roles: Sendable { let choices: [StartingPage.Choice] }

  let action: String
  let leaving: String
  let error: String?
  let roles: Roles?
  let leaveTitle, leaveWhat, leaveButton: String
}
