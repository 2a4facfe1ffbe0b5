import Database
import Partnering

/// Something in a partnership that waits for one person.
struct Waiting: Sendable {
  /// In the order in which they are shown: what is anonymous and short first.
  enum What: Sendable {
    case answer(ID<Round>, closesAt: Instant)
    /// A party's slips, to be printed and handed out by one of its leads.
    case handOut(ID<Round>, party: ID<Party>, name: String, slips: Int)
    case join(ID<Party>, name: String, isTeam: Bool)
    case agree(ID<Proposal>)
    case restart(ID<Round>)
    case confirm(ID<Round>)
    case read(ID<Round>, closedAt: Instant)
    case act(ID<Action>, what: String, due: CalendarDay)
    case prepare(due: CalendarDay)

    /// The round that it is about.
    var round: ID<Round>? {
      switch self {
      case .answer(let round, _), .handOut(let round, _, _, _), .restart(let round), .confirm(let round), .read(let round, _):
        round
      case .join, .agree, .act, .prepare: nil
      }
    }
  }

  let what: What
  let partnership: ID<Partnership>
  let partnershipName: String
}

extension Waiting {
  func isAboutSlips(of round: ID<Round>) -> Bool { if case .handOut(round, _, _, _) = what { true } else { false } }
}

enum Proposal {}

extension House {
  /// What waits for a person, most urgent first; in one partnership, or in all.
  func waiting(
    for person: SignedInPerson, in only: ID<Partnership>? = nil, at now: Instant
  ) async throws -> [Waiting] {
    var waiting = try await WaitingStore(database: database).waiting(for: person, in: only, at: now)
    for (place, each) in waiting.enumerated().reversed() {
      guard case .handOut(let round, let party, let name, _) = each.what else { continue }
      if try await !awaitsSlips(of: party, named: name, in: round) { waiting.remove(at: place) }
    }
    return waiting
  }
}

/// What waits for a person, over all partnerships.
struct WaitingStore: Sendable {
  let database: any Database
  /// How long a new report is pointed out to somebody who has not looked at it.
  static let newsLasts = Span.days(28)
  /// How long before it is due a round is worth preparing.
  static let ahead = 14

  /// What waits, most urgent first; in one partnership, or in all. Whether slips are handed out is told by the sealed round
  /// alone, so those of every open round are among it.
  func waiting(
    for person: SignedInPerson, in only: ID<Partnership>? = nil, at now: Instant
  ) async throws -> [Waiting] {
    let all = try await database.read { connection in
      let values: [Value] = [.id(person.space), .id(person.id)]
      return try Self.answers(values, connection) + Self.slips(values, connection) + Self.joinings(values, connection)
        + Self.agreements(values, connection) + Self.leading(values, in: person.space, connection)
        + Self.actions(values, at: now, connection) + Self.reports(values, since: now - Self.newsLasts, connection)
        + Self.dues(values, at: now, connection)
    }
    return all.filter { only == nil || $0.partnership == only }
  }

  private static func answers(_ values: [Value], _ connection: any Connection) throws -> [Waiting] {
    try connection.query(
      """
      SELECT partnership.id AS partnership_id, partnership.name AS name, round.id AS round_id, closes_at
      FROM roll_entry
      JOIN round ON round.space_id = roll_entry.space_id AND round.id = roll_entry.round_id
      JOIN partnership ON partnership.space_id = round.space_id AND partnership.id = round.partnership_id
      WHERE roll_entry.space_id = $1 AND person_id = $2 AND paper = 0 AND state = 'open'
      ORDER BY closes_at, round.id
      """, values
    ).map { row in try row.waiting(.answer(try row.id("round_id"), closesAt: try row.instant("closes_at"))) }
  }

  private static func slips(_ values: [Value], _ connection: any Connection) throws -> [Waiting] {
    try connection.query(
      """
      SELECT partnership.id AS partnership_id, partnership.name AS name, round.id AS round_id, party.id AS party_id,
        party.name AS party_name, (
          SELECT count(*) FROM roll_entry
          WHERE roll_entry.space_id = round.space_id AND roll_entry.round_id = round.id
            AND roll_entry.party_id = party.id AND paper = 1) AS slips
      FROM member
      JOIN party ON party.space_id = member.space_id AND party.id = member.party_id
      JOIN partnership ON partnership.space_id = member.space_id AND partnership.id = member.partnership_id
      JOIN round ON round.space_id = member.space_id AND round.partnership_id = member.partnership_id
      WHERE member.space_id = $1 AND member.person_id = $2 AND left_at IS NULL AND role = 'lead' AND ended_at IS NULL
        AND round.state = 'open'
      ORDER BY closes_at, party.place
      """, values
    ).compactMap { row in
      let slips = try row.int("slips")
      guard slips > 0 else { return nil }
      return try row.waiting(
        .handOut(try row.id("round_id"), party: try row.id("party_id"), name: try row.text("party_name"), slips: slips))
    }
  }

  private static func joinings(_ values: [Value], _ connection: any Connection) throws -> [Waiting] {
    try connection.query(
      """
      SELECT partnership.id AS partnership_id, partnership.name AS name, party.id AS party_id,
        party.name AS party_name, team
      FROM member
      JOIN partnership ON partnership.space_id = member.space_id AND partnership.id = member.partnership_id
      JOIN party ON party.space_id = member.space_id AND party.id = member.party_id
      WHERE member.space_id = $1 AND person_id = $2 AND left_at IS NULL AND ended_at IS NULL
        AND ((team = 0 AND role = 'lead' AND party.joined_at IS NULL)
          OR (team = 1 AND role <> 'observer' AND accepted_at IS NULL))
      ORDER BY partnership.created_at, party.place
      """, values
    ).map { row in
      try row.waiting(
        .join(try row.id("party_id"), name: try row.text("party_name"), isTeam: try row.flag("team")))
    }
  }

  private static func agreements(_ values: [Value], _ connection: any Connection) throws -> [Waiting] {
    try connection.query(
      """
      SELECT DISTINCT partnership.id AS partnership_id, partnership.name AS name, proposal.id AS proposal_id
      FROM member
      JOIN partnership ON partnership.space_id = member.space_id AND partnership.id = member.partnership_id
      JOIN proposal ON proposal.space_id = member.space_id AND proposal.partnership_id = member.partnership_id
      WHERE member.space_id = $1 AND member.person_id = $2 AND left_at IS NULL AND role = 'lead'
        AND ended_at IS NULL AND outcome IS NULL
        AND NOT EXISTS (
          SELECT 1 FROM proposal_consent
          WHERE proposal_consent.space_id = member.space_id AND proposal_id = proposal.id
            AND proposal_consent.party_id = member.party_id
            AND (team = 0 OR proposal_consent.person_id = member.person_id))
      """, values
    ).map { row in try row.waiting(.agree(try row.id("proposal_id"))) }
  }

  /// The seats first: a space has many more rounds than a person has seats.
  private static func leading(
    _ values: [Value], in space: ID<Space>, _ connection: any Connection
  ) throws -> [Waiting] {
    try connection.query(
      """
      SELECT partnership.id AS partnership_id, partnership.name AS name, round.id AS round_id, state,
        round_consent.terms AS terms
      FROM member
      CROSS JOIN round
      JOIN partnership ON partnership.space_id = member.space_id AND partnership.id = member.partnership_id
      LEFT JOIN round_consent ON round_consent.space_id = member.space_id AND round_consent.round_id = round.id
        AND round_consent.party_id = member.party_id AND round_consent.kind = 'opening'
      WHERE member.space_id = $1 AND member.person_id = $2 AND left_at IS NULL AND role = 'lead'
        AND round.space_id = member.space_id AND round.partnership_id = member.partnership_id
        AND ended_at IS NULL AND state IN ('interrupted', 'draft')
      ORDER BY round.id
      """, values
    ).reduce(into: []) { found, row in
      let round: ID<Round> = try row.id("round_id")
      let what: Waiting.What = try row.text("state") == "draft" ? .confirm(round) : .restart(round)
      // Who leads two parties has two rows, and one thing to do.
      guard !found.contains(where: { $0.what.round == round }) else { return }
      if case .confirm = what {
        let terms = try RoundStore.terms(of: round, in: space, connection)
        guard try row.textIfAny("terms") != terms.text else { return }
      }
      found.append(try row.waiting(what))
    }
  }

  /// The overdue actions that the person owns.
  private static func actions(_ values: [Value], at now: Instant, _ connection: any Connection) throws -> [Waiting] {
    try connection.query(
      """
      SELECT DISTINCT partnership.id AS partnership_id, partnership.name AS name, action.id AS action_id, what, due
      FROM action_owner
      JOIN action ON action.space_id = action_owner.space_id AND action.id = action_owner.action_id
      JOIN partnership ON partnership.space_id = action.space_id AND partnership.id = action.partnership_id
      JOIN member ON member.space_id = action.space_id AND member.partnership_id = partnership.id
        AND member.person_id = action_owner.person_id AND left_at IS NULL
      WHERE action_owner.space_id = $1 AND action_owner.person_id = $2 AND ended_at IS NULL
        AND state IN ('open', 'doing') AND due < $3
      ORDER BY due, action.id
      """, values + [.text(now.day.description)]
    ).compactMap { row in
      guard let due = CalendarDay(try row.text("due")) else { return nil }
      return try row.waiting(.act(try row.id("action_id"), what: try row.text("what"), due: due))
    }
  }

  private static func reports(
    _ values: [Value], since: Instant, _ connection: any Connection
  ) throws -> [Waiting] {
    try connection.query(
      """
      SELECT DISTINCT partnership.id AS partnership_id, partnership.name AS name, round.id AS round_id, closed_at
      FROM member
      JOIN partnership ON partnership.space_id = member.space_id AND partnership.id = member.partnership_id
      JOIN round ON round.space_id = member.space_id AND round.partnership_id = member.partnership_id
      WHERE member.space_id = $1 AND person_id = $2 AND left_at IS NULL AND state = 'closed' AND closed_at >= $3
        AND NOT EXISTS (
          SELECT 1 FROM report_seen
          WHERE report_seen.space_id = member.space_id AND report_seen.round_id = round.id
            AND report_seen.person_id = member.person_id)
      ORDER BY closed_at DESC
      """, values + [.instant(since)]
    ).map { row in try row.waiting(.read(try row.id("round_id"), closedAt: try row.instant("closed_at"))) }
  }

  private static func dues(_ values: [Value], at now: Instant, _ connection: any Connection) throws -> [Waiting] {
    try connection.query(
      """
      SELECT partnership.id AS partnership_id, partnership.name AS name, cadence_months, active_at,
        (SELECT max(closed_at) FROM round
         WHERE round.space_id = partnership.space_id AND round.partnership_id = partnership.id
           AND state = 'closed') AS last_close
      FROM partnership
      WHERE space_id = $1 AND active_at IS NOT NULL AND ended_at IS NULL
        AND id IN (
          SELECT partnership_id FROM member
          WHERE space_id = $1 AND person_id = $2 AND role = 'lead' AND left_at IS NULL)
        AND NOT EXISTS (
          SELECT 1 FROM round
          WHERE round.space_id = partnership.space_id AND round.partnership_id = partnership.id
            AND state IN ('draft', 'opening', 'open', 'interrupted'))
      """, values
    ).compactMap { row in
      let cadence = Cadence(months: try row.int("cadence_months")) ?? .usual
      let due = cadence.nextDue(
        afterClose: try row.instantIfAny("last_close")?.day, activeSince: try row.instant("active_at").day)
      return due.adding(days: -ahead) <= now.day ? try row.waiting(.prepare(due: due)) : nil
    }
  }
}

extension Row {
  fileprivate func waiting(_ what: Waiting.What) throws -> Waiting {
    Waiting(what: what, partnership: try id("partnership_id"), partnershipName: try text("name"))
  }
}
