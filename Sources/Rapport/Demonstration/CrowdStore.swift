import Ballots
import Database
import Partnering

/// The rows of a crowd, many in one transaction: through the pages they would take hours.
struct CrowdStore: Sendable {
  let database: any Database
  let now: Instant

  /// A partnership of two parties, one of each organisation.
  struct Pair: Sendable {
    let partnership: ID<Partnership>
    let parties: [ID<Party>]
  }

  static func space(_ id: ID<Space>, _ organisations: [ID<Organisation>], at now: Instant, _ connection: any Connection)
    throws
  {
    try connection.execute(
      "INSERT INTO space (id, name, time_zone, demonstration, created_at) VALUES ($1, 'Crowd', 'GMT', 1, $2)",
      [.id(id), .instant(now)])
    for (place, organisation) in organisations.enumerated() {
      try connection.execute(
        "INSERT INTO organisation (space_id, id, name, created_at) VALUES ($1, $2, $3, $4)",
        [.id(id), .id(organisation), .text("Crowd \(place + 1)"), .instant(now + .minutes(Int64(place)))])
    }
  }

  static func person(
    _ id: ID<Person>, of organisation: ID<Organisation>, in space: ID<Space>, isHead: Bool, at now: Instant,
    _ connection: any Connection
  ) throws {
    try connection.execute(
      """
      INSERT INTO person (space_id, id, organisation_id, name, email, manager, head, created_at)
      VALUES ($1, $2, $3, $4, $5, $6, $6, $7)
      """,
      [
        .id(space), .id(id), .id(organisation), .text("Person \(id.text.suffix(8))"), .text("\(id)@crowd.example"),
        Value(isHead), .instant(now),
      ])
  }

  static func pair(
    _ name: String, _ kind: PartnershipKind, of organisations: [ID<Organisation>], in space: ID<Space>, at now: Instant,
    _ connection: any Connection
  ) throws -> Pair {
    let partnership: ID<Partnership> = Randomness.id(at: now)
    try connection.execute(
      """
      INSERT INTO partnership (space_id, id, name, kind, purpose, team, cadence_months, created_at, active_at)
      VALUES ($1, $2, $3, $4, 'To be many', 0, 6, $5, $5)
      """, [.id(space), .id(partnership), .text(name), .text(kind.rawValue), .instant(now)])
    let parties = try organisations.enumerated().map { place, organisation in
      let party: ID<Party> = Randomness.id(at: now)
      try connection.execute(
        """
        INSERT INTO party (space_id, id, partnership_id, organisation_id, name, place, joined_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        [
          .id(space), .id(party), .id(partnership), .id(organisation), .text("Side \(place + 1)"), Value(place),
          .instant(now),
        ])
      return party
    }
    return Pair(partnership: partnership, parties: parties)
  }

  static func member(
    _ person: ID<Person>, of party: ID<Party>, _ pair: Pair, in space: ID<Space>, at now: Instant,
    _ connection: any Connection
  ) throws {
    try connection.execute(
      """
      INSERT INTO member (space_id, id, partnership_id, party_id, person_id, role, joined_at)
      VALUES ($1, $2, $3, $4, $5, 'contributor', $6)
      """,
      [
        .id(space), .id(Randomness.id(at: now) as ID<Member>), .id(pair.partnership), .id(party), .id(person),
        .instant(now),
      ])
  }

  /// A round that every party has confirmed, about to open.
  static func round(
    of pair: Pair, _ instrument: Instrument, by person: ID<Person>, in space: ID<Space>, at now: Instant,
    _ connection: any Connection
  ) throws -> RoundRecord {
    let id: ID<Round> = Randomness.id(at: now)
    try connection.execute(
      """
      INSERT INTO round (space_id, id, partnership_id, number, state, instrument_id, instrument_version, minimum_group,
        comment_threshold, closes_at, latest_close_at, drafted_by, drafted_at, attempt)
      VALUES ($1, $2, $3, 1, 'opening', $4, $5, 5, 10, $6, $6, $7, $8, 1)
      """,
      [
        .id(space), .id(id), .id(pair.partnership), .text(instrument.id), .text(instrument.version),
        .instant(now + .days(30)), .id(person), .instant(now),
      ])
    return try RoundStore.round(id, in: space, connection)
  }

  static func rollEntry(
    _ person: ID<Person>, of party: ID<Party>, _ round: RoundRecord, onPaper: Bool, _ connection: any Connection
  ) throws {
    try connection.execute(
      "INSERT INTO roll_entry (space_id, round_id, person_id, party_id, paper) VALUES ($1, $2, $3, $4, $5)",
      [.id(round.space), .id(round.id), .id(person), .id(party), Value(onPaper)])
  }

  /// A round of the past with its figures.
  static func closedRound(
    number: Int, of pair: Pair, _ figures: KeptFigures, by person: ID<Person>, in space: ID<Space>, closed: Instant,
    _ connection: any Connection
  ) throws {
    let id: ID<Round> = Randomness.id(at: closed)
    try connection.execute(
      """
      INSERT INTO round (space_id, id, partnership_id, number, state, instrument_id, instrument_version, minimum_group,
        comment_threshold, closes_at, latest_close_at, drafted_by, drafted_at, attempt, opened_at, closed_at, report,
        health_thousandths, trust_thousandths, to_discuss)
      VALUES ($1, $2, $3, $4, 'closed', $5, $6, 5, 10, $7, $7, $8, $9, 1, $9, $7, $10, $11, $12, $13)
      """,
      [
        .id(space), .id(id), .id(pair.partnership), Value(number), .text(figures.report.instrument),
        .text(figures.report.instrumentVersion), .instant(closed), .id(person), .instant(closed - .days(14)),
        .text(figures.text), Value(figures.report.health?.thousandths), Value(figures.report.trust?.thousandths),
        Value(figures.report.forDiscussion.count),
      ])
    for item in figures.report.forDiscussion {
      try connection.execute(
        "INSERT INTO flagged_item (space_id, round_id, item) VALUES ($1, $2, $3)", [.id(space), .id(id), Value(item)])
    }
    for part in [KeptPart.receipts, .comments] { try KeptRounds.keep(part, "[]", of: id, in: space, connection) }
    try KeptRounds.keepDigests(of: id, in: space, connection)
  }

  static func action(
    of pair: Pair, due: CalendarDay, by person: ID<Person>, in space: ID<Space>, at now: Instant,
    _ connection: any Connection
  ) throws {
    try connection.execute(
      """
      INSERT INTO action (space_id, id, partnership_id, what, due, state, version, decided_by, decided_at)
      VALUES ($1, $2, $3, 'Call each other', $4, 'open', 1, $5, $6)
      """,
      [
        .id(space), .id(Randomness.id(at: now) as ID<Action>), .id(pair.partnership), .text(due.description),
        .id(person),
        .instant(now),
      ])
  }

  /// PostgreSQL plans a statement for tables as small as it knows them, and would read them whole for each row.
  func learnSizes() async throws {
    guard database.isShared else { return }
    try await database.write { try $0.execute("ANALYZE") }
  }

  /// Moves the close of these rounds, as an extension does.
  func close(_ rounds: [RoundRecord], at instant: Instant) async throws {
    try await database.write { connection in
      for round in rounds {
        try connection.execute(
          "UPDATE round SET closes_at = $3 WHERE space_id = $1 AND id = $2",
          [.id(round.space), .id(round.id), .instant(instant)])
      }
    }
  }
}

/// A report as its row keeps it.
struct KeptFigures: Sendable {
  let report: SurveyReport
  let text: String
}
