import Foundation
import Logging
import Partnering
import ServiceLifecycle

/// Closes rounds at their time, counts the open ones at midnight, and sweeps the keys of those that are over, for as long
/// as the server runs.
struct RoundKeeper: Service {
  let house: House
  /// A close that is overdue by more than this, when the server starts, waits.
  static let overdue = Span.hours(1)
  /// How long it waits: time to see why the server was down, or its clock jumped. [anonymity, Close]
  static let grace = Span.minutes(10)
  /// The longest sleep, so that an extension or a clock that was put right is noticed.
  static let rest = Duration.seconds(1)

  func run() async throws {
    try await cancelWhenGracefulShutdown {
      let started = house.clock.now
      var swept: Instant?
      await attempt("round.revive") { try await house.reviveRounds() }
      while !Task.isCancelled {
        let isDue = swept.map { house.clock.now >= $0 + .hours(1) } ?? true
        let isLeft = await house.leftovers.needsSweep
        if isDue || isLeft, await attempt("round.sweep", { try await house.sweepKeys() }) { swept = house.clock.now }
        for opening in await house.leftovers.openingsToTakeBack { await house.takeBack(opening) }
        await attempt("round.close") { try await closeDue(started: started) }
        await attempt("round.count") { try await house.countAtMidnight() }
        try await Task.sleep(for: Self.rest)
      }
    }
  }

  func closeDue(started: Instant) async throws {
    let now = house.clock.now
    for round in try await house.roundStore.due(by: now) {
      let isLate = round.closesAt + Self.overdue < started
      guard !isLate || now >= started + Self.grace else { continue }
      if try await house.close(round), isLate {
        house.logger.notice("a round was closed later than announced", metadata: ["round": "\(round.id)"])
      }
    }
  }

  /// - Returns: whether the work is done.
  @discardableResult
  private func attempt(_ what: String, _ work: () async throws -> Void) async -> Bool {
    do {
      try await work()
      return true
    } catch is CancellationError { return false } catch {
      house.logger.error("\(what)", metadata: ["error": "\(String(reflecting: error))"])
      return false
    }
  }
}

extension House {
  /// After a start: takes up the open rounds, finds those whose key is lost, and puts back openings that did not finish.
  func reviveRounds() async throws {
    for round in try await roundStore.unfinished() {
      switch round.state {
      case .opening: await takeBack(round)
      case .open: do { _ = try await sealedRounds.open(round.id) } catch is RoundClosed {}
      case .draft, .interrupted, .withdrawn, .closed: continue
      }
    }
  }
}
