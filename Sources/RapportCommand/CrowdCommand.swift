import ArgumentParser
import Foundation
import Rapport

/// `rapport crowd`, for `script/bench`: it is of no use to anybody else, so the help leaves it out.
struct CrowdCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "crowd", abstract: "Fill an empty folder with a demonstration space of any size, to measure with.",
    shouldDisplay: false)

  @Option(name: .customLong("data"), help: ArgumentHelp("The new folder.", valueName: "folder"))
  var folder: String

  @Option(help: ArgumentHelp("An empty PostgreSQL database; else SQLite in the folder.", valueName: "address"))
  var database: String?

  @Option(help: ArgumentHelp("Where to write what its people send.", valueName: "folder"))
  var visits: String

  @Option(
    name: .customLong("rounds"),
    help: ArgumentHelp("Open rounds: COUNTxPEOPLE, :paper or :answered.", valueName: "size"))
  var rounds: [String] = []

  @Option(help: "Partnerships besides those of the open rounds.")
  var partnerships = 0

  @Option(help: "Closed rounds of each of these.")
  var history = 10

  @Option(help: "Other spaces, each with ten partnerships of one closed round.")
  var spaces = 0

  @Option(name: .customLong("answered-close-in"), help: "Seconds until the answered rounds close.")
  var answeredCloseIn: Int64 = 86_400

  func run() async throws {
    try await reporting {
      let sizes = rounds.compactMap(Crowd.Rounds.init)
      guard sizes.count == rounds.count else {
        throw ValidationError("--rounds takes a size such as 1x5000, 100x40:paper or 1x100000:answered.")
      }
      let crowd = Crowd(
        rounds: sizes, partnerships: partnerships, history: history, otherSpaces: spaces,
        answeredClose: .seconds(answeredCloseIn))
      try await crowd.fill(
        URL(fileURLWithPath: folder), database: database, visits: URL(fileURLWithPath: visits), at: Clock.system.now,
        logger: OperatorLog.notices.logger)
    }
  }
}
