import Foundation
import Testing

@testable import Ballots

struct KeyFolderTests {
  private let path = FileManager.default.temporaryDirectory.appending(path: "keys-\(UUID().uuidString)").path()

  private func mode(_ name: String) throws -> Int {
    try (FileManager.default.attributesOfItem(atPath: path + name)[.posixPermissions] as? NSNumber)?.intValue ?? 0
  }

  @Test func `the folder is for its owner alone and says that backups should leave it out`() throws {
    _ = try KeyFolder(path: path)
    _ = try KeyFolder(path: path)
    #expect(try mode("") == 0o700)
    let tag = try String(contentsOfFile: path + "/CACHEDIR.TAG", encoding: .utf8)
    #expect(tag.hasPrefix("Signature: 8a477f597d28d172789f06886806bc55"))
  }

  @Test func `a key is kept for its owner alone, comes back, and is never overwritten`() throws {
    let (folder, round, key) = (try KeyFolder(path: path), try Story.round, SealingKey.generate())
    try folder.keep(key, of: round)
    #expect(try mode("/round-1.sealing-key") == 0o600)
    #expect(throws: KeyFolderFailure.alreadyThere(round)) { try folder.keep(.generate(), of: round) }
    #expect(try folder.key(of: round).bytes == key.bytes)
  }

  @Test func `a destroyed key is gone, and destroying it again is no failure`() throws {
    let (folder, round) = (try KeyFolder(path: path), try Story.round)
    try folder.keep(.generate(), of: round)
    try folder.destroyKey(of: round)
    try folder.destroyKey(of: round)
    #expect(throws: KeyFolderFailure.missing(round)) { try folder.key(of: round) }
    #expect(try !FileManager.default.contentsOfDirectory(atPath: path).contains { $0.contains("round-1") })
  }

  /// Its disk may be gone for a moment, with an empty folder in its place.
  @Test func `in another folder that lies in the same place no key is lost, destroyed or noted`() throws {
    let (folder, round) = (try KeyFolder(path: path), try Story.round)
    try FileManager.default.removeItem(atPath: path + "/CACHEDIR.TAG")
    let gone = KeyFolderFailure.notRead(path: path, code: ENOENT)
    #expect(throws: gone) { try folder.key(of: round) }
    #expect(throws: gone) { try folder.destroyKey(of: round) }
    #expect(throws: gone) { try folder.sweep([round]) }
    #expect(throws: gone) { try folder.markClosed(round) }
    #expect(throws: gone) { try folder.keep(.generate(), of: round) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: path) == [])
  }

  @Test(arguments: [0, 31, 33]) func `a key file of another size is damaged`(size: Int) throws {
    let (folder, round) = (try KeyFolder(path: path), try Story.round)
    try Data(count: size).write(to: URL(filePath: path + "/round-1.sealing-key"))
    #expect(throws: KeyFolderFailure.damaged(round)) { try folder.key(of: round) }
  }

  @Test func `a sweep removes the named rounds' keys and no others`() throws {
    let folder = try KeyFolder(path: path)
    let rounds = try ["a", "b", "c", "d"].map { try Story.found(RoundName($0)) }
    for round in rounds.prefix(3) { try folder.keep(.generate(), of: round) }
    #expect(try folder.sweep([rounds[0], rounds[3]]) == [rounds[0]])
    #expect(throws: KeyFolderFailure.missing(rounds[0])) { try folder.key(of: rounds[0]) }
    _ = try folder.key(of: rounds[1])
    _ = try folder.key(of: rounds[2])
  }

  @Test func `a closed round stays closed and gets no key again`() throws {
    let (folder, round) = (try KeyFolder(path: path), try Story.round)
    #expect(try !folder.isClosed(round))
    try folder.markClosed(round)
    try folder.markClosed(round)
    #expect(try KeyFolder(path: path).isClosed(round))
    #expect(try String(contentsOfFile: path + "/closed", encoding: .utf8) == "round-1\n")
    #expect(throws: KeyFolderFailure.closed(round)) { try folder.keep(.generate(), of: round) }
  }

  @Test func `a line that a crash cut short counts for nothing and swallows nothing`() throws {
    let (folder, round) = (try KeyFolder(path: path), try Story.round)
    try Data("earlier\nround-".utf8).write(to: URL(filePath: path + "/closed"))
    #expect(try !folder.isClosed(round))
    try folder.markClosed(round)
    #expect(try folder.isClosed(round))
    #expect(try folder.isClosed(Story.found(RoundName("earlier"))))
  }

  @Test func `a folder that cannot be made says which and why`() throws {
    #expect(throws: KeyFolderFailure.notWritten(path: path + "/not/there", code: ENOENT)) { try KeyFolder(path: path + "/not/there") }
  }

  @Test(arguments: ["", ".", "../x", "a/b", "A", "a b", "a\u{0}", "é", String(repeating: "a", count: 65)])
  func `what is no safe file name is no round's name`(text: String) {
    #expect(RoundName(text) == nil)
  }
}
