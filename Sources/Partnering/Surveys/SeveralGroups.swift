import Foundation

/// The permutation test of the largest mean minus the smallest, for more than two groups.
struct SeveralGroups {
  private let sizes: [Int]
  private let pool: Histogram
  private let seen: Spread

  /// - Precondition: every group has answers.
  init(_ groups: [Histogram]) {
    // The largest group is dealt last: it gets what remains, which costs nothing.
    let ordered = groups.sorted { $0.n < $1.n }
    sizes = ordered.map(\.n)
    pool = ordered.reduce(Histogram(), +)
    seen = Spread(sums: ordered.map(\.sum), sizes: sizes)
  }

  var isClear: Bool {
    guard seen.top > 0 else { return false }
    if pool.n > PermutationTest.exactAnswers { return isClearByNormalDraws }
    guard let all = arrangements else { return isClearByDraws }
    return 10 * asExtreme <= all
  }

  /// In how many ways the pool can be dealt to groups of these sizes; `nil` above the limit for counting them.
  var arrangements: Int? {
    var (total, rest) = (1, pool.n)
    for size in sizes.dropLast() {
      var ways = 1
      for step in stride(from: 1, through: size, by: 1) {
        ways = ways * (rest - size + step) / step
        // The partial products of a binomial only grow.
        if ways > PermutationTest.exactArrangements { return nil }
      }
      total *= ways
      if total > PermutationTest.exactArrangements { return nil }
      rest -= size
    }
    return total
  }

  /// How many of the arrangements spread the means at least as far, counted hand by hand: which of the equal
  /// ratings a group got makes no difference, only in how many ways.
  var asExtreme: Int { dealing(group: 0, from: pool.counts, sums: [], ways: 1) }

  private func dealing(group: Int, from left: [Int], sums: [Int], ways: Int) -> Int {
    guard group < sizes.count - 1 else {
      let last = pool.sum - sums.reduce(0, +)
      return Spread(sums: sums + [last], sizes: sizes) >= seen ? ways : 0
    }
    var count = 0
    Self.hands(of: sizes[group], from: left, rating: 1, sum: 0, ways: 1) { rest, sum, handWays in
      count += dealing(group: group + 1, from: rest, sums: sums + [sum], ways: ways * handWays)
    }
    return count
  }

  private static func hands(
    of size: Int, from left: [Int], rating: Int, sum: Int, ways: Int, each: ([Int], Int, Int) -> Void
  ) {
    guard rating <= 5 else {
      if size == 0 { each(left, sum, ways) }
      return
    }
    let held = left[rating - 1]
    var (rest, choices) = (left, 1)
    for taken in 0...min(held, size) {
      if taken > 0 { choices = choices * (held - taken + 1) / taken }
      rest[rating - 1] = held - taken
      hands(of: size - taken, from: rest, rating: rating + 1, sum: sum + rating * taken, ways: ways * choices, each: each)
    }
  }

  private var isClearByDraws: Bool {
    var generator = FixedSequence()
    var answers = pool.counts.enumerated().flatMap { Array(repeating: $0.offset + 1, count: $0.element) }
    var hits = 0
    for _ in 0..<PermutationTest.draws {
      if Spread(sums: dealtSums(of: &answers, by: &generator), sizes: sizes) >= seen { hits += 1 }
    }
    return 10 * hits <= PermutationTest.draws
  }

  /// Deals all groups but the last (Fisher and Yates), which gets the rest.
  private func dealtSums(of answers: inout [Int], by generator: inout FixedSequence) -> [Int] {
    var (sums, place) = ([Int](), 0)
    for size in sizes.dropLast() {
      var sum = 0
      for _ in 0..<size {
        answers.swapAt(place, place + generator.next(below: answers.count - place))
        sum += answers[place]
        place += 1
      }
      sums.append(sum)
    }
    return sums + [pool.sum - sums.reduce(0, +)]
  }

  /// Above a thousand answers the means themselves are drawn. Dealt means minus one another vary exactly as
  /// independent ones with variance v N / (N - 1) / size do; only their normal shape is an approximation.
  private var isClearByNormalDraws: Bool {
    var generator = FixedSequence()
    let n = Double(pool.n)
    let spread = (PermutationTest.variance(of: pool) * n / (n - 1)).squareRoot()
    guard spread > 0 else { return false }
    let observed = Double(seen.top) / Double(seen.bottom)
    var hits = 0
    for _ in 0..<PermutationTest.draws {
      let means = sizes.map { spread * generator.nextNormal() / Double($0).squareRoot() }
      if (means.max() ?? 0) - (means.min() ?? 0) >= observed { hits += 1 }
    }
    return 10 * hits <= PermutationTest.draws
  }
}

/// The largest of some means minus the smallest, as a fraction.
private struct Spread: Comparable {
  let top: Int
  let bottom: Int

  init(sums: [Int], sizes: [Int]) {
    var (high, low) = (0, 0)
    for place in sums.indices {
      if sums[place] * sizes[high] > sums[high] * sizes[place] { high = place }
      if sums[place] * sizes[low] < sums[low] * sizes[place] { low = place }
    }
    top = sums[high] * sizes[low] - sums[low] * sizes[high]
    bottom = sizes[high] * sizes[low]
  }

  static func == (left: Spread, right: Spread) -> Bool { !(left < right) && !(right < left) }

  static func < (left: Spread, right: Spread) -> Bool {
    let (first, second) = (Int128(left.top) * Int128(right.bottom), Int128(right.top) * Int128(left.bottom))
    return first < second
  }
}

/// The same numbers each time, so that a report computed twice is the same report
/// (SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
private struct FixedSequence {
  private var state: UInt64 = 0x5261_7070_6f72_7421

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// From 0 to `bound - 1`; the bias of about `bound` in 2^64 is far below anything that is decided with it.
  mutating func next(below bound: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(bound)).high) }

  /// Box and Muller.
  mutating func nextNormal() -> Double {
    let first = (Double(next() >> 11) + 0.5) / 9_007_199_254_740_992
    let second = Double(next() >> 11) / 9_007_199_254_740_992
    return (-2 * log(first)).squareRoot() * cos(2 * .pi * second)
  }
}
