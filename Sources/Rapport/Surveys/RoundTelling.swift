import Database
import Partnering

/// Tells everybody who sees a report that it is there. The transaction that closes the round notes that this is to be done;
/// it is done some people at a time, so that the answers of other rounds come between.
extension RoundStore {
  static func tellLater(_ kind: MessageKind, of round: RoundRecord, _ connection: any Connection) throws {
    try connection.execute(
      "INSERT INTO round_to_tell (space_id, round_id, kind, told_up_to) VALUES ($1, $2, $3, '')",
      [.id(round.space), .id(round.id), .text(kind.rawValue)])
  }

  func toTell() async throws -> [(space: ID<Space>, round: ID<Round>)] {
    try await database.read { connection in
      try connection.query("SELECT space_id, round_id FROM round_to_tell ORDER BY space_id, round_id")
        .map { (try $0.id("space_id"), try $0.id("round_id")) }
    }
  }

  /// Goes on where it was left.
  func tell(_ id: ID<Round>, in space: ID<Space>, at now: Instant) async throws {
    let hearers: [ID<Person>] = try await database.read { connection in
      let round = try Self.round(id, in: space, connection)
      return Set(try Self.memberIDs(of: round.partnership, in: space, connection))
        .union(try Self.rollIDs(of: id, in: space, connection)).sorted { $0.text < $1.text }
    }
    var rest = hearers[...]
    repeat {
      let some = Array(rest.prefix(1_000))
      rest = rest.dropFirst(some.count)
      try await database.write { connection in
        let row = try connection.first(
          "SELECT kind, told_up_to FROM round_to_tell WHERE space_id = $1 AND round_id = $2", [.id(space), .id(id)])
        guard let row, let kind = MessageKind(rawValue: try row.text("kind")) else { return }
        let round = try Self.round(id, in: space, connection)
        let last = try row.text("told_up_to")
        try PeopleStore.queue(
          kind, for: some.filter { $0.text > last }, in: space, partnership: round.partnership, round: id, at: now,
          connection)
        if some.count < 1_000 {
          try connection.execute(
            "DELETE FROM round_to_tell WHERE space_id = $1 AND round_id = $2", [.id(space), .id(id)])
        } else {
          try connection.execute(
            "UPDATE round_to_tell SET told_up_to = $3 WHERE space_id = $1 AND round_id = $2",
            [.id(space), .id(id), .text(max(last, some.last?.text ?? ""))])
        }
      }
      if some.count < 1_000 { return }
    } while true
  }
}

extension House {
  /// What fails now is done by the sweep.
  func tell(_ round: ID<Round>, in space: ID<Space>) async {
    do { try await roundStore.tell(round, in: space, at: clock.now) } catch { await leftovers.sweepLater() }
  }
}
