import Partnering

/// By what the portfolio is sorted: a column's name in the address, with a minus for the other way round.
enum PortfolioOrder: String, Sendable, CaseIterable {
  case attention, name, kind, health, discuss, due

  /// Whether one partnership stands before another on this day; what ties goes by name.
  func puts(_ one: PortfolioPartnership, before other: PortfolioPartnership, on today: CalendarDay) -> Bool {
    switch self {
    case .attention:
      ordered(rank(one, today), rank(other, today)) ?? Self.byName(one, other)
    case .name: Self.byName(one, other)
    case .kind: ordered(one.kind.rawValue, other.kind.rawValue) ?? Self.byName(one, other)
    case .health:
      ordered(one.last?.healthThousandths ?? .max, other.last?.healthThousandths ?? .max) ?? Self.byName(one, other)
    case .discuss: ordered(-(one.last?.toDiscuss ?? -1), -(other.last?.toDiscuss ?? -1)) ?? Self.byName(one, other)
    case .due:
      ordered(one.nextDue?.daysSince1970 ?? .max, other.nextDue?.daysSince1970 ?? .max) ?? Self.byName(one, other)
    }
  }

  /// More to discuss comes first among those that are due for a talk, the longest overdue first among those due.
  private func rank(_ partnership: PortfolioPartnership, _ today: CalendarDay) -> [Int] {
    let attention = partnership.attention(on: today)
    switch attention {
    case .due: return [attention.rawValue, partnership.nextDue?.daysSince1970 ?? 0]
    case .discussion: return [attention.rawValue, -(partnership.last?.toDiscuss ?? 0)]
    case .joining, .running, .calm, .none: return [attention.rawValue, 0]
    }
  }

  private func ordered(_ one: [Int], _ other: [Int]) -> Bool? {
    one == other ? nil : one.lexicographicallyPrecedes(other)
  }

  private func ordered<Key: Comparable>(_ one: Key, _ other: Key) -> Bool? { one == other ? nil : one < other }

  private static func byName(_ one: PortfolioPartnership, _ other: PortfolioPartnership) -> Bool {
    (one.name.lowercased(), one.id) < (other.name.lowercased(), other.id)
  }
}
