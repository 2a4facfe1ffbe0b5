/// How many gave each rating from 1 to 5. Blanks are not in it.
public struct Histogram: Sendable, Hashable {
  /// Five counts, for the ratings 1, 2, 3, 4 and 5; none is negative.
  public private(set) var counts: [Int]

  /// Nobody has answered.
  public init() { counts = [0, 0, 0, 0, 0] }

  /// `nil` unless there are five counts from 0 to ``largestCount``.
  public init?(counts: [Int]) {
    guard counts.count == 5, counts.allSatisfy((0...Self.largestCount).contains) else { return nil }
    self.counts = counts
  }

  /// More people than any roll may hold; sums and products of such counts stay within an `Int`.
  public static let largestCount = 1_000_000_000

  /// Counts the ratings; those outside 1 to 5 are not counted.
  public init(_ ratings: some Sequence<Int>) {
    self.init()
    for rating in ratings { _ = add(rating) }
  }

  /// Counts one more rating; `false`, and nothing is counted, if it is outside 1 to 5.
  public mutating func add(_ rating: Int) -> Bool {
    guard RatingScale.ratings.contains(rating) else { return false }
    counts[rating - 1] += 1
    return true
  }

  /// How many rated.
  public var n: Int { counts[0] + counts[1] + counts[2] + counts[3] + counts[4] }

  /// The sum of all ratings.
  public var sum: Int { counts[0] + 2 * counts[1] + 3 * counts[2] + 4 * counts[3] + 5 * counts[4] }

  /// How many gave 1 or 2.
  public var low: Int { counts[0] + counts[1] }

  /// How many gave 4 or 5.
  public var high: Int { counts[3] + counts[4] }

  /// At least a quarter gave 1 or 2, and at least a quarter gave 4 or 5; `nil` if nobody rated.
  public var isDivided: Bool? { n == 0 ? nil : 4 * low >= n && 4 * high >= n }

  /// How many did not give the commonest rating.
  var differing: Int { n - (counts.max() ?? 0) }

  public static func + (left: Histogram, right: Histogram) -> Histogram {
    var total = left
    for place in 0..<5 { total.counts[place] += right.counts[place] }
    return total
  }
}

extension Histogram: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let made = Histogram(counts: try container.decode([Int].self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not five counts")
    }
    self = made
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(counts)
  }
}
