import Foundation
import Hummingbird
import Logging
import Testing

@testable import Database
@testable import Rapport

@Suite struct SettingUpTests {
  @Test func `the setup link makes one account and then is spent`() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    let data = try DataFolder(folder)
    let base = try #require(BaseURL("http://127.0.0.1:8080"))
    let house = try await House(
      configuration: Configuration(data: folder, baseURL: base), database: try data.openDatabase(),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let link = try #require(try await house.setupLink())
    let path = String(link.dropFirst(base.description.count))
    let visitor = Visitor(to: house.router().buildResponder())
    try await visitor.get(path)
    let page = try await visitor.post(
      path,
      [("space", "Coast"), ("organisation", "Harbour"), ("name", "Ada"), ("email", "ada@harbour.example"), ("password", "a long password")])
    let again = try await visitor.get(path)
    #expect(again.status == .gone)
    #expect(page.location == "/")
  }
}
