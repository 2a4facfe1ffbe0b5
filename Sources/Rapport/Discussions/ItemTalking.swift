import Hummingbird
import Partnering

/// Item by item on the projector: notes, what is done, and who thinks that something is wrong.
extension DiscussionRoutes {
  @Sendable func showItem(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope, number) = try await item(context)
    return try await itemPage(number, nil, scope, visit)
  }

  @Sendable func note(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope, number) = try await item(context)
    try scope.partnership.mustTakePart()
    let isReason = visit.form.has("reason")
    do {
      var refusals = FieldRefusals()
      let field = isReason ? "reason" : "text"
      guard let text = refusals.text(visit.form[field], in: field, longest: 1_000) else { throw refusals }
      let weak = visit.form.number("helps").flatMap { weak in number == weak ? nil : weak }
      // What it helps is a weakness of the same report.
      let weaknesses = try await store.whole(scope).report.forDiscussion
      guard weak.map(weaknesses.contains) ?? true else { throw Refusal.notFound }
      try await store.note(
        text, isReason ? .noAction : .conclusion, on: number, helping: weak,
        as: visit.idOfForm(), in: scope, at: visit.now)
      return visit.redirect(to: RoundAddress(scope).round + "/talk/items/\(number)", saying: "talk.noted")
    } catch let refusals as FieldRefusals {
      return try await itemPage(number, refusals, scope, visit)
    }
  }

  @Sendable func showConclusion(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope, note) = try await conclusion(context)
    return try conclusionPage(
      note, visit.fields([("text", note.text)], nil), nil, try await store.whole(scope), scope, visit)
  }

  @Sendable func changeConclusion(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope, note) = try await conclusion(context)
    let (whole, version) = (try await store.whole(scope), visit.form.number("version") ?? 0)
    do {
      var refusals = FieldRefusals()
      guard let text = refusals.text(visit.form["text"], in: "text", longest: 1_000) else { throw refusals }
      guard let standing = try await store.change(note.id, to: text, version: version, in: scope, at: visit.now) else {
        return visit.redirect(to: "\(whole.round.talkPath)/items/\(note.item)", saying: "talk.noted")
      }
      return try conclusionPage(
        standing, visit.fields([("text", text)], nil), .init(standing, visit), whole, scope, visit)
    } catch let refusals as FieldRefusals {
      let fields = visit.fields([("text", visit.form["text"])], refusals)
      // The page that comes back has the new version, and must tell what it says.
      let conflict = note.version == version ? nil : ConclusionPage.Conflict(note, visit)
      return try conclusionPage(note, fields, conflict, whole, scope, visit, isRefused: true)
    }
  }

  @Sendable func challenge(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope) = (try context.visiting(), try await context.partnership())
    try scope.mustTakePart()
    let subject: ChallengeSubject
    if let conclusion: ID<Conclusion> = visit.form.id("conclusion") {
      subject = .conclusion(conclusion)
    } else if let action: ID<Action> = visit.form.id("action") {
      subject = .action(action)
    } else {
      throw Refusal.notFound
    }
    do {
      var refusals = FieldRefusals()
      guard let text = refusals.text(visit.form["text"], in: subject.field, longest: 1_000) else { throw refusals }
      try await store.challenge(subject, saying: text, as: visit.idOfForm(), in: scope, at: visit.now)
      return visit.redirect(to: visit.next(in: scope, else: "actions"), saying: "talk.challenged")
    } catch let refusals as FieldRefusals {
      return try await page(of: subject, refusals, scope, context)
    }
  }

  @Sendable func answerChallenge(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope) = (try context.visiting(), try await context.partnership())
    try scope.mustTakePart()
    guard let challenge = ID<Challenge>(context.parameters.get("challenge") ?? "") else { throw Refusal.notFound }
    do {
      var refusals = FieldRefusals()
      guard let text = refusals.text(visit.form["text"], in: challenge.answerField, longest: 1_000) else {
        throw refusals
      }
      try await store.answer(challenge, saying: text, as: visit.idOfForm(), in: scope, at: visit.now)
      return visit.redirect(to: visit.next(in: scope, else: "actions"), saying: "talk.answered")
    } catch let refusals as FieldRefusals {
      guard let subject = try await store.challenges(in: scope).first(where: { $0.id == challenge })?.subject else {
        throw Refusal.notFound
      }
      return try await page(of: subject, refusals, scope, context)
    }
  }

  /// The page on which a doubt about something is said and answered.
  private func page(
    of subject: ChallengeSubject, _ refusals: FieldRefusals, _ scope: PartnershipScope, _ context: PageContext
  ) async throws -> Response {
    let visit = try context.visiting()
    switch subject {
    case .action(let id):
      let actions = ActionRoutes(house: house)
      return try await actions.actionPage(actions.store.action(id, in: scope), refusals, scope, visit)
    case .conclusion(let id):
      guard let (round, item) = try await store.place(of: id, in: scope) else { throw Refusal.notFound }
      return try await itemPage(item, refusals, context.round(round), visit)
    }
  }

  /// The item that the address names, of a report that shows it.
  private func item(_ context: PageContext) async throws -> (Visit, RoundScope, Int) {
    let (visit, scope) = (try context.visiting(), try await context.round())
    let report = try await store.whole(scope).report
    guard let number = Int(context.parameters.get("item") ?? ""), report.item(number)?.figures != nil else {
      throw Refusal.notFound
    }
    return (visit, scope, number)
  }

  private func conclusion(_ context: PageContext) async throws -> (Visit, RoundScope, ConclusionRecord) {
    let (visit, scope) = (try context.visiting(), try await context.round())
    try scope.partnership.mustTakePart()
    guard let id = ID<Conclusion>(context.parameters.get("conclusion") ?? ""),
      let found = try await store.whole(scope).conclusions.first(where: { $0.id == id })
    else { throw Refusal.notFound }
    return (visit, scope, found)
  }

  private func itemPage(
    _ number: Int, _ refusals: FieldRefusals?, _ scope: RoundScope, _ visit: Visit
  ) async throws -> Response {
    let whole = try await store.whole(scope)
    let items = try await items(scope, visit)
    guard let item = items.first(where: { $0.number == number }) else { throw Refusal.notFound }
    let parties = try await ActionStore(database: house.database).parties(in: scope.partnership)
    let content = TalkItemPage(number, item, items, whole, parties, refusals, scope, visit)
    let head = visit.talkHead(whole, in: scope.partnership, title: item.text, scripts: ["talk.js"])
    return try visit.page("talk-item", content, head, status: refusals == nil ? .ok : .unprocessableContent)
  }

  private func conclusionPage(
    _ note: ConclusionRecord, _ fields: FieldsOnPage, _ conflict: ConclusionPage.Conflict?, _ whole: WholeDiscussion,
    _ scope: RoundScope, _ visit: Visit, isRefused: Bool = false
  ) throws -> Response {
    let content = ConclusionPage(
      path: "\(whole.round.talkPath)/conclusions/\(note.id)", back: "\(whole.round.talkPath)/items/\(note.item)",
      version: String(note.version), fields: fields, conflict: conflict)
    let head = visit.talkHead(whole, in: scope.partnership, title: visit.words("talk.change-note"))
    return try visit.page(
      "conclusion", content, head, status: conflict != nil ? .conflict : isRefused ? .unprocessableContent : .ok)
  }
}
