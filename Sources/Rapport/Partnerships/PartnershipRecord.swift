import Partnering

/// A partnership as its records have it.
struct PartnershipRecord: Sendable {
  let id: ID<Partnership>
  let name: String
  let kind: PartnershipKind
  let purpose: String
  let isTeam: Bool
  let cadence: Cadence
  let createdAt: Instant
  let activeAt: Instant?
  let endedAt: Instant?
  let endedBecause: String?
  /// In the partnership's order.
  let parties: [PartyRecord]
  /// Every party's present leads.
  let leads: [LeadRecord]

  var state: PartnershipState { PartnershipState(activeAt: activeAt, endedAt: endedAt) }

  func party(_ id: ID<Party>) -> PartyRecord? { parties.first { $0.id == id } }

  /// The names of those who have not joined yet: parties, or in a team its leads.
  var awaited: [String] {
    if isTeam {
      let waiting = Set(assentOfLeads.awaited)
      return leads.filter { waiting.contains($0.person) }.map(\.name)
    }
    let waiting = Set(assentOfParties.awaited)
    return parties.filter { waiting.contains($0.id) }.map(\.name)
  }

  /// Whether everybody who is asked has joined.
  var isJoinedByAll: Bool { isTeam ? assentOfLeads.isComplete : assentOfParties.isComplete }

  private var assentOfParties: Assent<ID<Party>> {
    Assent(asked: parties.map(\.id), given: parties.filter { $0.joinedAt != nil }.map(\.id))
  }

  private var assentOfLeads: Assent<ID<Person>> {
    Assent(asked: leads.map(\.person), given: leads.filter { $0.acceptedAt != nil }.map(\.person))
  }
}

/// A party's seat in a partnership.
struct PartyRecord: Sendable {
  let id: ID<Party>
  let name: String
  let organisation: ID<Organisation>
  let organisationName: String
  let joinedAt: Instant?
  let benefits: [String]
}

/// Somebody who leads a party.
struct LeadRecord: Sendable {
  let person: ID<Person>
  let name: String
  let party: ID<Party>
  /// When the lead accepted the purpose; only asked in a team.
  let acceptedAt: Instant?
}
