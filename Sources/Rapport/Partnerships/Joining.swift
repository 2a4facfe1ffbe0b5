import Crypto
import Foundation
import Hummingbird
import Partnering

/// A party joins of its own will: a lead accepts the purpose, names what the party hopes for and commits to
/// building trust. In a team every member accepts the purpose. [domain, The principle]
extension PartnershipRoutes {
  @Sendable func showJoining(_ request: Request, _ context: PageContext) async throws -> Response {
    let visit = try context.visiting()
    let scope = try await context.partnership()
    let record = try await store.record(in: scope)
    guard let seat = try await joiningSeat(visit.query.id("party"), record, scope) else {
      return visit.redirect(to: PartnershipPlace.now.path(in: scope.partnership))
    }
    return try joiningPage(JoiningForm(.none), nil, seat, record, scope, visit)
  }

  @Sendable func join(_ request: Request, _ context: PageContext) async throws -> Response {
    let visit = try context.visiting()
    let scope = try await context.partnership()
    let record = try await store.record(in: scope)
    guard let seat = try await joiningSeat(visit.form.id("party"), record, scope) else {
      return visit.redirect(to: PartnershipPlace.now.path(in: scope.partnership), saying: "joining.joined-already")
    }
    let form = JoiningForm(visit.form)
    do {
      let joining = try form.joining(as: seat, purpose: record.purpose)
      try await store.join(joining, in: scope, at: visit.now)
      return visit.redirect(
        to: PartnershipPlace.now.path(in: scope.partnership), saying: "joining.joined", ["party": seat.party.name])
    } catch let refusals as FieldRefusals {
      return try joiningPage(form, refusals, seat, record, scope, visit)
    }
  }

  /// The seat that is still to be taken by this person; `nil` if there is none.
  /// - Throws: `Refusal` for those whom nobody asks.
  private func joiningSeat(
    _ wanted: ID<Party>?, _ record: PartnershipRecord, _ scope: PartnershipScope
  ) async throws -> JoiningSeat? {
    try scope.mustGoOn()
    if record.isTeam {
      guard let party = record.parties.first, scope.isMember else {
        throw Refusal.because("joining.members-only", status: .forbidden)
      }
      guard try await !store.hasAccepted(in: scope) else { return nil }
      return JoiningSeat(party: party, namesBenefits: scope.isLead && party.joinedAt == nil, isTeam: true)
    }
    try scope.mustLead()
    let open = record.parties.filter { scope.leads.contains($0.id) && $0.joinedAt == nil }
    return (open.first { $0.id == wanted } ?? open.first)
      .map { JoiningSeat(party: $0, namesBenefits: true, isTeam: false) }
  }

  private func joiningPage(
    _ form: JoiningForm, _ refusals: FieldRefusals?, _ seat: JoiningSeat, _ record: PartnershipRecord,
    _ scope: PartnershipScope, _ visit: Visit
  ) throws -> Response {
    let words = visit.words
    let fields = visit.fields(
      [
        ("purpose", form.acceptsPurpose ? "yes" : ""), ("benefits", form.benefits),
        ("trust", form.commitsToTrust ? "yes" : ""),
      ], refusals)
    let content = JoiningPage(
      action: "/partnerships/\(scope.partnership)/join", party: seat.party.id.text, purpose: record.purpose.paragraphs,
      seen: JoiningForm.mark(of: record.purpose), namesBenefits: seat.namesBenefits, acceptsPurpose: form.acceptsPurpose,
      commitsToTrust: form.commitsToTrust, fields: fields)
    let head = visit.head(
      in: scope, at: .now,
      title: words(seat.isTeam ? "joining.title-team" : "joining.title", ["party": .text(seat.party.name)]),
      lead: words(seat.isTeam ? "joining.lead-team" : "joining.lead"),
      trail: [.init(label: words("joining.step"), href: nil)])
    return try visit.page("joining", content, head, status: refusals == nil ? .ok : .unprocessableContent)
  }
}

struct JoiningPage: Sendable {
  let action: String
  let party: String
  let purpose: [String]
  let seen: String
  let namesBenefits: Bool
  let acceptsPurpose: Bool
  let commitsToTrust: Bool
  let fields: FieldsOnPage
}

/// What is to be taken: a party's seat, or one's own in a team.
struct JoiningSeat: Sendable {
  let party: PartyRecord
  let namesBenefits: Bool
  let isTeam: Bool
}

/// What the joining form says, as typed.
struct JoiningForm: Sendable {
  let acceptsPurpose: Bool
  let commitsToTrust: Bool
  let benefits: String
  /// Which purpose the page showed.
  let seen: String

  init(_ form: Form) {
    acceptsPurpose = form["purpose"] == "yes"
    commitsToTrust = form["trust"] == "yes"
    benefits = form["benefits"]
    seen = form["seen"]
  }

  /// Tells one wording of the purpose from another, so that nobody accepts words that were changed meanwhile.
  static func mark(of purpose: String) -> String {
    Data(SHA256.hash(data: Data(purpose.utf8)).prefix(9)).base64URL
  }

  /// - Throws: `FieldRefusals`.
  func joining(as seat: JoiningSeat, purpose: String) throws -> Joining {
    var refusals = FieldRefusals()
    if seen != Self.mark(of: purpose) { refusals.refuse("purpose", "joining.purpose-changed") }
    if !acceptsPurpose { refusals.refuse("purpose", "joining.purpose-needed") }
    var named: [String] = []
    if seat.namesBenefits {
      do throws(HopedBenefits.Problem) { named = try HopedBenefits(lines: benefits).benefits } catch {
        let refusal = error.sentence
        refusals.refuse("benefits", refusal.key, refusal.values)
      }
    }
    if !commitsToTrust { refusals.refuse("trust", "joining.trust-needed") }
    try refusals.check()
    return Joining(party: seat.party.id, benefits: named, acceptedPurpose: purpose)
  }
}

/// A yes to a partnership, for a party or for oneself in a team.
struct Joining: Sendable {
  let party: ID<Party>
  let benefits: [String]
  /// The words that were accepted.
  let acceptedPurpose: String
}

extension HopedBenefits.Problem {
  /// The sentence beside the field.
  fileprivate var sentence: (key: String, values: [String: Named]) {
    switch self {
    case .none: ("joining.benefit-needed", [:])
    case .tooMany(let most): ("joining.benefits-many", ["n": .count(most)])
    case .line(let line, .tooLong(let most)): ("joining.benefit-long", ["line": .count(line), "n": .count(most)])
    case .line(let line, .unreadable), .line(let line, .empty): ("joining.benefit-unreadable", ["line": .count(line)])
    }
  }
}

extension String {
  /// The lines that hold something, for a paragraph each.
  var paragraphs: [String] { unicodeScalars.split(separator: "\n").map { String($0) } }
}
