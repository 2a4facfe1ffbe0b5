import Partnering

/// One partnership as a line of the start page or of the portfolio.
struct PortfolioRow: Equatable, Sendable {
  let name, href, kind: String
  let word, shape: String
  let summary: String
  let parties: String
  let health: String?
  let discuss: String?
  let closed: String?
  let due: String?
  /// What the last closed round shows.
  let trust: String?
  let healthLine, trustLine: Sparkline?
  /// How many actions are overdue; `nil` if none is.
  let overdue: String?
  let actions: String

  init(_ partnership: PortfolioPartnership, _ details: PortfolioDetails?, _ visit: Visit) {
    let words = visit.words
    let attention = partnership.outlook.attention(on: visit.today)
    name = partnership.name
    href = PartnershipPlace.now.path(in: partnership.id)
    kind = words("kinds.\(partnership.kind.rawValue)")
    word = words("attention.\(attention)")
    shape = Self.shape(attention)
    parties = words.list(details?.parties ?? [])
    health = partnership.last?.healthThousandths.map { visit.formats.tenths(Self.tenths($0)) }
    healthLine = Self.line(details?.health ?? [], "portfolio.health-series", visit)
    discuss = partnership.last?.toDiscuss.map { flagged in
      let key = partnership.unsettled > 0 ? "to-discuss" : flagged > 0 ? "talked-about" : "nothing-to-discuss"
      return words("portfolio.\(key)", ["n": .count(partnership.unsettled)])
    }
    overdue =
      partnership.overdueActions == 0 ? nil : words("portfolio.overdue", ["n": .count(partnership.overdueActions)])
    actions = PartnershipPlace.actions.path(in: partnership.id)
    closed = partnership.last.map { visit.formats.day($0.closedAt) }
    due = partnership.nextDue.map { visit.formats.day($0) }
    trust = (details?.trust.last ?? nil).map { visit.formats.tenths(Self.tenths($0)) }
    trustLine = Self.line(details?.trust ?? [], "portfolio.trust-series", visit)
    summary = Self.summary(partnership, visit)
  }

  private static func shape(_ attention: Attention) -> String {
    switch attention {
    case .answer, .due, .actions: "waiting"
    case .trust: "discuss"
    case .discussion: "discuss"
    case .joining: "proposed"
    case .running: "open"
    case .calm: "active"
    case .none: "ended"
    }
  }

  /// Thousandths are cut off, not rounded, so that a tenth comes out as the report has it.
  static func tenths(_ thousandths: Int) -> Int { (min(max(thousandths, 0), 5_000) + 50) / 100 }

  private static func line(_ readings: [Int?], _ title: String, _ visit: Visit) -> Sparkline? {
    let shown = readings.compactMap(\.self)
    guard readings.count >= 2, let first = shown.first, let last = shown.last, shown.count >= 2 else { return nil }
    let title = visit.words(
      title,
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
