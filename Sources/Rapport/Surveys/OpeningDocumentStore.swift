import Database
import Partnering

/// Reads and keeps the bytes of opening documents.
enum OpeningDocumentStore {
  /// `nil` for a round that has never opened.
  static func bytes(of round: ID<Round>, in space: ID<Space>, _ connection: any Connection) throws -> [UInt8]? {
    try connection.first(
      "SELECT content FROM opening_document WHERE space_id = $1 AND round_id = $2", [.id(space), .id(round)]
    )?.bytes("content")
  }

  static func keep(
    _ bytes: [UInt8], of round: ID<Round>, in space: ID<Space>, _ connection: any Connection
  ) throws {
    try connection.execute(
      """
      INSERT INTO opening_document (space_id, round_id, content) VALUES ($1, $2, $3)
      ON CONFLICT (space_id, round_id) DO UPDATE SET content = excluded.content
      """, [.id(space), .id(round), .bytes(bytes)])
  }
}
