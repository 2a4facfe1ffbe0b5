/// What kind of partnership it is. [Typical Partnerships]
///
/// The raw value is kept in the database and names the kind's words.
public enum PartnershipKind: String, Sendable, CaseIterable, Codable {
  case strategicAlliance = "strategic-alliance"
  case jointMarketing = "joint-marketing"
  case unionManagement = "union-management"
  case mergerOrAcquisition = "merger-or-acquisition"
  case boardOfDirectors = "board-of-directors"
  case executiveTeam = "executive-team"
  case crossFunctional = "cross-functional"
  case publicPrivate = "public-private"
  case nonProfitForProfit = "non-profit-for-profit"
  case communityBased = "community-based"
  case internalTeam = "internal-team"

  /// Whether it may be a team: a single party whose members say yes one by one. [domain, Words]
  public var mayBeTeam: Bool {
    switch self {
    case .boardOfDirectors, .executiveTeam, .internalTeam: true
    case .strategicAlliance, .jointMarketing, .unionManagement, .mergerOrAcquisition, .crossFunctional,
      .publicPrivate, .nonProfitForProfit, .communityBased:
      false
    }
  }
}
