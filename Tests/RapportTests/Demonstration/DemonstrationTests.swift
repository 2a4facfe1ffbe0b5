import Foundation
import Logging
import Partnering
import Testing

@testable import Database
@testable import Rapport

@Suite struct DemonstrationTests {
  /// Half past eleven at night, when the next day has begun where the demonstration is.
  private static let night = Story.begin + .hours(14) + .minutes(30)

  /// Once for all tests: it plays two years.
  @Test
  func `the demonstration fills an empty folder with nine closed rounds and an open one, and refuses it afterwards`()
    async throws
  {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    let logger = Logger(label: "demonstration") { _ in SwiftLogNoOpLogHandler() }
    try await Demonstration.fill(folder, at: Self.night, logger: logger) { _ in }
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
    try inspectTalks(file)
    try await everyRoleFindsItsWay(folder, logger)
    await #expect(throws: OperationFailure.notEmpty(folder: folder.path)) {
      try await Demonstration.fill(folder, at: Story.begin, logger: logger) { _ in }
    }
  }

  /// Everything that a talk can bring has happened once, in an order that can be told.
  private func inspectTalks(_ file: String) throws {
    let (counts, happenings) = try SQLiteDatabase.inspect(file: file) { connection in
      let counts = try ["challenge_answer", "action_comment", "celebration", "action_review"].map { table in
        try connection.first("SELECT count(*) AS n FROM \(table)", []).map { try $0.int("n") } ?? 0
      }
      return (
        counts,
        try connection.query(
          "SELECT kind FROM event WHERE note = 'A summer without a spoiled load' ORDER BY happened_at, id"
        ).map { try $0.text("kind") }
      )
    }
    #expect(counts.allSatisfy { $0 > 0 }, "\(counts)")
    #expect(happenings == ["celebrations.event-planned", "celebrations.event-held"])
    let helped = try SQLiteDatabase.inspect(file: file) { connection in
      try connection.query("SELECT helps_item FROM conclusion WHERE helps_item IS NOT NULL").map {
        try $0.int("helps_item")
      }
    }
    #expect(helped == [5])
  }

  private func everyRoleFindsItsWay(_ folder: URL, _ logger: Logger) async throws {
    let database = try DataFolder(folder).openDatabase()
    let house = try await House(
      configuration: Configuration(
        data: folder, baseURL: try #require(BaseURL("http://127.0.0.1:8080")), isDemonstration: true),
      database: database, clock: Clock { Self.night }, logger: logger)
    let responder = house.router().buildResponder()
    for role in DemonstrationRole.allCases {
      let visitor = Visitor(to: responder)
      #expect(try await visitor.get("/demonstration").text.contains("Sign in as \(role.someone.name)"))
      #expect(try await visitor.post("/demonstration", [("role", role.rawValue)]).status == .seeOther)
      let portfolio = try await visitor.get("/portfolio").text
      #expect(portfolio.contains(role.someone.name) && portfolio.contains("/partnerships/"), "\(role)")
    }
    // Jon's slips are to be printed, Rita's have been handed out.
    for (role, isAsked) in [(DemonstrationRole.otherLead, true), (.publicLead, false)] {
      let visitor = Visitor(to: responder)
      try await visitor.get("/demonstration")
      try await visitor.post("/demonstration", [("role", role.rawValue)])
      #expect(try await visitor.get("/").text.contains("/slips\"") == isAsked)
    }
    try database.close()
  }

  @Test func `a real space has no demonstration page`() async throws {
    let (story, ada) = try await Story.begun()
    #expect(try await ada.get("/demonstration").status == .notFound)
    #expect(await !Demonstration.lives(in: story.house.database))
  }
}
