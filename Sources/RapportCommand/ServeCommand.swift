import ArgumentParser
import Foundation
import Logging
import Rapport

/// `rapport serve`
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Start the web server.",
    discussion: """
      Keeps everything in one folder. The first start prints a link to set up the installation; \
      it works once, for an hour.
      """)

  @Option(help: "The folder that holds everything; it is made if it is not there.")
  var data = "data"

  @Option(help: "The address and port to listen on.")
  var listen = "127.0.0.1:8080"

  @Option(name: .customLong("base-url"), help: "Where people reach Rapport, such as https://rapport.example. Default: http on the address to listen on.")
  var baseURL: String?

  func run() async throws {
    let (host, port) = try Self.address(listen)
    guard let base = BaseURL(baseURL ?? "http://\(host):\(port)") else {
      throw ValidationError("--base-url takes an address such as https://rapport.example, without a path.")
    }
    var logger = Logger(label: "rapport") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = .notice
    let folder = try DataFolder(URL(fileURLWithPath: data))
    let house = try await House(
      configuration: Configuration(data: folder.url, baseURL: base), database: try folder.openDatabase(), logger: logger)
    try await Server(house: house, host: host, port: port).run { _ in
      print("Rapport is ready at \(base)")
      if let link = try? await house.setupLink() {
        print("Set it up here, within an hour: \(link)")
      }
      fflush(nil)
    }
  }

  static func address(_ text: String) throws -> (String, Int) {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]), (0...65_535).contains(port)
    else { throw ValidationError("--listen takes an address and a port, such as 127.0.0.1:8080.") }
    return (String(text[..<colon]), port)
  }
}
