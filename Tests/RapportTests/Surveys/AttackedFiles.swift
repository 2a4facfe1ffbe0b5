import Engines
import Foundation

private let pageSize = 4_096

/// What an engine keeps outside memory, followed as it changes: each look gives what was not there at the one before, so
/// that a look costs little and everything is looked at.
protocol AttackedFiles {
  /// What came since the look before: to the write-ahead log, and to the database's own files.
  mutating func news() throws -> (logged: Data, database: Data)
}

/// PostgreSQL's write-ahead log. Its data files are looked at when the round is over, here and on the standby: until a
/// checkpoint they hold nothing new, and every page that changes stands in the log.
extension PostgresFiles.Log: AttackedFiles {
  mutating func news() throws -> (logged: Data, database: Data) { (try newBytes(), Data()) }
}

/// A database file of SQLite and its write-ahead log.
struct SQLiteFiles: AttackedFiles {
  private let database: URL
  private let log: FileHandle
  private var known = Data()
  private var salt = Data()
  private var offset: UInt64 = 0

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
      let frame = try read(24 + pageSize, at: offset)
      guard frame.count == 24 + pageSize, frame[8..<16] == salt else { return frames }
      frames += frame
      offset += UInt64(frame.count)
    }
  }

  private mutating func newPages() throws -> Data {
    let now = try Data(contentsOf: database)
    defer { known = now }
    guard now != known else { return Data() }
    var pages = Data()
    for start in stride(from: 0, to: now.count, by: pageSize) {
      let page = now[start..<min(start + pageSize, now.count)]
      if page.endIndex > known.count || known[start..<page.endIndex] != page { pages += page }
    }
    return pages
  }

  private func read(_ count: Int, at offset: UInt64) throws -> Data {
    try log.seek(toOffset: offset)
    return try log.read(upToCount: count) ?? Data()
  }
}

/// What one backup has that the one before it had not.
struct BackupNews: Sendable {
  var grewBy = 0
  /// The pages that are other ones, one after another.
  var pages = Data()
  /// The longest run of bytes that are other ones: what was written, most likely.
  var written = Data()

  var isNothing: Bool { pages.isEmpty && grewBy == 0 }

  init() {}

  init(from before: Data, to after: Data) {
    guard before != after else { return }
    grewBy = after.count - before.count
    for start in stride(from: 0, to: after.count, by: pageSize) {
      let page = after[start..<min(start + pageSize, after.count)]
      let old = before.dropFirst(start).prefix(page.count)
      guard page != old else { continue }
      pages += page
      let run = Self.longestRun(in: page, unlike: old)
      if run.count > written.count { written = run }
    }
  }

  private static func longestRun(in page: Data, unlike old: Data) -> Data {
    let (new, old) = (Array(page), Array(old))
    var (longest, start) = (0..<0, 0)
    for place in new.indices {
      if place < old.count, new[place] == old[place] { start = place + 1 }
      if place + 1 - start > longest.count { longest = start..<place + 1 }
    }
    return Data(new[longest])
  }
}

/// Copies that are mostly alike: what was seen in one need not be looked at in the next, wherever it stands there.
struct SeenPages {
  private var seen: Set<Int> = []

  /// The pages of a copy that none before had, one after another.
  mutating func news(in copy: Data) -> Data {
    var news = Data()
    for start in stride(from: 0, to: copy.count, by: pageSize) {
      let page = copy[start..<min(start + pageSize, copy.count)]
      var hasher = Hasher()
      page.withUnsafeBytes { hasher.combine(bytes: $0) }
      if seen.insert(hasher.finalize()).inserted { news += page }
    }
    return news
  }
}
