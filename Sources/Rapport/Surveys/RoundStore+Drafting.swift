import Database
import Partnering

/// A draft: its numbers, its roll, and who has confirmed both.
extension RoundStore {
  /// Makes a draft with everybody who may answer on its roll.
  /// - Throws: `Refusal.because` if the partnership has a draft or a running round already.
  func draft(_ numbers: RoundNumbers, of instrument: Instrument, in scope: PartnershipScope, at now: Instant)
    async throws
    -> RoundRecord
  {
    let id: ID<Round> = Randomness.id(at: now)
    let times = numbers.closing.times(openingAt: now)
    return try await database.write { connection in
      let unfinished = try connection.first(
        """
        SELECT id FROM round
        WHERE space_id = $1 AND partnership_id = $2 AND state IN ('draft', 'opening', 'open', 'interrupted')
        """, [.id(scope.space), .id(scope.partnership)])
      guard unfinished == nil else { throw Refusal.because("rounds.one-already") }
      try connection.execute(
        """
        INSERT INTO round (space_id, id, partnership_id, number, state, instrument_id, instrument_version,
          minimum_group, comment_threshold, closes_at, latest_close_at, drafted_by, drafted_at, attempt,
          room_minutes)
        SELECT $1, $3, $2, coalesce(max(number), 0) + 1, 'draft', $4, $5, $6, $7, $8, $9, $10, $11, 1, $12
        FROM round WHERE space_id = $1 AND partnership_id = $2
        """,
        [
          .id(scope.space), .id(scope.partnership), .id(id), .text(instrument.id), .text(instrument.version),
          Value(numbers.thresholds.minimumGroup), Value(numbers.thresholds.comments), .instant(times.closes),
          .instant(times.latest), .id(scope.person.id), .instant(now), Value(numbers.closing.minutesInTheRoom),
        ])
      let round = try Self.round(id, in: scope.space, connection)
      for party in try Self.parties(of: round, connection) {
        try Self.put(party.people.map(\.id), onPaper: [], of: party.id, onRollOf: round, connection)
      }
      try StandingStore.mark(scope.partnership, in: scope.space, connection)
      return round
    }
  }

  /// Changes a draft's numbers.
  func change(_ numbers: RoundNumbers, of scope: RoundScope, at now: Instant) async throws {
    let times = numbers.closing.times(openingAt: now)
    try await database.write { connection in
      try Self.mustBeDraft(scope, connection)
      try connection.execute(
        """
        UPDATE round SET minimum_group = $3, comment_threshold = $4, closes_at = $5, latest_close_at = $6,
          room_minutes = $7
        WHERE space_id = $1 AND id = $2
        """,
        [
          .id(scope.space), .id(scope.round), Value(numbers.thresholds.minimumGroup),
          Value(numbers.thresholds.comments), .instant(times.closes), .instant(times.latest),
          Value(numbers.closing.minutesInTheRoom),
        ])
    }
  }

  /// Sets one party's part of a draft's roll; only people of that party who may answer are taken.
  /// - Parameter paper: those of them who answer with a slip.
  func setRoll(
    _ chosen: Set<ID<Person>>, onPaper paper: Set<ID<Person>>, of party: ID<Party>, scope: RoundScope
  ) async throws {
    try await database.write { connection in
      let round = try Self.mustBeDraft(scope, connection)
      guard let found = try Self.parties(of: round, connection).first(where: { $0.id == party }) else {
        throw Refusal.notFound
      }
      try connection.execute(
        "DELETE FROM roll_entry WHERE space_id = $1 AND round_id = $2 AND party_id = $3",
        [.id(scope.space), .id(scope.round), .id(party)])
      let people = found.people.map(\.id).filter(chosen.contains)
      try Self.put(people, onPaper: paper, of: party, onRollOf: round, connection)
    }
  }

  func discard(_ scope: RoundScope) async throws {
    try await database.write { connection in
      try Self.mustBeDraft(scope, connection)
      try StandingStore.mark(scope.partnership.partnership, in: scope.space, connection)
      for table in ["round_consent", "roll_entry"] {
        try connection.execute(
          table == "round_consent"
            ? "DELETE FROM round_consent WHERE space_id = $1 AND round_id = $2"
            : "DELETE FROM roll_entry WHERE space_id = $1 AND round_id = $2", [.id(scope.space), .id(scope.round)])
      }
      try connection.execute(
        "DELETE FROM round WHERE space_id = $1 AND id = $2", [.id(scope.space), .id(scope.round)])
    }
  }

  /// Keeps a lead's yes for one party to the terms that the lead saw.
  /// - Returns: whether every party has now said yes to the same terms.
  func confirm(_ seen: String, for party: ID<Party>, scope: RoundScope, at now: Instant) async throws -> Bool {
    try await database.write { connection in
      let round = try Self.mustBeDraft(scope, connection)
      let parties = try Self.parties(of: round, connection)
      let terms = RoundTerms(of: round, parties: parties)
      guard terms.text == seen else { throw Refusal.because("rounds.changed-meanwhile") }
      if let empty = parties.first(where: \.roll.isEmpty) {
        throw Refusal.because("rounds.nobody-of", ["party": .text(empty.name)])
      }
      try Self.consent(.opening, for: party, scope: scope, terms: terms.text, at: now, connection)
      return try Self.consents(.opening, to: round.id, in: round.space, terms: terms.text, connection)
        .isSuperset(of: parties.map(\.id))
    }
  }

  func confirmed(_ round: RoundRecord, _ terms: RoundTerms) async throws -> Set<ID<Party>> {
    try await database.read {
      try Self.consents(.opening, to: round.id, in: round.space, terms: terms.text, $0)
    }
  }

  @discardableResult
  static func mustBeDraft(_ scope: RoundScope, _ connection: any Connection) throws -> RoundRecord {
    let round = try round(scope.round, in: scope.space, connection)
    guard round.state == .draft else { throw Refusal.because("rounds.no-draft") }
    return round
  }

  private static func put(
    _ people: [ID<Person>], onPaper paper: Set<ID<Person>>, of party: ID<Party>, onRollOf round: RoundRecord,
    _ connection: any Connection
  ) throws {
    for person in people {
      // Somebody who sits for two parties answers once, for the first that names them.
      try connection.execute(
        """
        INSERT INTO roll_entry (space_id, round_id, person_id, party_id, paper) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (space_id, round_id, person_id) DO NOTHING
        """, [.id(round.space), .id(round.id), .id(person), .id(party), Value(paper.contains(person))])
    }
  }
}

/// What a lead says yes to. The raw values are those of the database.
enum ConsentKind: String, Sendable {
  case opening, withdrawal
}

extension RoundStore {
  static func consent(
    _ kind: ConsentKind, for party: ID<Party>, scope: RoundScope, terms: String, because: String? = nil,
    at now: Instant, _ connection: any Connection
  ) throws {
    try connection.execute(
      """
      INSERT INTO round_consent (space_id, round_id, party_id, kind, person_id, terms, because, consented_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
      ON CONFLICT (space_id, round_id, party_id, kind)
      DO UPDATE SET person_id = excluded.person_id, terms = excluded.terms, because = excluded.because,
        consented_at = excluded.consented_at
      """,
      [
        .id(scope.space), .id(scope.round), .id(party), .text(kind.rawValue), .id(scope.person.id), .text(terms),
        Value(because), .instant(now),
      ])
  }

  /// The parties that said yes to these very terms.
  static func consents(
    _ kind: ConsentKind, to round: ID<Round>, in space: ID<Space>, terms: String, _ connection: any Connection
  ) throws -> Set<ID<Party>> {
    Set(
      try connection.query(
        "SELECT party_id FROM round_consent WHERE space_id = $1 AND round_id = $2 AND kind = $3 AND terms = $4",
        [.id(space), .id(round), .text(kind.rawValue), .text(terms)]
      ).map { try $0.id("party_id") })
  }
}

/// The numbers of a round, checked.
struct RoundNumbers: Sendable {
  let closing: ClosingPlan
  let thresholds: DisclosureThresholds
}
