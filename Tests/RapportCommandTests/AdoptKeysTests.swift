import Foundation
import Testing

@testable import RapportCommand

/// `rapport adopt-keys` as a shell meets it, where no PostgreSQL is.
@Suite struct AdoptKeysTests {
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
  private var keys: URL { folder.appendingPathComponent("keys", isDirectory: true) }

  init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

  @Test func `a database and a folder are understood`() throws {
    let command = try RapportCommand.parseAsRoot([
      "adopt-keys", "--database", "postgres://rapport@db.example/rapport", "--keys", keys.path,
    ])
    let settings = try Settings([try #require(command as? AdoptKeysCommand).folders], environment: [:])
    #expect(try settings.database() == "postgres://rapport@db.example/rapport")
    #expect(settings.keys.path == keys.path)
  }

  @Test(arguments: [
    ([], "--database is needed: SQLite has its keys beside it."),
    (["--database", "sqlite:data"], "--database takes an address such as postgres://user@host/rapport."),
    (["--database", "postgres://rapport@127.0.0.1:1/rapport"], "127.0.0.1"),
  ])
  func `without a database that is there no folder is made, and the sentence says why`(
    options: [String], sentence: String
  )
    throws
  {
    let (process, errors) = (Process(), Pipe())
    process.executableURL = try #require(Bundle.main.executableURL).deletingLastPathComponent().appendingPathComponent(
      "rapport")
    process.arguments = ["adopt-keys", "--keys", keys.path] + options
    process.environment = [:]
    (process.standardOutput, process.standardError) = (errors, errors)
    try process.run()
    let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus != 0 && said.contains(sentence), "\(said)")
    #expect(!FileManager.default.fileExists(atPath: keys.path))
  }
}
