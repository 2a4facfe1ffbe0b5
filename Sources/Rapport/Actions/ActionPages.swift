import Partnering

/// One action as a line of a list.
struct ActionLine: Equatable, Sendable {
  struct Owner: Equatable, Sendable {
    let name: String
    let marker: PartyMarker
  }

  let id, what, href: String
  let due, dueMachine: String
  let isOverdue: Bool
  let state, stateWord: String
  let because: String?
  let owners: [Owner]

  init(_ action: ActionRecord, _ scope: PartnershipScope, _ visit: Visit) {
    let words = visit.words
    (id, what) = (action.id.text, action.what)
    href = "/partnerships/\(scope.partnership)/actions/\(action.id)"
    isOverdue = action.state.isOverdue(due: action.due, today: visit.today)
    let day = Named.text(visit.formats.day(action.due))
    due =
      switch action.state {
      case .open, .doing: words(isOverdue ? "actions.was-due" : "actions.due-on", ["day": day])
      case .done, .dropped:
        words("actions.closed-on", ["day": .text(action.closedAt.map(visit.formats.day) ?? "")])
      }
    dueMachine = action.due.description
    state = isOverdue ? "overdue" : action.state.rawValue
    stateWord = words(isOverdue ? "actions.overdue" : "actions.state-\(action.state.rawValue)")
    because = action.because
    owners = action.owners.map { owner in
      let name =
        owner.person == nil
        ? words("actions.sought-of", ["party": .text(owner.partyName)])
        : owner.name.map { owner.isPresent ? $0 : words("actions.owner-gone", ["name": .text($0)]) }
          ?? words("people.former-member", ["organisation": .text(owner.partyName)])
      return Owner(name: name, marker: PartyMarker(seat: owner.place))
    }
  }
}

/// All actions of a partnership.
struct ActionsPage: Sendable {
  let tabs: [PageFrame.Place]
  let running, closed: [ActionLine]
  let isEmpty: Bool
  /// `nil` for whoever reads only.
  let new: String?

  init(_ actions: [ActionRecord], _ scope: PartnershipScope, _ visit: Visit) {
    tabs = visit.actionTabs(in: scope, atCelebrations: false)
    running = actions.filter(\.state.isRunning).map { ActionLine($0, scope, visit) }
    closed = actions.filter { !$0.state.isRunning }.map { ActionLine($0, scope, visit) }
    isEmpty = actions.isEmpty
    new = scope.takesPart && !scope.hasEnded ? "/partnerships/\(scope.partnership)/actions/new" : nil
  }
}

/// One action with everything that was said about it.
struct ActionPage: Sendable {
  struct Comment: Sendable { let id, name, text, when, machine: String }
  struct Move: Sendable {
    let state, label: String
    let isMain: Bool
  }
  struct Moving: Sendable {
    let moves: [Move]
    let canDrop: Bool
  }

  let line: ActionLine
  let decided: String
  let cause: String?
  let change: String?
  let path: String
  let moving: Moving?
  let comments: [Comment]
  let hasComments: Bool
  /// The id of the comment that the form would make; `nil` for whoever reads only.
  let commenting: String?
  let fields: FieldsOnPage
  let challenge: ChallengesOnPage
  /// What talks said of it.
  let reviews: [String]

  init(
    _ action: ActionRecord, _ comments: [CommentRecord], _ challenges: [ChallengeRecord], _ reviews: [ReviewRecord],
    _ refusals: FieldRefusals?, _ scope: PartnershipScope,
    _ visit: Visit
  ) {
    let words = visit.words
    let former = words("actions.former")
    let takesPart = scope.takesPart && !scope.hasEnded
    let rule = action.rule(for: scope)
    line = ActionLine(action, scope, visit)
    path = line.href
    decided = words(
      "actions.decided-by",
      ["name": .text(action.decidedBy ?? former), "day": .text(visit.formats.day(action.decidedAt))])
    cause = action.round.map { round in
      "/partnerships/\(scope.partnership)/rounds/\(round)/report" + (action.item.map { "#item-\($0)" } ?? "")
    }
    change = takesPart && action.state.isRunning ? "\(path)/change" : nil
    moving =
      takesPart && rule.maySay
      ? Moving(
        moves: Self.moves(from: action.state).map {
          Move(state: $0.rawValue, label: words("actions.move-\($0.rawValue)"), isMain: $0 == .done)
        }, canDrop: action.state.isRunning) : nil
    self.comments = comments.map {
      Comment(
        id: $0.id.text, name: $0.name ?? former, text: $0.text, when: visit.formats.moment($0.writtenAt),
        machine: visit.formats.machine($0.writtenAt))
    }
    hasComments = !comments.isEmpty
    commenting =
      takesPart
      ? visit.form.id("id", of: ActionComment.self)?.text ?? (Randomness.id(at: visit.now) as ID<ActionComment>).text
      : nil
    self.reviews = reviews.map { visit.sentence(of: $0, about: action) }
    let doubts = challenges.filter { $0.action == action.id }
    challenge = ChallengesOnPage(of: doubts, about: .action(action.id), back: line.href, refusals, scope, visit)
    let ofDoubts = [ChallengeSubject.action(action.id).field] + doubts.map(\.id.answerField)
    fields = visit.fields(
      [("because", visit.form["because"]), ("comment", visit.form["comment"])] + ofDoubts.map { ($0, "") }, refusals)
  }

  private static func moves(from state: ActionState) -> [ActionState] {
    switch state {
    case .open: [.doing, .done]
    case .doing: [.done, .open]
    case .done, .dropped: [.open]
    }
  }
}

/// The form of an action.
struct ActionFormPage: Sendable {
  struct Side: Sendable {
    let field, label: String
    let options: [Option]
    let error: String?
  }
  struct Option: Sendable {
    let value, label: String
    let isChosen: Bool
  }

  let action, id, back, round, item, submit: String
  let version: String?
  let fields: FieldsOnPage
  let sides: [Side]

  init(
    _ form: ActionForm, _ refusals: FieldRefusals?, _ changing: ActionRecord?, id: ID<Action>,
    _ parties: [PartyOfOwners],
    _ scope: PartnershipScope, _ visit: Visit
  ) {
    let words = visit.words
    let base = "/partnerships/\(scope.partnership)/actions"
    action = changing == nil ? base : "\(base)/\(id)/change"
    self.id = id.text
    version = changing.map { String($0.version) }
    back = visit.form.has("back") ? visit.form["back"] : visit.query["back"]
    (round, item) = (form.round, form.item)
    submit = words(changing == nil ? "actions.decide" : "actions.keep")
    let typed =
      [("what", form.what), ("due", form.due)] + parties.map { ("owner-\($0.id)", form.owners[$0.id.text] ?? "") }
    let fields = visit.fields(typed, refusals)
    self.fields = fields
    sides = parties.map { party in
      let (field, chosen) = ("owner-\(party.id)", form.owners[party.id.text] ?? "")
      var options = [
        Option(value: "", label: words("actions.owner-none"), isChosen: chosen.isEmpty),
        Option(value: "sought", label: words("actions.owner-sought"), isChosen: chosen == "sought"),
      ]
      options += party.people.map { Option(value: $0.id.text, label: $0.name, isChosen: chosen == $0.id.text) }
      if let gone = changing?.owners.first(where: { $0.party == party.id && $0.person != nil && !$0.isPresent }),
        let person = gone.person
      {
        let name = gone.name ?? words("people.former-member", ["organisation": .text(gone.partyName)])
        options.append(
          Option(
            value: person.text, label: words("actions.owner-gone", ["name": .text(name)]),
            isChosen: chosen == person.text))
      }
      return Side(
        field: field, label: words("actions.owner-of", ["party": .text(party.name)]), options: options,
        error: fields[field].error)
    }
  }
}
