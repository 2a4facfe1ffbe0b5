import ArgumentParser
import Foundation
import Rapport

/// `rapport serve`
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Start the web server.",
    discussion: """
      Keeps everything in one folder, which it makes if it is not there. The first start prints a link to set up \
      the installation; it works once, for an hour. Ctrl-C stops the server after the answers under way.

      To reach it from elsewhere, put nginx or Caddy with https before it (the README has a recipe) and give its \
      address as --base-url: all links are built from it, and survey rounds open only over https or on this machine.
      """)

  @OptionGroup var data: DataOption
  @OptionGroup var address: AddressOptions
  @OptionGroup(title: "Mail") var mail: MailOptions

  func run() async throws {
    try await reporting {
      let (host, port, base) = try address.parts
      let mail = try mail.settings()
      let folder = try DataFolder(data.url)
      // The folder's lock lasts as long as this value.
      defer { withExtendedLifetime(folder) {} }
      let database = try folder.openDatabase()
      let configuration = Configuration(
        data: folder.url, baseURL: base, isDemonstration: await Demonstration.lives(in: database),
        mail: mail)
      let house = try await House(configuration: configuration, database: database, logger: operatorLog())
      try await Server(house: house, host: host, port: port).run { _ in await announce(house, at: base) }
    }
  }

  private func announce(_ house: House, at base: BaseURL) async {
    print("Rapport is ready at \(base)")
    do {
      if let link = try await house.setupLink() { print("Set it up here, within an hour: \(link)") }
    } catch {
      print("No setup link could be made. Run \"rapport doctor --data \(data.folder)\".")
    }
    fflush(nil)
  }
}
