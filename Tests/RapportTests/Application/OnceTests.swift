import Engines
import Foundation
import NIOConcurrencyHelpers
import Partnering
import ServiceLifecycle
import Testing

@testable import Database
@testable import Rapport

/// What is to be done at a time is done once, though several servers do it at the same moment. Each is led to where it has
/// seen that there is something to do, and is about to do it; then all go on.
@Suite(.enabled(if: TestEngine.chosen.isPostgres, "several servers share a PostgreSQL"), .timeLimit(.minutes(5)))
struct OnceTests {
  @Test func `a round that two servers close at once closes once, and everybody is told once`() async throws {
    let (told, round) = try await RoundStory.opened()
    for person in told.everybody { try await told.answer(round, by: person) }
    try await told.keepEveryMessage()
    told.story.wait(.days(14))
    let closed = NIOLockedValueBox(0)
    try await told.atOnce("round") { house in
      let count = try await house.closeDueRounds()
      closed.withLockedValue { $0 += count }
    }
    #expect(closed.withLockedValue { $0 } == 1)
    #expect(try await told.rows("event", "kind", "kind = 'rounds.happened-closed'").count == 1)
    #expect(try await told.everTold(.results) == told.everybody.map(\.id.text).sorted())
    #expect(try await told.rows("round_to_tell", "round_id").isEmpty)
    let report = try await told.harbour[0].visitor.get("\(told.place(of: round))/report.json")
    #expect(report.text.contains(#""answers": 10"#))
  }

  @Test func `people whom two servers are about to tell at once are told once`() async throws {
    let (told, round) = try await RoundStory.opened()
    try await told.close(round)
    try await told.story.house.database.write { connection in
      try connection.execute("DELETE FROM message WHERE kind = 'results'")
      try connection.execute(
        "INSERT INTO round_to_tell (space_id, round_id, kind, told_up_to) VALUES ($1, $2, 'results', '')",
        [.id(told.space), .id(round)])
    }
    try await told.keepEveryMessage()
    try await told.atOnce("message") { house in try await house.sweepKeys() }
    #expect(try await told.everTold(.results) == told.everybody.map(\.id.text).sorted())
    #expect(try await told.rows("round_to_tell", "round_id").isEmpty)
  }

  @Test func `an owner whom two servers are about to tell of what is due is told once`() async throws {
    let (told, round) = try await RoundStory.closed()
    let owners = [told.meadow[1], told.harbour[2]]
    for owner in owners { _ = try await told.decide("Call", about: round, owner: owner, due: 2, by: told.harbour[1]) }
    try await told.keepEveryMessage()
    try await told.atOnce("action_notice") { house in try await house.tellOfDueActions() }
    #expect(try await told.everTold(.actionsDue) == owners.map(\.id.text).sorted())
  }

  /// A count made anew would tell whether somebody has answered since midnight.
  @Test func `a midnight that one server has counted is not counted again by one that was about to`() async throws {
    let (told, round) = try await RoundStory.opened()
    for person in told.everybody.prefix(4) { try await told.answer(round, by: person) }
    // From 09:00 to the midnight after.
    told.story.wait(.hours(15))
    let (one, other) = (told.story.house, try await told.story.restarted())
    let keeping = try await Gate("midnight_count IN SHARE MODE", told.story)
    async let first: Void = keeping.passing { try await one.countAtMidnight() }
    try await keeping.arrival(of: 1)
    try await told.answer(round, by: told.everybody[4])
    // It has seen that there is no count, and is about to look at the ballots.
    let looking = try await Gate("sealed_value IN ACCESS EXCLUSIVE MODE", told.story)
    async let second: Void = looking.passing { try await other.countAtMidnight() }
    try await looking.arrival(of: 1)
    try await keeping.open()
    try await first
    #expect(try await told.midnightCount() == 4)
    try await looking.open()
    try await second
    #expect(try await told.midnightCount() == 4)
    told.story.wait(.days(1))
    try await other.countAtMidnight()
    #expect(try await told.midnightCount() == 5)
  }

  @Test func `a server whose clock is behind does not count the midnight before once more`() async throws {
    let (told, round) = try await RoundStory.opened()
    let behind = NIOLockedValueBox(told.story.now + .hours(39))
    let house = try await House(
      configuration: told.story.house.configuration, database: told.story.house.database,
      clock: Clock { behind.withLockedValue { $0 } - .seconds(1) }, logger: told.story.house.logger)
    told.story.wait(.hours(39))
    try await told.story.house.countAtMidnight()
    try await told.answer(round, by: told.everybody[0])
    try await house.countAtMidnight()
    #expect(try await told.midnightCount() == 0)
    behind.withLockedValue { $0 = $0 + .days(1) + .seconds(1) }
    try await house.countAtMidnight()
    #expect(try await told.midnightCount() == 1)
  }

  @Test func `of two servers that run, each thing is done once, and the next day's by one of them`() async throws {
    let post = PostOffice()
    let told = try await RoundStory(story: try await Story(mailer: post.mailer))
    let earlier = try await told.open()
    try await told.answerAll(earlier, item5: 2)
    try await told.close(earlier)
    let (owner, next) = (told.meadow[1], told.meadow[2])
    _ = try await told.decide("Call", about: earlier, owner: owner, due: 15, by: told.harbour[1])
    // Its three days begin on the day after.
    _ = try await told.decide("Write", about: earlier, owner: next, due: 18, by: told.harbour[1])
    let (ending, going) = (try await RoundStory(beside: told), try await RoundStory(beside: told))
    let due = try await ending.open()
    let formats = Formats(language: .en)
    let open = try await going.open([
      "closes": formats.fieldValue(told.story.now + .days(20)),
      "latest": formats.fieldValue(told.story.now + .days(27)),
    ])
    try await going.answer(open, by: going.harbour[0])
    try await told.keepEveryMessage()
    told.story.wait(.days(14))

    let groups = [told.story.house, try await told.story.restarted(mailer: post.mailer)].map { house in
      house.running([RoundKeeper(house: house), MailKeeper(house: house)])
    }
    let running = groups.map { group in Task { try await group.run() } }
    let today = told.story.now.day
    try await told.until { connection in
      try !connection.query("SELECT person_id FROM queued WHERE kind = 'results'").isEmpty
        && connection.query("SELECT round_id FROM round_to_tell").isEmpty
        && !connection.query("SELECT person_id FROM queued WHERE kind = 'actions-due'").isEmpty
        && !connection.query("SELECT day FROM midnight_count WHERE day = $1", [.text(today.description)]).isEmpty
    }
    told.story.wait(.days(1))
    try await told.until { connection in
      try !connection.query("SELECT day FROM midnight_count WHERE day > $1", [.text(today.description)]).isEmpty
        && !connection.query("SELECT kind FROM queued WHERE person_id = $1", [.id(next.id)]).isEmpty
    }
    for group in groups { await group.triggerGracefulShutdown() }
    for each in running { try await each.value }
    #expect(try await ending.state(of: due) == "closed")
    #expect(try await told.rows("event", "kind", "kind = 'rounds.happened-closed'").count == 2)
    #expect(try await told.everTold(.results) == ending.everybody.map(\.id.text).sorted())
    #expect(try await told.everTold(.actionsDue) == [owner, next].map(\.id.text).sorted())
    #expect(try await told.midnightCount() == 1)
  }

  @Test func `a server that is stopped leaves its work to the others at once`() async throws {
    let told = try await RoundStory()
    let other = try await told.story.restarted()
    let group = told.story.house.running([RoundKeeper(house: told.story.house)])
    let running = Task { try await group.run() }
    try await told.until { try !$0.query("SELECT name FROM lease").isEmpty }
    #expect(try await !other.leases.take(RoundKeeper.lease.name, for: RoundKeeper.lease.span))
    await group.triggerGracefulShutdown()
    try await running.value
    #expect(try await other.leases.take(RoundKeeper.lease.name, for: RoundKeeper.lease.span))
  }
}

extension House {
  fileprivate func running(_ services: [any Service]) -> ServiceGroup {
    ServiceGroup(configuration: .init(services: services, logger: logger))
  }
}

extension RoundStory {
  /// Lets two servers come as far as their first change of a table, and then go on together.
  fileprivate func atOnce(_ table: String, _ work: @escaping @Sendable (House) async throws -> Void) async throws {
    let (one, other) = (story.house, try await story.restarted())
    let gate = try await Gate("\(table) IN SHARE MODE", story)
    async let first: Void = gate.passing { try await work(one) }
    async let second: Void = gate.passing { try await work(other) }
    try await gate.arrival(of: 2)
    try await gate.open()
    _ = try await (first, second)
  }

  /// From now on a message leaves its trace though a later one of its kind takes its place.
  fileprivate func keepEveryMessage() async throws {
    try await story.house.database.write { connection in
      try connection.execute("CREATE TABLE queued (kind TEXT NOT NULL, person_id TEXT NOT NULL)")
      try connection.execute(
        """
        CREATE FUNCTION note_queued() RETURNS trigger LANGUAGE plpgsql AS $body$
        BEGIN INSERT INTO queued (kind, person_id) VALUES (NEW.kind, NEW.person_id); RETURN NULL; END $body$
        """)
      try connection.execute(
        "CREATE TRIGGER note_queued AFTER INSERT ON message FOR EACH ROW EXECUTE FUNCTION note_queued()")
    }
  }

  /// Whom messages of this kind were ever made for, sorted; twice who was told twice.
  fileprivate func everTold(_ kind: MessageKind) async throws -> [String] {
    try await rows("queued", "person_id", "kind = '\(kind.rawValue)'").sorted()
  }

  /// How many ballots pages show of all open rounds.
  fileprivate func midnightCount() async throws -> Int? {
    try await story.house.database.read { connection in
      try connection.first("SELECT CAST(SUM(ballots) AS BIGINT) AS n FROM midnight_count", [])?.int("n")
    }
  }

  /// Looks again and again, since nobody says when servers that run have done something.
  fileprivate func until(_ isSo: @escaping @Sendable (any Connection) throws -> Bool) async throws {
    while try await !story.house.database.read(isSo) { await Task.yield() }
  }
}

/// A table before which servers wait until it is opened.
private actor Gate {
  private let table: String
  private let link: PostgresLink
  /// How many have done all they had to do, whether they came by here or not.
  private let gone = NIOLockedValueBox(0)

  /// - Parameter lock: the table, and how it is locked.
  init(_ lock: String, _ story: Story) async throws {
    let address = try await story.address
    table = String(lock.prefix { $0 != " " })
    link = try PostgresLink(PostgresSettings(address))
    try link.run("BEGIN")
    try link.run("LOCK TABLE \(lock)")
  }

  nonisolated func passing(_ work: @Sendable () async throws -> Void) async throws {
    defer { gone.withLockedValue { $0 += 1 } }
    try await work()
  }

  /// Until so many wait here, or are gone.
  func arrival(of count: Int) async throws {
    while try waiting() + gone.withLockedValue({ $0 }) < count { await Task.yield() }
  }

  func open() throws { try link.run("COMMIT") }

  private func waiting() throws -> Int {
    try link.query(
      """
      SELECT COUNT(*) AS n FROM pg_locks
      WHERE NOT granted AND relation = CAST(CAST($1 AS TEXT) AS regclass)
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      """, [.text(table)]
    ).first?.int("n") ?? 0
  }
}
