import Synchronization

/// The connections to one PostgreSQL, lent to one transaction at a time.
final class PostgresPool: Sendable {
  private struct State {
    var resting: [PostgresSession] = []
    var lent = 0
    /// In the order in which they came; each is handed a session that was given back.
    var waiting: [CheckedContinuation<PostgresSession, any Error>] = []
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
    let waiting = state.withLock { state in
      state.isClosed = true
      state.resting = []
      defer { state.waiting = [] }
      return state.waiting
    }
    for each in waiting { each.resume(throwing: DatabaseFailure.closed) }
  }

  private func take() async throws -> PostgresSession {
    try await withCheckedThrowingContinuation { turn in
      let session: Swift.Result<PostgresSession, any Error>? = state.withLock { state in
        guard !state.isClosed else { return .failure(DatabaseFailure.closed) }
        guard state.lent < most else {
          state.waiting.append(turn)
          return nil
        }
        state.lent += 1
        return .success(state.resting.popLast() ?? PostgresSession(settings))
      }
      if let session { turn.resume(with: session) }
    }
  }

  /// - Parameter session: `nil` if it can be used no more.
  private func giveBack(_ session: PostgresSession?) {
    let next = state.withLock { state in
      // Whoever waits takes it over: freed, it would be gone again before they wake up.
      guard state.waiting.isEmpty else { return state.waiting.removeFirst() as CheckedContinuation? }
      state.lent -= 1
      if let session, !state.isClosed { state.resting.append(session) }
      return nil
    }
    next?.resume(returning: session ?? PostgresSession(settings))
  }
}
