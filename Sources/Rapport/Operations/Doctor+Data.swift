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
    // The folder's, where the name is a link to it.
    let attributes = try? FileManager.default.attributesOfItem(atPath: data.resolvingSymlinksInPath().path)
    let mode = attributes?[.posixPermissions] as? Int ?? 0o700
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
      try DatabaseFile(path: file, isUsed: true).look()
      let complaints = try SQLiteDatabase.inspect(file: file) { connection in
        try connection.complaints() + DoctorStore(connection: connection).alteredRecords()
      }
      if let complaint = complaints.first { throw Problem.databaseDamaged(complaint: complaint) }
      return nil
    } catch DatabaseFileFailure.foreign {
      throw Problem.databaseForeign
    } catch DatabaseFileFailure.backup {
      throw Problem.databaseIsBackup
    } catch DatabaseFileFailure.damaged(_, let complaint), DatabaseFailure.damaged(let complaint),
      DatabaseFailure.statement(let complaint), DatabaseFailure.column(let complaint)
    {
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

  /// - Parameter mark: that of the folder which belongs to the database, where it is known.
  func keyFiles(of rounds: [ID<Round>], mark: String? = nil) throws -> String? {
    var isFolder: ObjCBool = false
    let isThere = FileManager.default.fileExists(atPath: keys.path, isDirectory: &isFolder)
    // One that is not there is made at the start.
    guard !isThere || (isFolder.boolValue && access(keys.path, R_OK | W_OK | X_OK) == 0) else {
      throw Problem.keysUnusable(folder: keys.path)
    }
    let folder = KeyFolder(asItIs: keys.path)
    if let mark, try folder.mark() != mark { throw Problem.keysOfAnother(folder: keys.path) }
    let missing = rounds.filter { round in RoundName(round.text).flatMap { try? folder.key(of: $0) } == nil }
    guard missing.isEmpty else { throw Problem.keysMissing(rounds: missing.count) }
    return rounds.isEmpty ? nil : "\(rounds.count)"
  }
}
