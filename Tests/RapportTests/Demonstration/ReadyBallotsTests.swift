import Ballots
import Engines
import Foundation
import Partnering
import Testing

@testable import Database
@testable import Rapport

@Suite struct ReadyBallotsTests {
  @Test func `ready answers of a demonstration are taken, each as another ballot`() async throws {
    let (told, round) = try await RoundStory.opened()
    try await told.story.house.database.write { try $0.execute("UPDATE space SET demonstration = 1") }
    let ballots = try await told.ready(round.text)
    for number in 0..<10 {
      let body = try ballots.body(number)
      #expect(body.utf8.count == 4_096 && !body.contains("\n"))
      #expect(try await told.post(body, to: round).status == .ok)
    }
    try await told.close(round)
    let report = try await told.harbour[0].visitor.get("\(told.place(of: round))/report.json")
    #expect(report.text.contains(#""answers": 10"#))
  }

  @Test func `none are made for a round of people, nor for one that is closed or not there`() async throws {
    let (told, round) = try await RoundStory.opened()
    await #expect(throws: ReadyBallotsRefusal.noDemonstration) { try await told.ready(round.text) }
    await #expect(throws: ReadyBallotsRefusal.noSuchRound) { try await told.ready("a round") }
    try await told.story.house.database.write { try $0.execute("UPDATE space SET demonstration = 1") }
    let elsewhere = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: elsewhere) }
    _ = try KeyFolder(path: elsewhere.path)
    await #expect(throws: ReadyBallotsRefusal.noKey) { try await told.ready(round.text, keys: elsewhere) }
    try await told.close(round)
    await #expect(throws: ReadyBallotsRefusal.notOpen) { try await told.ready(round.text) }
  }
}

extension RoundStory {
  fileprivate func ready(_ round: String, keys: URL? = nil) async throws -> ReadyBallots {
    let house = story.house
    var place = Moving.Place.folder(house.configuration.data)
    if case .postgres(let server) = TestEngine.chosen {
      let row = try await house.database.read { try $0.first("SELECT CAST(current_database() AS TEXT) AS name", []) }
      place = .server(TestDatabase.address(of: try #require(row).text("name"), on: server))
    }
    return try await ReadyBallots(of: place, keys: keys ?? house.configuration.keys, round: round)
  }
}
