import Foundation

/// The folder that holds the sealing keys of open rounds, and the list of closed rounds. It lies outside the
/// database and every backup; several servers may share one.
public struct KeyFolder: Sendable {
  public let path: String

  /// Uses the folder, and makes it (for its owner alone) if it is not there.
  /// - Throws: ``KeyFolderFailure/notWritten(path:code:)``.
  public init(path: String) throws(KeyFolderFailure) {
    self.path = path
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .notWritten(path: path, code: errno) }
    // A folder that was copied or unpacked may have become readable for others.
    guard chmod(path, 0o700) == 0 else { throw .notWritten(path: path, code: errno) }
    try write(Data(Self.cacheTag.utf8), to: "CACHEDIR.TAG", ifThere: .leave)
    try synchronise()
  }

  /// The folder as it is, to look at: nothing is made or mended.
  public init(asItIs path: String) { self.path = path }

  /// Keeps the key of a round that is about to open. When this returns, it is durable.
  /// - Throws: ``KeyFolderFailure/alreadyThere(_:)`` if the round has a key file: an open round's key is never
  ///   overwritten. After an opening that did not finish, destroy it first.
  public func keep(_ key: SealingKey, of round: RoundName) throws(KeyFolderFailure) {
    try mustBeThere()
    guard try !isClosed(round) else { throw .closed(round) }
    try write(key.bytes, to: fileName(of: round), ifThere: .refuse(round))
    try synchronise()
  }

  /// The key of an open round.
  /// - Throws: ``KeyFolderFailure/missing(_:)``, ``KeyFolderFailure/damaged(_:)``: the round is *interrupted*.
  public func key(of round: RoundName) throws(KeyFolderFailure) -> SealingKey {
    guard let bytes = try read(fileName(of: round)) else {
      try mustBeThere()
      throw .missing(round)
    }
    guard let key = SealingKey(bytes: bytes) else { throw .damaged(round) }
    return key
  }

  /// Removes the key of a round: what was sealed under it can never be read again. No key is no failure.
  ///
  /// The file is not overwritten first: on solid-state disks and journalling file systems the new bytes land
  /// elsewhere, so that it would only seem to help.
  public func destroyKey(of round: RoundName) throws(KeyFolderFailure) {
    try mustBeThere()
    try remove(fileName(of: round))
    try synchronise()
  }

  /// Removes the key files of `rounds`, which are closed, withdrawn or interrupted, and no others.
  /// - Returns: the rounds that still had one.
  public func sweep(_ rounds: some Sequence<RoundName>) throws(KeyFolderFailure) -> [RoundName] {
    try mustBeThere()
    var swept: [RoundName] = []
    for round in rounds where try remove(fileName(of: round)) { swept.append(round) }
    if !swept.isEmpty { try synchronise() }
    return swept
  }

  /// Where the disk of the folder is gone, an empty folder is in its place: no key there is lost, and none is destroyed.
  private func mustBeThere() throws(KeyFolderFailure) {
    guard try read("CACHEDIR.TAG") != nil else { throw .notRead(path: path, code: ENOENT) }
  }

  private func fileName(of round: RoundName) -> String { round.text + ".sealing-key" }

  // [bford.info/cachedir]: usual backup programs leave out a folder with this file.
  private static let cacheTag = """
    Signature: 8a477f597d28d172789f06886806bc55
    # This folder holds keys that must die with the round they belong to: never copy them into a backup.

    """
}

// The list of closed rounds: a line for each, only ever added to.
extension KeyFolder {
  private static let closedList = "closed"

  /// Notes, durably, that a round is closed: it never opens or restarts again, even after a restore.
  public func markClosed(_ rounds: RoundName...) throws(KeyFolderFailure) { try markClosed(rounds) }

  /// The same for many at once.
  public func markClosed(_ rounds: [RoundName]) throws(KeyFolderFailure) {
    try mustBeThere()
    let known = try closedRounds()
    let fresh = rounds.filter { !known.contains($0) }
    guard !fresh.isEmpty else { return }
    // A line that a crash cut short must not swallow this one.
    let torn = try read(Self.closedList).map { !$0.isEmpty && $0.last != UInt8(ascii: "\n") } ?? false
    let lines = fresh.map { $0.text + "\n" }.joined()
    try write(Data(((torn ? "\n" : "") + lines).utf8), to: Self.closedList, ifThere: .append)
    try synchronise()
  }

  /// Whether the round is in the list of closed ones.
  public func isClosed(_ round: RoundName) throws(KeyFolderFailure) -> Bool {
    try closedRounds().contains(round)
  }

  /// All closed rounds that this folder knows.
  public func closedRounds() throws(KeyFolderFailure) -> Set<RoundName> {
    let lines = try read(Self.closedList)?.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) ?? []
    return Set(lines.dropLast().compactMap { RoundName(String(decoding: $0, as: UTF8.self)) })
  }
}

// A name of its own, for servers that share it to know it by.
extension KeyFolder {
  /// The folder's mark; it gets this one if it has none yet. Of several servers that begin at once, all get the same.
  public func mark(orElse fresh: String) throws(KeyFolderFailure) -> String {
    try write(Data(fresh.utf8), to: "mark", ifThere: .leave)
    try synchronise()
    return try mark() ?? fresh
  }

  /// The folder's mark, if it has one.
  public func mark() throws(KeyFolderFailure) -> String? {
    try read("mark").map { String(decoding: $0, as: UTF8.self) }
  }
}

/// Why the key folder could not be used.
public enum KeyFolderFailure: Error, Sendable, Hashable {
  /// The system refused to write, with this `errno`.
  case notWritten(path: String, code: Int32)
  /// The system refused to read, with this `errno`.
  case notRead(path: String, code: Int32)
  /// The round has no key file.
  case missing(RoundName)
  /// The round's key file does not hold a key.
  case damaged(RoundName)
  /// The round has a key file already.
  case alreadyThere(RoundName)
  /// The round is closed and gets no key again.
  case closed(RoundName)
  /// The database belongs to another folder of keys.
  case ofAnother(path: String)

  /// Whether there is no room for the file.
  public var isFull: Bool {
    if case .notWritten(_, let code) = self { code == ENOSPC || code == EDQUOT } else { false }
  }

  /// Whether the system refused, so that it may work later.
  public var isTrouble: Bool {
    switch self {
    case .notWritten, .notRead: true
    case .missing, .damaged, .alreadyThere, .closed, .ofAnother: false
    }
  }
}
