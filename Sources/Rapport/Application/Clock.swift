import Database
import Foundation
import Partnering

/// Where the time comes from: the machine, or whoever tells a story at given times.
public struct Clock: Sendable {
  private let reading: @Sendable () -> Instant
  /// Whether somebody tells the time, so that the database has nothing to say about it.
  private let isTold: Bool

  public init(_ reading: @escaping @Sendable () -> Instant) { (self.reading, isTold) = (reading, true) }

  private init() {
    reading = { Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)) }
    isTold = false
  }

  public var now: Instant { reading() }

  /// The time by the database's own clock: of several servers, each has another idea of the time, and a round closes once.
  /// [anonymity, Close]
  func now(by connection: any Connection) throws -> Instant {
    isTold ? reading() : Instant(milliseconds: try connection.milliseconds())
  }

  public static let system = Clock()
}
