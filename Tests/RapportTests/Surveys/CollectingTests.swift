import Dispatch
import Hummingbird
import HummingbirdTesting
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Partnering
import Testing

@testable import Rapport

@Suite struct CollectingTests {
  /// To sign takes the processor's time: on a thread that serves requests, all others would wait for it.
  @Test
  func `while the threads that sign are busy nobody gets a credential, everybody else is answered, and then all do`()
    async throws
  {
    let (told, round) = try await RoundStory.opened()
    let collected = NIOLockedValueBox(0)
    let app = Application(router: told.story.house.router(), logger: told.story.house.logger)
    try await app.test(.ahc(.http)) { client in
      let threads = await BusyThreads()
      defer { threads.letGo() }
      let ballots = told.everybody.map { person in
        Task {
          let ballot = try await told.collect(round, by: person)
          collected.withLockedValue { $0 += 1 }
          return ballot
        }
      }
      for _ in 1...20 {
        for person in told.leads { _ = try await told.opening(of: round, as: person) }
        let page = try await client.execute(uri: "/livez", method: .get)
        #expect(page.status == .ok && String(buffer: page.body) == "alive\n")
      }
      #expect(collected.withLockedValue { $0 } == 0)
      threads.letGo()
      for ballot in ballots { #expect(try await told.post(ballot.value.body(rating: 4), to: round).status == .ok) }
    }
  }
}

/// Keeps every thread of the pool busy until it is let go.
private final class BusyThreads: Sendable {
  private let gate = DispatchSemaphore(value: 0)
  private let isBusy = NIOLockedValueBox(true)
  private let count = NIOSingletons.blockingPoolThreadCountSuggestion

  /// When this returns, every thread waits.
  init() async {
    let (arrivals, arrival) = AsyncStream<Void>.makeStream()
    for _ in 1...count {
      NIOThreadPool.singleton.submit { [gate] _ in
        arrival.yield()
        gate.wait()
      }
    }
    var waiting = 0
    for await _ in arrivals {
      waiting += 1
      if waiting == count { return }
    }
  }

  func letGo() {
    let wasBusy = isBusy.withLockedValue { isBusy in
      defer { isBusy = false }
      return isBusy
    }
    if wasBusy { for _ in 1...count { gate.signal() } }
  }
}
