import Synchronization

/// The connections to one PostgreSQL, lent to one transaction at a time.
final class PostgresPool: Sendable {
  private struct State {
    var resting: [PostgresSession] = []
    var lent = 0
    var waiting: [CheckedContinuation<Void, Never>] = []
    var isClosed = false
  }

  private let settings: PostgresSettings
  private let most: Int
  private let state = Mutex(State())

  init(settings: PostgresSettings, most: Int) { (self.settings, self.most) = (settings, most) }

  /// Runs `body` with a session of its own; waits while all are lent.
  /// - Throws: `DatabaseFailure.closed`, or what `body` throws.
  func lend<Result: Sendable>(_ body: @Sendable (PostgresSession) async throws -> Result) async throws -> Result {
    let session = try await take()
    do {
      let result = try await body(session)
      giveBack(await session.isUsable ? session : nil)
      return result
    } catch {
      giveBack(await session.isUsable ? session : nil)
      throw error
    }
  }

  /// Lets go of all connections that nobody uses, since the server they lead to may be another one now.
  func forgetResting() { state.withLock { $0.resting = [] } }

  func close() {
    state.withLock { state in
      state.isClosed = true
      state.resting = []
    }
  }

  private func take() async throws -> PostgresSession {
    while true {
      let session: PostgresSession? = try state.withLock { state in
        guard !state.isClosed else { throw DatabaseFailure.closed }
        guard state.lent < most else { return nil }
        state.lent += 1
        return state.resting.popLast() ?? PostgresSession(settings)
      }
      if let session { return session }
      await withCheckedContinuation { turn in
        let isFree = state.withLock { state in
          guard state.lent >= most else { return true }
          state.waiting.append(turn)
          return false
        }
        if isFree { turn.resume() }
      }
    }
  }

  /// - Parameter session: `nil` if it can be used no more.
  private func giveBack(_ session: PostgresSession?) {
    let next = state.withLock { state in
      state.lent -= 1
      if let session, !state.isClosed { state.resting.append(session) }
      return state.waiting.isEmpty ? nil : state.waiting.removeFirst()
    }
    next?.resume()
  }
}
