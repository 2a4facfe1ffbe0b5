import Partnering

/// What the page of a partnership's people shows.
struct MembersPage: Sendable {
  struct Line: Sendable {
    let name: String
    let organisation: String
    let role: String
    let since: String
    /// Where the reader may change this seat, or leave it.
    let href: String?
    let change: String
  }

  struct PartyOnPage: Sendable {
    let id: String
    let name: String
    let caption: String
    let marker: PartyMarker
    let members: [Line]
    let adding: Adding?
  }

  struct Adding: Sendable {
    let party: String
    let candidates: [StartingPage.Choice]
    let hasCandidates: Bool
    let roles: [StartingPage.Choice]
    let list: String
    let personError: String?
    let listError: String?
    let isOpen: Bool
  }

  struct Facilitating: Sendable {
    let email: String
    let error: String?
  }

  struct Typed: Sendable {
    let form: Form
    let refusals: FieldRefusals?
  }

  struct HeadOnPage: Sendable { let sentence: String }

  let action: String
  let parties: [PartyOnPage]
  let facilitators: [Line]
  let facilitating: Facilitating?
  let heads: [HeadOnPage]

  init(
    _ record: PartnershipRecord, _ members: [MemberRecord], _ heads: [(name: String, organisation: String)],
    _ candidates: [ID<Party>: [(id: ID<Person>, name: String)]], _ typed: Typed, _ scope: PartnershipScope,
    _ visit: Visit
  ) {
    let words = visit.words
    let mayAdd = !scope.hasEnded
    action = PartnershipPlace.people.path(in: scope.partnership)
    parties = record.parties.enumerated().map { seat, party in
      PartyOnPage(
        id: party.id.text, name: party.name, caption: words("members.of", ["party": .text(party.name)]),
        marker: PartyMarker(seat: seat),
        members: members.filter { $0.party == party.id }.map { Self.line($0, scope, visit) },
        adding: mayAdd ? candidates[party.id].map { Self.adding(party.id, $0, typed, visit) } : nil)
    }
    facilitators = members.filter { $0.party == nil }.map { Self.line($0, scope, visit) }
    let email = typed.refusals?.sentence(of: "email", words)
    facilitating = mayAdd && scope.isLead ? Facilitating(email: typed.form["email"], error: email) : nil
    self.heads = heads.map {
      HeadOnPage(sentence: words("members.head", ["name": .text($0.name), "organisation": .text($0.organisation)]))
    }
  }

  private static func line(_ member: MemberRecord, _ scope: PartnershipScope, _ visit: Visit) -> Line {
    let isOwn = member.person == scope.person.id
    let mayChange = !scope.hasEnded && (isOwn || member.party.map(scope.leads.contains) ?? scope.isLead)
    return Line(
      name: member.name, organisation: member.organisationName,
      role: visit.words("roles.\(member.role?.rawValue ?? "facilitator")"), since: visit.formats.day(member.joinedAt),
      href: mayChange ? "\(PartnershipPlace.people.path(in: scope.partnership))/\(member.id)" : nil,
      change: visit.words("members.change", ["name": .text(member.name)]))
  }

  private static func adding(
    _ party: ID<Party>, _ candidates: [(id: ID<Person>, name: String)], _ typed: Typed, _ visit: Visit
  ) -> Adding {
    let words = visit.words
    let isThis = typed.form["party"] == party.text
    let chosen = typed.form["role"].isEmpty ? Role.contributor.rawValue : typed.form["role"]
    let personError = isThis ? typed.refusals?.sentence(of: "person", words) : nil
    let listError = isThis ? typed.refusals?.sentence(of: "list", words) : nil
    return Adding(
      party: party.text,
      candidates: candidates.map {
        .init(value: $0.id.text, label: $0.name, hint: nil, isChosen: typed.form["person"] == $0.id.text)
      },
      hasCandidates: !candidates.isEmpty,
      roles: Role.allCases.map {
        .init(
          value: $0.rawValue, label: words("roles.\($0.rawValue)"), hint: nil, isChosen: $0.rawValue == chosen)
      },
      list: isThis ? typed.form["list"] : "", personError: personError, listError: listError,
      isOpen: personError != nil || listError != nil)
  }
}

extension FieldRefusals {
  /// The sentence of one field, if it was refused.
  func sentence(of field: String, _ words: Words) -> String? {
    refusals.first { $0.field == field }.map { words($0.key, $0.values) }
  }
}
