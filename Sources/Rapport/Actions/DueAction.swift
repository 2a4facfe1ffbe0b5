import Database
import Partnering

/// An open action that comes due in the next days, or is overdue, as its owner is told of it.
struct DueAction: Sendable {
  let what, partnership: String
  let due: CalendarDay

  /// How many days ahead an owner is told.
  private static let ahead = 3

  /// Before this hour, UTC, nobody is told what comes with a new day.
  private static let morning = Span.hours(5)

  static func today(at now: Instant) -> CalendarDay { (now - morning).day }

  /// The last day that counts as coming due.
  static func last(at now: Instant) -> CalendarDay { today(at: now).adding(days: ahead) }

  /// The open actions of partnerships that go on, with each owner who is still there.
  static let sql = """
    SELECT DISTINCT owner.space_id, owner.person_id, action.id AS action_id, action.what, action.due, partnership.name
    FROM action_owner AS owner
    JOIN action ON action.space_id = owner.space_id AND action.id = owner.action_id
    JOIN partnership ON partnership.space_id = action.space_id AND partnership.id = action.partnership_id
    JOIN member ON member.space_id = action.space_id AND member.partnership_id = partnership.id
      AND member.person_id = owner.person_id AND member.left_at IS NULL
    WHERE action.state IN ('open', 'doing') AND partnership.ended_at IS NULL
    """

  /// What one person has taken on and is due, the oldest first.
  static func ofOwner(
    _ person: ID<Person>, in space: ID<Space>, at now: Instant, _ connection: any Connection
  ) throws -> [DueAction] {
    try connection.query(
      sql + " AND owner.space_id = $1 AND owner.person_id = $2 AND action.due <= $3 ORDER BY action.due, action.id",
      [.id(space), .id(person), .text(last(at: now).description)]
    ).compactMap { row in
      guard let due = CalendarDay(try row.text("due")) else { return nil }
      return DueAction(what: try row.text("what"), partnership: try row.text("name"), due: due)
    }
  }
}

extension House {
  /// Queues a message to every owner of an action that has come due, or become overdue, since owners were last told.
  /// Nothing of a demonstration.
  func tellOfDueActions() async throws {
    let now = clock.now
    let (today, last): (Value, Value) = (
      .text(DueAction.today(at: now).description), .text(DueAction.last(at: now).description)
    )
    try await database.write { connection in
      let told = try connection.query(
        """
        INSERT INTO action_notice (space_id, action_id, person_id, due, stage)
        SELECT space_id, action_id, person_id, due, CASE WHEN due < $1 THEN 'overdue' ELSE 'soon' END
        FROM (\(DueAction.sql) AND action.due <= $2) AS found
        WHERE space_id IN (SELECT id FROM space WHERE demonstration = 0)
        ON CONFLICT (space_id, action_id, person_id, due, stage) DO NOTHING
        RETURNING space_id, person_id
        """, [today, last])
      let owners = Dictionary(
        grouping: Set(try told.map { Owner(space: try $0.id("space_id"), person: try $0.id("person_id")) }), by: \.space)
      for (space, owners) in owners {
        try PeopleStore.queue(.actionsDue, for: owners.map(\.person).sorted(), in: space, at: now, connection)
      }
    }
  }
}

private struct Owner: Hashable {
  let space: ID<Space>
  let person: ID<Person>
}
