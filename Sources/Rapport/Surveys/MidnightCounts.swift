import Ballots
import Database
import Partnering

/// How many ballots an open round had at the last midnight (UTC), for each segment of its opening document. They are the
/// only counts of an open round that anybody sees: one of this minute would tell who has just answered. [anonymity, section 2]
struct MidnightCounts: Sendable {
  /// The day that began at that midnight.
  let day: CalendarDay
  /// In the order of the opening document.
  let ballots: [Int]
}

extension House {
  /// Counts every open round that has not been counted since midnight.
  func countAtMidnight() async throws {
    let today = clock.now.day
    var trouble: (any Error)?
    for (round, space) in try await roundStore.uncounted(on: today) {
      do {
        let (open, sealed) = (try await sealedRounds.open(round), try await sealedRounds.sealed(of: round))
        let ballots = open.document.segments.indices.map { sealed.ballots(ofSegment: $0) }
        try await roundStore.keep(MidnightCounts(day: today, ballots: ballots), of: round, in: space)
      } catch is RoundClosed { continue } catch {
        // One that cannot be read keeps no other from being counted.
        trouble = error
      }
    }
    if let trouble { throw trouble }
  }
}

extension RoundStore {
  /// The open rounds that were open at the last midnight, and have no count of it, nor one of a server whose clock is ahead.
  fileprivate func uncounted(on day: CalendarDay) async throws -> [(ID<Round>, ID<Space>)] {
    try await database.read { connection in
      try connection.query(
        """
        SELECT id, space_id, opened_at FROM round
        WHERE state = 'open' AND NOT EXISTS (
          SELECT 1 FROM midnight_count
          WHERE midnight_count.space_id = round.space_id AND round_id = round.id AND day >= $1)
        ORDER BY id
        """, [.text(day.description)]
      ).filter { try $0.instant("opened_at").day < day }.map { (try $0.id("id"), try $0.id("space_id")) }
    }
  }

  fileprivate func keep(_ counts: MidnightCounts, of round: ID<Round>, in space: ID<Space>) async throws {
    try await database.write { connection in
      for (segment, ballots) in counts.ballots.enumerated() {
        // Nothing, if the round closed meanwhile, or another server has counted: beside its count, a later one would tell
        // who has just answered.
        try connection.execute(
          """
          INSERT INTO midnight_count (space_id, round_id, segment, day, ballots)
          SELECT space_id, id, $3, $4, $5 FROM round WHERE space_id = $1 AND id = $2 AND state = 'open'
          ON CONFLICT (space_id, round_id, segment) DO UPDATE SET day = excluded.day, ballots = excluded.ballots
          WHERE midnight_count.day < excluded.day
          """, [.id(space), .id(round), Value(segment), .text(counts.day.description), Value(ballots)])
      }
    }
  }

  /// `nil` before the first midnight of an open round.
  static func midnightCounts(of round: RoundRecord, _ connection: any Connection) throws -> MidnightCounts? {
    let rows = try connection.query(
      "SELECT day, ballots FROM midnight_count WHERE space_id = $1 AND round_id = $2 ORDER BY segment",
      [.id(round.space), .id(round.id)])
    guard round.state == .open, let first = rows.first, let day = CalendarDay(try first.text("day")) else { return nil }
    return MidnightCounts(day: day, ballots: try rows.map { try $0.int("ballots") })
  }
}
