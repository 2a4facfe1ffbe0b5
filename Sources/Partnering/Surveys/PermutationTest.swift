import Foundation

/// Whether a difference between groups of answers is more than chance would often make.
///
/// The answers of all groups are put into one hat and dealt out again in every way; the difference is *clear*
/// if at most one way in ten makes one at least as large. No sample and no model: who answered is who answered.
enum PermutationTest {
  /// Up to this many answers two groups are counted exactly.
  static let exactAnswers = 1_000
  /// Up to this many ways of dealing several groups are counted exactly.
  static let exactArrangements = 200_000
  /// How often several groups are dealt when there are more ways than that.
  static let draws = 20_000

  /// Two-sided, of the difference of the two means.
  static func isClear(_ first: Histogram, _ second: Histogram) -> Bool {
    guard first.n > 0, second.n > 0 else { return false }
    let pool = first.n + second.n
    if pool <= exactUInt128 { return Arrangements<UInt128>(first, second).isAtMostOneInTen }
    if pool <= exactAnswers { return Arrangements<Double>(first, second).isAtMostOneInTen }
    return isClearByNormalApproximation(first, second)
  }

  /// Of the largest mean minus the smallest.
  static func isClear(_ groups: [Histogram]) -> Bool {
    let answered = groups.filter { $0.n > 0 }
    if answered.count == 2 { return isClear(answered[0], answered[1]) }
    guard answered.count > 2 else { return false }
    return SeveralGroups(answered).isClear
  }

  // Ten times the ways to choose 64 of 128 is still below 2^128.
  private static let exactUInt128 = 128

  private static func isClearByNormalApproximation(_ first: Histogram, _ second: Histogram) -> Bool {
    let pool = first + second
    let (n, size) = (Double(pool.n), Double(first.n))
    let mean = Double(pool.sum) / n
    let variance = Self.variance(of: pool)
    let spread = (variance * size * (n - size) / (n - 1)).squareRoot()
    guard spread > 0 else { return false }
    // Sums move in steps of one, hence half a step of continuity correction.
    let distance = max(0, abs(Double(first.sum) - size * mean) - 0.5) / spread
    return erfc(distance / 2.0.squareRoot()) <= 0.10
  }

  /// The variance of these answers, not an estimate for others.
  static func variance(of pool: Histogram) -> Double {
    let n = Double(pool.n)
    let squares = pool.counts.enumerated().reduce(0.0) { $0 + Double(($1.offset + 1) * ($1.offset + 1)) * Double($1.element) }
    let mean = Double(pool.sum) / n
    return max(0, squares / n - mean * mean)
  }
}

/// How many ways of dealing a pool of answers to two groups make a difference at least as large as the one seen.
///
/// `Double` counts stand for pools of 129 to 1,000 answers: they are right to about twelve digits, and which ways
/// are as extreme is decided in whole numbers all the same.
struct Arrangements<Count: Numeric & Comparable> {
  private(set) var asExtreme: Count = 0
  private(set) var all: Count = 0

  var isAtMostOneInTen: Bool {
    // The margin lets a tie at exactly one in ten count although `Double` may have it a hair above.
    if let asExtreme = asExtreme as? Double, let all = all as? Double { return 10 * asExtreme <= all * (1 + 1e-9) }
    return 10 * asExtreme <= all
  }

  /// - Precondition: both groups have answers.
  init(_ first: Histogram, _ second: Histogram) {
    let pool = first + second
    let size = first.n
    let ways = pool.counts.map { Self.choices(from: $0) }
    let ends = Ends(first, pool: pool)
    let tails = Fours(ways: ways, pool: pool)
    for ones in 0...min(pool.counts[0], size) {
      for twos in 0...min(pool.counts[1], size - ones) {
        let weight = ways[0][ones] * ways[1][twos]
        for threes in 0...min(pool.counts[2], size - ones - twos) {
          let rest = size - ones - twos - threes
          guard rest <= tails.largest else { continue }
          let base = ones + 2 * twos + 3 * threes + 4 * rest
          let product = weight * ways[2][threes]
          all += product * tails.all(rest)
          asExtreme += product * (tails.below(ends.low - base + 1, of: rest) + tails.from(ends.high - base, of: rest))
        }
      }
    }
  }

  /// A row of Pascal's triangle, by additions, so that nothing on the way is larger than the result.
  private static func choices(from count: Int) -> [Count] {
    var row: [Count] = [1]
    row.reserveCapacity(count + 1)
    for size in 0..<count {
      for place in stride(from: size, to: 0, by: -1) { row[place] += row[place - 1] }
      row.append(1)
    }
    return row
  }

  /// A sum of the first group's ratings is as extreme as the one seen if it is at most `low` or at least `high`.
  private struct Ends {
    let low: Int
    let high: Int

    init(_ first: Histogram, pool: Histogram) {
      let expected = pool.sum * first.n
      let seen = abs(first.sum * pool.n - expected)
      // With no difference every way is as extreme; the two ends must not count the middle twice.
      // Below zero, the division rounds to zero, which no sum of ratings reaches either.
      high = (expected + seen + pool.n - 1) / pool.n
      low = min(high - 1, (expected - seen) / pool.n)
    }
  }

  /// The ways to take some fours and fives, summed up so that a tail is one look.
  private struct Fours {
    let largest: Int
    private let width: Int
    private var sums: [Count]

    init(ways: [[Count]], pool: Histogram) {
      let (fours, fives) = (pool.counts[3], pool.counts[4])
      largest = fours + fives
      width = fives + 2
      sums = Array(repeating: 0, count: (largest + 1) * width)
      for taken in 0...largest {
        for five in 0...fives {
          let fits = five <= taken && taken - five <= fours
          let here: Count = fits ? ways[4][five] * ways[3][taken - five] : 0
          sums[taken * width + five + 1] = sums[taken * width + five] + here
        }
      }
    }

    /// With fewer fives than this.
    func below(_ fives: Int, of taken: Int) -> Count { sums[taken * width + min(max(fives, 0), width - 1)] }
    func all(_ taken: Int) -> Count { sums[taken * width + width - 1] }
    /// With this many fives or more.
    func from(_ fives: Int, of taken: Int) -> Count { all(taken) - below(fives, of: taken) }
  }
}
