import Database
import Partnering

/// Work that one server at a time takes on. A lease is a row, taken by compare-and-set: whoever has it does the work until
/// it ends, and a server that was killed leaves a lease that ends by itself.
struct LeaseStore: Sendable {
  let database: any Database
  let clock: Clock
  /// Who takes: one server's name, as long as it runs.
  let holder: String

  init(database: any Database, clock: Clock) {
    (self.database, self.clock, holder) = (database, clock, Randomness.token())
  }

  /// How a lease stands, seen by one server: as long as it is not near its end, looking is all that it costs.
  private enum Standing { case free, somebodyElses, mine, endsSoon }

  /// Takes a lease, or holds on to it.
  /// - Returns: whether this server has it now, for `span` from now on.
  func take(_ name: String, for span: Span) async throws -> Bool {
    // One process alone writes: whatever there is to do, it does.
    guard database.isShared else { return true }
    let (holder, clock) = (holder, clock)
    let standing = try await database.read { connection in
      let now = try clock.now(by: connection)
      let row = try connection.first("SELECT holder, until FROM lease WHERE name = $1", [.text(name)])
      guard let row, try row.instant("until") > now else { return Standing.free }
      guard try row.text("holder") == holder else { return .somebodyElses }
      return try row.instant("until") > now + Span(milliseconds: span.milliseconds / 2) ? .mine : .endsSoon
    }
    switch standing {
    case .mine: return true
    case .somebodyElses: return false
    case .free, .endsSoon: break
    }
    return try await database.write { connection in
      let now = try clock.now(by: connection)
      return try connection.execute(
        """
        INSERT INTO lease (name, holder, until) VALUES ($1, $2, $3)
        ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
        WHERE lease.until <= $4 OR lease.holder = excluded.holder
        """, [.text(name), .text(holder), .instant(now + span), .instant(now)]) == 1
    }
  }

  /// Gives a lease back, so that nobody waits for its end.
  func leave(_ name: String) async throws {
    guard database.isShared else { return }
    let holder = holder
    try await database.write { connection in
      try connection.execute("DELETE FROM lease WHERE name = $1 AND holder = $2", [.text(name), .text(holder)])
    }
  }
}
