import Ballots
import Database
import Foundation
import Partnering

/// What the doctor reads of a database file, whatever its schema.
struct DoctorStore {
  let connection: any Connection

  func sqliteVersion() throws -> String {
    try connection.first("SELECT sqlite_version() AS version", [])?.text("version") ?? ""
  }

  func migrations() throws -> [(number: Int, checksum: String)] {
    try connection.query("SELECT number, checksum FROM migration ORDER BY number")
      .map { (try $0.int("number"), try $0.text("checksum")) }
  }

  /// What is sound as the engine sees it, and yet not what Rapport kept: figures of closed rounds, opening documents.
  func alteredRecords() throws -> [String] {
    // A database that this program has not brought up to date yet keeps them elsewhere, or has no digests.
    guard try connection.tables().contains("opening_document") else { return [] }
    return try alteredReports() + alteredDocuments()
  }

  private func alteredReports() throws -> [String] {
    let rounds = try connection.query(
      """
      SELECT space_id, id FROM round
      WHERE state = 'closed' AND NOT EXISTS (
        SELECT 1 FROM round_to_digest WHERE round_to_digest.space_id = round.space_id AND round_id = round.id)
      """
    ).map { (space: try $0.id("space_id") as ID<Space>, round: try $0.id("id") as ID<Round>) }
    return try rounds.flatMap { closed in
      try KeptPart.allCases.filter { try !KeptRounds.isWhole($0, of: closed.round, in: closed.space, connection) }
        .map { "the \($0.rawValue) of round \(closed.round) is not what was kept" }
    }
  }

  private func alteredDocuments() throws -> [String] {
    try connection.query(
      """
      SELECT id, content, digest
      FROM round
      LEFT JOIN opening_document ON opening_document.space_id = round.space_id AND round_id = id
      WHERE state = 'open'
      """
    ).compactMap { row in
      let document = Data(try row.bytesIfAny("content") ?? [])
      guard OpeningDigest(of: document).bytes != (try row.bytesIfAny("digest")) else { return nil }
      return "the opening document of round \(try row.text("id")) is not what was kept"
    }
  }

  func openRounds() throws -> [ID<Round>] {
    try connection.query("SELECT id FROM round WHERE state = 'open'").map { try $0.id("id") }
  }

  /// The mark of the folder of keys that servers have used with this database.
  func keyFolderMark() throws -> String? { try connection.first("SELECT mark FROM key_folder", [])?.text("mark") }

  /// When the newest thing happened that the database knows of.
  func newest() throws -> Instant? {
    try connection.first(
      """
      SELECT MAX(at) AS at FROM (
        SELECT MAX(happened_at) AS at FROM event
        UNION ALL SELECT MAX(opened_at) FROM round
        UNION ALL SELECT MAX(created_at) FROM person
      ) AS times
      """, []
    )?.instantIfAny("at")
  }
}
