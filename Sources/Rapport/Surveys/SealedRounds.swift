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

/// The open set of every round, sealed at each commit; what arrives while a commit is on its way goes into the next one
/// together: in memory of whichever rounds, in the database of one round, as other servers wait for its rows.
/// [architecture, Database]
actor SealedRounds {
  /// Where the open set lives between two commits.
  enum Keeping: Sendable {
    /// In memory, where one process alone writes it.
    case inMemory
    /// Sealed in the database: the commit itself opens the buckets that it changes, since another server may have changed
    /// them meanwhile.
    case inDatabase
  }

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
    let round: OpenRound
    /// What is sealed of it, where it is kept in memory.
    var sealed: SealedRound?
    /// Another for each time that the round is taken up, so that no writer works for a desk that was cleared.
    let generation: Int
    var waiting: [Waiting] = []
    /// Where it is kept in the database: each round has a writer of its own. In memory: whether a commit with changes of it is
    /// on its way.
    var isWriting = false
    /// When it closed, while it is being counted; and who waits for that commit to count it.
    var closedAt: Instant?
    var counting: [CheckedContinuation<Void, Never>] = []
  }

  /// What a round that is kept in memory adds to a commit.
  private struct Share: Sendable {
    let round: OpenRound
    let generation: Int
    /// As it is once this is committed.
    let sealed: SealedRound
    let changed: [SealedPlace]
    let waiting: [Waiting]
    let outcomes: [Result<Outcome, any Error>]
  }

  private let store: SealedRoundStore
  private let keys: KeyFolder
  private let clock: Clock
  private let keeping: Keeping
  private var desks: [ID<Round>: Desk] = [:]
  private var generations = 0
  /// The rounds in memory in which changes wait, and whether somebody writes them.
  private var waitingRounds: Set<ID<Round>> = []
  private var isWriting = false

  init(database: any Database, keys: KeyFolder, clock: Clock, keeping: Keeping) {
    store = SealedRoundStore(database: database)
    (self.keys, self.clock, self.keeping) = (keys, clock, keeping)
  }

  /// An open round, from memory or else from its rows and its key file.
  /// - Throws: `RoundClosed`; a round whose key is lost becomes *interrupted* by this.
  func open(_ id: ID<Round>) async throws -> OpenRound {
    if keeping == .inMemory, let desk = desks[id] { return desk.round }
    guard let found = try await store.found(id), let name = id.roundName else { throw RoundClosed.unknown }
    do { try Self.check(found.state, closesAt: found.closesAt) } catch let reason as RoundClosed {
      // On another server, perhaps.
      if found.state != .open { forget(id, because: reason) }
      throw reason
    }
    // Another server may have interrupted and restarted it since this one took it up.
    if let desk = desks[id], desk.round.document.attempt == found.attempt { return desk.round }
    do {
      let key = try keys.key(of: name)
      let (round, sealed): (OpenRound, SealedRound?)
      switch keeping {
      case .inMemory:
        guard let loaded = try await store.load(id, in: found.space, key: key) else { throw try await whyNotOpen(id) }
        (round, sealed) = loaded
      case .inDatabase:
        guard let opened = try await store.open(id, in: found.space, key: key) else { throw try await whyNotOpen(id) }
        (round, sealed) = (opened, nil)
      }
      // Another request may have loaded it, and changed it, in the meantime.
      if let desk = desks[id], desk.round.document.attempt == round.document.attempt { return desk.round }
      forget(id)
      generations += 1
      desks[id] = Desk(round: round, sealed: sealed, generation: generations)
      return round
    } catch let failure where Self.isLoss(failure) {
      try await interrupt(id, in: found.space)
      // Another server may have closed it meanwhile, and destroyed its key for good reason.
      throw try await whyNotOpen(id)
    }
  }

  /// What became of a round that was open a moment ago.
  private func whyNotOpen(_ id: ID<Round>) async throws -> RoundClosed {
    guard let found = try await store.found(id) else { return .unknown }
    do { try Self.check(found.state, closesAt: found.closesAt) } catch let reason as RoundClosed { return reason }
    return .notOpen
  }

  /// What is sealed of an open round, as of the last commit.
  /// - Throws: `RoundClosed`, `SealingFailure`.
  func sealed(of id: ID<Round>) async throws -> SealedRound {
    let round = try await open(id)
    if let sealed = desks[id]?.sealed { return sealed }
    return try await store.sealed(of: round)
  }

  /// Takes a change; when this returns, it is durable.
  /// - Throws: `RoundClosed`, `SealedRoundRefusal`, `DatabaseFailure`.
  func take(_ change: Change, in id: ID<Round>) async throws -> Outcome {
    _ = try await open(id)
    return try await withCheckedThrowingContinuation { answer in
      guard let generation = desks[id]?.generation else { return answer.resume(throwing: RoundClosed.notOpen) }
      if let closedAt = desks[id]?.closedAt { return answer.resume(throwing: RoundClosed.closed(at: closedAt)) }
      // In place: a desk that somebody else holds would be copied with everybody who waits at it.
      desks[id]?.waiting.append(Waiting(change: change, answer: answer))
      // Not the request's own task: it may be cancelled, and carries the changes of others.
      switch keeping {
      case .inMemory:
        waitingRounds.insert(id)
        guard !isWriting else { return }
        isWriting = true
        Task { await self.write() }
      case .inDatabase:
        guard desks[id]?.isWriting == false else { return }
        desks[id]?.isWriting = true
        Task { await self.write(id, generation) }
      }
    }
  }

  /// A round as it is counted: from now on nothing more is taken of it, until it is forgotten or let go.
  /// - Returns: `nil` where another server may hold it, too; then the transaction of the close reads it.
  /// - Throws: `RoundClosed`.
  func hold(_ id: ID<Round>, closedAt: Instant) async throws -> (round: OpenRound, sealed: SealedRound)? {
    guard keeping == .inMemory else { return nil }
    _ = try await open(id)
    desks[id]?.closedAt = closedAt
    let late = desks[id]?.waiting ?? []
    desks[id]?.waiting = []
    for each in late { each.answer.resume(throwing: RoundClosed.closed(at: closedAt)) }
    if desks[id]?.isWriting == true { await withCheckedContinuation { desks[id]?.counting.append($0) } }
    guard let desk = desks[id], let sealed = desk.sealed else { throw RoundClosed.notOpen }
    return (desk.round, sealed)
  }

  /// The close did not come about.
  func letGo(_ id: ID<Round>) { desks[id]?.closedAt = nil }

  /// Forgets a round that was closed, withdrawn, interrupted or opened anew.
  /// - Parameter reason: what is said to those whose changes wait.
  func forget(_ id: ID<Round>, because reason: RoundClosed = .notOpen) {
    let desk = desks.removeValue(forKey: id)
    for each in desk?.waiting ?? [] { each.answer.resume(throwing: reason) }
    for each in desk?.counting ?? [] { each.resume() }
  }

  /// Forgets what another server has closed, withdrawn, interrupted or restarted: its keys must not stay here.
  /// - Returns: how many rounds.
  @discardableResult
  func forgetOver() async throws -> Int {
    guard keeping == .inDatabase, !desks.isEmpty else { return 0 }
    let before = desks
    let open = try await store.openAttempts(of: before.keys.sorted())
    let over = before.filter { id, desk in
      open[id] != desk.round.document.attempt && desks[id]?.generation == desk.generation
    }
    for id in over.keys { forget(id) }
    return over.count
  }

  /// Marks a round whose sealed values cannot be read any more.
  func interrupt(_ id: ID<Round>, in space: ID<Space>) async throws {
    try await RoundStore(database: store.database).interrupt(id, in: space, at: clock.now)
    forget(id, because: try await whyNotOpen(id))
  }

  static func isLoss(_ failure: any Error) -> Bool {
    switch failure {
    case KeyFolderFailure.missing, KeyFolderFailure.damaged, is SealingFailure, is CredentialFailure: true
    default: false
    }
  }

  // MARK: In memory

  private func write() async {
    while true {
      let shares = takeShares()
      guard !shares.isEmpty else { break }
      do { keep(shares, refusals: try await commit(shares)) } catch {
        for waiting in shares.flatMap(\.waiting) { waiting.answer.resume(throwing: error) }
      }
      for share in shares { written(share) }
    }
    isWriting = false
  }

  private func written(_ share: Share) {
    let id = share.round.id
    guard desks[id]?.generation == share.generation else { return }
    desks[id]?.isWriting = false
    for each in desks[id]?.counting ?? [] { each.resume() }
    desks[id]?.counting = []
  }

  private func takeShares() -> [Share] {
    // The order of the rounds in the log must not tell which change came first.
    let ids = waitingRounds.sorted()
    waitingRounds = []
    return ids.compactMap { id in
      guard let desk = desks[id], var sealed = desk.sealed, !desk.waiting.isEmpty else { return nil }
      desks[id]?.waiting = []
      desks[id]?.isWriting = true
      let applied = Self.apply(desk.waiting.map(\.change), to: &sealed)
      return Share(
        round: desk.round, generation: desk.generation, sealed: sealed, changed: applied.changed,
        waiting: desk.waiting, outcomes: applied.outcomes)
    }
  }

  /// Seals the pages of all shares and writes them in one transaction, which asks of each round whether it is still open.
  /// - Returns: for each share, why nothing of it was written.
  private nonisolated func commit(_ shares: [Share]) async throws -> [RoundClosed?] {
    let pages = try shares.map { share in
      try share.changed.map { place in (place, try share.sealed.sealed(at: place, under: share.round.key)) }
    }
    return try await store.database.write { [clock] connection in
      try zip(shares, pages).map { share, pages in
        do { try Self.mustTakeAnswers(share.round, clock, connection) } catch let closed as RoundClosed {
          return closed
        }
        try SealedRoundStore.write(pages, of: share.round, connection)
        return nil
      }
    }
  }

  private func keep(_ shares: [Share], refusals: [RoundClosed?]) {
    for (share, refusal) in zip(shares, refusals) {
      if refusal == nil, desks[share.round.id]?.generation == share.generation {
        desks[share.round.id]?.sealed = share.sealed
      }
      for (waiting, outcome) in zip(share.waiting, share.outcomes) {
        if let refusal { waiting.answer.resume(throwing: refusal) } else { waiting.answer.resume(with: outcome) }
      }
    }
  }

  // MARK: In the database

  private func write(_ id: ID<Round>, _ generation: Int) async {
    while let desk = desks[id], desk.generation == generation, !desk.waiting.isEmpty {
      desks[id]?.waiting = []
      do {
        let outcomes = try await commit(desk.waiting.map(\.change), desk.round)
        for (waiting, outcome) in zip(desk.waiting, outcomes) { waiting.answer.resume(with: outcome) }
      } catch {
        for waiting in desk.waiting { waiting.answer.resume(throwing: error) }
      }
    }
    if desks[id]?.generation == generation { desks[id]?.isWriting = false }
  }

  /// - Returns: for each change what became of it, once all are durable.
  private nonisolated func commit(_ changes: [Change], _ round: OpenRound) async throws -> [Result<Outcome, any Error>]
  {
    try await store.database.write { [clock] connection in
      try Self.mustTakeAnswers(round, clock, connection)
      let empty = SealedRound(name: round.name, items: round.document.items, rolls: round.rolls)
      let buckets = changes.reduce(into: Set()) { $0.formUnion($1.buckets(in: empty)) }
      var sealed = try SealedRoundStore.sealed(buckets, of: round, connection)
      let applied = Self.apply(changes, to: &sealed)
      // What was not loaded looks empty: to write it would destroy what is there.
      for place in applied.changed where !buckets.contains(place.firstPage) { throw SealingFailure.missing(place) }
      let pages = try applied.changed.map { ($0, try sealed.sealed(at: $0, under: round.key)) }
      try SealedRoundStore.write(pages, of: round, connection)
      return applied.outcomes
    }
  }

  // MARK: Both

  private static func apply(
    _ changes: [Change], to sealed: inout SealedRound
  ) -> (outcomes: [Result<Outcome, any Error>], changed: [SealedPlace]) {
    let applied = changes.map { change in Result { try apply(change, to: &sealed) } }
    let changed = Set(applied.flatMap { (try? $0.get())?.changed ?? [] })
    // The order of the pages in the log must not tell which change came first.
    return (
      applied.map { $0.map(\.outcome) },
      changed.sorted {
        ($0.kind.rawValue, $0.segment, $0.bucket, $0.page) < ($1.kind.rawValue, $1.segment, $1.bucket, $1.page)
      }
    )
  }

  /// In the transaction of the change itself: after the close has committed, nothing is taken. [anonymity, Close]
  private static func mustTakeAnswers(_ round: OpenRound, _ clock: Clock, _ connection: any Connection) throws {
    let row = try connection.first(
      "SELECT space_id, state, closes_at, attempt FROM round WHERE space_id = $1 AND id = $2",
      [.id(round.space), .id(round.id)])
    guard let found = try row.map(FoundRound.init) else { throw RoundClosed.unknown }
    try check(found.state, closesAt: found.closesAt)
    guard found.attempt == round.document.attempt else { throw RoundClosed.notOpen }
    guard try clock.now(by: connection) < found.closesAt else { throw RoundClosed.closed(at: found.closesAt) }
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

extension SealedRounds.Change {
  /// The buckets that it looks at and changes.
  fileprivate func buckets(in round: SealedRound) -> Set<SealedPlace> {
    switch self {
    case .collect(let person, _, let segment): round.bucketsForCollecting(person: person, segment: segment)
    case .answer(let answer, let credential, let segment):
      round.bucketsForAnswer(answer, by: credential, segment: segment)
    case .slipAnswer(let answer, let slip, let serial): round.bucketsForAnswer(answer, slip: slip, serial: serial)
    case .slipSheet(let sheet): round.bucketsForSheet(segment: sheet.segment)
    }
  }
}
