/// The averages of the parties on the one scale, a line for each, the gap between them shaded.
/// Drawn by `party-dots.mustache`.
struct PartyDots: Equatable, Sendable {
  struct Row: Equatable, Sendable {
    let marker: PartyMarker
    let x: String
    let y: String
    let labelX: String
    let labelY: String
    /// `start` or `end`: the label stands on the side where there is more room.
    let anchor: String
    let label: String
  }

  let title: String
  let rows: [Row]
  let height: String
  let bandX: String
  let bandWidth: String
  let bandHeight: String
  let three: String
  let axisY: String
  let tickY: String

  /// - Parameter parties: in the partnership's order; `label` is the name with its average, as people read it.
  init(title: String, parties: [(label: String, average: Double)]) {
    let scale = ChartScale.across
    let places = parties.map { scale.place(of: $0.average) }
    let bottom = Double(parties.count) * Self.step + 6
    self.title = title
    self.rows = zip(parties, places).enumerated().map { seat, party in
      Self.row(seat: seat, label: party.0.label, at: party.1)
    }
    let first = places.min() ?? scale.place(of: 3)
    let last = places.max() ?? first
    bandX = coordinate(first)
    bandWidth = coordinate(last - first)
    bandHeight = coordinate(bottom)
    three = coordinate(scale.place(of: 3))
    axisY = coordinate(bottom)
    tickY = coordinate(bottom + 14)
    height = coordinate(bottom + 18)
  }

  private static let step = 22.0
  /// Longer labels would leave the picture; the table beside the chart has the whole name.
  private static let longestLabel = 24

  private static func row(seat: Int, label: String, at x: Double) -> Row {
    let y = Double(seat) * step + 14
    let isLeft = x < 160
    return Row(
      marker: PartyMarker(seat: seat), x: coordinate(x), y: coordinate(y),
      labelX: coordinate(isLeft ? x + 11 : x - 11), labelY: coordinate(y + 4),
      anchor: isLeft ? "start" : "end", label: shortened(label))
  }

  /// Keeps the end, where the figure stands.
  private static func shortened(_ label: String) -> String {
    let letters = label.unicodeScalars
    guard letters.count > longestLabel else { return label }
    let figure = letters.suffix(4)
    let name = letters.prefix(longestLabel - 6)
    return String(String.UnicodeScalarView(name)) + "… " + String(String.UnicodeScalarView(figure)).trimmed
  }
}

extension String {
  fileprivate var trimmed: String {
    String(String.UnicodeScalarView(unicodeScalars.drop { $0 == " " }))
  }
}
