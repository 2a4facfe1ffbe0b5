import ArgumentParser
import Foundation
import Logging
import Rapport

/// The folder of an installation.
struct DataOption: ParsableArguments {
  @Option(name: .customLong("data"), help: ArgumentHelp("The folder that holds everything.", valueName: "folder"))
  var folder = "data"

  var url: URL { URL(fileURLWithPath: folder) }
}

/// Where the server listens, and where people reach it.
struct AddressOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The address and port to listen on.", valueName: "address:port"))
  var listen = "127.0.0.1:8080"

  @Option(
    name: .customLong("base-url"),
    help: ArgumentHelp(
      "Where people reach Rapport, such as https://rapport.example. Without it: http on the address to listen on.",
      valueName: "url"))
  var baseURL: String?

  var base: String { baseURL ?? "http://\(listen)" }

  /// `[::1]:8080` has its brackets around the host.
  var hostAndPort: (host: String, port: Int)? {
    guard let colon = listen.lastIndex(of: ":"), let port = Int(listen[listen.index(after: colon)...]),
      (0...65_535).contains(port), colon > listen.startIndex
    else { return nil }
    let host = listen[..<colon]
    return (host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : String(host), port)
  }

  func validate() throws {
    guard hostAndPort != nil else {
      throw ValidationError("--listen takes an address and a port, such as 127.0.0.1:8080.")
    }
    guard BaseURL(base) != nil else {
      throw ValidationError("--base-url takes an address such as https://rapport.example, without a path.")
    }
  }

  /// After `validate`, both are there; the address of this machine stands in for neither.
  var parts: (host: String, port: Int, base: BaseURL) {
    get throws {
      guard let (host, port) = hostAndPort, let base = BaseURL(base) else {
        throw ValidationError("--listen or --base-url is no address.")
      }
      return (host, port, base)
    }
  }
}

/// What a command and a server write to standard error.
func operatorLog() -> Logger {
  var logger = Logger(label: "rapport") { StreamLogHandler.standardError(label: $0) }
  logger.logLevel = .notice
  return logger
}
