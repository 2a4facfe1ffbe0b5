import Hummingbird
import Partnering

/// What goes well is celebrated: planned, held, told, and shared.
struct CelebrationRoutes: Sendable {
  let house: House

  var store: CelebrationStore { CelebrationStore(database: house.database) }

  func add(to pages: Pages) {
    let celebrations = "/partnerships/:partnership/celebrations"
    pages.get("\(celebrations)", use: list)
    pages.get("\(celebrations)/new", use: showNew)
    pages.post("\(celebrations)", use: plan)
    pages.get("\(celebrations)/:celebration", use: show)
    pages.get("\(celebrations)/:celebration/change", use: showChange)
    pages.post("\(celebrations)/:celebration/change", use: change)
    pages.get("\(celebrations)/:celebration/deletion", use: askDeletion)
    pages.post("\(celebrations)/:celebration/deletion", use: delete)
    pages.post("\(celebrations)/:celebration/holding", use: hold)
    pages.get("\(celebrations)/:celebration/picture", use: sendPicture)
    pages.post("\(celebrations)/:celebration/picture", use: keepPicture)
    pages.post("\(celebrations)/:celebration/picture/removal", use: removePicture)
  }

  @Sendable func list(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope) = (try context.visiting(), try await context.partnership())
    let content = CelebrationsPage(try await store.celebrations(in: scope), scope, visit)
    return try visit.page("celebrations", content, visit.celebrationHead(in: scope))
  }

  @Sendable func showNew(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope) = (try context.visiting(), try await context.partnership())
    try scope.mustTakePart()
    let form = CelebrationForm(round: visit.query["round"], item: visit.query["item"])
    return try formPage(form, nil, nil, id: Randomness.id(at: visit.now), scope, visit)
  }

  @Sendable func plan(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope) = (try context.visiting(), try await context.partnership())
    try scope.mustTakePart()
    let id: ID<Celebration> = visit.idOfForm()
    let form = CelebrationForm(visit.form)
    do {
      try await store.plan(form.plan(today: visit.today), as: id, in: scope, at: visit.now)
      return visit.redirect(to: visit.next(in: scope, else: "celebrations/\(id)"), saying: "celebrations.planned")
    } catch let refusals as FieldRefusals {
      return try formPage(form, refusals, nil, id: id, scope, visit)
    }
  }

  @Sendable func show(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope, celebration) = try await celebration(context)
    return try page(celebration, HoldingForm(celebration, today: visit.today), nil, scope, visit)
  }

  @Sendable func showChange(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope, celebration) = try await celebration(context)
    try scope.mustTakePart()
    return try formPage(CelebrationForm(celebration), nil, celebration, id: celebration.id, scope, visit)
  }

  @Sendable func change(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope, celebration) = try await celebration(context)
    try scope.mustTakePart()
    let form = CelebrationForm(visit.form)
    do {
      // Before all else: the page that comes back has the new version, and must have told what it says.
      guard visit.form.number("version") == celebration.version else {
        throw FieldRefusals("what", "celebrations.changed-to", ["what": .text(celebration.what)])
      }
      let plan = try form.plan(today: visit.today, changing: celebration)
      try await store.change(celebration.id, to: plan, version: celebration.version, in: scope)
      return visit.redirect(to: scope.path(of: celebration), saying: "celebrations.changed")
    } catch let refusals as FieldRefusals {
      return try formPage(form, refusals, celebration, id: celebration.id, scope, visit)
    }
  }

  @Sendable func hold(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope, celebration) = try await celebration(context)
    try scope.mustTakePart()
    let form = HoldingForm(visit.form)
    do {
      guard visit.form.number("version") == celebration.version else {
        throw FieldRefusals("note", "celebrations.told-meanwhile", ["note": .text(celebration.holding?.note ?? "–")])
      }
      let holding = try form.holding(today: visit.today)
      try await store.hold(celebration.id, holding, version: celebration.version, in: scope, at: visit.now)
      return visit.redirect(to: scope.path(of: celebration), saying: "celebrations.is-held")
    } catch let refusals as FieldRefusals {
      return try page(celebration, form, refusals, scope, visit)
    }
  }

  @Sendable func askDeletion(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope, celebration) = try await celebration(context)
    try scope.mustBeAbleToDelete(celebration)
    let content = CelebrationDeletionPage(
      what: celebration.what, version: String(celebration.version), back: scope.path(of: celebration))
    return try visit.page(
      "celebration-deletion", content, visit.celebrationHead(in: scope, title: visit.words("celebrations.deletion-title")))
  }

  @Sendable func delete(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope, celebration) = try await celebration(context)
    try scope.mustBeAbleToDelete(celebration)
    try await store.delete(celebration, version: visit.form.number("version") ?? 0, in: scope, at: visit.now)
    return visit.redirect(to: "/partnerships/\(scope.partnership)/celebrations", saying: "celebrations.deleted")
  }

  func celebration(_ context: PageContext) async throws -> (Visit, PartnershipScope, CelebrationRecord) {
    let (visit, scope) = (try context.visiting(), try await context.partnership())
    guard let id = ID<Celebration>(context.parameters.get("celebration") ?? "") else { throw Refusal.notFound }
    return (visit, scope, try await store.celebration(id, in: scope))
  }

  func page(
    _ celebration: CelebrationRecord, _ form: HoldingForm, _ refusals: FieldRefusals?, _ scope: PartnershipScope, _ visit: Visit
  ) throws -> Response {
    let content = CelebrationPage(celebration, form, refusals, scope, visit)
    let head = visit.celebrationHead(in: scope, title: celebration.what)
    return try visit.page("celebration", content, head, status: refusals == nil ? .ok : .unprocessableContent)
  }

  private func formPage(
    _ form: CelebrationForm, _ refusals: FieldRefusals?, _ celebration: CelebrationRecord?, id: ID<Celebration>,
    _ scope: PartnershipScope, _ visit: Visit
  ) throws -> Response {
    let content = CelebrationFormPage(form, refusals, celebration, id: id, scope, visit)
    let head = visit.celebrationHead(
      in: scope, title: visit.words(celebration == nil ? "celebrations.new" : "celebrations.change"))
    return try visit.page("celebration-form", content, head, status: refusals == nil ? .ok : .unprocessableContent)
  }
}

extension PartnershipScope {
  /// Whether the person planned it, or leads a party.
  func mayDelete(_ celebration: CelebrationRecord) -> Bool {
    takesPart && !hasEnded && (isLead || celebration.planner == person.id)
  }

  /// - Throws: `Refusal.because`.
  func mustBeAbleToDelete(_ celebration: CelebrationRecord) throws {
    try mustTakePart()
    guard mayDelete(celebration) else { throw Refusal.because("celebrations.not-yours-to-delete", status: .forbidden) }
  }

  func path(of celebration: CelebrationRecord) -> String { "/partnerships/\(partnership)/celebrations/\(celebration.id)" }
}

extension Visit {
  func celebrationHead(in scope: PartnershipScope, title: String? = nil) -> PageHead {
    let list = PageFrame.Crumb(
      label: words("celebrations.title"), href: title.map { _ in "/partnerships/\(scope.partnership)/celebrations" })
    return head(
      in: scope, at: .actions, title: title ?? words("celebrations.title"),
      lead: title == nil ? words("celebrations.lead") : nil,
      trail: [list] + (title.map { [.init(label: $0, href: nil)] } ?? []), scripts: ["keep-typed.js"])
  }
}
