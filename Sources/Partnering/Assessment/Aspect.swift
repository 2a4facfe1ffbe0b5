/// One of the ten aspects of partnership relationship management, in the order in which the assessment asks for them. [Assessment]
///
/// The raw value is the aspect's id in forms, word files and records; it never changes.
public enum Aspect: String, Sendable, Hashable, Codable, CaseIterable {
  /// Vision, mission and directions, worked out jointly. [Assessment 1]
  case framework = "strategic-framework"
  /// Needs, strengths and weaknesses, written down and shared. [Assessment 2]
  case needs = "shared-needs"
  /// What each party gains is measured and kept track of. [Assessment 3]
  case benefits = "measured-benefits"
  /// The behaviour that the parties expect of each other is written down. [Assessment 4]
  case expectations = "relational-expectations"
  /// A joint agreement about working together, beside the legal contract. [Assessment 5]
  case agreement = "partnership-agreement"
  /// Sponsors meet face to face at least twice a year. [Assessment 6]
  case sponsors = "sponsor-meetings"
  /// The relationship is measured along with the economic side. [Assessment 7]
  case bothSides = "relationship-measured"
  /// Trust is an indicator of its own, measured and reported. [Assessment 8]
  case trust = "trust-indicator"
  /// The teams that do the work were trained in building relationships. [Assessment 9]
  case training = "trained-teams"
  /// Joint communications and symbols in public places. [Assessment 10]
  case symbols = "joint-symbols"

  /// From 1 to 10.
  public var number: Int { (Self.allCases.firstIndex(of: self) ?? 0) + 1 }

  /// The question of the white paper that asks for it: `assessment/7`.
  public var source: String { "assessment/\(number)" }
}
