import ArgumentParser
import Ballots
import Database
import Foundation
import Rapport

/// `rapport adopt-keys`
struct AdoptKeysCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "adopt-keys", abstract: "Give a PostgreSQL database another folder of keys: the old one is lost.",
    discussion: """
      Servers that share a database share its folder of keys, and refuse to start with another one: they would take the \
      keys of all open rounds for lost. If they are, this makes the folder that you name the right one. Rounds that are \
      open become interrupted, and a lead starts them again.

      Example: rapport adopt-keys --database postgres://rapport@db.example/rapport --keys /srv/rapport/keys
      """)

  @Option(help: ArgumentHelp("The database.", valueName: "address"))
  var database: String

  @Option(help: ArgumentHelp("The folder.", valueName: "folder"))
  var keys: String

  func run() async throws {
    try await reporting {
      let shared = try await PostgresDatabase(database)
      defer { try? shared.close() }
      try await shared.migrate(with: Migration.all())
      try await KeyFolderStore(database: shared).adopt(KeyFolder(path: keys))
      print("\(keys) is the folder of keys now.")
    }
  }
}
