import Ballots
import Database
import Foundation
import NIOPosix
import Partnering

/// Where a round's key pairs come from: made afresh for each segment, or given by a test that opens many rounds.
public struct SegmentKeyMaker: Sendable {
  private let make: @Sendable () throws -> SegmentKey

  public init(_ make: @escaping @Sendable () throws -> SegmentKey) { self.make = make }

  public static let fresh = SegmentKeyMaker { try SegmentKey.generate() }

  /// Takes about a tenth of a second each: not on a thread that serves requests.
  func keys(_ count: Int) async throws -> [SegmentKey] {
    try await NIOThreadPool.singleton.runIfActive { [make] in try (0..<count).map { _ in try make() } }
  }
}

/// Everything of a round that is about to open, before any of it is visible.
private struct Prepared: Sendable {
  let bytes: [UInt8]
  let sealed: [(place: SealedPlace, value: Data)]

  init(_ round: RoundRecord, parties: [RollParty], items: Int, keys: [SegmentKey], under key: SealingKey) throws {
    guard let name = round.id.roundName else { throw Refusal.notFound }
    let document = OpeningDocument(of: round, parties: parties, items: items, keys: keys.map(\.publicKey))
    bytes = try document.bytes()
    let empty = SealedRound(name: name, items: items, rolls: document.segments.map(\.roll))
    let pages = try empty.places.map { ($0, try empty.sealed(at: $0, under: key)) }
    let secrets = try keys.enumerated().map { segment, secret in
      let place = SealedPlace.key(ofSegment: segment)
      return (place, try key.seal(secret.der, at: place, of: name))
    }
    sealed = pages + secrets
  }
}

extension House {
  /// Opens a round that every party has confirmed: first the row, then the key file, durable, then the row again.
  /// [anonymity, Open]
  /// - Throws: `Refusal.because` if it may not open now; then it is a draft as before.
  func open(_ scope: RoundScope, at now: Instant) async throws {
    try mayOpen()
    let round = try await roundStore.beginOpening(scope, at: now, instruments)
    do { try await finishOpening(round, at: now) } catch {
      await takeBack(round)
      throw error
    }
  }

  /// - Throws: `Refusal.because` where a browser would refuse the ballot its cryptography.
  func mayOpen() throws {
    guard configuration.baseURL.allowsRounds else {
      throw Refusal.because("rounds.needs-https", ["address": .text(configuration.baseURL.description)])
    }
  }

  /// For a round in the state *opening*: makes its keys and opens it.
  func finishOpening(_ round: RoundRecord, at now: Instant) async throws {
    guard try await leases.take(round.openingLease, for: RoundRecord.openingSpan) else {
      throw Refusal.because("rounds.changed-meanwhile")
    }
    guard let name = round.id.roundName,
      let instrument = instruments.instrument(round.instrument, version: round.instrumentVersion, in: .en)
    else { throw Refusal.notFound }
    await leftovers.begins(round.id)
    do { try await finishOpening(round, name, instrument, at: now) } catch {
      await leftovers.ends(round.id)
      throw error
    }
    await leftovers.ends(round.id)
    try? await leases.leave(round.openingLease)
  }

  private func finishOpening(
    _ round: RoundRecord, _ name: RoundName, _ instrument: Instrument, at now: Instant
  ) async throws {
    let begun = ContinuousClock.now
    let parties = try await roundStore.parties(of: round)
    let segments = OpeningDocument.segments(of: round, parties).count
    let pairs = try await segmentKeys.keys(segments)
    let key = SealingKey.generate()
    let prepared = try Prepared(round, parties: parties, items: instrument.items.count, keys: pairs, under: key)
    // Held up for long, it may have been taken back meanwhile, and another opening has put its key there.
    guard ContinuousClock.now - begun < .seconds(30) else { throw Refusal.because("rounds.changed-meanwhile") }
    // One may be left of an opening that did not finish.
    try keys.destroyKey(of: name)
    try keys.keep(key, of: name)
    try await roundStore.open(round, document: prepared.bytes, sealed: prepared.sealed, at: now)
  }

  /// Back to what it was before an opening that did not finish.
  func abandonOpening(_ round: RoundRecord) async throws {
    guard let name = round.id.roundName else { return }
    try await roundStore.abandonOpening(round) { [keys] in try keys.destroyKey(of: name) }
  }

  var roundStore: RoundStore { RoundStore(database: database) }
}

extension RoundStore {
  /// The first step: nobody can change or open it twice from now on.
  fileprivate func beginOpening(
    _ scope: RoundScope, at now: Instant, _ instruments: InstrumentLibrary
  ) async throws -> RoundRecord {
    try await database.write { connection in
      let round = try Self.mustBeDraft(scope, connection)
      let parties = try Self.parties(of: round, connection)
      let terms = RoundTerms(of: round, parties: parties).text
      guard
        try Self.consents(.opening, to: round.id, in: round.space, terms: terms, connection)
          .isSuperset(of: parties.map(\.id))
      else { throw Refusal.because("rounds.changed-meanwhile") }
      try Self.check(round, at: now, instruments, connection)
      // Whoever left since the draft was made is on no roll, and from now on the roll stays as it is.
      let kept = Set(parties.flatMap(\.roll).map(\.id))
      for person in try Self.rollIDs(of: round.id, in: round.space, connection) where !kept.contains(person) {
        try connection.execute(
          "DELETE FROM roll_entry WHERE space_id = $1 AND round_id = $2 AND person_id = $3",
          [.id(round.space), .id(round.id), .id(person)])
      }
      let times = round.roomMinutes.map { ClosingPlan.inTheRoom(minutes: $0).times(openingAt: now) }
      try connection.execute(
        "UPDATE round SET state = 'opening', closes_at = $3, latest_close_at = $4 WHERE space_id = $1 AND id = $2",
        [
          .id(round.space), .id(round.id), .instant(times?.closes ?? round.closesAt),
          .instant(times?.latest ?? round.latestCloseAt),
        ])
      try StandingStore.mark(round.partnership, in: round.space, connection)
      return try Self.round(round.id, in: round.space, connection)
    }
  }

  /// - Throws: `Refusal.because` while another round runs or closed too lately, or when its time has passed.
  static func check(
    _ round: RoundRecord, at now: Instant, _ instruments: InstrumentLibrary, _ connection: any Connection
  ) throws {
    guard round.roomMinutes != nil || round.closesAt >= now + RoundTimes.shortest else {
      throw Refusal.because("rounds.closes-too-soon")
    }
    do { try RoundSpacing.check(try others(than: round, instruments, connection), at: now) } catch {
      switch error as? RoundSpacingRefusal {
      case .anotherRuns: throw Refusal.because("rounds.another-runs")
      case .tooSoon(let until):
        throw Refusal.because("rounds.too-soon", ["day": .day(until.day)])
      case nil: throw error
      }
    }
  }

  /// The partnership's other rounds that share an item with this one.
  static func others(
    than round: RoundRecord, _ instruments: InstrumentLibrary, _ connection: any Connection
  ) throws -> [RoundSpacing.Earlier] {
    let items = instruments.itemIDs(round.instrument, version: round.instrumentVersion)
    return try connection.query(
      """
      SELECT \(RoundRecord.columns), health_thousandths FROM round
      WHERE space_id = $1 AND partnership_id = $2 AND id <> $3
      """, [.id(round.space), .id(round.partnership), .id(round.id)]
    ).compactMap { row in
      let other = try RoundRecord(row)
      let shared = instruments.itemIDs(other.instrument, version: other.instrumentVersion)
      // Of a version that this program does not know it cannot be said; then the longer wait is the safe one.
      guard shared.isEmpty || !shared.isDisjoint(with: items) else { return nil }
      return RoundSpacing.Earlier(
        state: other.state, closedAt: other.closedAt,
        showedFigures: try row.integerIfAny("health_thousandths") != nil)
    }
  }

  fileprivate func open(
    _ round: RoundRecord, document: [UInt8], sealed: [(place: SealedPlace, value: Data)], at now: Instant
  ) async throws {
    let digest = OpeningDigest(of: Data(document)).bytes
    try await database.write { connection in
      let changed = try connection.execute(
        """
        UPDATE round SET state = 'open', opened_at = $3, digest = $4, interrupted_at = NULL
        WHERE space_id = $1 AND id = $2 AND state = 'opening'
        """, [.id(round.space), .id(round.id), .instant(now), .bytes(digest)])
      guard changed == 1 else { throw Refusal.because("rounds.no-draft") }
      try OpeningDocumentStore.keep(document, of: round.id, in: round.space, connection)
      try SealedRoundStore.deleteAll(of: round.id, in: round.space, connection)
      for (place, value) in sealed {
        try SealedRoundStore.write(value, at: place, of: round.id, in: round.space, connection)
      }
      let people = try Self.rollIDs(of: round.id, in: round.space, connection)
      try PeopleStore.queue(
        .opening, for: people, in: round.space, partnership: round.partnership, round: round.id, at: now, connection)
      try Self.note("rounds.happened-opened", round, at: now, connection)
    }
  }

  /// - Parameter destroyKey: before anybody can open it again, and only if nobody has: they need the key.
  fileprivate func abandonOpening(
    _ round: RoundRecord, _ destroyKey: @escaping @Sendable () throws -> Void
  ) async throws {
    try await database.write { connection in
      let wasOpening = try connection.execute(
        """
        UPDATE round SET state = CASE WHEN attempt = 1 THEN 'draft' ELSE 'interrupted' END
        WHERE space_id = $1 AND id = $2 AND state = 'opening'
        """, [.id(round.space), .id(round.id)]) == 1
      try StandingStore.mark(round.partnership, in: round.space, connection)
      if wasOpening { try destroyKey() }
    }
  }
}

extension InstrumentLibrary {
  /// The ids of an instrument's items; none if this program does not have it.
  func itemIDs(_ id: String, version: String) -> Set<String> {
    Set((instrument(id, version: version, in: .en)?.items ?? []).map(\.id))
  }
}
