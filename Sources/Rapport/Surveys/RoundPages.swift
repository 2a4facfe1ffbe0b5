import Partnering

extension Visit {
  /// The head of a page about a partnership's rounds.
  func roundHead(in scope: PartnershipScope, _ titleKey: String, lead: String? = nil) -> PageHead {
    roundHead(in: scope, title: words(titleKey), lead: lead.map { words($0) })
  }

  func roundHead(
    in scope: PartnershipScope, title: String, lead: String? = nil, below: (label: String, path: String)? = nil,
    scripts: [String] = []
  ) -> PageHead {
    let middle = below.map { [PageFrame.Crumb(label: $0.label, href: $0.path)] } ?? []
    return head(
      in: scope, at: .survey, title: title, lead: lead, trail: middle + [.init(label: title, href: nil)], scripts: scripts)
  }

  func roundName(_ round: RoundRecord) -> String { words("rounds.name", ["n": .count(round.number)]) }
}

/// All rounds of a partnership.
struct RoundsPage: Sendable {
  struct Line: Sendable {
    let name, href, state, stateWord, when: String
    let report: String?
  }

  let rounds: [Line]
  let isEmpty: Bool
  /// `nil` for whoever cannot begin one now.
  let new: String?

  init(_ rounds: [RoundRecord], mayDraft: Bool, _ scope: PartnershipScope, _ visit: Visit) {
    isEmpty = rounds.isEmpty
    new = mayDraft ? "/partnerships/\(scope.partnership)/rounds/new" : nil
    self.rounds = rounds.map { round in
      Line(
        name: visit.roundName(round), href: round.path, state: round.state.shape,
        stateWord: visit.words("rounds.state-\(round.state.rawValue)"), when: Self.when(round, visit),
        report: round.state == .closed ? "\(round.path)/report" : nil)
    }
  }

  private static func when(_ round: RoundRecord, _ visit: Visit) -> String {
    switch round.state {
    case .draft where round.roomMinutes != nil: visit.words("room.lasts", ["n": .count(round.roomMinutes ?? 0)])
    case .draft, .opening: visit.words("rounds.when-draft", ["moment": .text(visit.formats.moment(round.closesAt))])
    case .open: visit.words("rounds.when-open", ["moment": .text(visit.formats.moment(round.closesAt))])
    case .closed: visit.words("rounds.when-closed", ["day": .text(visit.formats.day(round.closedAt ?? round.closesAt))])
    case .interrupted: visit.words("rounds.when-interrupted")
    case .withdrawn: visit.words("rounds.when-withdrawn", ["reason": .text(round.withdrawnBecause ?? "")])
    }
  }
}

extension RoundState {
  /// The style sheet's shape for it.
  var shape: String { self == .opening ? "draft" : rawValue }
}

/// The form of a round's numbers, of a new round, a draft or a restart.
struct NumbersPage: Sendable {
  enum Kind {
    case new(NumbersForm)
    case change(NumbersForm, RoundRecord)
    case restart(NumbersForm, RoundRecord)
  }

  let action, back, submit: String
  let hasThresholds: Bool
  let isInTheRoom: Bool
  let fields: FieldsOnPage
  let titleKey, leadKey: String

  init(_ kind: Kind, _ refusals: FieldRefusals?, _ scope: PartnershipScope, _ visit: Visit) {
    let rounds = "/partnerships/\(scope.partnership)/rounds"
    let form: NumbersForm
    let name: String
    switch kind {
    case .new(let typed): (form, name, action, back, hasThresholds) = (typed, "new", rounds, rounds, true)
    case .change(let typed, let round):
      (form, name, action, back, hasThresholds) = (typed, "numbers", "\(round.path)/numbers", round.path, true)
    case .restart(let typed, let round):
      (form, name, action, back, hasThresholds) = (typed, "restart", "\(round.path)/restart", round.path, false)
    }
    isInTheRoom = form.isInTheRoom
    submit = visit.words("rounds.\(name)-submit")
    (titleKey, leadKey) = ("rounds.\(name)-title", "rounds.\(name)-lead")
    fields = visit.fields(
      [
        ("closes", form.closes), ("latest", form.latest), ("minimum-group", form.minimumGroup),
        ("comment-threshold", form.comments),
      ], refusals)
  }
}

/// Before a draft is thrown away, or a round's answers are lost.
struct RoundEndingPage: Sendable {
  enum Ending: String { case discarding, withdrawal, givingUp = "giving-up" }

  let lost, submit, action, back: String
  let asksReason: Bool
  let who: String?
  let fields: FieldsOnPage

  init(_ ending: Ending, _ round: RoundRecord, _ refusals: FieldRefusals?, _ visit: Visit) {
    lost = visit.words("rounds.\(ending.rawValue)-lost")
    submit = visit.words("rounds.\(ending.rawValue)-submit")
    (action, back) = ("\(round.path)/\(ending.rawValue)", round.path)
    asksReason = ending != .discarding
    let rule = WithdrawalRule(openedAt: round.openedAt ?? visit.now, now: visit.now)
    who = ending != .withdrawal ? nil
      : visit.words(rule == .oneLead ? "rounds.withdrawal-alone" : "rounds.withdrawal-together")
    fields = visit.fields([("reason", visit.form["reason"])], refusals)
  }
}
