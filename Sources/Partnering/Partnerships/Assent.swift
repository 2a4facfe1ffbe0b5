/// Whose yes something joint needs, and who has given it: parties, or the leads of a team.
///
/// Partners are equal, so each yes counts the same and none can be outvoted. [Characteristics 1-6]
public struct Assent<Who: Hashable & Sendable>: Sendable {
  /// Everybody whose yes is needed, in their order.
  public let asked: [Who]
  private let given: Set<Who>

  /// A yes of somebody who is not asked, or not asked any more, counts for nothing.
  public init(asked: [Who], given: some Sequence<Who>) {
    self.asked = asked
    self.given = Set(given)
  }

  /// Those whose yes is still missing, in their order.
  public var awaited: [Who] { asked.filter { !given.contains($0) } }

  /// Everybody has said yes; never so while nobody is asked.
  public var isComplete: Bool { !asked.isEmpty && awaited.isEmpty }

  /// Whether this one's yes is needed and missing.
  public func awaits(_ who: Who) -> Bool { asked.contains(who) && !given.contains(who) }
}
