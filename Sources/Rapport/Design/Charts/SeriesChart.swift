/// A figure from 1 to 5 over the rounds, with its values and dates written at the points. Drawn by `series-chart.mustache`.
struct SeriesChart: Equatable, Sendable {
  struct Reading: Equatable, Sendable {
    /// `nil` for a round that did not show the figure.
    let value: Double?
    /// The value as people read it, with the decimal sign of their language.
    let label: String
    /// When, in few letters ("Mar 2026").
    let date: String
  }
  struct Point: Equatable, Sendable {
    let x: String
    let y: String
    let labelY: String
    let label: String?
    let isLast: Bool
  }
  struct Tick: Equatable, Sendable {
    let x: String
    let anchor: String
    let label: String
  }
  struct Grid: Equatable, Sendable {
    let y: String
    let labelY: String
    let rating: Int
  }

  let title: String
  let lines: [String]
  let points: [Point]
  let dates: [Tick]
  let grid: [Grid]
  let three: String
  let threeLabelY: String

  /// - Parameter readings: oldest first.
  init(title: String, readings: [Reading]) {
    let places = readings.indices.map { Self.x(of: $0, in: readings.count) }
    let heights = readings.map { $0.value.map(Self.scale.place(of:)) }
    self.title = title
    lines = Self.lines(zip(places, heights))
    points = readings.indices.compactMap { index in
      heights[index].map { y in
        Point(
          x: coordinate(places[index]), y: coordinate(y), labelY: coordinate(y - 10),
          label: Self.isLabelled(index, of: readings.count) ? readings[index].label : nil,
          isLast: index == readings.count - 1)
      }
    }
    dates = readings.indices.filter { Self.isLabelled($0, of: readings.count) }.map { index in
      Tick(
        x: coordinate(places[index]), anchor: Self.anchor(index, of: readings.count),
        label: readings[index].date)
    }
    grid = (1...5).map { rating in
      let y = Self.scale.place(of: Double(rating))
      return Grid(y: coordinate(y), labelY: coordinate(y + 4), rating: rating)
    }
    three = coordinate(Self.scale.place(of: 3))
    threeLabelY = coordinate(Self.scale.place(of: 3) + 13)
  }

  private static let scale = ChartScale(start: 140, end: 16)

  private static func x(of index: Int, in count: Int) -> Double {
    guard count > 1 else { return 170 }
    return 44 + 252 * Double(index) / Double(count - 1)
  }

  /// Five labels fit on a phone; the first and the last reading always have one.
  private static func isLabelled(_ index: Int, of count: Int) -> Bool {
    guard count > 5 else { return true }
    let stride = (count + 3) / 4
    return index == count - 1 || (index % stride == 0 && count - 1 - index >= stride)
  }

  private static func anchor(_ index: Int, of count: Int) -> String {
    guard count > 1 else { return "middle" }
    return index == 0 ? "start" : index == count - 1 ? "end" : "middle"
  }

  private static func lines(_ places: Zip2Sequence<[Double], [Double?]>) -> [String] {
    var stretches: [[String]] = [[]]
    for (x, y) in places {
      if let y { stretches[stretches.count - 1].append("\(coordinate(x)),\(coordinate(y))") }
      else { stretches.append([]) }
    }
    return stretches.filter { $0.count > 1 }.map { $0.joined(separator: " ") }
  }
}
