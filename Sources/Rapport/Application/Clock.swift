import Foundation
import Partnering

/// Where the time comes from: the machine, or whoever tells a story at given times.
public struct Clock: Sendable {
  private let reading: @Sendable () -> Instant

  public init(_ reading: @escaping @Sendable () -> Instant) { self.reading = reading }

  public var now: Instant { reading() }

  public static let system = Clock { Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)) }
}
