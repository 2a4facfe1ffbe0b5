import Partnering

/// One item on the projector: what people said in figures, and what the room makes of it.
struct TalkItemPage: Sendable {
  struct Conclusion: Sendable {
    let id, text, by: String
    let helps: String?
    let change: String?
    let challenge: ChallengesOnPage
  }
  struct Step: Sendable { let href, text: String }
  struct Writing: Sendable {
    let fields: FieldsOnPage
    /// The id of the note that the form would make, so that it counts once however often it is sent.
    let note, noAction, action: String
    let weaknesses: [Weakness]
    let sides: [ActionFormPage.Side]
    let back, round, item, decide: String
    let isActionOpen: Bool
  }
  struct Weakness: Sendable {
    let number, text: String
    let isChosen: Bool
  }

  let item: ReportItemOnPage
  let path, overview: String
  let isStrength: Bool
  let place: String
  let question: String
  let conclusions: [Conclusion]
  let reasons: [Conclusion]
  let hasReasons: Bool
  let actions: [ActionLine]
  let hasActions: Bool
  /// Notes on strengths that could help this item.
  let helpers: [String]
  let previous, next: Step?
  let writing: Writing?
  /// Where this strength is made a celebration; `nil` for a weakness, and for whoever reads only.
  let celebrate: String?

  init(
    _ number: Int, _ item: ReportItemOnPage, _ items: [ReportItemOnPage], _ whole: WholeDiscussion,
    _ parties: [PartyOfOwners],
    _ refusals: FieldRefusals?, _ scope: RoundScope, _ visit: Visit
  ) {
    let words = visit.words
    let order = whole.report.forDiscussion + whole.report.strengths
    let seat = order.firstIndex(of: number) ?? 0
    let mayWrite = scope.partnership.takesPart && !scope.partnership.hasEnded
    self.item = item
    let path = "\(whole.round.talkPath)/items/\(number)"
    self.path = path
    overview = whole.round.talkPath
    isStrength = !whole.report.forDiscussion.contains(number)
    place = words("talk.place", ["n": .count(seat + 1), "of": .count(order.count)])
    question = words(isStrength ? "talk.why-good" : "talk.why-weak")
    func note(_ conclusion: ConclusionRecord) -> Conclusion {
      Conclusion(
        id: conclusion.id.text, text: conclusion.text, by: visit.writer(of: conclusion),
        helps: conclusion.helps.flatMap { weak in items.first { $0.number == weak } }
          .map { words("talk.could-help", ["text": .text($0.text)]) },
        change: mayWrite ? "\(whole.round.talkPath)/conclusions/\(conclusion.id)" : nil,
        challenge: ChallengesOnPage(
          of: whole.challenges.filter { $0.conclusion == conclusion.id }, about: .conclusion(conclusion.id), back: path,
          refusals, scope.partnership, visit))
    }
    conclusions = whole.conclusions(on: number).map(note)
    reasons = whole.reasonsForNoAction(on: number).map(note)
    hasReasons = !reasons.isEmpty
    actions = whole.actions(for: number).map { ActionLine($0, scope.partnership, visit) }
    hasActions = !actions.isEmpty
    helpers = whole.conclusions.filter { $0.helps == number }.map(\.text)
    func step(_ place: Int) -> Step? {
      guard order.indices.contains(place) else { return nil }
      return Step(
        href: "\(whole.round.talkPath)/items/\(order[place])",
        text: items.first { $0.number == order[place] }?.text ?? "")
    }
    (previous, next) = (step(seat - 1), step(seat + 1))
    celebrate =
      mayWrite && isStrength
      ? "/partnerships/\(scope.partnership.partnership)/celebrations/new?round=\(scope.round)&item=\(number)&back=\(path)"
      : nil
    guard mayWrite else {
      writing = nil
      return
    }
    let form = ActionForm(round: scope.round.text, item: String(number))
    let sides = ActionFormPage(
      form, nil, nil, id: Randomness.id(at: visit.now), parties, scope.partnership, visit
    ).sides
    // A doubt comes in a field of the same name.
    let isNote = refusals?.refusals.contains { $0.field == "text" || $0.field == "reason" } ?? false
    let typed = ["text", "reason"].map { (name: $0, value: isNote ? visit.form[$0] : "") }
    writing = Writing(
      fields: visit.fields(typed + [("what", ""), ("due", "")], refusals),
      note: (Randomness.id(at: visit.now) as ID<Rapport.Conclusion>).text,
      noAction: (Randomness.id(at: visit.now) as ID<Rapport.Conclusion>).text,
      action: (Randomness.id(at: visit.now) as ID<Action>).text,
      weaknesses: whole.report.forDiscussion.compactMap { weak in
        items.first { $0.number == weak }.map {
          Weakness(number: String(weak), text: $0.text, isChosen: visit.form["helps"] == String(weak))
        }
      }, sides: sides, back: path, round: scope.round.text, item: String(number),
      decide: "/partnerships/\(scope.partnership.partnership)/actions",
      isActionOpen: false)
  }
}

/// Who thinks that something is wrong, what was answered, and the form to say so.
struct ChallengesOnPage: Sendable {
  struct Said: Sendable { let id, name, text, when: String }
  struct Challenge: Sendable {
    let id: String
    let said: Said
    let answers: [Said]
    let answer: String?
    let answerID: String
    let answering: FieldsOnPage.Field
  }

  let all: [Challenge]
  let isAny: Bool
  let subject, subjectID, id, action, back: String
  let mayChallenge: Bool
  let challenging: FieldsOnPage.Field

  init(
    of challenges: [ChallengeRecord], about subject: ChallengeSubject, back: String, _ refusals: FieldRefusals?,
    _ scope: PartnershipScope, _ visit: Visit
  ) {
    let mayWrite = scope.takesPart && !scope.hasEnded
    // What was typed stands where it was refused, and nowhere else.
    func field(_ name: String) -> FieldsOnPage.Field {
      let refused = visit.fields([(name, visit.form["text"])], refusals)[name]
      return refused.error == nil ? .init(name: name, value: "", error: nil) : refused
    }
    func said(_ id: String, _ name: String?, _ text: String, _ at: Instant) -> Said {
      Said(id: id, name: name ?? visit.words("actions.former"), text: text, when: visit.formats.moment(at))
    }
    let base = "/partnerships/\(scope.partnership)/challenges"
    all = challenges.map { challenge in
      Challenge(
        id: challenge.id.text, said: said(challenge.id.text, challenge.name, challenge.text, challenge.writtenAt),
        answers: challenge.answers.map { said($0.id.text, $0.name, $0.text, $0.writtenAt) },
        answer: mayWrite ? "\(base)/\(challenge.id)/answers" : nil,
        answerID: (Randomness.id(at: visit.now) as ID<ChallengeAnswer>).text, answering: field(challenge.id.answerField)
      )
    }
    isAny = !all.isEmpty
    challenging = field(subject.field)
    (self.subject, subjectID, self.back, action) = (subject.kind, subject.id, back, base)
    self.id = (Randomness.id(at: visit.now) as ID<Rapport.Challenge>).text
    mayChallenge = mayWrite
  }
}

/// A note that is changed, or that two have changed at once.
struct ConclusionPage: Sendable {
  /// What somebody else has made of the note meanwhile.
  struct Conflict: Sendable {
    let text, by: String

    init(_ standing: ConclusionRecord, _ visit: Visit) { (text, by) = (standing.text, visit.writer(of: standing)) }
  }

  let path, back, version: String
  let fields: FieldsOnPage
  let conflict: Conflict?
}

extension Visit {
  /// "Ada, 3 March 2026, 10:00"
  fileprivate func writer(of note: ConclusionRecord) -> String {
    words(
      "talk.noted-by",
      ["name": .text(note.writtenBy ?? words("actions.former")), "when": .text(formats.moment(note.writtenAt))])
  }
}
