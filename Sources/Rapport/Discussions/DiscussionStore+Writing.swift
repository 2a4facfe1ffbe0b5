import Database
import Partnering

/// When a talk is, and what it says.
extension DiscussionStore {
  /// Sets the talk's date, or moves it: everybody on the roll is told with the next message.
  func set(_ talk: TalkPlan, of scope: RoundScope, at now: Instant) async throws {
    try await database.write { connection in
      let before = try Self.discussion(of: scope.round, in: scope.space, connection)
      guard before?.heldAt == nil else { throw Refusal.because("talk.held-already") }
      // Sent twice over a bad connection, it is told once.
      guard before.map({ ($0.startsAt, $0.minutes, $0.place) == (talk.startsAt, talk.minutes, talk.place) }) != true
      else { return }
      try connection.execute(
        """
        INSERT INTO discussion (space_id, round_id, starts_at, minutes, place, sequence, set_by, set_at)
        VALUES ($1, $2, $3, $4, $5, 0, $6, $7)
        ON CONFLICT (space_id, round_id) DO UPDATE SET starts_at = excluded.starts_at, minutes = excluded.minutes,
          place = excluded.place, sequence = discussion.sequence + 1, set_by = excluded.set_by, set_at = excluded.set_at
        """,
        [
          .id(scope.space), .id(scope.round), .instant(talk.startsAt), Value(talk.minutes), .text(talk.place),
          .id(scope.person.id), .instant(now),
        ])
      let told = Set(try RoundStore.rollIDs(of: scope.round, in: scope.space, connection))
        .union(try RoundStore.memberIDs(of: scope.partnership.partnership, in: scope.space, connection))
      try PeopleStore.queue(
        .talk, for: told.sorted(), in: scope.space, partnership: scope.partnership.partnership, round: scope.round,
        at: now,
        connection)
      try Happening(
        kind: before == nil ? "talk.event-set" : "talk.event-moved", person: scope.person.id, round: scope.round
      )
      .keep(in: scope.partnership.partnership, of: scope.space, at: now, connection)
    }
  }

  /// Says that the talk was held; the first who says so counts.
  /// - Parameter isHeld: false takes it back.
  func hold(_ isHeld: Bool, _ scope: RoundScope, at now: Instant) async throws {
    try await database.write { connection in
      guard let talk = try Self.discussion(of: scope.round, in: scope.space, connection) else {
        throw Refusal.because("talk.no-date")
      }
      guard !isHeld || talk.startsAt <= now else { throw Refusal.because("talk.to-come") }
      guard isHeld != (talk.heldAt != nil) else { return }
      try connection.execute(
        "UPDATE discussion SET held_at = $3 WHERE space_id = $1 AND round_id = $2",
        [.id(scope.space), .id(scope.round), isHeld ? .instant(now) : .null])
      guard isHeld else { return }
      try Happening(kind: "talk.event-held", person: scope.person.id, round: scope.round)
        .keep(in: scope.partnership.partnership, of: scope.space, at: now, connection)
    }
  }

  /// The one box of a member; an empty text takes it away.
  func say(_ text: String?, in scope: RoundScope, at now: Instant) async throws {
    try await database.write { connection in
      guard let text else {
        _ = try connection.execute(
          "DELETE FROM topic WHERE space_id = $1 AND round_id = $2 AND person_id = $3",
          [.id(scope.space), .id(scope.round), .id(scope.person.id)])
        return
      }
      try connection.execute(
        """
        INSERT INTO topic (space_id, round_id, person_id, text, written_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (space_id, round_id, person_id) DO UPDATE SET text = excluded.text
        """, [.id(scope.space), .id(scope.round), .id(scope.person.id), .text(text), .instant(now)])
    }
  }

  /// Adds a note under the id that its form carries, so that a form sent twice notes once.
  func note(
    _ text: String, _ kind: ConclusionRecord.Kind, on item: Int, helping weak: Int?, as id: ID<Conclusion>,
    in scope: RoundScope, at now: Instant
  ) async throws {
    try await database.write { connection in
      try connection.execute(
        """
        INSERT INTO conclusion (space_id, id, round_id, item, kind, text, helps_item, version, written_by, written_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9)
        ON CONFLICT (space_id, id) DO NOTHING
        """,
        [
          .id(scope.space), .id(id), .id(scope.round), Value(item), .text(kind.rawValue), .text(text), Value(weak),
          .id(scope.person.id), .instant(now),
        ])
      try StandingStore.mark(scope.partnership.partnership, in: scope.space, connection)
    }
  }

  /// Changes a note, if it still is the version that was read.
  /// - Returns: the note as somebody else has left it meanwhile; `nil` if the change is kept.
  func change(
    _ id: ID<Conclusion>, to text: String, version: Int, in scope: RoundScope, at now: Instant
  ) async throws -> ConclusionRecord? {
    try await database.write { connection in
      let all = try Self.conclusions(of: scope.round, in: scope.space, connection)
      guard let standing = all.first(where: { $0.id == id }) else { throw Refusal.notFound }
      guard standing.text != text else { return nil }
      guard standing.version == version else { return standing }
      try connection.execute(
        """
        UPDATE conclusion SET text = $3, version = version + 1, written_by = $4, written_at = $5
        WHERE space_id = $1 AND id = $2
        """, [.id(scope.space), .id(id), .text(text), .id(scope.person.id), .instant(now)])
      return nil
    }
  }

  /// - Throws: `Refusal.notFound` for what is not of this partnership.
  func challenge(
    _ subject: ChallengeSubject, saying text: String, as id: ID<Challenge>, in scope: PartnershipScope, at now: Instant
  ) async throws {
    try await database.write { connection in
      let values: [Value] = [.id(scope.space), .id(scope.partnership)]
      let (conclusion, action): (ID<Conclusion>?, ID<Action>?)
      switch subject {
      case .conclusion(let id):
        (conclusion, action) = (id, nil)
        let found = try connection.first(
          """
          SELECT conclusion.id AS id FROM conclusion
          JOIN round ON round.space_id = conclusion.space_id AND round.id = round_id
          WHERE conclusion.space_id = $1 AND partnership_id = $2 AND conclusion.id = $3
          """, values + [.id(id)])
        guard found != nil else { throw Refusal.notFound }
      case .action(let id):
        (conclusion, action) = (nil, id)
        _ = try ActionStore.action(id, in: scope, connection)
      }
      let added = try connection.execute(
        """
        INSERT INTO challenge (space_id, id, partnership_id, conclusion_id, action_id, person_id, text, written_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (space_id, id) DO NOTHING
        """,
        [
          .id(scope.space), .id(id), .id(scope.partnership), .id(conclusion), .id(action), .id(scope.person.id),
          .text(text),
          .instant(now),
        ])
      guard added == 1 else { return }
      try Happening(kind: "talk.event-challenged", person: scope.person.id, note: text)
        .keep(in: scope.partnership, of: scope.space, at: now, connection)
    }
  }

  func answer(
    _ challenge: ID<Challenge>, saying text: String, as id: ID<ChallengeAnswer>, in scope: PartnershipScope,
    at now: Instant
  ) async throws {
    try await database.write { connection in
      let found = try connection.first(
        "SELECT id FROM challenge WHERE space_id = $1 AND partnership_id = $2 AND id = $3",
        [.id(scope.space), .id(scope.partnership), .id(challenge)])
      guard found != nil else { throw Refusal.notFound }
      try connection.execute(
        """
        INSERT INTO challenge_answer (space_id, id, challenge_id, person_id, text, written_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (space_id, id) DO NOTHING
        """, [.id(scope.space), .id(id), .id(challenge), .id(scope.person.id), .text(text), .instant(now)])
    }
  }
}

/// When and where a talk is.
struct TalkPlan: Sendable {
  let startsAt: Instant
  let minutes: Int
  let place: String
}

/// What somebody thinks is wrong.
enum ChallengeSubject: Sendable {
  case conclusion(ID<Conclusion>)
  case action(ID<Action>)

  /// As its form carries it.
  var kind: String {
    switch self {
    case .conclusion: "conclusion"
    case .action: "action"
    }
  }

  var id: String {
    switch self {
    case .conclusion(let id): id.text
    case .action(let id): id.text
    }
  }

  /// The field in which a doubt about it is typed.
  var field: String { "challenge-\(id)" }
}

extension ID where Thing == Challenge {
  /// The field in which an answer to it is typed.
  var answerField: String { "answer-\(text)" }
}
