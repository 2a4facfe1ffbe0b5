/// One item's answers as a diverging bar, lows to the left of 3 and highs to the right, with the average
/// and the range it could still have had on the scale beneath. Drawn by `rating-bar.mustache`.
struct RatingBar: Equatable, Sendable {
  struct Segment: Equatable, Sendable {
    let rating: Int
    let x: String
    let width: String
    let middle: String
    /// How many gave this rating; `nil` where the number would not fit and stands in the table alone.
    let count: String?
  }

  /// The finding in one sentence: what a screen reader says instead of the picture.
  let title: String
  /// Empty where the distribution is not shown.
  let segments: [Segment]
  let average: String
  let rangeStart: String?
  let rangeEnd: String?
  let three: String

  /// - Parameters:
  ///   - distribution: how many gave 1, 2, 3, 4, 5; `nil` where the report does not show it.
  ///   - average: the item's mean, from 1 to 5.
  ///   - range: the lowest and the highest mean had everybody answered; `nil` if everybody did.
  init(title: String, distribution: [Int]?, average: Double, range: ClosedRange<Double>?) {
    let scale = ChartScale.across
    self.title = title
    self.segments = Self.segments(of: distribution ?? [], on: scale)
    self.average = coordinate(scale.place(of: average))
    self.rangeStart = range.map { coordinate(scale.place(of: $0.lowerBound)) }
    self.rangeEnd = range.map { coordinate(scale.place(of: $0.upperBound)) }
    self.three = coordinate(scale.place(of: 3))
  }

  /// The threes straddle the middle, so that equal shares of lows and highs are equally long on either side.
  private static func segments(of distribution: [Int], on scale: ChartScale) -> [Segment] {
    let counts = distribution.map { Double(max($0, 0)) }
    let all = counts.reduce(0, +)
    guard counts.count == 5, all > 0 else { return [] }
    let unit = (scale.end - scale.start) / 2 / all
    var x = scale.place(of: 3) - (counts[0] + counts[1] + counts[2] / 2) * unit
    var segments: [Segment] = []
    for (rating, count) in zip(1...5, distribution) where count > 0 {
      let width = Double(count) * unit
      let digits = String(count)
      segments.append(
        Segment(
          rating: rating, x: coordinate(x), width: coordinate(width), middle: coordinate(x + width / 2),
          count: width >= Double(digits.utf8.count) * 7 + 4 ? digits : nil))
      x += width
    }
    return segments
  }
}
