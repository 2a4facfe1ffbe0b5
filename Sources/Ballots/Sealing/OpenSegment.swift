/// The buckets of one segment of an open round, by kind.
struct OpenSegment: Sendable, Hashable {
  static let kinds: [SealedKind] = [.collected, .ratings, .comments, .receipts, .slips]

  let layout: BucketLayout
  // In shelves: each commit works on a copy of the round, which then copies one shelf and not all buckets of a large one.
  private var shelves: [SealedKind: [[SealedBucket]]]

  private static let onAShelf = 32

  init(layout: BucketLayout) {
    self.layout = layout
    shelves = Dictionary(
      uniqueKeysWithValues: Self.kinds.map { kind in
        let shelf = Array(repeating: SealedBucket(kind: kind), count: min(layout.buckets, Self.onAShelf))
        return (kind, Array(repeating: shelf, count: layout.buckets / shelf.count))
      })
  }

  subscript(kind: SealedKind, hash: Hash256) -> [UInt8]? {
    let bucket = layout.bucket(of: hash)
    return shelves[kind]?[bucket / Self.onAShelf][bucket % Self.onAShelf][hash]
  }

  subscript(kind: SealedKind, bucket bucket: Int) -> SealedBucket? {
    get {
      (0..<layout.buckets).contains(bucket) ? shelves[kind]?[bucket / Self.onAShelf][bucket % Self.onAShelf] : nil
    }
    set {
      guard let newValue, self[kind, bucket: bucket] != nil else { return }
      shelves[kind]?[bucket / Self.onAShelf][bucket % Self.onAShelf] = newValue
    }
  }

  mutating func set(_ payload: [UInt8], for hash: Hash256, _ kind: SealedKind) -> Range<Int> {
    let bucket = layout.bucket(of: hash)
    return shelves[kind]?[bucket / Self.onAShelf][bucket % Self.onAShelf].set(payload, for: hash) ?? 0..<0
  }

  /// All entries of a kind, sorted by hash.
  func entries(_ kind: SealedKind) -> [SealedBucket.Entry] { shelves[kind]?.flatMap { $0.flatMap(\.entries) } ?? [] }
}
