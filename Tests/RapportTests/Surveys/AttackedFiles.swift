import Foundation

/// The bytes of a database file and its write-ahead log, followed as they change: each look gives what was not there at
/// the one before, so that a look costs little and everything is looked at.
struct AttackedFiles {
  private let database: URL
  private let log: FileHandle
  private var known = Data()
  private var salt = Data()
  private var offset: UInt64 = 0
  private static let pageSize = 4_096

  /// - Parameter database: the file; what it holds now is news at the first look.
  init(database: URL) throws {
    self.database = database
    log = try FileHandle(forReadingFrom: URL(fileURLWithPath: database.path + "-wal"))
  }

  /// What came since the look before: frames of the log, one after another, and pages of the database.
  mutating func news() throws -> (logged: Data, database: Data) { (try newFrames(), try newPages()) }

  // [SQLite, WAL file format]: 32 bytes of header, then frames of 24 bytes and a page. Both carry the salt, which is
  // another one after each restart of the log, so that what is older is told from what is new.
  private mutating func newFrames() throws -> Data {
    let header = try read(32, at: 0)
    guard header.count == 32 else { return Data() }
    if header[16..<24] != salt { (salt, offset) = (header[16..<24], 32) }
    var frames = Data()
    while true {
      let frame = try read(24 + Self.pageSize, at: offset)
      guard frame.count == 24 + Self.pageSize, frame[8..<16] == salt else { return frames }
      frames += frame
      offset += UInt64(frame.count)
    }
  }

  private mutating func newPages() throws -> Data {
    let now = try Data(contentsOf: database)
    defer { known = now }
    guard now != known else { return Data() }
    var pages = Data()
    for start in stride(from: 0, to: now.count, by: Self.pageSize) {
      let page = now[start..<min(start + Self.pageSize, now.count)]
      if page.endIndex > known.count || known[start..<page.endIndex] != page { pages += page }
    }
    return pages
  }

  private func read(_ count: Int, at offset: UInt64) throws -> Data {
    try log.seek(toOffset: offset)
    return try log.read(upToCount: count) ?? Data()
  }
}
