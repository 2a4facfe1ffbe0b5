import Partnering

/// One celebration as a line of a list.
struct CelebrationLine: Sendable {
  let what, href, when: String
  let state, stateWord: String
  let note: String?

  init(_ celebration: CelebrationRecord, _ scope: PartnershipScope, _ visit: Visit) {
    let words = visit.words
    what = celebration.what
    href = "/partnerships/\(scope.partnership)/celebrations/\(celebration.id)"
    note = celebration.holding?.note
    state = celebration.holding == nil ? "proposed" : "done"
    stateWord = words(celebration.holding == nil ? "celebrations.state-planned" : "celebrations.state-held")
    when = words(
      celebration.holding == nil ? "celebrations.planned-for" : "celebrations.held-on",
      ["day": .text(visit.formats.day(celebration.holding?.day ?? celebration.plannedFor))])
  }
}

/// All celebrations of a partnership.
struct CelebrationsPage: Sendable {
  let tabs: [PageFrame.Place]
  let planned, held: [CelebrationLine]
  let isEmpty: Bool
  /// `nil` for whoever reads only.
  let new: String?

  init(_ celebrations: [CelebrationRecord], _ scope: PartnershipScope, _ visit: Visit) {
    tabs = visit.actionTabs(in: scope, atCelebrations: true)
    planned = celebrations.filter { $0.holding == nil }.map { CelebrationLine($0, scope, visit) }
    held = celebrations.filter { $0.holding != nil }.map { CelebrationLine($0, scope, visit) }
    isEmpty = celebrations.isEmpty
    new = scope.takesPart && !scope.hasEnded ? "/partnerships/\(scope.partnership)/celebrations/new" : nil
  }
}

/// One celebration: what it is for, and what became of it.
struct CelebrationPage: Sendable {
  struct Holding: Sendable {
    let version, summary, submit, today: String
    /// Shown at once while it is not held, or after a refusal.
    let isOpen: Bool
  }

  struct Picturing: Sendable {
    let summary: String
    let isThere: Bool
    /// After a refusal.
    let isOpen: Bool
  }

  let line: CelebrationLine
  /// What the picture shows, in words; `nil` without one.
  let picture: String?
  let picturing: Picturing?
  let path, planned: String
  let note, sharedWith: String?
  let cause, change, deletion: String?
  let holding: Holding?
  let fields: FieldsOnPage

  init(
    _ celebration: CelebrationRecord, _ form: HoldingForm, _ refusals: FieldRefusals?, _ scope: PartnershipScope, _ visit: Visit
  ) {
    let words = visit.words
    let takesPart = scope.takesPart && !scope.hasEnded
    let isHeld = celebration.holding != nil
    line = CelebrationLine(celebration, scope, visit)
    path = line.href
    planned = words(
      "celebrations.planned-by",
      [
        "name": .text(celebration.plannedBy ?? words("actions.former")), "day": .text(visit.formats.day(celebration.plannedAt)),
      ])
    note = celebration.holding?.note
    sharedWith = celebration.holding?.sharedWith.map { words("celebrations.was-shared-with", ["whom": .text($0)]) }
    picture = celebration.picture
    let isPictureRefused = refusals?.refusals.contains { $0.field.hasPrefix("picture") } ?? false
    picturing =
      takesPart && isHeld
      ? Picturing(
        summary: words(celebration.picture == nil ? "celebrations.picture-title" : "celebrations.picture-change"),
        isThere: celebration.picture != nil, isOpen: isPictureRefused) : nil
    cause = celebration.round.map { round in
      "/partnerships/\(scope.partnership)/rounds/\(round)/report" + (celebration.item.map { "#item-\($0)" } ?? "")
    }
    change = takesPart && !isHeld ? "\(path)/change" : nil
    deletion = scope.mayDelete(celebration) ? "\(path)/deletion" : nil
    holding =
      takesPart
      ? Holding(
        version: String(celebration.version), summary: words(isHeld ? "celebrations.tell-better" : "celebrations.hold-title"),
        submit: words(isHeld ? "celebrations.keep" : "celebrations.hold"), today: visit.today.description,
        isOpen: !isHeld || (refusals != nil && !isPictureRefused)) : nil
    let says = visit.form.has("picture-says") ? visit.form["picture-says"] : celebration.picture ?? ""
    let typed = [("held-on", form.day), ("note", form.note), ("shared-with", form.sharedWith), ("picture", ""), ("picture-says", says)]
    fields = visit.fields(typed, refusals)
  }
}

/// The form of a celebration.
struct CelebrationFormPage: Sendable {
  let action, id, back, round, item, submit: String
  let version: String?
  let fields: FieldsOnPage

  init(
    _ form: CelebrationForm, _ refusals: FieldRefusals?, _ changing: CelebrationRecord?, id: ID<Celebration>,
    _ scope: PartnershipScope, _ visit: Visit
  ) {
    let base = "/partnerships/\(scope.partnership)/celebrations"
    action = changing == nil ? base : "\(base)/\(id)/change"
    self.id = id.text
    version = changing.map { String($0.version) }
    back = visit.form.has("back") ? visit.form["back"] : visit.query["back"]
    (round, item) = (form.round, form.item)
    submit = visit.words(changing == nil ? "celebrations.plan" : "celebrations.keep")
    fields = visit.fields([("what", form.what), ("day", form.day)], refusals)
  }
}

extension Visit {
  /// What is done and what is celebrated stand side by side in one place.
  func actionTabs(in scope: PartnershipScope, atCelebrations: Bool) -> [PageFrame.Place] {
    let base = "/partnerships/\(scope.partnership)"
    return [
      .init(label: words("actions.title"), href: "\(base)/actions", current: !atCelebrations),
      .init(label: words("celebrations.title"), href: "\(base)/celebrations", current: atCelebrations),
    ]
  }
}

/// The question before a celebration goes.
struct CelebrationDeletionPage: Sendable {
  let what, version, back: String
}
