/// The buckets of one segment of an open round, by kind.
struct OpenSegment: Sendable, Hashable {
  static let kinds: [SealedKind] = [.collected, .ratings, .comments, .receipts, .slips]

  let layout: BucketLayout
  private var buckets: [SealedKind: [SealedBucket]]

  init(layout: BucketLayout) {
    self.layout = layout
    buckets = Dictionary(
      uniqueKeysWithValues: Self.kinds.map { kind in
        (kind, Array(repeating: SealedBucket(kind: kind), count: layout.buckets))
      })
  }

  subscript(kind: SealedKind, hash: Hash256) -> [UInt8]? {
    buckets[kind]?[layout.bucket(of: hash)][hash]
  }

  subscript(kind: SealedKind, bucket bucket: Int) -> SealedBucket? {
    get { buckets[kind].flatMap { $0.indices.contains(bucket) ? $0[bucket] : nil } }
    set { if let newValue, self[kind, bucket: bucket] != nil { buckets[kind]?[bucket] = newValue } }
  }

  mutating func set(_ payload: [UInt8], for hash: Hash256, _ kind: SealedKind) -> Range<Int> {
    buckets[kind]?[layout.bucket(of: hash)].set(payload, for: hash) ?? 0..<0
  }

  /// All entries of a kind, sorted by hash.
  func entries(_ kind: SealedKind) -> [SealedBucket.Entry] { buckets[kind]?.flatMap(\.entries) ?? [] }
}
