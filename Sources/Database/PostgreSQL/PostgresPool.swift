import Synchronization

/// The connections to one PostgreSQL, lent to one transaction at a time.
final class PostgresPool: Sendable {
  private struct State {
    var resting: [PostgresSession] = []
    var lent: [PostgresTransaction: Int] = [:]
    /// Of those that are lent to writes: in which PostgreSQL has not confirmed a commit for long.
    var unconfirmed = 0
    /// In the order in which they came; each is handed a session that was given back.
    var waiting: [Waiting] = []
    var isClosed = false

    var lentInAll: Int { lent.values.reduce(0, +) }
  }

  private struct Waiting {
    let kind: PostgresTransaction
    let turn: CheckedContinuation<PostgresSession, any Error>
  }

  private let settings: PostgresSettings
  private let patience: Duration
  private let most: Int
  /// Fewer, so that pages can be read while PostgreSQL waits for its standby with every commit.
  private let mostForWrites: Int
  private let state = Mutex(State())

  init(settings: PostgresSettings, most: Int, patience: Duration) {
    (self.settings, self.patience, self.most, mostForWrites) = (settings, patience, most, most - most / 4)
  }

  /// Runs `body` with a session of its own; waits while all are lent.
  /// - Throws: `DatabaseFailure.closed`, `PostgresInterruption.unconfirmed` if every session for writes waits for a standby, or
  ///   what `body` throws.
  func lend<Result: Sendable>(
    _ kind: PostgresTransaction, _ body: @Sendable (PostgresSession) async throws -> Result
  ) async throws -> Result {
    let session = try await take(kind)
    do {
      let result = try await body(session)
      giveBack(await session.isUsable ? session : nil, from: kind)
      return result
    } catch PostgresInterruption.unconfirmed {
      noteUnconfirmed()
      // It cannot be used for anything else before PostgreSQL has said what became of the commit.
      Task {
        await session.settle()
        state.withLock { $0.unconfirmed -= 1 }
        giveBack(await session.isUsable ? session : nil, from: kind)
      }
      throw PostgresInterruption.unconfirmed
    } catch {
      giveBack(await session.isUsable ? session : nil, from: kind)
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
    for each in waiting { each.turn.resume(throwing: DatabaseFailure.closed) }
  }

  private func take(_ kind: PostgresTransaction) async throws -> PostgresSession {
    try await withCheckedThrowingContinuation { turn in
      let session: Swift.Result<PostgresSession, any Error>? = state.withLock { state in
        guard !state.isClosed else { return .failure(DatabaseFailure.closed) }
        if kind == .serializable, state.unconfirmed >= mostForWrites { return .failure(PostgresInterruption.unconfirmed) }
        guard state.lentInAll < most, mayLend(kind, state) else {
          state.waiting.append(Waiting(kind: kind, turn: turn))
          return nil
        }
        state.lent[kind, default: 0] += 1
        return .success(state.resting.popLast() ?? PostgresSession(settings, patience: patience))
      }
      if let session { turn.resume(with: session) }
    }
  }

  private func mayLend(_ kind: PostgresTransaction, _ state: State) -> Bool {
    kind == .snapshot || state.lent[kind, default: 0] < mostForWrites
  }

  /// - Parameter session: `nil` if it can be used no more.
  private func giveBack(_ session: PostgresSession?, from kind: PostgresTransaction) {
    let next: Waiting? = state.withLock { state in
      state.lent[kind, default: 0] -= 1
      // Whoever waits takes it over: freed, it would be gone again before they wake up.
      if let place = state.waiting.firstIndex(where: { mayLend($0.kind, state) }) {
        let next = state.waiting.remove(at: place)
        state.lent[next.kind, default: 0] += 1
        return next
      }
      if let session, !state.isClosed { state.resting.append(session) }
      return nil
    }
    next?.turn.resume(returning: session ?? PostgresSession(settings, patience: patience))
  }

  /// Nobody waits for a session that will not come.
  private func noteUnconfirmed() {
    let refused: [Waiting] = state.withLock { state in
      state.unconfirmed += 1
      guard state.unconfirmed >= mostForWrites else { return [] }
      let refused = state.waiting.filter { $0.kind == .serializable }
      state.waiting.removeAll { $0.kind == .serializable }
      return refused
    }
    for each in refused { each.turn.resume(throwing: PostgresInterruption.unconfirmed) }
  }
}
