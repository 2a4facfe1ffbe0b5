import ArgumentParser
import Foundation
import Rapport

/// `rapport copy`
struct CopyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "copy", abstract: "Take an installation from SQLite to PostgreSQL, or back.",
    discussion: """
      Stop every Rapport that uses the source or the target first. All rows arrive in one transaction and are compared \
      with the source afterwards; the source stays as it is. Nothing is copied while a round is open, since its answers \
      can be read by the server that holds its key alone: wait for its close.

      The target is a new or empty folder, or a PostgreSQL database without records. Take the folder of keys along: give \
      the old one to "rapport serve" as --keys, it knows which rounds are closed for good.

      Examples:
        rapport copy --from sqlite:data --to postgres://rapport@db.example/rapport
        rapport copy --from postgres://rapport@db.example/rapport --to sqlite:data-new
      """)

  @Option(help: ArgumentHelp("sqlite:FOLDER or postgres://...", valueName: "source"))
  var from: String

  @Option(help: ArgumentHelp("sqlite:FOLDER or postgres://...", valueName: "target"))
  var to: String

  func validate() throws {
    for place in [from, to] where Moving.Place(place) == nil {
      guard !place.hasPrefix("postgres") else {
        throw ValidationError("The address of PostgreSQL cannot be read. \(writingPasswords)")
      }
      throw ValidationError(
        "\(place) is neither sqlite:FOLDER nor an address such as postgres://rapport@db.example/rapport.")
    }
  }

  func run() async throws {
    try await reporting {
      guard let source = Moving.Place(from), let target = Moving.Place(to) else { return }
      let arrived = try await Moving.move(from: source, to: target)
      print("\(arrived.rows) rows of \(arrived.tables) tables arrived, and are the same as in the source.")
    }
  }
}
