import Partnering

/// One partnership as a line of the start page or of the portfolio.
struct PortfolioRow: Sendable {
  let name, href, kind: String
  let word, shape: String
  let summary: String
  let parties: String
  let health: String?
  let discuss: String?
  let closed: String?
  let due: String?
  let trust: Sparkline?

  init(_ partnership: PortfolioPartnership, _ details: PortfolioDetails?, _ visit: Visit) {
    let words = visit.words
    let attention = partnership.attention(on: visit.now.day)
    name = partnership.name
    href = PartnershipPlace.now.path(in: partnership.id)
    kind = words("kinds.\(partnership.kind.rawValue)")
    word = words("attention.\(attention)")
    shape = Self.shape(attention)
    parties = words.list(details?.parties ?? [])
    health = partnership.last?.healthThousandths.map { visit.formats.tenths(Self.tenths($0)) }
    discuss = partnership.last?.toDiscuss.map { words("portfolio.to-discuss", ["n": .count($0)]) }
    closed = partnership.last.map { visit.formats.day($0.closedAt) }
    due = partnership.nextDue.map { visit.formats.day($0) }
    trust = Self.trust(details?.trust ?? [], visit)
    summary = Self.summary(partnership, visit)
  }

  private static func shape(_ attention: Attention) -> String {
    switch attention {
    case .due: "waiting"
    case .discussion: "discuss"
    case .joining: "proposed"
    case .running: "open"
    case .calm: "active"
    case .none: "ended"
    }
  }

  /// Thousandths are cut off, not rounded, so that a tenth comes out as the report has it.
  static func tenths(_ thousandths: Int) -> Int { (min(max(thousandths, 0), 5_000) + 50) / 100 }

  private static func trust(_ readings: [Int?], _ visit: Visit) -> Sparkline? {
    let shown = readings.compactMap(\.self)
    guard readings.count >= 2, let first = shown.first, let last = shown.last, shown.count >= 2 else { return nil }
    let title = visit.words(
      "portfolio.trust-series",
      ["first": .text(visit.formats.tenths(tenths(first))), "last": .text(visit.formats.tenths(tenths(last)))])
    return Sparkline(title: title, averages: readings.suffix(12).map { $0.map { Double($0) / 1_000 } })
  }

  private static func summary(_ partnership: PortfolioPartnership, _ visit: Visit) -> String {
    let words = visit.words
    switch (partnership.state, partnership.last) {
    case (.proposed, _): return words("portfolio.not-joined")
    case (_, nil): return words("portfolio.no-round")
    case (_, let last?):
      let when = Named.text(visit.formats.day(last.closedAt))
      guard let health = last.healthThousandths, let count = last.toDiscuss else {
        return words("portfolio.hidden", ["when": when])
      }
      let figure = Named.text(visit.formats.tenths(tenths(health)))
      return words("portfolio.last", ["when": when, "health": figure, "n": .count(count)])
    }
  }
}
