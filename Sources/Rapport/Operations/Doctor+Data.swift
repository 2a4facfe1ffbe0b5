import Ballots
import Database
import Foundation
import Partnering

/// The data folder and what lies in it.
extension Doctor {
  /// Whether a server, or another command, holds the folder's lock.
  var isRunning: Bool {
    guard FileManager.default.fileExists(atPath: data.appendingPathComponent("lock").path) else { return false }
    do { _ = try DataFolder(data) } catch DataFolderFailure.inUse { return true } catch { return false }
    return false
  }

  func folder() throws -> String? {
    var existing = data
    // A folder that is not there yet is made at the first start, if the one above allows it.
    while !FileManager.default.fileExists(atPath: existing.path), existing.path != "/" {
      existing = existing.deletingLastPathComponent()
    }
    guard access(existing.path, W_OK | X_OK) == 0 else { throw Problem.folderNotWritable }
    guard existing == data else { return nil }
    let mode = (try? FileManager.default.attributesOfItem(atPath: data.path)[.posixPermissions] as? Int) ?? 0o700
    guard mode & 0o077 == 0 else { throw Problem.folderOpenToOthers(mode: String(mode, radix: 8)) }
    return data.path
  }

  func lock(_ running: Bool) throws -> String? {
    let file = data.appendingPathComponent("lock").path
    guard !FileManager.default.fileExists(atPath: file) || access(file, R_OK | W_OK) == 0 else {
      throw Problem.lockUnusable
    }
    return running ? "running" : "free"
  }

  func space() throws -> String? {
    var existing = data
    while !FileManager.default.fileExists(atPath: existing.path), existing.path != "/" {
      existing = existing.deletingLastPathComponent()
    }
    let free = try? FileManager.default.attributesOfFileSystem(forPath: existing.path)[.systemFreeSize] as? Int
    guard let free else { return nil }
    guard free / 1_000_000 >= Self.leastMegabytes else { throw Problem.littleSpace(megabytes: free / 1_000_000) }
    return "\(free / 1_000_000) MB"
  }

  func sqlite() throws -> String? {
    let version = try SQLiteDatabase.inspect(file: ":memory:") { try DoctorStore(connection: $0).sqliteVersion() }
    let parts = version.split(separator: ".").compactMap { Int($0) }
    guard !parts.lexicographicallyPrecedes(Self.oldestSQLite) else { throw Problem.sqliteTooOld(version) }
    return version
  }

  func databaseFindings() -> [Finding] {
    let soundness = finding(.database) { try database() }
    guard case .good = soundness.state else {
      return [finding(.sqlite) { try sqlite() }, soundness]
        + [.schema, .keys].map { Finding(check: $0, state: .skipped) }
    }
    return [
      finding(.sqlite) { try sqlite() }, soundness, finding(.schema) { try schema() },
      finding(.keys) { try openKeys() },
    ]
  }

  private func database() throws -> String? {
    do {
      let complaints = try SQLiteDatabase.inspect(file: file) { try $0.complaints() }
      if let complaint = complaints.first { throw Problem.databaseDamaged(complaint: complaint) }
      return nil
    } catch DatabaseFailure.damaged(let complaint) {
      throw Problem.databaseDamaged(complaint: complaint)
    }
  }

  private func schema() throws -> String? {
    try schema(SQLiteDatabase.inspect(file: file) { try DoctorStore(connection: $0).migrations() })
  }

  func schema(_ found: [(number: Int, checksum: String)]) throws -> String? {
    let known = try Migration.all()
    if let newest = found.last?.number, newest > known.count {
      throw Problem.newerSchema(found: newest, known: known.count)
    }
    for (number, checksum) in found where known.first(where: { $0.number == number })?.checksum != checksum {
      throw Problem.changedSchema(step: number)
    }
    return "\(found.last?.number ?? 0)"
  }

  private func openKeys() throws -> String? {
    try keyFiles(of: SQLiteDatabase.inspect(file: file) { try DoctorStore(connection: $0).openRounds() })
  }

  func keyFiles(of rounds: [ID<Round>]) throws -> String? {
    guard !rounds.isEmpty else { return nil }
    do {
      let folder = try KeyFolder(path: data.appendingPathComponent("keys").path)
      let missing = rounds.filter { round in RoundName(round.text).flatMap { try? folder.key(of: $0) } == nil }
      guard missing.isEmpty else { throw Problem.keysMissing(rounds: missing.count) }
      return "\(rounds.count)"
    } catch let failure as KeyFolderFailure { throw Problem.keysUnreadable(String(describing: failure)) }
  }
}
