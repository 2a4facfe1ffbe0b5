import ArgumentParser
import Foundation
import Rapport

/// `rapport serve`
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Start the web server.",
    discussion: """
      Keeps everything in one folder, which it makes if it is not there; several servers share a PostgreSQL \
      (--database) and a folder of keys (--keys). The first start prints a link to set up \
      the installation; it works once, for an hour. Ctrl-C stops the server after the answers under way.

      To reach it from elsewhere, put nginx or Caddy with https before it (the README has a recipe) and give its \
      address as --base-url: all links are built from it, and survey rounds open only over https or on this machine.

      Each option can also stand in the environment (RAPPORT_BASE_URL for --base-url) or in a file (base-url: ...); \
      "rapport config" shows what holds.
      """)

  @OptionGroup var flags: ServerFlags

  func run() async throws {
    try await reporting {
      let settings = try Settings(flags.all)
      let (host, port) = try settings.listen()
      let logger = try settings.log().logger
      // What makes no sense is refused before anything is made.
      let chosen = try settings.configuration()
      let folder = try DataFolder(settings.folder)
      // The folder's lock lasts as long as this value.
      defer { withExtendedLifetime(folder) {} }
      let database = try await folder.openDatabase(of: chosen)
      let configuration = try settings.configuration(isDemonstration: await Demonstration.lives(in: database))
      let house = try await House(configuration: configuration, database: database, logger: logger)
      try await Server(house: house, host: host, port: port).run { _ in
        await announce(house, at: configuration.baseURL, in: settings.folder)
      }
    }
  }

  private func announce(_ house: House, at base: BaseURL, in folder: URL) async {
    print("Rapport is ready at \(base)")
    do {
      if let link = try await house.setupLink() { print("Set it up here, within an hour: \(link)") }
    } catch {
      print("No setup link could be made. Run \"rapport doctor --data \(folder.path)\".")
    }
    fflush(nil)
  }
}
