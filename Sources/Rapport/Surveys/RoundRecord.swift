import Ballots
import Database
import Foundation
import Partnering

/// A round as its row has it.
struct RoundRecord: Sendable {
  let space: ID<Space>
  let id: ID<Round>
  let partnership: ID<Partnership>
  let number: Int
  let state: RoundState
  let instrument: String
  let instrumentVersion: String
  let minimumGroup: Int
  let commentThreshold: Int
  let closesAt: Instant
  let latestCloseAt: Instant
  /// How long it lasts from its opening, if everybody sits in one room; `nil` with a written closing time.
  let roomMinutes: Int?
  let attempt: Int
  let openedAt: Instant?
  let extendedAt: Instant?
  let closedAt: Instant?
  let withdrawnBecause: String?
  let digest: OpeningDigest?

  /// The columns that ``init(_:)`` reads.
  static let columns = """
    space_id, id, partnership_id, number, state, instrument_id, instrument_version, minimum_group, comment_threshold,
    closes_at, latest_close_at, room_minutes, attempt, opened_at, extended_at, closed_at, withdrawn_because, digest
    """

  init(_ row: Row) throws {
    space = try row.id("space_id")
    id = try row.id("id")
    partnership = try row.id("partnership_id")
    number = try row.int("number")
    guard let state = RoundState(rawValue: try row.text("state")) else { throw DatabaseFailure.column("state") }
    self.state = state
    instrument = try row.text("instrument_id")
    instrumentVersion = try row.text("instrument_version")
    minimumGroup = try row.int("minimum_group")
    commentThreshold = try row.int("comment_threshold")
    closesAt = try row.instant("closes_at")
    latestCloseAt = try row.instant("latest_close_at")
    roomMinutes = try row.integerIfAny("room_minutes").map { Int($0) }
    attempt = try row.int("attempt")
    openedAt = try row.instantIfAny("opened_at")
    extendedAt = try row.instantIfAny("extended_at")
    closedAt = try row.instantIfAny("closed_at")
    withdrawnBecause = try row.textIfAny("withdrawn_because")
    digest = try row.bytesIfAny("digest").flatMap { OpeningDigest(bytes: $0) }
  }

  /// `nil` only for numbers that no form of ours lets in.
  var thresholds: DisclosureThresholds {
    (try? DisclosureThresholds(minimumGroup: minimumGroup, comments: commentThreshold)) ?? .usual
  }

  var path: String { "/partnerships/\(partnership)/rounds/\(id)" }
}

/// A party of a round with its people on the roll.
struct RollParty: Sendable {
  struct Person: Sendable {
    let id: ID<Rapport.Person>
    /// `nil` once erased.
    let name: String?
    let role: String
    let isOnRoll: Bool
    /// Answers with a slip, not in a browser.
    let isOnPaper: Bool
  }

  let id: ID<Party>
  let name: String
  /// From 0, in the partnership's order.
  let place: Int
  let people: [Person]

  var roll: [Person] { people.filter(\.isOnRoll) }
  var paper: [Person] { roll.filter(\.isOnPaper) }
}

extension ID where Thing == Round {
  /// The round as sealing and its key file know it.
  var roundName: RoundName? { RoundName(text) }
}
