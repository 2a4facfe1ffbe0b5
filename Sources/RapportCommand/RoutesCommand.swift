import ArgumentParser
import Database
import Foundation
import Rapport

/// `rapport routes`: every route, for the tests that must miss none.
struct RoutesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "routes", abstract: "List every route.", shouldDisplay: false)

  func run() async throws {
    try await reporting {
      let folder = FileManager.default.temporaryDirectory.appending(path: "rapport-routes-\(UUID().uuidString)")
      defer { try? FileManager.default.removeItem(at: folder) }
      let data = try DataFolder(folder)
      // The folder's lock lasts as long as this value.
      defer { withExtendedLifetime(data) {} }
      guard let base = BaseURL("http://127.0.0.1") else { return }
      let house = try await House(
        configuration: Configuration(data: data.url, baseURL: base), database: try data.openDatabase(),
        logger: OperatorLog.notices.logger)
      for route in house.routeList { print(route) }
    }
  }
}
