import Database
import Foundation
import Partnering

/// The talk about a closed round's report.
struct DiscussionStore: Sendable {
  let database: any Database

  /// - Throws: `Refusal.because` for a round that has no report.
  func whole(_ scope: RoundScope) async throws -> WholeDiscussion {
    try await database.read { connection in
      let round = try RoundStore.round(scope.round, in: scope.space, connection)
      guard let report = try KeptRounds.report(of: scope.round, in: scope.space, connection) else {
        throw Refusal.because("report.none-yet", status: .notFound)
      }
      return WholeDiscussion(
        round: round, report: report,
        discussion: try Self.discussion(of: scope.round, in: scope.space, connection),
        topics: try Self.topics(scope, connection),
        conclusions: try Self.conclusions(of: scope.round, in: scope.space, connection),
        actions: try ActionStore.actions(in: scope.partnership, connection),
        challenges: try Self.challenges(in: scope.partnership, connection),
        reviews: try ActionStore.reviews(in: scope.partnership, connection),
        previousClose: try RoundStore.lastClosed(before: round, showingFigures: false, connection)
          .flatMap { try RoundStore.round($0, in: scope.space, connection).closedAt })
    }
  }

  static func discussion(
    of round: ID<Round>, in space: ID<Space>, _ connection: any Connection
  ) throws -> DiscussionRecord? {
    try connection.first(
      "SELECT starts_at, minutes, place, sequence, held_at FROM discussion WHERE space_id = $1 AND round_id = $2",
      [.id(space), .id(round)]
    ).map { row in
      DiscussionRecord(
        startsAt: try row.instant("starts_at"), minutes: try row.int("minutes"), place: try row.text("place"),
        sequence: try row.int("sequence"), heldAt: try row.instantIfAny("held_at"))
    }
  }

  private static func topics(_ scope: RoundScope, _ connection: any Connection) throws -> [TopicRecord] {
    try connection.query(
      """
      SELECT person_id, person.name AS name, text FROM topic
      LEFT JOIN person ON person.space_id = topic.space_id AND person.id = person_id AND erased_at IS NULL
      WHERE topic.space_id = $1 AND round_id = $2
      ORDER BY written_at, person_id
      """, [.id(scope.space), .id(scope.round)]
    ).map { TopicRecord(person: try $0.id("person_id"), name: try $0.textIfAny("name"), text: try $0.text("text")) }
  }

  /// In the order in which their forms were opened, so that a note stays where it stands when it is changed.
  static func conclusions(
    of round: ID<Round>, in space: ID<Space>, _ connection: any Connection
  ) throws -> [ConclusionRecord] {
    try connection.query(
      """
      SELECT conclusion.id AS id, item, kind, text, helps_item, version, person.name AS name, written_at FROM conclusion
      LEFT JOIN person ON person.space_id = conclusion.space_id AND person.id = written_by AND erased_at IS NULL
      WHERE conclusion.space_id = $1 AND round_id = $2
      ORDER BY conclusion.id
      """, [.id(space), .id(round)]
    ).map { row in
      guard let kind = ConclusionRecord.Kind(rawValue: try row.text("kind")) else {
        throw DatabaseFailure.column("kind")
      }
      return ConclusionRecord(
        id: try row.id("id"), item: try row.int("item"), kind: kind, text: try row.text("text"),
        helps: try row.integerIfAny("helps_item").map { Int(clamping: $0) }, version: try row.int("version"),
        writtenBy: try row.textIfAny("name"), writtenAt: try row.instant("written_at"))
    }
  }

  /// What was concluded and decided about each item of an earlier round.
  func between(_ earlier: EarlierRound?, in scope: PartnershipScope, _ visit: Visit) async throws -> [Int: Between] {
    guard let earlier else { return [:] }
    let (conclusions, actions) = try await database.read { connection in
      (
        try Self.conclusions(of: earlier.id, in: scope.space, connection),
        try ActionStore.actions(in: scope, connection).filter { $0.round == earlier.id }
      )
    }
    let items = Set(conclusions.map(\.item)).union(actions.compactMap(\.item))
    return Dictionary(
      uniqueKeysWithValues: items.map { item in
        (
          item,
          Between(
            conclusions: conclusions.filter { $0.item == item }.map { visit.words.concluded($0) },
            actions: actions.filter { $0.item == item }.map { ActionLine($0, scope, visit) })
        )
      })
  }

  /// Those of a report's items for discussion that the talk has not settled: each needs a conclusion, and an action or a
  /// reason for none.
  static func unsettled(
    _ items: [Int], of round: ID<Round>, in space: ID<Space>, _ connection: any Connection
  ) throws -> [Int] {
    let values: [Value] = [.id(space), .id(round)]
    func found(_ sql: String) throws -> Set<Int> { Set(try connection.query(sql, values).map { try $0.int("item") }) }
    let concluded = try found(
      "SELECT DISTINCT item FROM conclusion WHERE space_id = $1 AND round_id = $2 AND kind = 'conclusion'")
    let decided = try found(
      "SELECT DISTINCT item FROM action WHERE space_id = $1 AND round_id = $2 AND item IS NOT NULL")
    let refrained = try found(
      "SELECT DISTINCT item FROM conclusion WHERE space_id = $1 AND round_id = $2 AND kind = 'no-action'")
    return items.filter { !concluded.contains($0) || !(decided.contains($0) || refrained.contains($0)) }
  }

  /// The round and the item that a note is about.
  func place(of note: ID<Conclusion>, in scope: PartnershipScope) async throws -> (ID<Round>, item: Int)? {
    try await database.read { connection in
      try connection.first(
        """
        SELECT round_id, item FROM conclusion
        JOIN round ON round.space_id = conclusion.space_id AND round.id = round_id
        WHERE conclusion.space_id = $1 AND partnership_id = $2 AND conclusion.id = $3
        """, [.id(scope.space), .id(scope.partnership), .id(note)]
      ).map { (try $0.id("round_id"), try $0.int("item")) }
    }
  }

  func challenges(in scope: PartnershipScope) async throws -> [ChallengeRecord] {
    try await database.read { try Self.challenges(in: scope, $0) }
  }

  static func challenges(in scope: PartnershipScope, _ connection: any Connection) throws -> [ChallengeRecord] {
    let answers = try connection.query(
      """
      SELECT challenge_answer.id AS id, challenge_id, person.name AS name, text, written_at FROM challenge_answer
      LEFT JOIN person ON person.space_id = challenge_answer.space_id AND person.id = person_id AND erased_at IS NULL
      WHERE challenge_answer.space_id = $1
        AND challenge_id IN (SELECT id FROM challenge WHERE space_id = $1 AND partnership_id = $2)
      ORDER BY written_at, challenge_answer.id
      """, [.id(scope.space), .id(scope.partnership)]
    ).map { row in
      (
        challenge: try row.id("challenge_id") as ID<Challenge>,
        answer: ChallengeRecord.Answer(
          id: try row.id("id"), name: try row.textIfAny("name"), text: try row.text("text"),
          writtenAt: try row.instant("written_at"))
      )
    }
    return try connection.query(
      """
      SELECT challenge.id AS id, conclusion_id, action_id, person.name AS name, text, written_at FROM challenge
      LEFT JOIN person ON person.space_id = challenge.space_id AND person.id = person_id AND erased_at IS NULL
      WHERE challenge.space_id = $1 AND partnership_id = $2
      ORDER BY written_at, challenge.id
      """, [.id(scope.space), .id(scope.partnership)]
    ).map { row in
      let id: ID<Challenge> = try row.id("id")
      return ChallengeRecord(
        id: id, conclusion: try row.idIfAny("conclusion_id"), action: try row.idIfAny("action_id"),
        name: try row.textIfAny("name"), text: try row.text("text"), writtenAt: try row.instant("written_at"),
        answers: answers.filter { $0.challenge == id }.map(\.answer))
    }
  }
}
