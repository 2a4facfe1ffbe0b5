import Foundation
import Logging
import Partnering
import Testing

@testable import Database
@testable import Rapport

@Suite struct DemonstrationTests {
  /// Once for all tests: it plays two years.
  @Test
  func `the demonstration fills an empty folder with nine closed rounds and an open one, and refuses it afterwards`()
    async throws
  {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    let logger = Logger(label: "demonstration") { _ in SwiftLogNoOpLogHandler() }
    try await Demonstration.fill(folder, at: Story.begin, logger: logger) { _ in }
    let file = folder.appendingPathComponent("rapport.sqlite").path
    let (states, coast, complaints) = try SQLiteDatabase.inspect(file: file) { connection in
      (
        try connection.query("SELECT state FROM round ORDER BY state").map { try $0.text("state") },
        try connection.query(
          """
          SELECT trust_thousandths FROM round
          JOIN partnership ON partnership.space_id = round.space_id AND partnership.id = round.partnership_id
          WHERE partnership.name = 'Coastal route' ORDER BY number
          """
        ).map { try $0.int("trust_thousandths") },
        try connection.complaints()
      )
    }
    #expect(states == Array(repeating: "closed", count: 9) + ["open"])
    #expect(coast.count == 3 && coast == coast.sorted() && Set(coast).count == 3, "trust rises")
    #expect(complaints == [])
    let actions = try SQLiteDatabase.inspect(file: file) { connection in
      try connection.query("SELECT state FROM action ORDER BY state").map { try $0.text("state") }
    }
    #expect(Set(actions) == Set(ActionState.allCases.map(\.rawValue)), "actions in every state")
    let mail = try SQLiteDatabase.inspect(file: file) { connection in
      try connection.query("SELECT DISTINCT mail_state FROM message ORDER BY mail_state").map {
        try $0.text("mail_state")
      }
    }
    #expect(mail == ["bounced", "waiting"], "an invitation came back, and nothing was mailed")
    try await everyRoleFindsItsWay(folder, logger)
    await #expect(throws: OperationFailure.notEmpty(folder: folder.path)) {
      try await Demonstration.fill(folder, at: Story.begin, logger: logger) { _ in }
    }
  }

  private func everyRoleFindsItsWay(_ folder: URL, _ logger: Logger) async throws {
    let database = try DataFolder(folder).openDatabase()
    let house = try await House(
      configuration: Configuration(
        data: folder, baseURL: try #require(BaseURL("http://127.0.0.1:8080")), isDemonstration: true),
      database: database, clock: Clock { Story.begin }, logger: logger)
    let responder = house.router().buildResponder()
    for role in DemonstrationRole.allCases {
      let visitor = Visitor(to: responder)
      #expect(try await visitor.get("/demonstration").text.contains("Sign in as \(role.someone.name)"))
      #expect(try await visitor.post("/demonstration", [("role", role.rawValue)]).status == .seeOther)
      let portfolio = try await visitor.get("/portfolio").text
      #expect(portfolio.contains(role.someone.name) && portfolio.contains("/partnerships/"), "\(role)")
    }
    try database.close()
  }

  @Test func `a real space has no demonstration page`() async throws {
    let (story, ada) = try await Story.begun()
    #expect(try await ada.get("/demonstration").status == .notFound)
    #expect(await !Demonstration.lives(in: story.house.database))
  }
}
