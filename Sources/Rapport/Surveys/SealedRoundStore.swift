import Ballots
import Database
import Foundation
import Partnering

/// An open round with everything that is needed to take answers: it exists in memory alone.
struct OpenRound: Sendable {
  let space: ID<Space>
  let id: ID<Round>
  let name: RoundName
  let document: OpeningDocument
  let key: SealingKey
  let segmentKeys: [SegmentKey]

  var rolls: [Int] { document.segments.map(\.roll) }
}

/// The sealed rows of open rounds, which tell nothing without the sealing key. [anonymity, section 2]
struct SealedRoundStore: Sendable {
  let database: any Database

  /// What there is about a round, by its id alone: the way of an answer knows neither person nor space.
  func found(_ id: ID<Round>) async throws -> FoundRound? {
    try await database.read { connection in
      try connection.first("SELECT space_id, state, closes_at, attempt FROM round WHERE id = $1", [.id(id)])
        .map(FoundRound.init)
    }
  }

  /// Those of these rounds that are open, each with the number of its attempt.
  func openAttempts(of rounds: [ID<Round>]) async throws -> [ID<Round>: Int] {
    var attempts: [ID<Round>: Int] = [:]
    for start in stride(from: 0, to: rounds.count, by: 200) {
      let some = rounds[start..<min(start + 200, rounds.count)]
      let places = some.indices.map { "$\($0 - start + 1)" }.joined(separator: ", ")
      let rows = try await database.read { connection in
        try connection.query(
          "SELECT id, attempt FROM round WHERE state = 'open' AND id IN (\(places))", some.map { .id($0) })
      }
      for row in rows { attempts[try row.id("id")] = try row.int("attempt") }
    }
    return attempts
  }

  /// An open round and what is sealed of it, opened with its key.
  /// - Throws: `SealingFailure` if its rows cannot be read with this key.
  func load(_ id: ID<Round>, in space: ID<Space>, key: SealingKey) async throws -> (OpenRound, SealedRound)? {
    try await database.read { connection in
      try Self.open(id, in: space, key: key, connection).map { ($0, try Self.sealed(of: $0, connection)) }
    }
  }

  /// An open round without what is sealed of it.
  /// - Throws: `SealingFailure` if its keys cannot be read with this key.
  func open(_ id: ID<Round>, in space: ID<Space>, key: SealingKey) async throws -> OpenRound? {
    try await database.read { try Self.open(id, in: space, key: key, $0) }
  }

  /// Everything that is sealed of an open round, as it stands now.
  func sealed(of round: OpenRound) async throws -> SealedRound {
    try await database.read { try Self.sealed(of: round, $0) }
  }

  static func open(
    _ id: ID<Round>, in space: ID<Space>, key: SealingKey, _ connection: any Connection
  ) throws -> OpenRound? {
    let row = try connection.first(
      "SELECT digest FROM round WHERE space_id = $1 AND id = $2 AND state = 'open'", [.id(space), .id(id)])
    guard let row, let bytes = try OpeningDocumentStore.bytes(of: id, in: space, connection), let name = id.roundName
    else { return nil }
    guard OpeningDigest(of: Data(bytes)).bytes == (try row.bytesIfAny("digest")) else {
      throw DatabaseFailure.damaged("the opening document of round \(id)")
    }
    let document = try JSONDecoder().decode(OpeningDocument.self, from: Data(bytes))
    let rows = try connection.query(
      """
      SELECT kind, segment, bucket, page, value FROM sealed_value
      WHERE space_id = $1 AND round_id = $2 AND kind = 'keys'
      """, [.id(space), .id(id)])
    let sealed = try places(rows)
    let segmentKeys = try document.segments.indices.map { segment in
      let place = SealedPlace.key(ofSegment: segment)
      guard let value = sealed[place] else { throw SealingFailure.missing(place) }
      return try SegmentKey(der: key.open(value, at: place, of: name))
    }
    return OpenRound(space: space, id: id, name: name, document: document, key: key, segmentKeys: segmentKeys)
  }

  static func sealed(of round: OpenRound, _ connection: any Connection) throws -> SealedRound {
    let rows = try connection.query(
      "SELECT kind, segment, bucket, page, value FROM sealed_value WHERE space_id = $1 AND round_id = $2",
      [.id(round.space), .id(round.id)])
    return try SealedRound(
      name: round.name, items: round.document.items, rolls: round.rolls, rows: try places(rows), key: round.key)
  }

  /// Only these buckets of an open round.
  static func sealed(
    _ buckets: Set<SealedPlace>, of round: OpenRound, _ connection: any Connection
  ) throws -> SealedRound {
    var rows: [SealedPlace: Data] = [:]
    for first in buckets {
      let pages = try connection.query(
        """
        SELECT kind, segment, bucket, page, value FROM sealed_value
        WHERE space_id = $1 AND round_id = $2 AND kind = $3 AND segment = $4 AND bucket = $5
        """,
        [.id(round.space), .id(round.id), .text(first.kind.rawValue), Value(first.segment), Value(first.bucket)])
      rows.merge(try places(pages)) { $1 }
    }
    return try SealedRound(
      name: round.name, items: round.document.items, rolls: round.rolls, buckets: buckets, rows: rows, key: round.key)
  }

  /// Writes pages of an open round, in the transaction that decides whether it is still open.
  static func write(
    _ pages: [(place: SealedPlace, value: Data)], of round: OpenRound, _ connection: any Connection
  ) throws {
    for (place, value) in pages {
      try write(value, at: place, of: round.id, in: round.space, connection)
    }
  }

  static func write(
    _ value: Data, at place: SealedPlace, of round: ID<Round>, in space: ID<Space>, _ connection: any Connection
  ) throws {
    try connection.execute(
      """
      INSERT INTO sealed_value (space_id, round_id, kind, segment, bucket, page, value)
      VALUES ($1, $2, $3, $4, $5, $6, $7)
      ON CONFLICT (space_id, round_id, kind, segment, bucket, page) DO UPDATE SET value = excluded.value
      """,
      [
        .id(space), .id(round), .text(place.kind.rawValue), Value(place.segment), Value(place.bucket),
        Value(place.page), .bytes(Array(value)),
      ])
  }

  static func deleteAll(of round: ID<Round>, in space: ID<Space>, _ connection: any Connection) throws {
    try connection.execute(
      "DELETE FROM sealed_value WHERE space_id = $1 AND round_id = $2", [.id(space), .id(round)])
    try forgetCount(of: round, in: space, connection)
  }

  static func forgetCount(of round: ID<Round>, in space: ID<Space>, _ connection: any Connection) throws {
    try connection.execute(
      "DELETE FROM midnight_count WHERE space_id = $1 AND round_id = $2", [.id(space), .id(round)])
  }

  private static func places(_ found: [Row]) throws -> [SealedPlace: Data] {
    var rows: [SealedPlace: Data] = [:]
    for row in found {
      guard let kind = SealedKind(rawValue: try row.text("kind")) else { throw DatabaseFailure.column("kind") }
      let place = SealedPlace(
        kind: kind, segment: try row.int("segment"), bucket: try row.int("bucket"), page: try row.int("page"))
      rows[place] = Data(try row.bytes("value"))
    }
    return rows
  }
}

/// What the row of a round says to somebody who knows nothing but its id.
struct FoundRound: Sendable {
  let space: ID<Space>
  let state: RoundState
  let closesAt: Instant
  let attempt: Int

  init(_ row: Row) throws {
    space = try row.id("space_id")
    state = RoundState(rawValue: try row.text("state")) ?? .draft
    (closesAt, attempt) = (try row.instant("closes_at"), try row.int("attempt"))
  }
}
