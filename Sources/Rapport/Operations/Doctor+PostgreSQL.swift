import Ballots
import Database
import Foundation
import Partnering

/// The PostgreSQL that several servers share, and their folder of keys.
extension Doctor {
  func serverFindings(_ address: String) async -> [Finding] {
    let later: [Check] = [.durability, .replication, .database, .schema, .keys]
    let database: PostgresDatabase
    do { database = try await PostgresDatabase(address) } catch {
      let problem = Problem.serverUnreachable(String(describing: error))
      return [Finding(check: .server, state: .problem(problem))] + later.map { Finding(check: $0, state: .skipped) }
    }
    defer { try? database.close() }
    let seen: ServerSettings
    do { seen = try await database.read { try DoctorStore(connection: $0).serverSettings() } } catch {
      return [Finding(check: .server, state: .problem(.databaseUnreadable(String(describing: error))))]
    }
    let altered = try? await database.read { try DoctorStore(connection: $0).alteredRecords() }
    let migrations = try? await database.read { try DoctorStore(connection: $0).migrations() }
    let rounds = try? await database.read { try DoctorStore(connection: $0).openRounds() }
    let mark = try? await database.read { try DoctorStore(connection: $0).keyFolderMark() }
    return [
      finding(.server) {
        guard seen.encoding == "UTF8" else { throw Problem.otherEncoding(seen.encoding) }
        return "PostgreSQL \(seen.version)"
      },
      finding(.durability) {
        guard seen.isDurable else { throw Problem.notDurable }
        return nil
      },
      Finding(check: .replication, state: seen.replication),
      altered == nil
        ? Finding(check: .database, state: .skipped)
        : finding(.database) {
          if let complaint = altered?.first { throw Problem.recordsAltered(complaint: complaint) }
          return nil
        },
      migrations == nil ? Finding(check: .schema, state: .skipped) : finding(.schema) { try schema(migrations ?? []) },
      finding(.keys) { try keyFiles(of: rounds ?? [], mark: mark ?? nil) },
    ]
  }
}

/// What a PostgreSQL says of itself.
struct ServerSettings: Sendable {
  let version, encoding: String
  /// Whether what it acknowledges outlives a power cut.
  let isDurable: Bool
  /// Copies that follow it now, and those of them that it waits for before it acknowledges.
  let standbys, synchronousStandbys: Int
  /// Of how many it does not show whether it waits for them.
  let hiddenStandbys: Int
  /// Whether it acknowledges nothing without a standby.
  let needsStandby: Bool

  fileprivate var replication: Finding.State {
    if synchronousStandbys > 0 { return .good("\(synchronousStandbys)") }
    if hiddenStandbys > 0 { return .caution(.standbysHidden) }
    if needsStandby { return .problem(.standbyGone) }
    return .caution(standbys > 0 ? .replicationBehind : .noStandby)
  }
}

extension DoctorStore {
  func serverSettings() throws -> ServerSettings {
    func setting(_ name: String) throws -> String {
      try connection.first("SELECT current_setting($1) AS setting", [.text(name)])?.text("setting") ?? ""
    }
    let standbys = try connection.first(
      """
      SELECT COUNT(*) AS n, COUNT(CASE WHEN sync_state IN ('sync', 'quorum') THEN 1 END) AS synchronous,
        COUNT(CASE WHEN sync_state IS NULL THEN 1 END) AS hidden
      FROM pg_stat_replication
      """, [])
    // The session itself has turned synchronous_commit on; what it waits for says this.
    let waits = try ["on", "remote_apply", "remote_write"].contains(setting("synchronous_commit"))
    return ServerSettings(
      version: try setting("server_version"), encoding: try setting("server_encoding"),
      isDurable: try setting("fsync") == "on" && setting("full_page_writes") == "on",
      standbys: try standbys?.int("n") ?? 0, synchronousStandbys: waits ? try standbys?.int("synchronous") ?? 0 : 0,
      hiddenStandbys: try standbys?.int("hidden") ?? 0,
      needsStandby: try waits && !setting("synchronous_standby_names").isEmpty)
  }
}
