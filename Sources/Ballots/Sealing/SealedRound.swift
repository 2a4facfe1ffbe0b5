import Foundation

/// The open set of one round: who collected, and the ballots, of every segment. A pure value: to act in a
/// transaction, change a copy, write the pages it names, and keep the copy once they are committed.
public struct SealedRound: Sendable {
  public let name: RoundName
  /// How many items the instrument has.
  public let items: Int
  var segments: [OpenSegment]

  /// An open round in which nobody has collected.
  /// - Parameter rolls: how many people each segment's roll has, in the order of the opening document.
  public init(name: RoundName, items: Int, rolls: [Int]) {
    (self.name, self.items) = (name, items)
    segments = rolls.map { OpenSegment(layout: BucketLayout(roll: $0)) }
  }

  /// Notes that a person collects.
  /// - Parameters:
  ///   - person: the hash of the person's id.
  ///   - blinded: the value that is to be signed.
  public mutating func collect(person: Hash256, blinded: Data, segment: Int) throws(SealedRoundRefusal) -> Collecting {
    try check(segment)
    let digest = Hash256(of: blinded)
    if let before = segments[segment][.collected, person] {
      return before == digest.bytes ? .again : .otherValue
    }
    return .first(changed: set(digest.bytes, for: person, .collected, segment))
  }

  /// Whether a person has collected.
  public func hasCollected(person: Hash256, segment: Int) -> Bool {
    segments.indices.contains(segment) && segments[segment][.collected, person] != nil
  }

  /// Stores a ballot, or replaces the one that the same credential sent before.
  public mutating func answer(
    _ answer: Answer, by credential: VerifiedCredential, segment: Int
  ) throws(SealedRoundRefusal) -> Answering {
    try check(segment)
    guard answer.ratings.count == items else { throw .otherInstrument(items: items) }
    let (serial, receipt) = (credential.serial.hash, Hash256(receipt: answer.receipt))
    let before = segments[segment][.ratings, serial].flatMap(BallotRecord.init)
    if let before, before.send >= answer.send {
      return isSame(answer, as: before, serial, segment) ? .repeated : .older(than: before.send)
    }
    // Otherwise one credential could fill the list of receipts, which are tied to no ballot.
    guard before == nil || segments[segment][.receipts, receipt] != nil else { throw .otherReceipt }
    // A slip rewrites a page of slips, so this does too: what is rewritten does not tell who answered with one.
    let changed = store(answer, under: serial, segment) + [slipPage(near: serial, segment)]
    return before == nil ? .stored(changed: changed) : .replaced(changed: changed)
  }

  /// How many people of a segment have sent a ballot. Nobody may see it before the midnight after, nor in a
  /// group smaller than the round's minimum.
  public func ballots(ofSegment segment: Int) -> Int {
    segments.indices.contains(segment) ? segments[segment].entries(.ratings).count : 0
  }

  private func check(_ segment: Int) throws(SealedRoundRefusal) {
    guard segments.indices.contains(segment) else { throw .unknownSegment(segment) }
  }

  private func isSame(_ answer: Answer, as before: BallotRecord, _ serial: Hash256, _ segment: Int) -> Bool {
    before == BallotRecord(of: answer)
      && segments[segment][.comments, serial] == CommentRecord(of: answer).bytes
      && segments[segment][.receipts, Hash256(receipt: answer.receipt)] != nil
  }

  mutating func store(_ answer: Answer, under serial: Hash256, _ segment: Int) -> [SealedPlace] {
    set(BallotRecord(of: answer).bytes, for: serial, .ratings, segment)
      + set(CommentRecord(of: answer).bytes, for: serial, .comments, segment)
      + set([], for: Hash256(receipt: answer.receipt), .receipts, segment)
  }

  mutating func set(
    _ payload: [UInt8], for hash: Hash256, _ kind: SealedKind, _ segment: Int
  ) -> [SealedPlace] {
    let bucket = segments[segment].layout.bucket(of: hash)
    return segments[segment].set(payload, for: hash, kind).map { page in
      SealedPlace(kind: kind, segment: segment, bucket: bucket, page: page)
    }
  }
}

extension SealedRound {
  /// The page on which a slip with this hash would stand.
  private func slipPage(near hash: Hash256, _ segment: Int) -> SealedPlace {
    let bucket = segments[segment].layout.bucket(of: hash)
    let page = segments[segment][.slips, bucket: bucket]?.page(of: hash) ?? 0
    return SealedPlace(kind: .slips, segment: segment, bucket: bucket, page: page)
  }
}

/// What became of a wish to collect.
public enum Collecting: Sendable, Hashable {
  /// Nobody had collected for this person: sign once these pages are durably written.
  case first(changed: [SealedPlace])
  /// The same value as before: sign it again, nothing changed.
  case again
  /// The person collected with another ballot key: sign nothing, nothing changed.
  case otherValue
}

/// What became of an answer.
public enum Answering: Sendable, Hashable {
  /// A first ballot: acknowledge it once these pages are durably written.
  case stored(changed: [SealedPlace])
  /// A newer one: acknowledge it once these pages are durably written.
  case replaced(changed: [SealedPlace])
  /// The very same was there already: acknowledge it, nothing changed.
  case repeated
  /// A later or another send of the same credential stands, with this number; nothing changed.
  case older(than: UInt32)
}

/// Why an open round did not take something. Nothing was changed.
public enum SealedRoundRefusal: Error, Sendable, Hashable {
  /// The opening document has no such segment.
  case unknownSegment(Int)
  /// The ratings are not those of the round's instrument, which has so many items.
  case otherInstrument(items: Int)
  /// A ballot that replaces another carries the receipt of the first.
  case otherReceipt
}
