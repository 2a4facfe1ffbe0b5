import Ballots
import Database
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Partnering

/// The anonymous way of an answer: no session, no cookie, no log line. What entitles to answer is a signature over a
/// serial that nobody has seen. [anonymity, Answer]
struct AnswerRoutes: Sendable {
  let house: House
  /// The most that one answer may have, in bytes: the browser pads every answer to 4,096.
  static let bodyLimit = 8 * 1_024
  static let bodyDeadline = Duration.seconds(10)

  func add(to router: Router<BareContext>) {
    let answers = router.group(context: AnswerContext.self)
    answers.post("/answers/:round", use: answer)
  }

  @Sendable func answer(_ request: Request, _ context: AnswerContext) async throws -> Response {
    let words = house.wordBook.words(in: Language(accepting: request.headers[.acceptLanguage]))
    do {
      guard let id = ID<Round>(context.parameters.get("round") ?? "") else { throw RoundClosed.unknown }
      let body = try await BodyReader(limit: Self.bodyLimit, deadline: Self.bodyDeadline).read(request)
      try await take(SentAnswer(body), in: id)
      return try .json(Acknowledged(), cacheControl: "no-store")
    } catch {
      return try refusing(AnswerFailure(error), words)
    }
  }

  private func take(_ sent: SentAnswer, in id: ID<Round>) async throws {
    let round = try await house.sealedRounds.open(id)
    guard let segment = round.document.segments.firstIndex(where: { $0.name == sent.segment }) else {
      throw AnswerFailure.unknownSegment
    }
    let key = round.document.segments[segment].key
    let credential = try key.verify(serial: sent.serial, signature: sent.signature)
    let answer = try sent.answer(items: round.document.items)
    let change = SealedRounds.Change.answer(answer, credential, segment: segment)
    if case .answering(.older(let number)) = try await house.sealedRounds.take(change, in: id) {
      throw AnswerFailure.older(than: number)
    }
  }

  private func refusing(_ failure: AnswerFailure, _ words: Words) throws -> Response {
    if case .fault(let error) = failure { house.quietFaults.tell(error, to: house.logger) }
    let message = words("ballots.\(failure.code)", failure.values)
    return try .json(
      RefusedAnswer(error: .init(code: failure.code, message: message, send: failure.send)), status: failure.status,
      cacheControl: "no-store")
  }
}

private struct Acknowledged: Encodable { let acknowledged = true }

private struct RefusedAnswer: Encodable {
  struct Reason: Encodable {
    let code: String
    let message: String
    /// The number of the send that stands.
    let send: UInt32?
  }
  let error: Reason
}

extension Response {
  fileprivate static func json(
    _ value: some Encodable, status: HTTPResponse.Status = .ok, cacheControl: String
  ) throws -> Response {
    var response = try Response.json(value, status: status)
    response.headers[.cacheControl] = cacheControl
    return response
  }
}

/// What a browser posts for one ballot.
struct SentAnswer: Sendable {
  let segment: String
  let serial: Serial
  let signature: Data
  private let send: UInt32
  private let receipt: Receipt
  private let ratings: [SentRating]
  private let comment: String

  private struct Body: Decodable {
    let segment, serial, signature: String
    let send: UInt32
    let receipt: String
    let ratings: [SentRating]
    let comment: String?
  }

  /// - Throws: `AnswerFailure.unreadable` for what no browser of ours sends.
  init(_ body: [UInt8]) throws {
    guard let body = try? JSONDecoder().decode(Body.self, from: Data(body)),
      let serial = Data(base64URL: body.serial).flatMap({ try? Serial($0) }),
      let signature = Data(base64URL: body.signature), let receipt = Receipt(typed: body.receipt)
    else { throw AnswerFailure.unreadable }
    (segment, self.serial, self.signature) = (body.segment, serial, signature)
    (send, self.receipt, ratings, comment) = (body.send, receipt, body.ratings, body.comment ?? "")
  }

  /// - Throws: `AnswerRefusal` that names what is not as it must be.
  func answer(items: Int) throws -> Answer {
    let numbers = ratings.map { rating -> Int? in
      switch rating {
      case .none: nil
      case .number(let number): number
      // No rating is 0, so this is refused by its place like any other wrong one.
      case .other: 0
      }
    }
    return try Answer(ratings: numbers, items: items, comment: comment, receipt: receipt, send: send)
  }
}

/// A rating as it came, whatever it is: so that a wrong one can be named.
private enum SentRating: Decodable, Sendable {
  case none, other
  case number(Int)

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .none
    } else if let number = try? value.decode(Int.self) {
      self = .number(number)
    } else {
      self = .other
    }
  }
}

/// Why an answer was not taken. Nothing was changed.
private enum AnswerFailure: Error {
  case unreadable, tooLarge, tooSlow, unknownSegment, notSigned, otherReceipt
  case older(than: UInt32)
  case answer(AnswerRefusal)
  case round(RoundClosed)
  case diskFull, unavailable
  case fault(any Error)

  init(_ error: any Error) {
    self =
      switch error {
      case let failure as AnswerFailure: failure
      case let refusal as AnswerRefusal: .answer(refusal)
      case let closed as RoundClosed: .round(closed)
      case is CredentialFailure: .notSigned
      case SealedRoundRefusal.otherReceipt: .otherReceipt
      case SealedRoundRefusal.otherInstrument(let items): .answer(.itemCount(expected: items, sent: 0))
      case SealedRoundRefusal.unknownSegment: .unknownSegment
      case Refusal.tooLarge: .tooLarge
      case Refusal.tooSlow: .tooSlow
      case DatabaseFailure.full: .diskFull
      case let failure where failure.isOutage: .unavailable
      default: .fault(error)
      }
  }

  var code: String {
    switch self {
    case .unreadable: "not-understood"
    case .tooLarge: "too-large"
    case .tooSlow: "too-slow"
    case .unknownSegment: "unknown-segment"
    case .notSigned: "not-signed"
    case .otherReceipt: "other-receipt"
    case .older: "older-send"
    case .answer(.itemCount): "item-count"
    case .answer(.ratingOutOfRange): "rating-out-of-range"
    case .answer(.commentTooLong): "comment-too-long"
    case .answer(.sendNumber): "not-understood"
    case .round(.unknown): "no-such-round"
    case .round(.notOpen): "not-open"
    case .round(.closed): "round-closed"
    case .round(.withdrawn): "round-withdrawn"
    case .round(.interrupted): "round-interrupted"
    case .diskFull: "disk-full"
    case .unavailable: "unavailable"
    case .fault: "fault"
    }
  }

  var values: [String: Named] {
    switch self {
    case .answer(.itemCount(let expected, _)): ["items": .count(expected)]
    case .answer(.ratingOutOfRange(let item)): ["item": .count(item)]
    case .answer(.commentTooLong(let bytes)):
      ["n": .count(bytes - Answer.largestComment), "most": .count(Answer.largestComment)]
    default: [:]
    }
  }

  var send: UInt32? {
    if case .older(let number) = self { number } else { nil }
  }

  var status: HTTPResponse.Status {
    switch self {
    case .unreadable: .badRequest
    case .tooLarge: .contentTooLarge
    case .tooSlow: .requestTimeout
    case .unknownSegment, .answer, .otherReceipt: .unprocessableContent
    case .notSigned: .forbidden
    case .older, .round(.notOpen), .round(.interrupted): .conflict
    case .round(.unknown): .notFound
    case .round(.closed), .round(.withdrawn): .gone
    case .diskFull: .init(code: 507)
    case .unavailable: .serviceUnavailable
    case .fault: .internalServerError
    }
  }
}
