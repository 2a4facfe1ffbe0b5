import Engines
import Foundation
import Partnering
import Testing

@testable import Database
@testable import Rapport

@Suite struct ReadyBallotsTests {
  @Test(.enabled(if: !TestEngine.chosen.isPostgres))
  func `ready answers of a demonstration are taken, each as another ballot`() async throws {
    let (told, round) = try await RoundStory.opened()
    try await told.story.house.database.write { try $0.execute("UPDATE space SET demonstration = 1") }
    let ballots = try ReadyBallots(folder: told.story.house.configuration.data, round: round.text)
    for number in 0..<10 {
      let body = try ballots.body(number)
      #expect(body.utf8.count == 4_096 && !body.contains("\n"))
      #expect(try await told.post(body, to: round).status == .ok)
    }
    try await told.close(round)
    let report = try await told.harbour[0].visitor.get("\(told.place(of: round))/report.json")
    #expect(report.text.contains(#""answers": 10"#))
  }

  @Test(.enabled(if: !TestEngine.chosen.isPostgres))
  func `none are made for a round of people, nor for one that is closed or not there`() async throws {
    let (told, round) = try await RoundStory.opened()
    let folder = told.story.house.configuration.data
    #expect(throws: ReadyBallotsRefusal.noDemonstration) { try ReadyBallots(folder: folder, round: round.text) }
    #expect(throws: ReadyBallotsRefusal.noSuchRound) { try ReadyBallots(folder: folder, round: "a round") }
    try await told.story.house.database.write { try $0.execute("UPDATE space SET demonstration = 1") }
    try await told.close(round)
    #expect(throws: ReadyBallotsRefusal.notOpen) { try ReadyBallots(folder: folder, round: round.text) }
  }
}
