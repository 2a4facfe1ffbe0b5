import ArgumentParser
import Foundation
import Rapport

/// `rapport link`
struct LinkCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "link", abstract: "Make a link for somebody who lost a password.",
    discussion: """
      The link works once, for a day; hand it over yourself. It works while the server runs, too.

      Example: rapport link ada@harbour.example --data data
      """)

  @Argument(help: "The person's e-mail address.")
  var email: String

  @OptionGroup var data: DataOption

  @Option(
    name: .customLong("base-url"),
    help: ArgumentHelp("Where people reach Rapport; a running server knows by itself.", valueName: "url"))
  var baseURL = "http://127.0.0.1:8080"

  func run() async throws {
    try await reporting {
      guard let base = BaseURL(baseURL) else {
        throw ValidationError("--base-url takes an address such as https://rapport.example, without a path.")
      }
      let installation = Installation(configuration: Configuration(data: data.url, baseURL: base), logger: operatorLog())
      switch try await installation.run(.link(email: email)) {
      case .link(let link): print(link)
      case .refused(let failure): throw failure
      case .backup: return
      }
    }
  }
}
