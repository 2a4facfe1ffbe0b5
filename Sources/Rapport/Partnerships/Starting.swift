import Foundation
import Hummingbird
import Partnering

/// A manager starts a partnership: what kind it is, what it is for, who the parties are.
extension PartnershipRoutes {
  @Sendable func showStarting(_ request: Request, _ context: PageContext) async throws -> Response {
    let scope = try starting(context)
    return try await startingPage(StartingForm(.none), nil, scope, context.visiting())
  }

  @Sendable func start(_ request: Request, _ context: PageContext) async throws -> Response {
    let scope = try starting(context)
    let visit = try context.visiting()
    let form = StartingForm(visit.form, more: visit.form.has("more"))
    if visit.form.has("more") { return try await startingPage(form, nil, scope, visit) }
    do {
      let beginning = try form.beginning(in: scope, at: visit.now)
      try await store.start(beginning, in: scope, at: visit.now)
      return visit.redirect(to: "/partnerships/\(beginning.partnership)/join", saying: "starting.made")
    } catch let refusals as FieldRefusals {
      return try await startingPage(form, refusals, scope, visit)
    }
  }

  private func starting(_ context: PageContext) throws -> OrganisationScope {
    let scope = try context.organisation()
    guard scope.person.isManager else { throw Refusal.because("starting.managers-only", status: .forbidden) }
    return scope
  }

  private func startingPage(
    _ form: StartingForm, _ refusals: FieldRefusals?, _ scope: OrganisationScope, _ visit: Visit
  ) async throws -> Response {
    let organisations = try await store.organisations(in: scope)
    let content = StartingPage(form, organisations: organisations, own: scope.organisation, refusals, visit)
    let head = PageHead(
      title: visit.words("starting.title"), lead: visit.words("starting.lead"),
      trail: [
        .init(label: visit.words("portfolio.title"), href: "/portfolio"),
        .init(label: visit.words("starting.title"), href: nil),
      ])
    return try visit.page("starting", content, head, status: refusals == nil ? .ok : .unprocessableContent)
  }
}

struct StartingPage: Sendable {
  struct Choice: Equatable, Sendable {
    let value, label: String
    let hint: String?
    let isChosen: Bool
  }

  struct Other: Sendable {
    let place: Int
    let legend: String
    let choices: [Choice]
    let organisation, party, lead, email: FieldsOnPage.Field
  }

  let fields: FieldsOnPage
  let kinds: [Choice]
  let shapes: [Choice]
  let others: [Other]
  let count: Int
  let mayAddMore: Bool

  init(
    _ form: StartingForm, organisations: [(id: ID<Organisation>, name: String)], own: ID<Organisation>,
    _ refusals: FieldRefusals?, _ visit: Visit
  ) {
    let words = visit.words
    let ownName = organisations.first { $0.id == own }?.name ?? ""
    let typed: [(name: String, value: String)] =
      [
        ("kind", form.kind), ("name", form.name), ("purpose", form.purpose), ("shape", form.shape),
        ("own-party", form.ownParty.isEmpty && refusals == nil ? ownName : form.ownParty),
      ] + form.others.flatMap(\.typed)
    let all = visit.fields(typed, refusals)
    fields = all
    kinds = PartnershipKind.allCases.map {
      Choice(
        value: $0.rawValue, label: words("kinds.\($0.rawValue)"), hint: nil, isChosen: form.kind == $0.rawValue)
    }
    shapes = ["parties", "team"].map {
      Choice(
        value: $0, label: words("starting.shape-\($0)"), hint: words("starting.shape-\($0)-hint"),
        isChosen: form.shape == $0 || (form.shape.isEmpty && $0 == "parties"))
    }
    others = form.others.map { other in
      Other(
        place: other.place, legend: words("starting.party-number", ["n": .count(other.place + 1)]),
        choices: Self.choices(other, organisations, own: own, words),
        organisation: all[other.name("organisation")], party: all[other.name("party")],
        lead: all[other.name("lead")], email: all[other.name("email")])
    }
    count = others.count
    mayAddMore = others.count < StartingForm.mostOthers
  }

  private static func choices(
    _ other: OtherPartyForm, _ organisations: [(id: ID<Organisation>, name: String)], own: ID<Organisation>,
    _ words: Words
  ) -> [Choice] {
    let fixed = [("", words("starting.choose")), ("new", words("starting.new-organisation"))]
    let known = organisations.map { found in
      (found.id.text, found.id == own ? words("starting.own-organisation", ["name": .text(found.name)]) : found.name)
    }
    return (fixed + known).map {
      Choice(value: $0.0, label: $0.1, hint: nil, isChosen: other.organisation == $0.0)
    }
  }
}

extension OtherPartyForm {
  func name(_ field: String) -> String { "\(field)-\(place)" }

  fileprivate var typed: [(name: String, value: String)] {
    [(name("organisation"), organisation), (name("party"), party), (name("lead"), lead), (name("email"), email)]
  }
}
