/// The mean of ratings as the exact fraction `sum / n`.
///
/// Equal means the same figures; which of two is larger is asked with ``isBelow(_:)``, without rounding.
public struct Mean: Codable, Sendable, Equatable {
  /// How many rated, at least 1.
  public let n: Int
  /// The sum of their ratings, from `n` to `5 n`.
  public let sum: Int

  /// `nil` if nobody rated.
  public init?(sum: Int, n: Int) {
    guard n > 0 else { return nil }
    self.n = n
    self.sum = sum
  }

  /// From 1.0 to 5.0, unrounded.
  public var value: Double { Double(sum) / Double(n) }

  /// In tenths, the exact fraction rounded, halves away from zero: 13/4 is 33.
  public var tenths: Int { (20 * sum + n) / (2 * n) }

  /// 3.0 or less: an issue to talk about. [Survey]
  public var isForDiscussion: Bool { sum <= 3 * n }

  public func isBelow(_ other: Mean) -> Bool { sum * other.n < other.sum * n }
}

/// The mean of several items' means.
public struct Average: Codable, Sendable, Equatable {
  /// From 1.0 to 5.0, unrounded.
  public let value: Double
  /// In tenths, halves away from zero.
  public let tenths: Int
  /// Over how many items.
  public let items: Int

  /// `nil` without an item.
  init?(of means: [Mean]) {
    guard !means.isEmpty else { return nil }
    items = means.count
    value = means.reduce(0) { $0 + $1.value } / Double(means.count)
    tenths = Self.exactTenths(means) ?? Int((value * 10).rounded())
  }

  /// `nil` where the common denominator is beyond 128 bits; that takes many items with hundreds of answers
  /// each and no common size, where a tie between two tenths does not occur.
  private static func exactTenths(_ means: [Mean]) -> Int? {
    var (top, bottom) = (UInt128(0), UInt128(1))
    for mean in means {
      let n = UInt128(mean.n)
      let shared = greatestCommonDivisor(bottom, n)
      let (grown, first) = top.multipliedReportingOverflow(by: n / shared)
      let (added, second) = (bottom / shared).multipliedReportingOverflow(by: UInt128(mean.sum))
      let (sum, third) = grown.addingReportingOverflow(added)
      let (common, fourth) = bottom.multipliedReportingOverflow(by: n / shared)
      guard !first, !second, !third, !fourth else { return nil }
      (top, bottom) = (sum, common)
    }
    let (whole, fifth) = bottom.multipliedReportingOverflow(by: 2 * UInt128(means.count))
    let (twenty, sixth) = top.multipliedReportingOverflow(by: 20)
    let (raised, seventh) = twenty.addingReportingOverflow(whole / 2)
    guard !fifth, !sixth, !seventh else { return nil }
    return Int(raised / whole)
  }

  private static func greatestCommonDivisor(_ a: UInt128, _ b: UInt128) -> UInt128 {
    b == 0 ? a : greatestCommonDivisor(b, a % b)
  }
}
