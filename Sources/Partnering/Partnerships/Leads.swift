/// The present leads of one party. A party always has one, or nobody could speak for it.
public struct Leads<Who: Hashable & Sendable>: Sendable {
  public let present: Set<Who>

  public init(_ present: some Sequence<Who>) { self.present = Set(present) }

  /// Whether somebody may leave the party, or take another role in it.
  public func canSpare(_ who: Who) -> Bool { !present.contains(who) || present.count > 1 }
}
