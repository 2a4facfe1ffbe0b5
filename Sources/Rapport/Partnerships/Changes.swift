import Hummingbird
import Partnering

/// What is joint changes with a yes of every party; ending is a lead's act that everybody sees.
extension PartnershipRoutes {
  @Sendable func showSettings(_ request: Request, _ context: PageContext) async throws -> Response {
    let scope = try await context.partnership()
    return try await settingsPage(nil, nil, scope, context.visiting())
  }

  @Sendable func propose(_ request: Request, _ context: PageContext) async throws -> Response {
    let visit = try context.visiting()
    let scope = try await context.partnership()
    try scope.mustLead()
    let record = try await store.record(in: scope)
    do {
      let change = try SettingsForm(visit.form).change(of: record)
      try await store.propose(change, in: scope, at: visit.now)
      return visit.redirect(to: "/partnerships/\(scope.partnership)/settings", saying: "changes.proposed")
    } catch let refusals as FieldRefusals {
      return try await settingsPage(SettingsForm(visit.form), refusals, scope, visit)
    }
  }

  @Sendable func settleProposal(_ request: Request, _ context: PageContext) async throws -> Response {
    let visit = try context.visiting()
    let scope = try await context.partnership()
    try scope.mustLead()
    guard let proposal: ID<Proposal> = visit.form.id("proposal") else { throw Refusal.notFound }
    let agrees = visit.form["answer"] == "yes"
    if agrees {
      try await store.agree(to: proposal, in: scope, at: visit.now)
    } else {
      try await store.drop(proposal, in: scope, at: visit.now)
    }
    return visit.redirect(
      to: "/partnerships/\(scope.partnership)/settings", saying: agrees ? "changes.agreed" : "changes.dropped")
  }

  @Sendable func showEnding(_ request: Request, _ context: PageContext) async throws -> Response {
    let scope = try await context.partnership()
    try scope.mustLead()
    return try endingPage("", nil, scope, context.visiting())
  }

  @Sendable func end(_ request: Request, _ context: PageContext) async throws -> Response {
    let visit = try context.visiting()
    let scope = try await context.partnership()
    try scope.mustLead()
    do {
      var refusals = FieldRefusals()
      guard let reason = refusals.text(visit.form["because"], in: "because", longest: 1_000) else { throw refusals }
      try await store.end(because: reason, in: scope, at: visit.now)
      return visit.redirect(to: PartnershipPlace.now.path(in: scope.partnership), saying: "changes.ended")
    } catch let refusals as FieldRefusals {
      return try endingPage(visit.form["because"], refusals, scope, visit)
    }
  }

  private func settingsPage(
    _ form: SettingsForm?, _ refusals: FieldRefusals?, _ scope: PartnershipScope, _ visit: Visit
  ) async throws -> Response {
    let record = try await store.record(in: scope)
    let proposal = try await store.proposal(in: scope)
    let content = SettingsPage(form ?? SettingsForm(record), proposal, record, refusals, scope, visit)
    let head = visit.head(
      in: scope, at: .now, title: visit.words("changes.title"), lead: visit.words("changes.lead"),
      trail: [.init(label: visit.words("changes.title"), href: nil)])
    return try visit.page("settings", content, head, status: refusals == nil ? .ok : .unprocessableContent)
  }

  private func endingPage(
    _ typed: String, _ refusals: FieldRefusals?, _ scope: PartnershipScope, _ visit: Visit
  ) throws -> Response {
    let content = EndingPage(
      action: "/partnerships/\(scope.partnership)/end", fields: visit.fields([("because", typed)], refusals))
    let head = visit.head(
      in: scope, at: .now, title: visit.words("changes.end-title", ["name": .text(scope.name)]),
      trail: [.init(label: visit.words("changes.end-step"), href: nil)])
    return try visit.page("ending", content, head, status: refusals == nil ? .ok : .unprocessableContent)
  }
}

struct EndingPage: Sendable {
  let action: String
  let fields: FieldsOnPage
}

/// What the settings' form says, as typed.
struct SettingsForm: Sendable {
  let name, purpose, cadence: String

  init(_ form: Form) { (name, purpose, cadence) = (form["name"], form["purpose"], form["cadence"]) }

  init(_ record: PartnershipRecord) {
    (name, purpose, cadence) = (record.name, record.purpose, String(record.cadence.months))
  }

  /// - Throws: `FieldRefusals`, also if nothing would change.
  func change(of record: PartnershipRecord) throws -> JointChange {
    var refusals = FieldRefusals()
    if PersonName(name) == nil { refusals.refuse("name", "starting.name-length") }
    let purpose = refusals.text(purpose, in: "purpose", longest: Beginning.longestPurpose)
    let cadence = Int(cadence).flatMap(Cadence.init(months:))
    if cadence == nil { refusals.refuse("cadence", "changes.cadence-range") }
    let change = JointChange(
      name: name == record.name ? nil : name, purpose: purpose == record.purpose ? nil : purpose,
      cadence: cadence == record.cadence ? nil : cadence)
    try refusals.check()
    if change.isEmpty { throw FieldRefusals("name", "changes.nothing") }
    return change
  }
}

/// What the settings' page shows.
struct SettingsPage: Sendable {
  struct Waiting: Sendable {
    let id: String
    let sentence: String
    let awaited: String
    let name: String?
    let purpose: [String]
    let cadence: String?
    let mayAgree: Bool
    let mayDrop: Bool
  }

  struct Editing: Sendable { let fields: FieldsOnPage }

  let action: String
  let waiting: Waiting?
  let editing: Editing?
  let ending: String?
  let hasEnded: Bool
  let isQuiet: Bool

  init(
    _ form: SettingsForm, _ proposal: ProposalRecord?, _ record: PartnershipRecord, _ refusals: FieldRefusals?,
    _ scope: PartnershipScope, _ visit: Visit
  ) {
    let mayChange = scope.isLead && !scope.hasEnded
    action = "/partnerships/\(scope.partnership)/settings"
    hasEnded = scope.hasEnded
    // What was proposed before the end waits for nobody any more.
    waiting = scope.hasEnded ? nil : proposal.map { Self.waiting($0, record, scope, visit) }
    editing =
      mayChange && proposal == nil
      ? Editing(
        fields: visit.fields([("name", form.name), ("purpose", form.purpose), ("cadence", form.cadence)], refusals))
      : nil
    ending = mayChange ? "/partnerships/\(scope.partnership)/end" : nil
    isQuiet = waiting == nil && editing == nil && !hasEnded
  }

  private static func waiting(
    _ proposal: ProposalRecord, _ record: PartnershipRecord, _ scope: PartnershipScope, _ visit: Visit
  ) -> Waiting {
    let words = visit.words
    let mayAct = scope.isLead && !scope.hasEnded
    return Waiting(
      id: proposal.id.text,
      sentence: words(
        "changes.who", ["person": .text(proposal.proposer), "when": .text(visit.formats.day(proposal.proposedAt))]),
      awaited: words("changes.awaited", ["who": .text(words.list(record.awaited(for: proposal)))]),
      name: proposal.name, purpose: proposal.purpose?.paragraphs ?? [],
      cadence: proposal.cadence.map { words("now.every", ["n": .count($0.months)]) },
      mayAgree: mayAct && record.awaits(scope, for: proposal), mayDrop: mayAct)
  }
}
