import Hummingbird
import Partnering

/// Who does what by when: decided in a talk or at any time, seen by everybody, closed by its owners and the leads.
struct ActionRoutes: Sendable {
  let house: House

  var store: ActionStore { ActionStore(database: house.database) }

  func add(to pages: Pages) {
    pages.get("/partnerships/:partnership/actions", use: list)
    pages.get("/partnerships/:partnership/actions/new", use: showNew)
    pages.post("/partnerships/:partnership/actions", use: decide)
    pages.get("/partnerships/:partnership/actions/:action", use: show)
    pages.get("/partnerships/:partnership/actions/:action/change", use: showChange)
    pages.post("/partnerships/:partnership/actions/:action/change", use: change)
    pages.post("/partnerships/:partnership/actions/:action/state", use: move)
    pages.post("/partnerships/:partnership/actions/:action/comments", use: comment)
  }

  @Sendable func list(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope) = (try context.visiting(), try await context.partnership())
    let content = ActionsPage(try await store.actions(in: scope), scope, visit)
    return try visit.page("actions", content, visit.actionHead(in: scope))
  }

  @Sendable func showNew(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope) = (try context.visiting(), try await context.partnership())
    try scope.mustTakePart()
    let form = ActionForm(round: visit.query["round"], item: visit.query["item"])
    return try await formPage(form, nil, nil, id: Randomness.id(at: visit.now), scope, visit)
  }

  @Sendable func decide(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope) = (try context.visiting(), try await context.partnership())
    try scope.mustTakePart()
    let id: ID<Action> = visit.idOfForm()
    let parties = try await store.parties(in: scope)
    let form = ActionForm(visit.form, parties: parties)
    do {
      let plan = try form.plan(for: parties, today: visit.today)
      try await store.decide(plan, as: id, in: scope, at: visit.now)
      return visit.redirect(to: visit.next(in: scope, else: "actions/\(id)"), saying: "actions.decided")
    } catch let refusals as FieldRefusals {
      return try await formPage(form, refusals, nil, id: id, scope, visit)
    }
  }

  @Sendable func show(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope, action) = try await action(context)
    return try await actionPage(action, nil, scope, visit)
  }

  @Sendable func showChange(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope, action) = try await action(context)
    try scope.mustTakePart()
    return try await formPage(ActionForm(action), nil, action, id: action.id, scope, visit)
  }

  @Sendable func change(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope, action) = try await action(context)
    try scope.mustTakePart()
    let parties = try await store.parties(in: scope)
    let form = ActionForm(visit.form, parties: parties)
    do {
      // Before all else: the page that comes back has the new version, and must have told what it says.
      guard visit.form.number("version") == action.version else {
        throw FieldRefusals("what", "actions.changed-meanwhile", ["what": .text(action.what)])
      }
      let plan = try form.plan(for: parties, today: visit.today, changing: action)
      try await store.change(action.id, to: plan, version: action.version, in: scope)
      return visit.redirect(to: "/partnerships/\(scope.partnership)/actions/\(action.id)", saying: "actions.changed")
    } catch let refusals as FieldRefusals {
      return try await formPage(form, refusals, action, id: action.id, scope, visit)
    }
  }

  @Sendable func move(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope, action) = try await action(context)
    try scope.mustTakePart()
    guard let state = ActionState(rawValue: visit.form["state"]) else {
      throw Refusal.because("application.not-understood", status: .badRequest)
    }
    do {
      var refusals = FieldRefusals()
      let reason = refusals.textIfAny(visit.form["because"], in: "because", longest: 1_000)
      try refusals.check()
      do { try await store.move(action.id, to: state, because: reason, in: scope, at: visit.now) } catch let problem
        as ActionRule.Problem
      { throw problem.refusal(reasonIn: "because") }
      return visit.redirect(
        to: "/partnerships/\(scope.partnership)/actions/\(action.id)", saying: "actions.moved-\(state.rawValue)")
    } catch let refusals as FieldRefusals {
      // As it is by now: somebody may have moved it meanwhile.
      return try await actionPage(try await store.action(action.id, in: scope), refusals, scope, visit)
    }
  }

  @Sendable func comment(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope, action) = try await action(context)
    try scope.mustTakePart()
    do {
      var refusals = FieldRefusals()
      guard let text = refusals.text(visit.form["comment"], in: "comment", longest: 2_000) else { throw refusals }
      try await store.comment(text, on: action.id, as: visit.idOfForm(), in: scope, at: visit.now)
      return visit.redirect(to: "/partnerships/\(scope.partnership)/actions/\(action.id)#comments")
    } catch let refusals as FieldRefusals {
      return try await actionPage(action, refusals, scope, visit)
    }
  }

  private func action(_ context: PageContext) async throws -> (Visit, PartnershipScope, ActionRecord) {
    let (visit, scope) = (try context.visiting(), try await context.partnership())
    guard let id = ID<Action>(context.parameters.get("action") ?? "") else { throw Refusal.notFound }
    return (visit, scope, try await store.action(id, in: scope))
  }

  func actionPage(
    _ action: ActionRecord, _ refusals: FieldRefusals?, _ scope: PartnershipScope, _ visit: Visit
  ) async throws -> Response {
    let comments = try await store.comments(on: action.id, in: scope)
    let challenges = try await DiscussionStore(database: house.database).challenges(in: scope)
    let reviews = try await store.reviews(of: action.id, in: scope)
    let content = ActionPage(action, comments, challenges, reviews, refusals, scope, visit)
    let head = visit.actionHead(in: scope, title: action.what)
    return try visit.page("action", content, head, status: refusals == nil ? .ok : .unprocessableContent)
  }

  private func formPage(
    _ form: ActionForm, _ refusals: FieldRefusals?, _ action: ActionRecord?, id: ID<Action>, _ scope: PartnershipScope,
    _ visit: Visit
  ) async throws -> Response {
    let parties = try await store.parties(in: scope)
    let content = ActionFormPage(form, refusals, action, id: id, parties, scope, visit)
    let head = visit.actionHead(in: scope, title: visit.words(action == nil ? "actions.new" : "actions.change"))
    return try visit.page("action-form", content, head, status: refusals == nil ? .ok : .unprocessableContent)
  }
}

extension ActionRule.Problem {
  /// What its page says: beside the field of the reason, or instead of the page.
  func refusal(reasonIn field: String) -> any Error {
    switch self {
    case .noReason: FieldRefusals(field, "actions.no-reason")
    case .notYours: Refusal.because("actions.not-yours", status: .forbidden)
    case .soAlready(let state): FieldRefusals(field, "actions.so-already-\(state.rawValue)")
    }
  }
}

extension Visit {
  /// The id under which the form's thing is kept: the one that the form carries, so that sent twice it counts once.
  func idOfForm<Thing>() -> ID<Thing> { form.id("id") ?? Randomness.id(at: now) }

  /// Where a form of a talk goes on: the page that it came from, if that is one of the same partnership.
  func next(in scope: PartnershipScope, else usual: String) -> String {
    let (base, back) = ("/partnerships/\(scope.partnership)/", form["back"])
    let isOurs = back.hasPrefix(base) && back.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }
    return isOurs ? back : base + usual
  }

  func actionHead(in scope: PartnershipScope, title: String? = nil) -> PageHead {
    head(
      in: scope, at: .actions, title: title ?? words("actions.title"), lead: title == nil ? words("actions.lead") : nil,
      trail: title.map {
        [
          .init(label: words("actions.title"), href: PartnershipPlace.actions.path(in: scope.partnership)),
          .init(label: $0, href: nil),
        ]
      } ?? [.init(label: words("actions.title"), href: nil)],
      scripts: ["keep-typed.js"])
  }
}
