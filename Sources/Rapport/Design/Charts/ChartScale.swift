/// The one scale of every chart: ratings from 1 to 5 laid along a line, 3.0 in its middle.
struct ChartScale: Equatable, Sendable {
  /// Where a rating of 1 lies, in units of the chart's view box.
  let start: Double
  /// Where a rating of 5 lies; smaller than `start` on a scale that grows upwards.
  let end: Double

  /// The scale of every chart that is read from left to right in a view box 320 wide.
  static let across = ChartScale(start: 20, end: 300)

  /// The place of a rating; what lies outside 1 to 5 is drawn at the nearer end.
  func place(of rating: Double) -> Double {
    let inside = rating.isFinite ? min(max(rating, 1), 5) : 3
    return start + (end - start) * (inside - 1) / 4
  }
}

/// A coordinate as SVG wants it: a point as decimal sign whatever the language, one decimal, no exponent.
func coordinate(_ value: Double) -> String {
  guard value.isFinite, abs(value) < 100_000 else { return "0" }
  let tenths = Int((value * 10).rounded())
  let (whole, rest) = abs(tenths).quotientAndRemainder(dividingBy: 10)
  let digits = rest == 0 ? "\(whole)" : "\(whole).\(rest)"
  return tenths < 0 ? "-\(digits)" : digits
}
