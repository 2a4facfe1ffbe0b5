import Foundation

extension SealedRound {
  /// Every page that has a row, in a fixed order; at the opening, all of them are to be written.
  public var places: [SealedPlace] {
    segments.indices.flatMap { segment in
      OpenSegment.kinds.flatMap { kind in
        (0..<segments[segment].layout.buckets).flatMap { bucket in
          (0..<(segments[segment][kind, bucket: bucket]?.pages ?? 0)).map { page in
            SealedPlace(kind: kind, segment: segment, bucket: bucket, page: page)
          }
        }
      }
    }
  }

  /// The value of one row as it stands now.
  /// - Throws: ``SealingFailure/missing(_:)`` if the round has no such page, ``SealingFailure/notSealed(_:)``.
  public func sealed(at place: SealedPlace, under key: SealingKey) throws(SealingFailure) -> Data {
    guard let bucket = bucket(at: place), place.page >= 0, place.page < bucket.pages else { throw .missing(place) }
    return try key.seal(bucket.bytes(ofPage: place.page), at: place, of: name)
  }

  /// An open round as its rows have it. Rows of the kind *keys* are not looked at.
  /// - Throws: ``SealingFailure``, if a row is missing, was changed, or belongs elsewhere.
  public init(
    name: RoundName, items: Int, rolls: [Int], rows: [SealedPlace: Data], key: SealingKey
  ) throws(SealingFailure) {
    self.init(name: name, items: items, rolls: rolls)
    for place in rows.keys where OpenSegment.kinds.contains(place.kind) && bucket(at: place) == nil {
      throw .unreadable(place)
    }
    for first in places { try load(first, from: rows, key) }
  }

  /// A part of an open round: only what was said to be needed may be asked of it or changed.
  /// - Parameters:
  ///   - buckets: the first page of each bucket that is needed.
  ///   - rows: all pages of these buckets.
  /// - Throws: ``SealingFailure``, if a row is missing, was changed, or belongs elsewhere.
  public init(
    name: RoundName, items: Int, rolls: [Int], buckets: Set<SealedPlace>, rows: [SealedPlace: Data], key: SealingKey
  ) throws(SealingFailure) {
    self.init(name: name, items: items, rolls: rolls)
    for first in buckets {
      guard bucket(at: first) != nil else { throw .unreadable(first) }
      try load(first, from: rows, key)
    }
  }

  private mutating func load(
    _ first: SealedPlace, from rows: [SealedPlace: Data], _ key: SealingKey
  ) throws(SealingFailure) {
    var pages: [Data] = []
    var place = first
    while let row = rows[place] {
      pages.append(try key.open(row, at: place, of: name))
      place = SealedPlace(kind: place.kind, segment: place.segment, bucket: place.bucket, page: place.page + 1)
    }
    guard !pages.isEmpty else { throw .missing(first) }
    guard let bucket = SealedBucket(kind: first.kind, pages: pages),
      bucket.entries.allSatisfy({ belongs($0, at: first) })
    else { throw .unreadable(first) }
    segments[first.segment][first.kind, bucket: first.bucket] = bucket
  }

  private func belongs(_ entry: SealedBucket.Entry, at place: SealedPlace) -> Bool {
    guard segments[place.segment].layout.bucket(of: entry.hash) == place.bucket else { return false }
    return switch place.kind {
    case .ratings: BallotRecord(entry.payload(of: .ratings))?.ratings.count == items
    case .comments: CommentRecord(entry.payload(of: .comments)) != nil
    case .slips: SlipRecord(entry.payload(of: .slips)) != nil
    case .collected, .receipts, .keys: true
    }
  }

  private func bucket(at place: SealedPlace) -> SealedBucket? {
    segments.indices.contains(place.segment) ? segments[place.segment][place.kind, bucket: place.bucket] : nil
  }
}
