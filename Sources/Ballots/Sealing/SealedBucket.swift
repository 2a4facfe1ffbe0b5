import Foundation

/// The entries of one bucket, sorted by hash: the order in which they came is nowhere. They fill pages of a
/// fixed size; the last page is padded.
struct SealedBucket: Sendable, Hashable {
  struct Entry: Sendable, Hashable {
    let hash: Hash256
    /// Without the zeros that it ends in: most comments are short, and a large round holds many.
    fileprivate(set) var kept: [UInt8]

    /// What was put in, filled up with zeros.
    func payload(of kind: SealedKind) -> [UInt8] { kept + [UInt8](repeating: 0, count: kind.payloadSize - kept.count) }
  }

  let kind: SealedKind
  private(set) var entries: [Entry] = []

  init(kind: SealedKind) { self.kind = kind }

  /// The number of pages; an empty bucket has one.
  var pages: Int { max(1, (entries.count + BucketLayout.capacity - 1) / BucketLayout.capacity) }

  subscript(hash: Hash256) -> [UInt8]? {
    let place = place(of: hash)
    return place < entries.count && entries[place].hash == hash ? entries[place].payload(of: kind) : nil
  }

  /// Puts in or replaces one entry.
  /// - Parameter payload: as many bytes as an entry of this kind carries.
  /// - Returns: the pages that are different now: after a new entry all of them, as each tells the number of all.
  mutating func set(_ payload: [UInt8], for hash: Hash256) -> Range<Int> {
    let place = place(of: hash)
    let page = place / BucketLayout.capacity
    if place < entries.count, entries[place].hash == hash {
      entries[place].kept = payload.withoutZerosAtEnd
      return page..<page + 1
    }
    entries.insert(Entry(hash: hash, kept: payload.withoutZerosAtEnd), at: place)
    return 0..<pages
  }

  /// The page on which this hash stands, or would.
  func page(of hash: Hash256) -> Int { min(place(of: hash) / BucketLayout.capacity, pages - 1) }

  private func place(of hash: Hash256) -> Int {
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].hash < hash { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

// A page: the number of entries in the whole bucket (4 bytes), so that a page that was lost is missed; then room
// for 64 entries of hash and payload, zeros where unused.
extension SealedBucket {
  private static let header = 4
  private var entrySize: Int { Hash256.byteCount + kind.payloadSize }
  private var pageSize: Int { Self.header + BucketLayout.capacity * entrySize }

  /// The bytes of one page, always as many for one kind.
  func bytes(ofPage page: Int) -> Data {
    let first = min(page * BucketLayout.capacity, entries.count)
    let here = entries[first..<min(first + BucketLayout.capacity, entries.count)]
    var bytes = Data(count: pageSize)
    // Every answer writes 66 kB of comments, so entries are copied whole.
    bytes.withUnsafeMutableBytes { bytes in
      bytes.storeBytes(of: UInt32(entries.count).bigEndian, as: UInt32.self)
      for (place, entry) in here.enumerated() {
        let start = Self.header + place * entrySize
        entry.hash.store(in: UnsafeMutableRawBufferPointer(rebasing: bytes[start..<start + Hash256.byteCount]))
        bytes[(start + Hash256.byteCount)...].copyBytes(from: entry.kept)
      }
    }
    return bytes
  }

  /// The bucket that these pages make, from page 0 on; `nil` if it cannot have written them.
  init?(kind: SealedKind, pages: [Data]) {
    self.init(kind: kind)
    for page in pages {
      let bytes = Array(page)
      guard bytes.count == pageSize else { return nil }
      let left = Int(UInt32(bigEndian: bytes.prefix(Self.header))) - entries.count
      guard left >= 0 else { return nil }
      for place in 0..<min(left, BucketLayout.capacity) {
        guard append(bytes.dropFirst(Self.header + place * entrySize).prefix(entrySize)) else { return nil }
      }
    }
    // Whatever these entries are, it writes back the same pages or they are not its own.
    guard pages.count == self.pages, pages.indices.allSatisfy({ self.bytes(ofPage: $0) == pages[$0] }) else {
      return nil
    }
  }

  private mutating func append(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard let hash = Hash256(bytes: bytes.prefix(Hash256.byteCount)) else { return false }
    if let last = entries.last, last.hash >= hash { return false }
    entries.append(Entry(hash: hash, kept: Array(bytes.dropFirst(Hash256.byteCount)).withoutZerosAtEnd))
    return true
  }
}

extension [UInt8] {
  fileprivate var withoutZerosAtEnd: [UInt8] {
    guard let last = lastIndex(where: { $0 != 0 }) else { return [] }
    return last == count - 1 ? self : Array(self[...last])
  }
}
