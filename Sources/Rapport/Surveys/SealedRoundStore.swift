import Ballots
import Database
import Foundation
import Partnering

/// An open round with everything that is needed to take answers: it exists in memory alone.
struct OpenRound: Sendable {
  let space: ID<Space>
  let id: ID<Round>
  let document: OpeningDocument
  let key: SealingKey
  let segmentKeys: [SegmentKey]
  var sealed: SealedRound
}

/// The sealed rows of open rounds, which tell nothing without the sealing key. [anonymity, section 2]
struct SealedRoundStore: Sendable {
  let database: any Database

  /// What there is about a round, by its id alone: the way of an answer knows neither person nor space.
  func found(_ id: ID<Round>) async throws -> (state: RoundState, space: ID<Space>, closesAt: Instant)? {
    try await database.read { connection in
      try connection.first("SELECT space_id, state, closes_at FROM round WHERE id = $1", [.id(id)]).map { row in
        (RoundState(rawValue: try row.text("state")) ?? .draft, try row.id("space_id"), try row.instant("closes_at"))
      }
    }
  }

  /// An open round, opened with its key.
  /// - Throws: `SealingFailure` if its rows cannot be read with this key.
  func load(_ id: ID<Round>, in space: ID<Space>, key: SealingKey) async throws -> OpenRound? {
    try await database.read { try Self.load(id, in: space, key: key, $0) }
  }

  static func load(
    _ id: ID<Round>, in space: ID<Space>, key: SealingKey, _ connection: any Connection
  ) throws -> OpenRound? {
    let row = try connection.first(
      "SELECT opening_document FROM round WHERE space_id = $1 AND id = $2 AND state = 'open'", [.id(space), .id(id)])
    guard let bytes = try row?.bytesIfAny("opening_document"), let name = id.roundName else { return nil }
    let document = try JSONDecoder().decode(OpeningDocument.self, from: Data(bytes))
    let rows = try rows(of: id, in: space, connection)
    let segmentKeys = try document.segments.indices.map { segment in
      let place = SealedPlace.key(ofSegment: segment)
      guard let value = rows[place] else { throw SealingFailure.missing(place) }
      return try SegmentKey(der: key.open(value, at: place, of: name))
    }
    let sealed = try SealedRound(
      name: name, items: document.items, rolls: document.segments.map(\.roll), rows: rows, key: key)
    return OpenRound(
      space: space, id: id, document: document, key: key, segmentKeys: segmentKeys, sealed: sealed)
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

  private static func rows(
    of round: ID<Round>, in space: ID<Space>, _ connection: any Connection
  ) throws -> [SealedPlace: Data] {
    var rows: [SealedPlace: Data] = [:]
    let found = try connection.query(
      "SELECT kind, segment, bucket, page, value FROM sealed_value WHERE space_id = $1 AND round_id = $2",
      [.id(space), .id(round)])
    for row in found {
      guard let kind = SealedKind(rawValue: try row.text("kind")) else { throw DatabaseFailure.column("kind") }
      let place = SealedPlace(
        kind: kind, segment: try row.int("segment"), bucket: try row.int("bucket"), page: try row.int("page"))
      rows[place] = Data(try row.bytes("value"))
    }
    return rows
  }
}
