import Ballots
import Database
import Foundation
import Partnering

/// Answers that are ready to be posted, for load generators: each with a serial of its own, signed by its segment's key as
/// if somebody had collected. Only a demonstration's keys may be used so; every other round answers to its people alone.
public struct ReadyBallots: Sendable {
  private let round: OpenRound
  private let digest: OpeningDigest

  /// An open round of a demonstration, whether a server runs on it or not.
  /// - Parameters:
  ///   - place: where the records lie.
  ///   - keys: the folder of the sealing keys.
  /// - Throws: `ReadyBallotsRefusal`, `OperationFailure`, `KeyFolderFailure` or `DatabaseFailure`.
  public init(of place: Moving.Place, keys: URL, round id: String) async throws {
    guard let id = ID<Round>(id), let name = id.roundName else { throw ReadyBallotsRefusal.noSuchRound }
    let find: @Sendable (any Connection) throws -> (OpenRound, [UInt8]) = {
      try Self.find(id, $0) {
        do { return try KeyFolder(asItIs: keys.path).key(of: name) } catch KeyFolderFailure.missing {
          throw ReadyBallotsRefusal.noKey
        }
      }
    }
    switch place {
    case .folder(let folder):
      let file = folder.appendingPathComponent("rapport.sqlite").path
      guard FileManager.default.fileExists(atPath: file) else { throw OperationFailure.noInstallation(folder: folder.path) }
      let (round, document) = try SQLiteDatabase.inspect(file: file, find)
      self.init(of: round, documentBytes: document)
    case .server(let address):
      let database = try await PostgresDatabase(address)
      defer { try? database.close() }
      let (round, document) = try await database.read(find)
      self.init(of: round, documentBytes: document)
    }
  }

  private static func find(
    _ id: ID<Round>, _ connection: any Connection, key: () throws -> SealingKey
  ) throws -> (OpenRound, [UInt8]) {
    let row = try connection.first(
      """
      SELECT space_id, demonstration, state
      FROM round
      JOIN space ON space.id = space_id
      WHERE round.id = $1
      """, [.id(id)])
    guard let row else { throw ReadyBallotsRefusal.noSuchRound }
    guard try row.flag("demonstration") else { throw ReadyBallotsRefusal.noDemonstration }
    guard try row.text("state") == "open" else { throw ReadyBallotsRefusal.notOpen }
    let space: ID<Space> = try row.id("space_id")
    guard let open = try SealedRoundStore.open(id, in: space, key: key(), connection),
      let document = try OpeningDocumentStore.bytes(of: id, in: space, connection)
    else { throw ReadyBallotsRefusal.notOpen }
    return (open, document)
  }

  init(of round: OpenRound, documentBytes: [UInt8]) {
    self.round = round
    digest = OpeningDigest(of: Data(documentBytes))
  }

  /// The body of one answer: JSON on one line, 4,096 bytes, for `POST /answers/ROUND`. The segments take turns.
  public func body(_ number: Int) throws -> String {
    try ballot(segment: number % round.document.segments.count).body
  }

  struct Ballot: Sendable {
    /// What was signed for it, to be sent by somebody who collects.
    let blinded: Data
    let body: String
  }

  func ballot(segment: Int) throws -> Ballot {
    let (listed, key) = (round.document.segments[segment], round.segmentKeys[segment])
    let holder = try BallotHolder(ballotKey: BallotKey(), digest: digest, segment: listed.key)
    let signature = try holder.finish(signature: key.blindSign(blinded: holder.blinded))
    let ratings = (0..<round.document.items).map { _ in Int.random(in: 0...5) }.map { $0 == 0 ? "null" : "\($0)" }
    let head = """
      {"segment":\(try Self.json(listed.name)),"serial":"\(holder.serial.bytes.base64URL)",\
      "signature":"\(signature.base64URL)","send":1,"receipt":"\(holder.receipt.letters)",\
      "ratings":[\(ratings.joined(separator: ","))],"comment":"\(Self.comment())","pad":"
      """
    let pad = String(repeating: "0", count: max(0, Self.size - head.utf8.count - 2))
    return Ballot(blinded: holder.blinded, body: head + pad + "\"}")
  }

  /// The browser pads every answer to so many bytes.
  private static let size = 4_096

  /// Every third has one.
  static func comment() -> String {
    Int.random(in: 0..<3) > 0
      ? ""
      : "We hear from each other too late and then all at once "
        + String(repeating: "again and ", count: Int.random(in: 0...20))
  }

  private static func json(_ text: String) throws -> String {
    String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
  }
}

/// Why no ready ballots are made.
public enum ReadyBallotsRefusal: Error {
  case noSuchRound, noDemonstration, notOpen
  /// Its sealing key lies in another folder, or is lost.
  case noKey
}
