import ArgumentParser
import Foundation
import Rapport

/// `rapport demo`
struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Fill an empty folder with a space to look around in.",
    discussion: """
      Three made-up organisations, four partnerships and their rounds of the past two years, one of them open. \
      Then: rapport serve --data FOLDER, and choose a role at /demonstration.
      """)

  @Option(name: .customLong("data"), help: ArgumentHelp("The new folder.", valueName: "folder"))
  var folder: String

  func run() async throws {
    try await reporting {
      try await Demonstration.fill(
        URL(fileURLWithPath: folder), at: Clock.system.now, logger: OperatorLog.notices.logger
      ) { step in
        print(step)
        fflush(nil)
      }
      print("Done. Now: rapport serve --data \(folder)")
    }
  }
}
