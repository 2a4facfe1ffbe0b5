/// Earlier rounds as a small line beside a figure, 96 by 28, from 1 at the bottom to 5 at the top.
/// Drawn by `sparkline.mustache`.
struct Sparkline: Equatable, Sendable {
  struct Point: Equatable, Sendable {
    let x: String
    let y: String
  }

  let title: String
  /// One line for each unbroken stretch, as the `points` of an SVG polyline.
  let lines: [String]
  /// The rounds before the last that stand alone between two gaps.
  let alone: [Point]
  let last: Point?
  let three: String

  /// - Parameter averages: oldest first; `nil` for a round that showed nothing, which leaves a gap.
  init(title: String, averages: [Double?]) {
    let scale = ChartScale(start: 25, end: 3)
    let step = averages.count > 1 ? 84.0 / Double(averages.count - 1) : 0
    let start = averages.count > 1 ? 6.0 : 48.0
    let points = averages.enumerated().map { index, average in
      average.map {
        Point(x: coordinate(start + Double(index) * step), y: coordinate(scale.place(of: $0)))
      }
    }
    let stretches = points.split(separator: nil).map { $0.compactMap(\.self) }
    self.title = title
    let latest = points.last ?? nil
    last = latest
    lines = stretches.filter { $0.count > 1 }.map { $0.map { "\($0.x),\($0.y)" }.joined(separator: " ") }
    alone = stretches.filter { $0.count == 1 }.flatMap(\.self).filter { $0 != latest }
    three = coordinate(scale.place(of: 3))
  }
}
