/// What a round leaves when it closes: nothing in it has an order, a time or a name.
public struct Tally: Sendable, Hashable {
  /// Per segment, the ratings of each ballot, sorted by their values.
  public let ballots: [[[UInt8?]]]
  /// The comments of all segments in random order, without the empty ones.
  public let comments: [String]
  /// The receipts of all segments, sorted.
  public let receipts: [Receipt]
}

extension SealedRound {
  /// Counts the round.
  public func tally(shufflingWith generator: inout some RandomNumberGenerator) -> Tally {
    let comments = segments.flatMap { $0.entries(.comments) }.compactMap {
      CommentRecord($0.payload(of: .comments))?.comment
    }
    return Tally(
      ballots: segments.map(ballots), comments: comments.filter { !$0.isEmpty }.shuffled(using: &generator),
      receipts: segments.flatMap { $0.entries(.receipts) }.compactMap {
        Receipt(bytes: $0.hash.bytes.prefix(TypedCode.byteCount))
      }.sorted())
  }

  private func ballots(of segment: OpenSegment) -> [[UInt8?]] {
    segment.entries(.ratings).compactMap { BallotRecord($0.payload(of: .ratings))?.ratings }
      .sorted { left, right in left.lexicographicallyPrecedes(right) { ($0 ?? 0) < ($1 ?? 0) } }
  }
}
