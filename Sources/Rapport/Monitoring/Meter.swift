import Hummingbird
import NIOConcurrencyHelpers
import Partnering

/// What this program counts of itself since it started, for the metrics. Nothing of the quiet routes comes here.
struct Meter: Sendable {
  /// Pages that ended alike: how long they took.
  struct Durations: Sendable {
    /// The upper ends of the buckets, in seconds.
    static let limits = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]
    /// How many took no longer than each limit.
    private(set) var within = Array(repeating: 0, count: limits.count)
    private(set) var count = 0
    private(set) var sum = 0.0

    fileprivate mutating func add(_ seconds: Double) {
      for place in Self.limits.indices where seconds <= Self.limits[place] { within[place] += 1 }
      count += 1
      sum += seconds
    }
  }

  struct Counts: Sendable {
    /// By the first digit of the status.
    fileprivate(set) var pages = Dictionary(uniqueKeysWithValues: (2...5).map { ($0, Durations()) })
    /// How often each kind of scheduled work failed.
    fileprivate(set) var failures = Dictionary(uniqueKeysWithValues: ScheduledWork.allCases.map { ($0, 0) })
    fileprivate var told: [ScheduledWork: Instant] = [:]
  }

  private let kept = NIOLockedValueBox(Counts())

  var counts: Counts { kept.withLockedValue { $0 } }

  func page(_ status: HTTPResponse.Status, took duration: Duration) {
    let (seconds, attoseconds) = duration.components
    kept.withLockedValue {
      $0.pages[status.code / 100]?.add(Double(seconds) + Double(attoseconds) / 1e18)
    }
  }

  /// - Returns: whether it is worth a line: of what is tried again every second, one a minute is.
  func failed(_ work: ScheduledWork, at now: Instant) -> Bool {
    kept.withLockedValue {
      $0.failures[work, default: 0] += 1
      if let told = $0.told[work], told <= now, now < told + .minutes(1) { return false }
      $0.told[work] = now
      return true
    }
  }
}

extension House {
  /// Scheduled work that failed is tried again; the operator learns of it.
  func tell(_ error: any Error, of work: ScheduledWork) {
    guard meter.failed(work, at: clock.now) else { return }
    logger.error(
      "scheduled work failed", metadata: ["work": "\(work.rawValue)", "error": "\(String(reflecting: error))"])
  }
}

/// What the program does by itself, at its time.
enum ScheduledWork: String, CaseIterable, Sendable {
  case reviveRounds = "round.revive"
  case sweepKeys = "round.sweep"
  case closeRounds = "round.close"
  case countRounds = "round.count"
  case renewStandings = "standing.renew"
  /// Taking turns with the other servers.
  case lease
  case mail
}
