import Crypto
import Database
import Foundation
import NIOConcurrencyHelpers
import Partnering

/// What a closed round keeps for good. Each part has a digest that is compared whenever it is read: no database notices a
/// bit that a disk flipped in stored text, and a wrong figure looks like any other.
enum KeptPart: String, Sendable, CaseIterable {
  case report, comments, receipts
  /// What the portfolio shows without reading reports, and the flagged items.
  case figures

  /// The columns of `round` that it consists of, or what a list is selected as.
  var columns: [String] {
    switch self {
    case .report:
      [
        "partnership_id", "number", "instrument_id", "instrument_version", "minimum_group", "comment_threshold",
        "opened_at", "closed_at", "report",
      ]
    case .comments: ["comments"]
    case .receipts: ["receipts"]
    case .figures: ["partnership_id", "number", "closed_at", "health_thousandths", "trust_thousandths", "to_discuss"]
    }
  }

  /// SHA-256 over the round's id and these values, each with its length, so that nothing can move from one to the next.
  func digest(of row: Row, flagged: [Int64] = [], round: ID<Round>, in space: ID<Space>) throws -> [UInt8] {
    let values = try columns.map { try row.value($0) } + flagged.map { .integer($0) }
    var text = ""
    for value in [.text(rawValue), .id(space), .id(round)] + values {
      let described = value.described
      text += "\(described.utf8.count):\(described)\n"
    }
    return text.withUTF8 { Array(SHA256.hash(data: UnsafeRawBufferPointer($0))) }
  }
}

extension Value {
  fileprivate var described: String {
    switch self {
    case .null: "-"
    case .integer(let number): "i\(number)"
    case .double(let number): "d\(number)"
    case .text(let text): "t\(text)"
    case .bytes(let bytes): "b\(Data(bytes).base64EncodedString())"
    }
  }
}

/// Reads what closed rounds keep, and writes the digests when they close.
enum KeptRounds {
  /// The report of a closed round; `nil` if it has none.
  /// - Throws: `DatabaseFailure.damaged` if it is not what was kept.
  static func report(of round: ID<Round>, in space: ID<Space>, _ connection: any Connection) throws -> SurveyReport? {
    guard let text = try text(.report, of: round, in: space, connection) else { return nil }
    return try JSONDecoder().decode(SurveyReport.self, from: Data(text.utf8))
  }

  /// `nil` where there were too few ballots to show any. [D6]
  static func comments(of round: ID<Round>, in space: ID<Space>, _ connection: any Connection) throws -> [String]? {
    try list(.comments, of: round, in: space, connection)
  }

  static func receipts(of round: ID<Round>, in space: ID<Space>, _ connection: any Connection) throws -> [String]? {
    try list(.receipts, of: round, in: space, connection)
  }

  /// Whether a part of a closed round is as it was kept.
  static func isWhole(
    _ part: KeptPart, of round: ID<Round>, in space: ID<Space>, _ connection: any Connection
  ) throws -> Bool {
    guard let row = try row(part, of: round, in: space, connection) else { return true }
    let flagged = part == .figures ? try flagged(of: round, in: space, connection) : []
    return try part.digest(of: row, flagged: flagged, round: round, in: space)
      == kept(part, of: round, in: space, connection)
  }

  /// Compares the figures that the portfolio shows of many rounds, by two statements.
  /// - Parameter figures: rows with the columns of the figures, and `id`.
  /// - Throws: `DatabaseFailure.damaged` if one of them is not what was kept.
  static func check(figures rows: [Row], in space: ID<Space>, _ connection: any Connection) throws {
    guard !rows.isEmpty else { return }
    let places = rows.indices.map { "$\($0 + 2)" }.joined(separator: ", ")
    let values: [Value] = try [.id(space)] + rows.map { .text(try $0.text("id")) }
    var flagged: [String: [Int64]] = [:]
    for row in try connection.query(
      "SELECT round_id, item FROM flagged_item WHERE space_id = $1 AND round_id IN (\(places)) ORDER BY round_id, item",
      values)
    { flagged[try row.text("round_id"), default: []].append(try row.integer("item")) }
    var kept: [String: [UInt8]] = [:]
    for row in try connection.query(
      "SELECT round_id, digest FROM kept_digest WHERE space_id = $1 AND part = 'figures' AND round_id IN (\(places))",
      values)
    { kept[try row.text("round_id")] = try row.bytes("digest") }
    for row in rows {
      let round: ID<Round> = try row.id("id")
      let digest = try KeptPart.figures.digest(of: row, flagged: flagged[round.text] ?? [], round: round, in: space)
      guard kept[round.text] == digest else { throw damage(.figures, of: round) }
    }
  }

  /// Keeps a list of a round that closes.
  static func keep(
    _ part: KeptPart, _ content: String, of round: ID<Round>, in space: ID<Space>, _ connection: any Connection
  ) throws {
    try connection.execute(
      "INSERT INTO kept_list (space_id, round_id, part, content) VALUES ($1, $2, $3, $4)",
      [.id(space), .id(round), .text(part.rawValue), .text(content)])
  }

  /// Notes the digests of a round, in the transaction that closes it.
  static func keepDigests(of round: ID<Round>, in space: ID<Space>, _ connection: any Connection) throws {
    for part in KeptPart.allCases {
      guard let row = try row(part, of: round, in: space, connection) else { continue }
      let flagged = part == .figures ? try flagged(of: round, in: space, connection) : []
      try connection.execute(
        """
        INSERT INTO kept_digest (space_id, round_id, part, digest) VALUES ($1, $2, $3, $4)
        ON CONFLICT (space_id, round_id, part) DO UPDATE SET digest = excluded.digest
        """,
        [
          .id(space), .id(round), .text(part.rawValue),
          .bytes(try part.digest(of: row, flagged: flagged, round: round, in: space)),
        ])
    }
  }

  /// What to say of a part that is not as it was kept.
  static func damage(_ part: KeptPart, of round: ID<Round>) -> DatabaseFailure {
    .damaged("the \(part.rawValue) of round \(round)")
  }

  private static func list(
    _ part: KeptPart, of round: ID<Round>, in space: ID<Space>, _ connection: any Connection
  ) throws -> [String]? {
    let digest = try kept(part, of: round, in: space, connection)
    if let digest, let known = LongLists.find(digest) { return known }
    guard let text = try text(part, of: round, in: space, connection) else { return nil }
    let list = try JSONDecoder().decode([String].self, from: Data(text.utf8))
    if let digest { LongLists.keep(list, bytes: text.utf8.count, digest) }
    return list
  }

  /// The column that has the part's name, once the digest has been compared.
  private static func text(
    _ part: KeptPart, of round: ID<Round>, in space: ID<Space>, _ connection: any Connection
  ) throws -> String? {
    guard let row = try row(part, of: round, in: space, connection) else { return nil }
    guard try part.digest(of: row, round: round, in: space) == kept(part, of: round, in: space, connection) else {
      throw damage(part, of: round)
    }
    return try row.textIfAny(part.rawValue)
  }

  private static func row(
    _ part: KeptPart, of round: ID<Round>, in space: ID<Space>, _ connection: any Connection
  ) throws -> Row? {
    guard part == .comments || part == .receipts else {
      return try connection.first(
        """
        SELECT \(part.columns.joined(separator: ", ")) FROM round
        WHERE space_id = $1 AND id = $2 AND state = 'closed'
        """, [.id(space), .id(round)])
    }
    // Without a list there is a row all the same: that there is none is kept, too.
    return try connection.first(
      """
      SELECT content AS \(part.rawValue)
      FROM round
      LEFT JOIN kept_list ON kept_list.space_id = round.space_id AND kept_list.round_id = round.id AND part = $3
      WHERE round.space_id = $1 AND id = $2 AND state = 'closed'
      """, [.id(space), .id(round), .text(part.rawValue)])
  }

  private static func kept(
    _ part: KeptPart, of round: ID<Round>, in space: ID<Space>, _ connection: any Connection
  ) throws -> [UInt8]? {
    try connection.first(
      "SELECT digest FROM kept_digest WHERE space_id = $1 AND round_id = $2 AND part = $3",
      [.id(space), .id(round), .text(part.rawValue)]
    )?.bytes("digest")
  }

  private static func flagged(
    of round: ID<Round>, in space: ID<Space>, _ connection: any Connection
  ) throws -> [Int64] {
    try connection.query(
      "SELECT item FROM flagged_item WHERE space_id = $1 AND round_id = $2 ORDER BY item", [.id(space), .id(round)]
    ).map { try $0.integer("item") }
  }
}

/// The last few long lists, by the digest that was found to be theirs: what a hundred thousand people wrote takes longer to read
/// than the rest of a report.
private enum LongLists {
  private struct Kept {
    let digest: [UInt8]
    let list: [String]
  }

  private static let kept = NIOLockedValueBox<[Kept]>([])
  /// In bytes. Shorter ones are as quickly read.
  private static let least = 100_000
  private static let most = 4

  static func find(_ digest: [UInt8]) -> [String]? {
    kept.withLockedValue { kept in kept.first { $0.digest == digest }?.list }
  }

  static func keep(_ list: [String], bytes: Int, _ digest: [UInt8]) {
    guard bytes >= least else { return }
    kept.withLockedValue { kept in
      kept.removeAll { $0.digest == digest }
      kept = kept.suffix(most - 1) + [Kept(digest: digest, list: list)]
    }
  }
}

extension RoundStore {
  /// Gives rounds that closed before there were digests theirs, once.
  func digestEarlierRounds() async throws {
    let waiting: [(ID<Space>, ID<Round>)] = try await database.read { connection in
      try connection.query("SELECT space_id, round_id FROM round_to_digest ORDER BY space_id, round_id")
        .map { (try $0.id("space_id"), try $0.id("round_id")) }
    }
    guard !waiting.isEmpty else { return }
    try await database.write { connection in
      for (space, round) in waiting { try KeptRounds.keepDigests(of: round, in: space, connection) }
      try connection.execute("DELETE FROM round_to_digest")
    }
  }
}
