import Database
import Partnering

/// Who does what by when.
struct ActionRecord: Sendable {
  /// An owner on one party's side, or that one is sought there.
  struct Owner: Sendable {
    let party: ID<Party>
    let partyName: String
    /// From 0, in the partnership's order.
    let place: Int
    /// `nil` while one is sought.
    let person: ID<Person>?
    /// `nil` also once erased.
    let name: String?
    /// False for somebody who has left the partnership.
    let isPresent: Bool
  }

  let id: ID<Action>
  /// The round whose report caused it, and the item's number.
  let round: ID<Round>?
  let item: Int?
  let what: String
  let due: CalendarDay
  let state: ActionState
  /// Why it was dropped, or what came of it.
  let because: String?
  /// One more at each change.
  let version: Int
  /// `nil` once erased.
  let decidedBy: String?
  let decidedAt: Instant
  let closedAt: Instant?
  let owners: [Owner]

  func isOwned(by person: ID<Person>) -> Bool { owners.contains { $0.person == person && $0.isPresent } }

  func rule(for scope: PartnershipScope) -> ActionRule {
    ActionRule(isOwner: isOwned(by: scope.person.id), isLead: scope.isLead)
  }
}

/// What somebody wrote below an action.
struct CommentRecord: Sendable {
  let id: ID<ActionComment>
  /// `nil` once erased.
  let name: String?
  let text: String
  let writtenAt: Instant
}

/// A party with those who may own an action on its side.
struct PartyOfOwners: Sendable {
  let id: ID<Party>
  let name: String
  let place: Int
  let people: [(id: ID<Person>, name: String)]
}

/// An action as it is decided or changed.
struct ActionPlan: Sendable {
  /// On one side: somebody, or that somebody is sought.
  enum Ownership: Sendable, Equatable {
    case person(ID<Person>)
    case sought
  }

  let what: String
  let due: CalendarDay
  /// By party; a side without an owner is not in it.
  let owners: [ID<Party>: Ownership]
  /// The report's item that caused it.
  let cause: ReportedItem?
}
