import Foundation
import Logging
import Partnering
import ServiceLifecycle

/// Closes rounds at their time, counts the open ones at midnight, sweeps the keys of those that are over, and puts
/// portfolios in order for a new day, for as long as the server runs.
struct RoundKeeper: Service {
  let house: House
  /// A close that is overdue by more than this, when the server starts, waits.
  static let overdue = Span.hours(1)
  /// How long it waits: time to see why the server was down, or its clock jumped. [anonymity, Close]
  static let grace = Span.minutes(10)
  /// The longest sleep, so that an extension or a clock that was put right is noticed.
  static let rest = Duration.seconds(1)
  /// How long one of several servers does this for all, and another waits after it was killed.
  static let lease = (name: "rounds", span: Span.seconds(20))

  func run() async throws {
    await cancelWhenGracefulShutdown {
      let started = house.clock.now
      var swept: Instant?
      while !Task.isCancelled {
        // What this server has begun, and what it holds in memory, whoever is on duty.
        for opening in await house.leftovers.openingsToTakeBack { await house.takeBack(opening) }
        await attempt(.sweepKeys) { try await house.sealedRounds.forgetOver() }
        guard await isOnDuty() else {
          if await house.leftovers.needsSweep { await attempt(.sweepKeys) { try await house.sweepKeys() } }
          try? await Task.sleep(for: Self.rest)
          continue
        }
        let isDue = swept.map { house.clock.now >= $0 + .hours(1) } ?? true
        // Alone on its database, a server has cut off what it finds unfinished at the start, and nothing later.
        if swept == nil || (isDue && house.database.isShared) {
          await attempt(.reviveRounds) { try await house.reviveRounds() }
        }
        let isLeft = await house.leftovers.needsSweep
        if isDue || isLeft, await attempt(.sweepKeys, { try await house.sweepKeys() }) { swept = house.clock.now }
        await attempt(.closeRounds) { try await closeDue(started: started) }
        await attempt(.countRounds) { try await house.countAtMidnight() }
        await attempt(.renewStandings) { try await house.renewStandings() }
        var rest = Self.rest
        await attempt(.closeRounds) { rest = min(rest, try await house.roundStore.untilNextClose(by: house.clock) ?? rest) }
        try? await Task.sleep(for: rest)
      }
    }
    try? await house.leases.leave(Self.lease.name)
  }

  /// Whether this server does it, of several on one database. Should the lease end in the middle, everything is still done
  /// once: each step looks, in its own transaction, whether it is still to do.
  private func isOnDuty() async -> Bool {
    var isMine = false
    await attempt(.lease) { isMine = try await house.leases.take(Self.lease.name, for: Self.lease.span) }
    return isMine
  }

  func closeDue(started: Instant) async throws {
    let now = house.clock.now
    for round in try await house.roundStore.due(by: house.clock) {
      let isLate = round.closesAt + Self.overdue < started
      guard !isLate || now >= started + Self.grace else { continue }
      // One that cannot be closed keeps no other from closing.
      await attempt(.closeRounds) {
        guard try await house.close(round), isLate else { return }
        house.logger.notice("a round was closed later than announced", metadata: ["round": "\(round.id)"])
      }
    }
  }

  /// - Returns: whether the work is done. Once the server is to stop, nothing more is begun: each piece may wait for a database
  ///   that does not answer.
  @discardableResult
  private func attempt(_ what: ScheduledWork, _ work: () async throws -> Void) async -> Bool {
    guard !Task.isCancelled else { return false }
    do {
      try await work()
      return true
    } catch is CancellationError { return false } catch {
      house.tell(error, of: what)
      return false
    }
  }
}

extension House {
  /// After a start: takes up the open rounds, finds those whose key is lost, and puts back openings that did not finish.
  func reviveRounds() async throws {
    for round in try await roundStore.unfinished() {
      switch round.state {
      // Not one that this server, or another, is just about to finish.
      case .opening where await leftovers.openingsUnderWay.contains(round.id): continue
      case .opening where try await leases.take(round.openingLease, for: RoundRecord.openingSpan):
        await takeBack(round)
      case .opening: continue
      case .open: do { _ = try await sealedRounds.open(round.id) } catch is RoundClosed {}
      case .draft, .interrupted, .withdrawn, .closed: continue
      }
    }
  }
}

extension RoundRecord {
  /// How long an opening may take before it counts as cut off.
  static let openingSpan = Span.minutes(1)
  var openingLease: String { "opening \(id)" }
}
