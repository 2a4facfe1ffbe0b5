import Partnering

/// What the form of a new partnership says, as typed.
struct StartingForm: Sendable {
  let kind, name, purpose, shape, ownParty: String
  /// The other parties, each with its fields.
  let others: [OtherPartyForm]

  /// The most parties beside one's own.
  static let mostOthers = 7

  init(_ form: Form, more: Bool = false) {
    (kind, name, purpose) = (form["kind"], form["name"], form["purpose"])
    (shape, ownParty) = (form["shape"], form["own-party"])
    let asked = min(max(form.number("others") ?? 1, 1), Self.mostOthers)
    let count = more ? min(asked + 1, Self.mostOthers) : asked
    others = (1...count).map { OtherPartyForm(form, place: $0) }
  }

  var isTeam: Bool { shape == "team" }

  /// - Throws: `FieldRefusals` for what can be refused without looking anything up.
  func beginning(in scope: OrganisationScope, at now: Instant) throws -> Beginning {
    var refusals = FieldRefusals()
    let kind = PartnershipKind(rawValue: kind)
    if kind == nil { refusals.refuse("kind", "starting.kind-missing") }
    if PersonName(name) == nil { refusals.refuse("name", "starting.name-length") }
    let purpose = refusals.text(purpose, in: "purpose", longest: Beginning.longestPurpose)
    if isTeam, kind?.mayBeTeam == false { refusals.refuse("shape", "starting.no-team") }
    if shape != "team" && shape != "parties" { refusals.refuse("shape", "starting.shape-missing") }
    if PersonName(ownParty) == nil { refusals.refuse("own-party", "starting.party-name") }
    let others = isTeam ? [] : others.filter { !$0.isEmpty }.compactMap { $0.party(in: scope, &refusals) }
    if !isTeam, self.others.allSatisfy(\.isEmpty) { refusals.refuse("organisation-1", "starting.party-missing") }
    try refusals.check()
    guard let kind, let purpose else { throw refusals }
    return Beginning(
      partnership: Randomness.id(at: now), kind: kind, name: name, purpose: purpose, isTeam: isTeam,
      ownParty: ownParty, others: others)
  }
}

/// One of the other parties on the form.
struct OtherPartyForm: Sendable {
  let place: Int
  /// Empty, `new`, or an organisation's id.
  let organisation: String
  let party, lead, email: String

  init(_ form: Form, place: Int) {
    self.place = place
    organisation = form["organisation-\(place)"]
    (party, lead, email) = (form["party-\(place)"], form["lead-\(place)"], form["email-\(place)"])
  }

  var isEmpty: Bool { organisation.isEmpty && party.isEmpty && lead.isEmpty && email.isEmpty }

  func party(in scope: OrganisationScope, _ refusals: inout FieldRefusals) -> OtherParty? {
    guard organisation == "new" || ID<Organisation>(organisation) != nil else {
      refusals.refuse("organisation-\(place)", "starting.organisation-missing")
      return nil
    }
    let id = ID<Organisation>(organisation)
    let needsLead = id == nil || id == scope.organisation
    if needsLead || !party.isEmpty, PersonName(party) == nil {
      refusals.refuse("party-\(place)", "starting.party-name")
    }
    guard needsLead else { return OtherParty(place: place, seat: .existing(id ?? scope.organisation), name: party) }
    let email = EmailAddress(email)
    if email == nil { refusals.refuse("email-\(place)", "starting.email-form") }
    let lead = PersonName(lead)
    if lead == nil { refusals.refuse("lead-\(place)", "starting.lead-name") }
    guard let email, let lead else { return nil }
    let newcomer = Newcomer(name: lead, email: email, isManager: id == nil)
    return OtherParty(place: place, seat: id == nil ? .new(newcomer) : .inside(newcomer), name: party)
  }
}

/// A partnership to be made.
struct Beginning: Sendable {
  let partnership: ID<Partnership>
  let kind: PartnershipKind
  let name: String
  let purpose: String
  let isTeam: Bool
  let ownParty: String
  let others: [OtherParty]

  static let longestPurpose = 2_000
}

/// A party beside one's own, and who will lead it until it names others.
struct OtherParty: Sendable {
  enum Seat: Sendable {
    /// Another organisation of the space; its managers lead.
    case existing(ID<Organisation>)
    /// An organisation that is not here yet; this person makes its first account.
    case new(Newcomer)
    /// Another part of one's own organisation.
    case inside(Newcomer)
  }

  /// Its place on the form, from 1.
  let place: Int
  let seat: Seat
  /// Empty for the name of the organisation.
  let name: String
}

extension FieldRefusals {
  /// The text of a field, or `nil` with the field refused.
  mutating func text(_ typed: String, in field: String, longest: Int) -> String? {
    do throws(PlainText.Problem) {
      return try PlainText(typed, longest: longest).text
    } catch {
      let refusal = error.sentence
      refuse(field, refusal.key, refusal.values)
      return nil
    }
  }
}

extension FieldRefusals {
  /// The same for a field that may stay empty.
  mutating func textIfAny(_ typed: String, in field: String, longest: Int) -> String? {
    typed.isEmpty ? nil : text(typed, in: field, longest: longest)
  }
}

extension PlainText.Problem {
  /// The sentence beside the field.
  var sentence: (key: String, values: [String: Named]) {
    switch self {
    case .empty: ("partnerships.text-empty", [:])
    case .tooLong(let most): ("partnerships.text-long", ["n": .count(most)])
    case .unreadable: ("partnerships.text-unreadable", [:])
    }
  }
}
