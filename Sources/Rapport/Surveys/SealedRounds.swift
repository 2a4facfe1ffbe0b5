import Ballots
import Database
import Foundation
import Partnering

/// Why an open round takes nothing just now. Nothing was changed.
enum RoundClosed: Error, Sendable {
  case unknown
  /// Not open yet.
  case notOpen
  case closed(at: Instant)
  case withdrawn
  /// Its sealing key is lost.
  case interrupted
}

/// The open set of every round. One process writes it, so it is kept in memory and sealed at each commit; what
/// arrives while a commit is on its way goes into the next one together. [architecture, Database]
actor SealedRounds {
  /// Something that changes an open round.
  enum Change: Sendable {
    case collect(person: Hash256, blinded: Data, segment: Int)
    case answer(Answer, VerifiedCredential, segment: Int)
    case slipAnswer(Answer, slip: Hash256, Serial)
    case slipSheet(SheetOfSlips)
  }

  enum Outcome: Sendable {
    case collecting(Collecting)
    case answering(Ballots.Answering)
    case slipAnswering(SlipAnswering)
    case slipSheet
  }

  private struct Waiting {
    let change: Change
    let answer: CheckedContinuation<Outcome, any Error>
  }

  private struct Desk {
    var round: OpenRound
    /// Another for each time that the round is taken up, so that no writer works for a desk that was cleared.
    let generation: Int
    var waiting: [Waiting] = []
    var isWriting = false
  }

  private let store: SealedRoundStore
  private let keys: KeyFolder
  private let clock: Clock
  private var desks: [ID<Round>: Desk] = [:]
  private var generations = 0

  init(database: any Database, keys: KeyFolder, clock: Clock) {
    store = SealedRoundStore(database: database)
    (self.keys, self.clock) = (keys, clock)
  }

  /// An open round, from memory or else from its rows and its key file.
  /// - Throws: `RoundClosed`; a round whose key is lost becomes *interrupted* by this.
  func open(_ id: ID<Round>) async throws -> OpenRound {
    if let desk = desks[id] { return desk.round }
    guard let found = try await store.found(id), let name = id.roundName else { throw RoundClosed.unknown }
    try Self.check(found.state, closesAt: found.closesAt)
    do {
      let key = try keys.key(of: name)
      guard let round = try await store.load(id, in: found.space, key: key) else { throw RoundClosed.notOpen }
      // Another request may have loaded it, and changed it, in the meantime.
      if let desk = desks[id] { return desk.round }
      generations += 1
      desks[id] = Desk(round: round, generation: generations)
      return round
    } catch let failure where Self.isLoss(failure) {
      try await interrupt(id, in: found.space)
      throw RoundClosed.interrupted
    }
  }

  /// Takes a change; when this returns, it is durable.
  /// - Throws: `RoundClosed`, `SealedRoundRefusal`, `DatabaseFailure`.
  func take(_ change: Change, in id: ID<Round>) async throws -> Outcome {
    _ = try await open(id)
    return try await withCheckedThrowingContinuation { answer in
      guard desks[id] != nil else { return answer.resume(throwing: RoundClosed.notOpen) }
      desks[id]?.waiting.append(Waiting(change: change, answer: answer))
      guard let desk = desks[id], !desk.isWriting else { return }
      desks[id]?.isWriting = true
      // Not the request's own task: it may be cancelled, and carries the changes of others.
      Task { await self.write(id, desk.generation) }
    }
  }

  /// Forgets a round that was closed, withdrawn, interrupted or opened anew.
  func forget(_ id: ID<Round>) {
    let waiting = desks.removeValue(forKey: id)?.waiting ?? []
    for each in waiting { each.answer.resume(throwing: RoundClosed.notOpen) }
  }

  /// Marks a round whose sealed values cannot be read any more.
  func interrupt(_ id: ID<Round>, in space: ID<Space>) async throws {
    forget(id)
    try await RoundStore(database: store.database).interrupt(id, in: space, at: clock.now)
  }

  static func isLoss(_ failure: any Error) -> Bool {
    switch failure {
    case KeyFolderFailure.missing, KeyFolderFailure.damaged, is SealingFailure, is CredentialFailure: true
    default: false
    }
  }

  private func write(_ id: ID<Round>, _ generation: Int) async {
    while let desk = desks[id], desk.generation == generation, !desk.waiting.isEmpty {
      desks[id]?.waiting = []
      var sealed = desk.round.sealed
      let applied = desk.waiting.map { waiting in Result { try Self.apply(waiting.change, to: &sealed) } }
      let changed = Set(applied.flatMap { (try? $0.get())?.changed ?? [] })
      do {
        try await commit(changed, of: sealed, desk.round)
        if desks[id]?.generation == generation { desks[id]?.round.sealed = sealed }
        for (waiting, result) in zip(desk.waiting, applied) { waiting.answer.resume(with: result.map { $0.outcome }) }
      } catch {
        for waiting in desk.waiting { waiting.answer.resume(throwing: error) }
      }
    }
    if desks[id]?.generation == generation { desks[id]?.isWriting = false }
  }

  private func commit(_ changed: Set<SealedPlace>, of sealed: SealedRound, _ round: OpenRound) async throws {
    // The order of the pages in the log must not tell which change came first.
    let places = changed.sorted { ($0.kind.rawValue, $0.segment, $0.bucket, $0.page) < ($1.kind.rawValue, $1.segment, $1.bucket, $1.page) }
    let attempt = round.document.attempt
    try await store.database.write { [clock] connection in
      let row = try connection.first(
        "SELECT state, closes_at, attempt FROM round WHERE space_id = $1 AND id = $2", [.id(round.space), .id(round.id)])
      guard let row, let state = RoundState(rawValue: try row.text("state")) else { throw RoundClosed.unknown }
      let closesAt = try row.instant("closes_at")
      try Self.check(state, closesAt: closesAt)
      guard try row.int("attempt") == attempt else { throw RoundClosed.notOpen }
      guard clock.now < closesAt else { throw RoundClosed.closed(at: closesAt) }
      try SealedRoundStore.write(places, of: sealed, round, connection)
    }
  }

  private static func check(_ state: RoundState, closesAt: Instant) throws {
    switch state {
    case .open: return
    case .closed: throw RoundClosed.closed(at: closesAt)
    case .withdrawn: throw RoundClosed.withdrawn
    case .interrupted: throw RoundClosed.interrupted
    case .draft, .opening: throw RoundClosed.notOpen
    }
  }

  private static func apply(
    _ change: Change, to sealed: inout SealedRound
  ) throws -> (outcome: Outcome, changed: [SealedPlace]) {
    switch change {
    case .collect(let person, let blinded, let segment):
      let collecting = try sealed.collect(person: person, blinded: blinded, segment: segment)
      if case .first(let changed) = collecting { return (.collecting(collecting), changed) }
      return (.collecting(collecting), [])
    case .answer(let answer, let credential, let segment):
      let answering = try sealed.answer(answer, by: credential, segment: segment)
      switch answering {
      case .stored(let changed), .replaced(let changed): return (.answering(answering), changed)
      case .repeated, .older: return (.answering(answering), [])
      }
    case .slipAnswer(let answer, let slip, let serial):
      let answering = try sealed.answer(answer, slip: slip, serial: serial)
      switch answering {
      case .stored(let changed), .replaced(let changed): return (.slipAnswering(answering), changed)
      case .repeated: return (.slipAnswering(answering), [])
      }
    case .slipSheet(let sheet): return (.slipSheet, try sheet.apply(to: &sealed))
    }
  }
}
