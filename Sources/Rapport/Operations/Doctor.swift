import Ballots
import Database
import Foundation
import NIOCore
import NIOPosix
import Partnering

/// Looks at an installation without changing it, and says why it cannot start.
public struct Doctor: Sendable {
  let data, keys: URL
  /// The address of a PostgreSQL; `nil` for SQLite in the folder.
  let server: String?
  let baseURL: String
  let host: String
  let port: Int
  let now: Instant

  /// Less free space than this ends in refused answers soon.
  static let leastMegabytes = 200
  /// SQLite with `RETURNING` and upserts as the statements use them.
  static let oldestSQLite = [3, 35, 0]

  public init(
    data: URL, keys: URL, database: String? = nil, baseURL: String, host: String, port: Int, now: Instant
  ) {
    (self.data, self.keys, server) = (data, keys, database)
    (self.baseURL, self.host, self.port, self.now) = (baseURL, host, port, now)
  }

  public func examine() async -> [Finding] {
    let running = isRunning
    var findings = [
      finding(.program) { try program() }, await passwords(), finding(.clock) { try clock() },
      finding(.address) { try address() }, await running ? Finding(check: .port, state: .skipped) : portFree(),
      finding(.folder) { try folder() }, finding(.lock) { try lock(running) }, finding(.space) { try space() },
    ]
    if let server { return findings + (await serverFindings(server)) }
    findings +=
      fileExists
      ? databaseFindings()
      : [finding(.sqlite) { try sqlite() }] + [.database, .schema, .keys].map { Finding(check: $0, state: .skipped) }
    return findings
  }

  func finding(_ check: Check, _ look: () throws -> String?) -> Finding {
    do { return Finding(check: check, state: .good(try look())) } catch let problem as Problem {
      return Finding(check: check, state: .problem(problem))
    } catch let missing as ResourcesMissing {
      return Finding(check: check, state: .problem(.filesMissing(missing.folder)))
    } catch {
      return Finding(check: check, state: .problem(.databaseUnreadable(String(describing: error))))
    }
  }

  private func program() throws -> String? {
    do {
      let resources = try Resources(of: "Rapport")
      _ = (try Templates(resources: resources), try WordBook(resources: resources), try Assets(resources: resources))
      _ = try Migration.all()
      return resources.folder.path
    } catch let missing as ResourcesMissing { throw missing } catch {
      throw Problem.filesMissing(String(describing: error))
    }
  }

  private func passwords() async -> Finding {
    let matches = try? await PasswordHash(of: "a password to try").matches("a password to try")
    return finding(.passwords) {
      guard matches == true else { throw Problem.passwordsFail }
      return nil
    }
  }

  private func clock() throws -> String? {
    guard now.day.year >= 2026 else { throw Problem.clockUnset(year: now.day.year) }
    let newest =
      server == nil && fileExists
      ? try? SQLiteDatabase.inspect(file: file) { try DoctorStore(connection: $0).newest() } : nil
    if let newest, now < newest {
      throw Problem.clockBehind(hours: Int(newest.since(now).milliseconds / 3_600_000))
    }
    return now.day.description
  }

  private func address() throws -> String? {
    guard let base = BaseURL(baseURL) else { throw Problem.addressUnusable }
    guard base.allowsRounds else { throw Problem.addressWithoutRounds }
    return base.description
  }

  private func portFree() async -> Finding {
    let problem: Problem?
    do {
      let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1).bind(host: host, port: port).get()
      try await channel.close()
      problem = nil
    } catch { problem = .portTaken("\(host):\(port)") }
    return finding(.port) {
      if let problem { throw problem }
      return "\(host):\(port)"
    }
  }

  var file: String { data.appendingPathComponent("rapport.sqlite").path }
  var fileExists: Bool { FileManager.default.fileExists(atPath: file) }
}
