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
/// arrives while a commit is on its way, in whichever rounds, goes into the next one together. [architecture, Database]
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
  }

  /// What one round adds to a commit.
  private struct Job: Sendable {
    let id: ID<Round>
    let generation: Int
    /// As it is once this is committed.
    let round: OpenRound
    let changed: [SealedPlace]
    let waiting: [Waiting]
    let results: [Result<Outcome, any Error>]
  }

  private let store: SealedRoundStore
  private let keys: KeyFolder
  private let clock: Clock
  private var desks: [ID<Round>: Desk] = [:]
  private var generations = 0
  /// The rounds in which changes wait.
  private var waitingRounds: Set<ID<Round>> = []
  private var isWriting = false

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
      waitingRounds.insert(id)
      guard !isWriting else { return }
      isWriting = true
      // Not the request's own task: it may be cancelled, and carries the changes of others.
      Task { await self.write() }
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

  private func write() async {
    while true {
      let jobs = takeJobs()
      guard !jobs.isEmpty else { break }
      do { keep(jobs, refusals: try await commit(jobs)) } catch {
        for waiting in jobs.flatMap(\.waiting) { waiting.answer.resume(throwing: error) }
      }
    }
    isWriting = false
  }

  private func takeJobs() -> [Job] {
    // The order of the rounds in the log must not tell which change came first.
    let ids = waitingRounds.sorted()
    waitingRounds = []
    return ids.compactMap { id in
      guard let desk = desks[id], !desk.waiting.isEmpty else { return nil }
      desks[id]?.waiting = []
      var round = desk.round
      let applied = desk.waiting.map { waiting in Result { try Self.apply(waiting.change, to: &round.sealed) } }
      // Nor must the order of the pages.
      let changed = Set(applied.flatMap { (try? $0.get())?.changed ?? [] })
        .sorted {
          ($0.kind.rawValue, $0.segment, $0.bucket, $0.page) < ($1.kind.rawValue, $1.segment, $1.bucket, $1.page)
        }
      return Job(
        id: id, generation: desk.generation, round: round, changed: changed, waiting: desk.waiting,
        results: applied.map { $0.map(\.outcome) })
    }
  }

  private func keep(_ jobs: [Job], refusals: [RoundClosed?]) {
    for (job, refusal) in zip(jobs, refusals) {
      if refusal == nil, desks[job.id]?.generation == job.generation { desks[job.id]?.round.sealed = job.round.sealed }
      for (waiting, result) in zip(job.waiting, job.results) {
        if let refusal { waiting.answer.resume(throwing: refusal) } else { waiting.answer.resume(with: result) }
      }
    }
  }

  /// Seals the pages of all jobs and writes them in one transaction, which asks of each round whether it is still open.
  /// - Returns: for each job, why nothing of it was written.
  private nonisolated func commit(_ jobs: [Job]) async throws -> [RoundClosed?] {
    let pages = try jobs.map { job in
      try job.changed.map { place in (place, try job.round.sealed.sealed(at: place, under: job.round.key)) }
    }
    return try await store.database.write { [clock] connection in
      try zip(jobs, pages).map { job, pages in
        do { try Self.mustBeOpen(job.round, by: clock.now, connection) } catch let closed as RoundClosed {
          return closed
        }
        try SealedRoundStore.write(pages, of: job.round, connection)
        return nil
      }
    }
  }

  private static func mustBeOpen(_ round: OpenRound, by now: Instant, _ connection: any Connection) throws {
    let row = try connection.first(
      "SELECT state, closes_at, attempt FROM round WHERE space_id = $1 AND id = $2", [.id(round.space), .id(round.id)])
    guard let row, let state = RoundState(rawValue: try row.text("state")) else { throw RoundClosed.unknown }
    let closesAt = try row.instant("closes_at")
    try check(state, closesAt: closesAt)
    guard try row.int("attempt") == round.document.attempt else { throw RoundClosed.notOpen }
    guard now < closesAt else { throw RoundClosed.closed(at: closesAt) }
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
