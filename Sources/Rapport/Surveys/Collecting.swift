import Ballots
import Foundation
import Hummingbird
import NIOCore
import NIOPosix
import Partnering

/// Collecting: somebody who is signed in and on the roll gets one blind signature. The answer itself comes on
/// another way, which knows nobody. [anonymity, Collect]
extension RoundRoutes {
  /// The exact bytes that everybody on the roll compares.
  @Sendable func sendOpening(_ request: Request, _ context: PageContext) async throws -> Response {
    let scope = try await context.roll()
    guard let bytes = try await store.openingDocument(scope) else { throw Refusal.notFound }
    return Response(
      status: .ok, headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
  }

  @Sendable func collect(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope) = (try context.visiting(), try await context.roll())
    do {
      return try .json(Collected(signature: try await signature(for: CollectForm(visit.body), scope).base64URL))
    } catch let failure { throw CollectRefusal(failure).refusal }
  }

  /// The list in which each person's browser looks for the own receipt. Whole, so that nobody is asked whose.
  @Sendable func showReceipts(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope) = (try context.visiting(), try await context.roll())
    guard let (receipts, digest) = try await store.receipts(scope) else {
      throw Refusal.because("rounds.receipts-later", status: .notFound)
    }
    let head = PageHead(
      title: visit.words("receipts.title"), lead: visit.words("receipts.page-lead"), scripts: ["receipts.js"])
    return try visit.page("receipts", ReceiptsPage(scope.round, digest, receipts, in: visit.words), head)
  }

  /// Signs first, since that also finds out whether the value can be signed; hands the signature out only once it is
  /// durable that this person collected.
  private func signature(for form: CollectForm, _ scope: RollScope) async throws -> Data {
    let round = try await house.sealedRounds.open(scope.round)
    let place = try await store.place(scope)
    guard !place.isOnPaper else { throw CollectRefusal.onPaper }
    let segment = round.document.segment(ofParty: place.party)
    guard round.document.segments[segment].name == form.segment, let key = round.segmentKeys.element(segment) else {
      throw CollectRefusal.otherSegment
    }
    let signature = try await NIOThreadPool.singleton.runIfActive { try key.blindSign(blinded: form.blinded) }
    let change = SealedRounds.Change.collect(
      person: Hash256(of: scope.person.id.text), blinded: form.blinded, segment: segment)
    guard case .collecting(let collecting) = try await house.sealedRounds.take(change, in: scope.round),
      collecting != .otherValue
    else { throw CollectRefusal.anotherKey }
    return signature
  }
}

struct ReceiptsPage: Sendable {
  struct RoundOnPage: Sendable {
    let id: String
    /// SHA-256 of the opening document, 64 hexadecimal digits.
    let digest: String
  }

  let round: RoundOnPage
  let count: String
  /// Sorted, as letters.
  let receipts: [String]

  init(_ round: ID<Round>, _ digest: OpeningDigest?, _ receipts: [String], in words: Words) {
    self.round = RoundOnPage(id: round.text, digest: digest?.hexadecimal ?? "")
    self.receipts = receipts
    count = words("receipts.count", ["n": .count(receipts.count)])
  }
}

private struct Collected: Encodable { let signature: String }

/// What a browser asks to be signed.
private struct CollectForm {
  let segment: String
  let blinded: Data

  private struct Sent: Decodable { let segment, blinded: String }

  /// - Throws: `CollectRefusal.unreadable`.
  init(_ body: [UInt8]) throws {
    guard let sent = try? JSONDecoder().decode(Sent.self, from: Data(body)),
      let blinded = Data(base64URL: sent.blinded)
    else { throw CollectRefusal.unreadable }
    (segment, self.blinded) = (sent.segment, blinded)
  }
}

/// Why nothing was signed. Nothing was changed.
private enum CollectRefusal: Error {
  case unreadable, otherSegment, onPaper, anotherKey, notSignable
  case round(RoundClosed)
  case other(any Error)

  init(_ failure: any Error) {
    self =
      switch failure {
      case let refusal as CollectRefusal: refusal
      case let closed as RoundClosed: .round(closed)
      case is CredentialFailure: .notSignable
      default: .other(failure)
      }
  }

  var refusal: any Error {
    switch self {
    case .unreadable: Refusal.because("ballots.not-understood", status: .badRequest)
    case .otherSegment: Refusal.because("ballots.unknown-segment", status: .unprocessableContent)
    case .onPaper: Refusal.because("ballots.on-paper")
    case .anotherKey: Refusal.because("ballots.collected-with-another-key")
    case .notSignable: Refusal.because("ballots.not-signable", status: .unprocessableContent)
    case .round(let closed): closed.refusal
    case .other(let error): error
    }
  }
}

extension RoundClosed {
  var refusal: Refusal {
    switch self {
    case .unknown: .notFound
    case .notOpen: .because("ballots.not-open")
    case .closed: .because("ballots.round-closed", status: .gone)
    case .withdrawn: .because("ballots.round-withdrawn", status: .gone)
    case .interrupted: .because("ballots.round-interrupted")
    }
  }
}

extension Array {
  fileprivate func element(_ place: Int) -> Element? { indices.contains(place) ? self[place] : nil }
}

extension RoundStore {
  func openingDocument(_ scope: RollScope) async throws -> [UInt8]? {
    try await database.read { try OpeningDocumentStore.bytes(of: scope.round, in: scope.space, $0) }
  }

  /// With the digest by which a browser knows whether its own receipt is of this attempt.
  func receipts(_ scope: RollScope) async throws -> (list: [String], digest: OpeningDigest?)? {
    try await database.read { connection in
      guard let list = try KeptRounds.receipts(of: scope.round, in: scope.space, connection) else { return nil }
      let row = try connection.first(
        "SELECT digest FROM round WHERE space_id = $1 AND id = $2", [.id(scope.space), .id(scope.round)])
      return (list, try row?.bytesIfAny("digest").flatMap { OpeningDigest(bytes: $0) })
    }
  }

  /// Where somebody stands on the roll.
  func place(_ scope: RollScope) async throws -> (party: String, isOnPaper: Bool) {
    try await database.read { connection in
      let row = try connection.first(
        """
        SELECT party.name AS party, paper
        FROM roll_entry
        JOIN party ON party.space_id = roll_entry.space_id AND party.id = roll_entry.party_id
        WHERE roll_entry.space_id = $1 AND round_id = $2 AND person_id = $3
        """, [.id(scope.space), .id(scope.round), .id(scope.person.id)])
      guard let row else { throw Refusal.notFound }
      return (try row.text("party"), try row.flag("paper"))
    }
  }
}
