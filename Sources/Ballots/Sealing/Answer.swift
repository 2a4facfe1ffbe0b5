import Foundation

/// What one person sends: ratings, a comment, the receipt and the number of this send.
public struct Answer: Sendable, Hashable {
  /// One for each item of the instrument, 1 to 5; `nil` is "no answer".
  public let ratings: [UInt8?]
  /// At most 1,000 bytes of UTF-8, lines parted by a line feed; empty for none.
  public let comment: String
  public let receipt: Receipt
  /// From 1; a higher one replaces what was sent before.
  public let send: UInt32

  public static let largestComment = 1_000
  public static let largestInstrument = 32

  /// - Parameter items: how many items the round's instrument has, at most 32.
  /// - Throws: an ``AnswerRefusal`` that names what is not as it must be.
  public init(
    ratings: [Int?], items: Int, comment: String, receipt: Receipt, send: UInt32
  ) throws(AnswerRefusal) {
    guard ratings.count == items, items <= Self.largestInstrument else {
      throw .itemCount(expected: items, sent: ratings.count)
    }
    for (place, rating) in ratings.enumerated() {
      guard let rating, !(1...5).contains(rating) else { continue }
      throw .ratingOutOfRange(item: place + 1)
    }
    let comment = Self.tidied(comment)
    guard comment.utf8.count <= Self.largestComment else { throw .commentTooLong(bytes: comment.utf8.count) }
    guard send > 0 else { throw .sendNumber }
    self.ratings = ratings.map { $0.map(UInt8.init) }
    (self.comment, self.receipt, self.send) = (comment, receipt, send)
  }

  private init(_ other: Answer, send: UInt32) {
    (ratings, comment, receipt, self.send) = (other.ratings, other.comment, other.receipt, send)
  }

  /// The same answer as the send of this number.
  func numbered(_ send: UInt32) -> Answer { Answer(self, send: send) }

  // A form sends CR LF, a script LF. Other control characters come from no keyboard; a NUL could not be stored.
  private static func tidied(_ comment: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in comment.unicodeScalars
    where scalar.properties.generalCategory != .control || scalar == "\n" || scalar == "\t" {
      scalars.append(scalar)
    }
    return String(scalars)
  }
}

/// Why what was sent cannot be an answer. Nothing was changed.
public enum AnswerRefusal: Error, Sendable, Hashable {
  /// The round's instrument has another number of items.
  case itemCount(expected: Int, sent: Int)
  /// The rating of this item, counted from 1, is neither 1 to 5 nor "no answer".
  case ratingOutOfRange(item: Int)
  /// The comment has so many bytes, more than 1,000.
  case commentTooLong(bytes: Int)
  /// Sends are counted from 1.
  case sendNumber
}

/// The sealed form of a ballot's ratings: number of the send (4 bytes), number of items, ratings, zeros.
struct BallotRecord: Hashable {
  static let byteCount = 4 + 1 + Answer.largestInstrument

  let send: UInt32
  let ratings: [UInt8?]

  var bytes: [UInt8] {
    send.bigEndianBytes + [UInt8(ratings.count)] + ratings.map { $0 ?? 0 }
      + Array(repeating: 0, count: Answer.largestInstrument - ratings.count)
  }

  init(of answer: Answer) { (send, ratings) = (answer.send, answer.ratings) }

  init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.byteCount, bytes[4] <= Answer.largestInstrument else { return nil }
    send = UInt32(bigEndian: bytes[0..<4])
    ratings = bytes[5..<(5 + Int(bytes[4]))].map { $0 == 0 ? nil : $0 }
  }
}

/// The sealed form of a comment: number of bytes (2 bytes), the bytes, zeros. Every ballot has one, so that who
/// wrote a comment cannot be told from what is rewritten.
struct CommentRecord: Hashable {
  static let byteCount = 2 + Answer.largestComment

  let comment: String

  var bytes: [UInt8] {
    let text = Array(comment.utf8)
    return UInt16(text.count).bigEndianBytes + text + Array(repeating: 0, count: Answer.largestComment - text.count)
  }

  init(of answer: Answer) { comment = answer.comment }

  init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    let length = Int(UInt16(bigEndian: bytes[0..<2]))
    guard length <= Answer.largestComment, let text = String(validating: bytes[2..<(2 + length)], as: UTF8.self)
    else { return nil }
    comment = text
  }
}
