import Partnering

/// By what the portfolio is sorted: a column's name in the address, with a minus for the other way round.
enum PortfolioOrder: String, Sendable, CaseIterable {
  case attention, name, health, discuss, actions, due

  /// Whether one partnership stands before another on this day; what ties goes by name.
  func puts(_ one: PortfolioPartnership, before other: PortfolioPartnership, on today: CalendarDay) -> Bool {
    switch self {
    case .attention:
      ordered(one.outlook.urgency(on: today), other.outlook.urgency(on: today)) ?? Self.byName(one, other)
    case .name: Self.byName(one, other)
    case .health:
      ordered(one.last?.healthThousandths ?? .max, other.last?.healthThousandths ?? .max) ?? Self.byName(one, other)
    case .discuss:
      ordered([-one.unsettled, -(one.last?.toDiscuss ?? -1)], [-other.unsettled, -(other.last?.toDiscuss ?? -1)])
        ?? Self.byName(one, other)
    case .actions: ordered(-one.overdueActions, -other.overdueActions) ?? Self.byName(one, other)
    case .due:
      ordered(one.nextDue?.daysSince1970 ?? .max, other.nextDue?.daysSince1970 ?? .max) ?? Self.byName(one, other)
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
