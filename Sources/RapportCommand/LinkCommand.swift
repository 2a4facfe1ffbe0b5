import ArgumentParser
import Foundation
import Rapport

/// `rapport link`
struct LinkCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "link", abstract: "Make a link for somebody who lost a password.",
    discussion: """
      The link works once, for a day; hand it over yourself. It works while the server runs, too, which \
      then knows its own address.

      Example: rapport link ada@harbour.example --data data
      """)

  @Argument(help: "The person's e-mail address.")
  var email: String

  @OptionGroup var folders: FolderFlags
  @OptionGroup var address: AddressFlags

  func run() async throws {
    try await reporting {
      let settings = try Settings([folders, address])
      let installation = Installation(configuration: try settings.configuration(), logger: try settings.log().logger)
      switch try await installation.run(.link(email: email)) {
      case .link(let link): print(link)
      case .refused(let failure): throw failure
      case .backup: return
      }
    }
  }
}
