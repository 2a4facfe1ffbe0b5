import Foundation
import Testing

@testable import Partnering

/// Values that were computed by another program, by full enumeration.
@Suite struct GoldenValuesTests {
  struct Vectors: Decodable {
    let items: [Item]
    let gaps: [Gap]

    struct Item: Decodable {
      let name: String
      let ratings: [Int?]
      let roll: Int
      let expect: Expected
    }

    struct Expected: Decodable {
      let n: Int
      let sum: Int
      let mean: Double?
      let verdict: String
      let range: [Double]?
      let firm: Bool?
      let distribution: [Int]
      let divided: Bool?
    }

    struct Gap: Decodable {
      let name: String
      let a: [Int]
      let b: [Int]
      let expect: Counted
    }

    struct Counted: Decodable {
      let at_least_as_extreme: Int
      let arrangements: Int
      let clear: Bool
    }
  }

  private static func vectors() throws -> Vectors {
    try JSONDecoder().decode(Vectors.self, from: TestFile.bytes("Vectors/stats_vectors.json"))
  }

  @Test func `an item's figures are those of the golden values`() throws {
    let items = try Self.vectors().items
    #expect(items.count == 12)
    for item in items {
      let answers = Histogram(item.ratings.compactMap { $0 })
      let mean = Mean(sum: answers.sum, n: answers.n)
      let range = MeanRange(of: answers, roll: item.roll)
      #expect(answers.n == item.expect.n, "\(item.name)")
      #expect(answers.sum == item.expect.sum, "\(item.name)")
      #expect(answers.counts == item.expect.distribution, "\(item.name)")
      #expect(answers.isDivided == item.expect.divided, "\(item.name)")
      #expect(mean?.value == item.expect.mean, "\(item.name)")
      #expect(Verdict(of: mean).rawValue == item.expect.verdict, "\(item.name)")
      #expect(range.map { [$0.low.value, $0.high.value] } == item.expect.range, "\(item.name)")
      #expect(range?.isFirm == item.expect.firm, "\(item.name)")
    }
  }

  @Test func `gaps are counted as the golden values have them`() throws {
    for gap in try Self.vectors().gaps {
      let (a, b) = (Histogram(gap.a), Histogram(gap.b))
      let exact = Arrangements<UInt128>(a, b)
      #expect(Int(exact.asExtreme) == gap.expect.at_least_as_extreme, "\(gap.name)")
      #expect(Int(exact.all) == gap.expect.arrangements, "\(gap.name)")
      #expect(PermutationTest.isClear(a, b) == gap.expect.clear, "\(gap.name)")
      let floating = Arrangements<Double>(a, b)
      #expect(Int(floating.asExtreme) == gap.expect.at_least_as_extreme, "\(gap.name)")
    }
  }
}
