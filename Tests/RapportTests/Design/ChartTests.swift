import Testing

@testable import Rapport

@Suite struct ChartTests {
  @Test func `an all-round three straddles the middle, and lows and highs of equal number are equally long`() {
    let bar = RatingBar(title: "", distribution: [0, 4, 2, 4, 0], average: 3, range: nil)
    #expect(bar.segments.map(\.rating) == [2, 3, 4])
    #expect(bar.segments.map(\.x) == ["90", "146", "174"])
    #expect(bar.segments.map(\.width) == ["56", "28", "56"])
    #expect(bar.average == bar.three)
  }

  @Test func `a number that does not fit into its part of the bar is left out`() {
    let bar = RatingBar(title: "", distribution: [1, 0, 0, 0, 99], average: 4.96, range: 4.9...5)
    #expect(bar.segments.map(\.count) == [nil, "99"])
  }

  @Test(arguments: [nil, [], [1, 2], [0, 0, 0, 0, 0], [-1, 0, 0, 0, 0]])
  func `without a distribution only the average is drawn`(distribution: [Int]?) {
    let bar = RatingBar(title: "", distribution: distribution, average: 1, range: nil)
    #expect(bar.segments.isEmpty)
    #expect(bar.average == "20")
    #expect(bar.rangeStart == nil)
  }

  @Test(arguments: [(-.infinity, "0"), (.nan, "0"), (1e300, "0"), (-0.04, "0"), (12.25, "12.3"), (-3.5, "-3.5")])
  func `a coordinate has one decimal and a point, whatever comes in`(value: Double, written: String) {
    #expect(coordinate(value) == written)
  }

  @Test func `counts as large as an integer do not stop a page`() {
    let bar = RatingBar(title: "", distribution: [.max, .max, .max, .max, .max], average: .nan, range: nil)
    #expect(bar.segments.count == 5)
  }

  @Test func `the gap between the parties is shaded from the lowest to the highest`() {
    let dots = PartyDots(title: "", parties: [("Harbour 4.0", 4), ("Meadow 2.0", 2), ("Mill 3.0", 3)])
    #expect(dots.bandX == "90")
    #expect(dots.bandWidth == "140")
    #expect(dots.rows.map(\.anchor) == ["end", "start", "end"])
    #expect(Set(dots.rows.map(\.marker.path)).count == 3)
  }

  @Test func `a long name is shortened and its figure stays`() {
    let dots = PartyDots(title: "", parties: [("The Ministry of Fisheries and Inland Waterways 2.4", 2.4)])
    #expect(dots.rows.map(\.label) == ["The Ministry of Fi… 2.4"])
  }

  @Test func `a round that showed nothing leaves a gap in the line`() {
    let line = Sparkline(title: "", averages: [2, 3, nil, 4])
    #expect(line.lines == ["6,19.5 34,14"])
    #expect(line.last == Sparkline.Point(x: "90", y: "8.5"))
    #expect(line.alone.isEmpty)
  }

  @Test func `of many readings the first and the last keep their dates`() {
    let readings = (1...23).map { SeriesChart.Reading(value: 3, label: "3.0", date: "\($0)") }
    let dates = SeriesChart(title: "", readings: readings).dates.map(\.label)
    #expect(dates.first == "1")
    #expect(dates.last == "23")
    #expect(dates.count <= 5)
  }

  @Test(arguments: [0, 1, 2, 5, 6])
  func `a series of any length can be drawn`(count: Int) {
    let readings = (0..<count).map { _ in SeriesChart.Reading(value: nil, label: "–", date: "") }
    #expect(SeriesChart(title: "", readings: readings).points.isEmpty)
    #expect(Sparkline(title: "", averages: readings.map(\.value)).last == nil)
  }
}
