/// Into how many buckets the entries of one segment are spread. Fixed at the opening from the roll, so that it
/// tells nothing about who answered.
public struct BucketLayout: Sendable, Hashable {
  /// Entries for which a page has room.
  public static let capacity = 64

  /// A power of two, from 1 to 65,536.
  public let buckets: Int

  private let bits: Int

  /// As many buckets as leave 25 to 48 people of the roll for each; a small roll has one.
  public init(roll: Int) {
    var bits = 0
    while bits < 16, (roll - 1) / 48 >= 1 << bits { bits += 1 }
    (self.bits, buckets) = (bits, 1 << bits)
  }

  /// The bucket of a hash: its leading bits.
  public func bucket(of hash: Hash256) -> Int { hash.leadingBits(bits) }
}
