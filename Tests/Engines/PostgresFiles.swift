import Foundation

@testable import Database

/// What the PostgreSQL that `script/with-postgres` has started keeps of one database.
public struct PostgresFiles: Sendable {
  /// The address of a database of the same server.
  let server: String
  let database: String
  private let folder = ProcessInfo.processInfo.environment["RAPPORT_TEST_POSTGRES_FOLDER"] ?? ""

  init(server: String, database: String) { (self.server, self.database) = (server, database) }

  func drop() throws { try link().run("DROP DATABASE IF EXISTS \(database) WITH (FORCE)") }

  /// The database's data files as they are after a checkpoint, and the whole write-ahead log.
  public func everything() throws -> [Data] {
    let link = try link()
    try link.run("CHECKPOINT")
    return try Self.files(of: try number(link), in: folder)
  }

  /// The copy that a standby keeps, once it has everything; `nil` if there is none.
  public func standby() throws -> Standby? {
    let environment = ProcessInfo.processInfo.environment
    guard let address = environment["RAPPORT_TEST_STANDBY"], let folder = environment["RAPPORT_TEST_STANDBY_FOLDER"]
    else { return nil }
    return Standby(address: address, folder: folder, number: try number(link()), position: try position(link()))
  }

  public struct Standby: Sendable {
    let address, folder, number, position: String

    public func everything() throws -> [Data] {
      let link = try PostgresLink(PostgresSettings(address))
      var isThere = false
      while !isThere {
        isThere =
          try link.query(
            "SELECT pg_last_wal_replay_lsn() >= CAST($1 AS pg_lsn) AS there", [.text(position)]
          ).first?.flag("there") ?? false
      }
      try link.run("CHECKPOINT")
      return try PostgresFiles.files(of: number, in: folder)
    }
  }

  /// The write-ahead log from now on.
  public func log() throws -> Log { try Log(link: link(), folder: folder) }

  /// Follows the server's log as it grows.
  public struct Log {
    private let link: PostgresLink
    private let folder: String
    private var position: Int64
    private static let segment: Int64 = 16 * 1_024 * 1_024

    fileprivate init(link: PostgresLink, folder: String) throws {
      (self.link, self.folder) = (link, folder)
      position = try Self.end(link)
    }

    /// What was written since the look before.
    public mutating func newBytes() throws -> Data {
      let end = try Self.end(link)
      var bytes = Data()
      while position < end {
        // [PostgreSQL, pg_walfile_name]: timeline 1, then the segment's number as two groups of eight digits.
        let (number, offset) = position.quotientAndRemainder(dividingBy: Self.segment)
        let name = String(format: "00000001%08X%08X", number / 256, number % 256)
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: "\(folder)/pg_wal/\(name)"))
        try file.seek(toOffset: UInt64(offset))
        let count = min(Self.segment - offset, end - position)
        bytes += try file.read(upToCount: Int(count)) ?? Data()
        try file.close()
        position += count
      }
      return bytes
    }

    private static func end(_ link: PostgresLink) throws -> Int64 {
      try link.query("SELECT CAST(pg_current_wal_lsn() - CAST('0/0' AS pg_lsn) AS BIGINT) AS at", []).first?.integer(
        "at") ?? 0
    }
  }

  private func link() throws -> PostgresLink { try PostgresLink(PostgresSettings(server)) }

  private func number(_ link: PostgresLink) throws -> String {
    let row = try link.query("SELECT CAST(oid AS TEXT) AS oid FROM pg_database WHERE datname = $1", [.text(database)])
      .first
    return try row?.text("oid") ?? ""
  }

  private func position(_ link: PostgresLink) throws -> String {
    try link.query("SELECT CAST(pg_current_wal_lsn() AS TEXT) AS at", []).first?.text("at") ?? ""
  }

  private static func files(of number: String, in folder: String) throws -> [Data] {
    try ["base/\(number)", "pg_wal"].flatMap { part in
      try FileManager.default.contentsOfDirectory(
        at: URL(fileURLWithPath: "\(folder)/\(part)"), includingPropertiesForKeys: nil
      )
      // Some go while we look: they were temporary, or segments that are used again.
      .compactMap { try? Data(contentsOf: $0) }
    }
  }
}
