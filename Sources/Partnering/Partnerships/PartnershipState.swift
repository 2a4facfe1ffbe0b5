/// Where a partnership stands. [domain, Words]
public enum PartnershipState: String, Sendable, CaseIterable {
  /// Not everybody has joined.
  case proposed
  case active
  /// Readable, and nothing new is added.
  case ended

  /// - Parameters:
  ///   - activeAt: when the last of those who were asked had joined.
  ///   - endedAt: when it was ended, be it proposed or active before.
  public init(activeAt: Instant?, endedAt: Instant?) {
    if endedAt != nil { self = .ended } else { self = activeAt == nil ? .proposed : .active }
  }
}
