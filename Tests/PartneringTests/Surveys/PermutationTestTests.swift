import Testing

@testable import Partnering

@Suite struct PermutationTestTests {
  /// Deals the answers to every choice of seats, one by one.
  private func dealtOneByOne(_ a: [Int], _ b: [Int]) -> (asExtreme: Int, all: Int) {
    let pool = a + b
    func difference(_ first: [Int], _ second: [Int]) -> Int {
      abs(first.reduce(0, +) * second.count - second.reduce(0, +) * first.count)
    }
    let seen = difference(a, b)
    var (asExtreme, all) = (0, 0)
    for seats in 0..<(1 << pool.count) where seats.nonzeroBitCount == a.count {
      let first = pool.indices.filter { seats & (1 << $0) != 0 }.map { pool[$0] }
      let second = pool.indices.filter { seats & (1 << $0) == 0 }.map { pool[$0] }
      all += 1
      if difference(first, second) >= seen { asExtreme += 1 }
    }
    return (asExtreme, all)
  }

  private func multisets(of size: Int, from lowest: Int = 1) -> [[Int]] {
    guard size > 0 else { return [[]] }
    return (lowest...5).flatMap { first in
      multisets(of: size - 1, from: first).map { [first] + $0 }
    }
  }

  @Test(arguments: [(1, 1), (1, 3), (2, 2), (3, 2)])
  func `counting by sums agrees with dealing one by one, for all small groups`(sizes: (Int, Int)) {
    for a in multisets(of: sizes.0) {
      for b in multisets(of: sizes.1) {
        let counted = Arrangements<UInt128>(Histogram(a), Histogram(b))
        let dealt = dealtOneByOne(a, b)
        guard Int(counted.asExtreme) == dealt.asExtreme, Int(counted.all) == dealt.all else {
          Issue.record("\(a) and \(b): counted \(counted.asExtreme) of \(counted.all), dealt \(dealt)")
          return
        }
      }
    }
  }

  @Test func `counting by sums agrees with dealing one by one, for larger groups`() {
    var generator = SeededGenerator(seed: 2_026)
    for _ in 0..<25 {
      let a = (0..<Int.random(in: 4...6, using: &generator)).map { _ in Int.random(in: 1...5, using: &generator) }
      let b = (0..<Int.random(in: 4...6, using: &generator)).map { _ in Int.random(in: 2...5, using: &generator) }
      let counted = Arrangements<UInt128>(Histogram(a), Histogram(b))
      let dealt = dealtOneByOne(a, b)
      #expect(Int(counted.asExtreme) == dealt.asExtreme, "\(a) and \(b), seed 2026")
      #expect(PermutationTest.isClear(Histogram(a), Histogram(b)) == (10 * dealt.asExtreme <= dealt.all))
    }
  }

  @Test func `exactly one way in ten is still clear`() {
    // Five answers in two seats: ten ways, and only the one seen is as far out.
    let (a, b) = (Histogram([1, 1]), Histogram([2, 2, 2]))
    let counted = Arrangements<UInt128>(a, b)
    #expect(counted.asExtreme == 1)
    #expect(counted.all == 10)
    #expect(PermutationTest.isClear(a, b))
  }

  @Test func `whole numbers and floating ones agree where both can count`() {
    let a = Histogram(counts: [3, 9, 20, 15, 8]) ?? Histogram()
    let b = Histogram(counts: [2, 6, 19, 22, 11]) ?? Histogram()
    let (exact, floating) = (Arrangements<UInt128>(a, b), Arrangements<Double>(a, b))
    #expect(abs(Double(exact.asExtreme) / Double(exact.all) - floating.asExtreme / floating.all) < 1e-12)
  }

  @Test func `above a thousand answers the verdict is that of counting`() {
    // 1,000 answers are counted, 1,002 are approximated: nearly the same answers, the same verdict.
    for (low, isClear) in [(100, false), (140, false), (145, true), (160, true)] {
      let counted = PermutationTest.isClear(
        Histogram(counts: [0, 100, 200, 200, 0]) ?? Histogram(), Histogram(counts: [0, low, 300 - low, 200, 0]) ?? Histogram())
      let approximated = PermutationTest.isClear(
        Histogram(counts: [0, 100, 201, 200, 0]) ?? Histogram(), Histogram(counts: [0, low, 301 - low, 200, 0]) ?? Histogram())
      #expect(counted == isClear, "\(low) of 500 gave 2")
      #expect(approximated == isClear, "\(low) of 501 gave 2")
    }
  }

  @Test func `the largest groups neither overflow nor fail`() {
    let half = Histogram.largestCount / 2
    let low = Histogram(counts: [half, 0, 0, 0, 0]) ?? Histogram()
    let high = Histogram(counts: [0, 0, 0, 0, half]) ?? Histogram()
    #expect(PermutationTest.isClear(low, high))
    #expect(!PermutationTest.isClear(low, low))
    #expect(PermutationTest.isClear([low, high, high]))
  }

  @Test func `three groups are counted as dealing one by one counts them`() {
    let groups = [[1, 2, 2], [3, 3, 1], [5, 4]]
    let pool = groups.flatMap { $0 }
    func spread(_ parts: [[Int]]) -> Int {
      // Sizes 3, 3 and 2: in sixths all means are whole.
      let sixths = parts.map { 6 * $0.reduce(0, +) / $0.count }
      return (sixths.max() ?? 0) - (sixths.min() ?? 0)
    }
    var (asExtreme, all) = (0, 0)
    for deal in 0..<6_561 {
      let owners = pool.indices.map { seat in deal / [1, 3, 9, 27, 81, 243, 729, 2_187][seat] % 3 }
      let parts = (0..<3).map { owner in pool.indices.filter { owners[$0] == owner }.map { pool[$0] } }
      guard parts.map(\.count) == [3, 3, 2] else { continue }
      all += 1
      if spread(parts) >= spread(groups) { asExtreme += 1 }
    }
    let test = SeveralGroups(groups.map { Histogram($0) })
    #expect(all == 560)
    #expect(test.arrangements == all)
    #expect(test.asExtreme == asExtreme)
    #expect(test.isClear == (10 * asExtreme <= all))
  }

  @Test func `many ways of dealing three groups are drawn, and say the same each time`() {
    let alike = [[3, 4, 2, 3, 5, 3], [4, 3, 3, 2, 4, 3], [3, 3, 5, 4, 2, 3]].map { Histogram($0) }
    let apart = [[1, 2, 2, 1, 2, 3], [3, 3, 4, 3, 2, 3], [5, 4, 4, 5, 5, 3]].map { Histogram($0) }
    #expect(SeveralGroups(alike).arrangements == nil)
    #expect(!PermutationTest.isClear(alike))
    #expect(PermutationTest.isClear(apart))
    #expect((0..<3).allSatisfy { _ in PermutationTest.isClear(apart) })
  }

  @Test func `groups that answered alike are never clear`() {
    let four = Histogram([4, 4, 4, 4])
    #expect(!PermutationTest.isClear(four, four))
    #expect(!PermutationTest.isClear([four, four, four]))
  }
}
