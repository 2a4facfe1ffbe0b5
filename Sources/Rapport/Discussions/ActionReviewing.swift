import Hummingbird
import Partnering

/// In the talk: what came of the actions that were decided before, and whether they go on.
extension DiscussionRoutes {
  @Sendable func review(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope) = (try context.visiting(), try await context.round())
    try scope.partnership.mustTakePart()
    let whole = try await store.whole(scope)
    guard let id = ID<Action>(context.parameters.get("action") ?? ""), whole.toReview.contains(where: { $0.id == id })
    else {
      throw Refusal.notFound
    }
    let field = "because-\(id)"
    do {
      var refusals = FieldRefusals()
      let reason = refusals.textIfAny(visit.form["because"], in: field, longest: 1_000)
      guard let effect = ActionReview.Effect(rawValue: visit.form["effect"]),
        let outcome = ActionReview.Outcome(rawValue: visit.form["outcome"])
      else { throw FieldRefusals(field, "talk.effect-missing") }
      try refusals.check()
      do {
        try await ActionStore(database: house.database).review(
          id, ActionReview(outcome: outcome, effect: effect), because: reason, in: scope, at: visit.now)
      } catch let problem as ActionRule.Problem { throw problem.refusal(reasonIn: field) }
      guard outcome == .change else {
        return visit.redirect(to: whole.round.talkPath + "#before", saying: "talk.reviewed")
      }
      let base = "/partnerships/\(scope.partnership.partnership)/actions/\(id)/change"
      return visit.redirect(to: base, saying: "talk.reviewed-change")
    } catch let refusals as FieldRefusals {
      return try await talkPage(TalkForm(whole.discussion, visit), refusals, scope, visit)
    }
  }
}

/// An action from before, with what became of the statement that it was for, and what the talk says of it.
struct ReviewOnPage: Sendable {
  struct Effect: Sendable {
    let value, label: String
    let isChosen: Bool
  }

  struct Form: Sendable {
    let action, field, keep: String
    let effects: [Effect]
    let canChange, canDrop: Bool
    /// What was typed, if this form comes back.
    let because: String
    let error: String?
  }

  let line: ActionLine
  /// "2.6 before, 2.7 now: no clear change."
  let figures: String?
  let said: String?
  let form: Form?

  init(
    _ action: ActionRecord, _ whole: WholeDiscussion, _ refusals: FieldRefusals?, _ scope: RoundScope, _ visit: Visit
  ) {
    let (words, review) = (visit.words, whole.review(of: action.id))
    line = ActionLine(action, scope.partnership, visit)
    figures = Self.figures(action, whole, visit)
    said = review.map { visit.sentence(of: $0, about: action) }
    let mayReview = scope.partnership.takesPart && !scope.partnership.hasEnded
    let rule = action.rule(for: scope.partnership)
    let field = "because-\(action.id)"
    let error = visit.fields([(field, "")], refusals)[field].error
    let chosen = error == nil ? review?.review.effect : ActionReview.Effect(rawValue: visit.form["effect"])
    form =
      mayReview
      ? Form(
        action: "\(whole.round.talkPath)/actions/\(action.id)", field: field,
        keep: words(action.state.isRunning ? "talk.keep" : "talk.keep-closed"),
        effects: ActionReview.Effect.allCases.map { effect in
          Effect(
            value: effect.rawValue, label: words("talk.effect-\(effect.rawValue)"),
            isChosen: (chosen ?? .open) == effect)
        }, canChange: action.state.isRunning, canDrop: rule.maySay && (action.state.isRunning || error != nil),
        because: error == nil ? "" : visit.form["because"], error: error) : nil
  }

  private static func figures(_ action: ActionRecord, _ whole: WholeDiscussion, _ visit: Visit) -> String? {
    guard let item = action.item, let followUp = whole.report.followUps.first(where: { $0.item == item }),
      let after = followUp.after
    else { return nil }
    return visit.words(
      "talk.figures-since",
      [
        "before": .text(visit.formats.tenths(followUp.before.tenths)), "now": .text(visit.formats.tenths(after.tenths)),
        "direction": .text(visit.words("report.direction.\(ReportWording.kind(of: followUp.direction))")),
      ])
  }
}

extension Visit {
  /// "It goes on: no effect. (Ada, 3 March)"; what was closed before cannot go on: "It was done: it helped. (Ada, 3 March)"
  func sentence(of review: ReviewRecord, about action: ActionRecord) -> String {
    let wasClosed = action.closedAt.map { $0 <= review.reviewedAt } ?? false
    let outcome =
      review.review.outcome.rawValue + (wasClosed && review.review.outcome == .keep ? "-\(action.state.rawValue)" : "")
    return words(
      "talk.review-said",
      [
        "outcome": .text(words("talk.outcome-\(outcome)")),
        "effect": .text(words("talk.effect-\(review.review.effect.rawValue)")),
        "name": .text(review.name ?? words("actions.former")), "day": .text(formats.day(review.reviewedAt)),
      ])
  }
}
