import ArgumentParser
import Foundation
import Rapport

/// `rapport backup`
struct BackupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup", abstract: "Write everything into one file, also while the server runs.",
    discussion: """
      The file is checked before it appears under its name. It leaves out the answers of open rounds, so that no \
      copy of them outlives the round: after a restore these rounds are interrupted, and a lead starts them again.

      Example: rapport backup --data data --to /backups/rapport-$(date +%F).backup
      """)

  @OptionGroup var folders: FolderFlags

  @Option(help: ArgumentHelp("The new file.", valueName: "file"))
  var to: String

  func run() async throws {
    try await reporting {
      let settings = try Settings([folders])
      let installation = Installation(configuration: try settings.configuration(), logger: try settings.log().logger)
      let file = URL(fileURLWithPath: to)
      switch try await installation.run(.backup(file: file.path)) {
      case .backup(let contents):
        try contents.mustLie(in: file)
        print("\(to): \(contents.sentence)")
      case .refused(let failure): throw failure
      case .link: return
      }
    }
  }
}

/// `rapport restore`
struct RestoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Make a new installation of a backup.",
    discussion: """
      The folder must be new or empty. If the old installation is still there, copy its "keys" folder into the new \
      one first: it knows which rounds are closed for good, also those that closed after the backup.

      Rounds that were open become interrupted, and everybody signs in again. Then: rapport serve --data FOLDER
      """)

  @Option(help: ArgumentHelp("The backup.", valueName: "file"))
  var from: String

  @Option(name: .customLong("data"), help: ArgumentHelp("The new folder.", valueName: "folder"))
  var folder: String

  @Option(help: ArgumentHelp("The folder of the keys, if it lies elsewhere.", valueName: "folder"))
  var keys: String?

  func run() async throws {
    try await reporting {
      let contents = try Backup.restore(
        URL(fileURLWithPath: from), into: URL(fileURLWithPath: folder), keys: keys.map { URL(fileURLWithPath: $0) },
        at: Clock.system.now)
      print("\(folder): \(contents.sentence)")
    }
  }
}

extension Backup.Contents {
  fileprivate var sentence: String {
    let size = bytes < 1_000_000 ? "\(bytes / 1_000) kB" : "\(bytes / 1_000_000) MB"
    let open = openRounds == 0 ? "" : ", \(openRounds) of them open (interrupted after a restore)"
    return "\(organisations) organisations, \(people) people, \(partnerships) partnerships, \(rounds) rounds\(open); "
      + "checked, \(size)"
  }
}
