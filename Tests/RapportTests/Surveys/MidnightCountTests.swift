import Foundation
import Partnering
import Testing

@testable import Database
@testable import Rapport

@Suite struct MidnightCountTests {
  @Test func `an open round shows how many had answered at the last midnight, and no later ones`() async throws {
    let (told, round) = try await RoundStory.opened()
    for person in told.harbour { try await told.answer(round, by: person) }
    for person in told.meadow.prefix(3) { try await told.answer(round, by: person) }
    let lead = told.meadow[0].visitor
    try await told.story.house.countAtMidnight()
    #expect(try await lead.get(told.place(of: round)).text.contains("The first count comes with the next midnight"))
    // From 09:00 to the midnight after.
    told.story.wait(.hours(15))
    try await told.story.house.countAtMidnight()
    try await told.answer(round, by: told.meadow[3])
    try await told.story.house.countAtMidnight()
    let shown = try await lead.get(told.place(of: round)).text
    #expect(shown.contains("Harbour: 5 of 5"))
    // Fewer than the smallest group of four: not even their number.
    #expect(shown.contains("Meadow: fewer than 4 of 5"))
    told.story.wait(.hours(24))
    try await told.story.house.countAtMidnight()
    #expect(try await lead.get(told.place(of: round)).text.contains("Meadow: 4 of 5"))
  }

  @Test func `parties too small to be split are counted together`() async throws {
    let (told, round) = try await RoundStory.opened(harbour: 3, meadow: 4)
    for person in told.everybody.prefix(5) { try await told.answer(round, by: person) }
    told.story.wait(.hours(15))
    try await told.story.house.countAtMidnight()
    #expect(try await told.harbour[0].visitor.get(told.place(of: round)).text.contains("Everybody: 5 of 7"))
  }

  @Test(arguments: ["close", "withdrawal", "interruption"])
  func `nothing of the count is left after the round`(end: String) async throws {
    let (told, round) = try await RoundStory.opened()
    for person in told.everybody { try await told.answer(round, by: person) }
    told.story.wait(.hours(15))
    try await told.story.house.countAtMidnight()
    #expect(try await counts(told) == 2)
    switch end {
    case "close": try await told.close(round)
    case "withdrawal": try await told.withdraw(round, by: told.meadow[0])
    default: try await told.story.house.sealedRounds.interrupt(round, in: told.space)
    }
    #expect(try await counts(told) == 0)
  }

  private func counts(_ told: RoundStory) async throws -> Int {
    try await told.story.house.database.read { try $0.query("SELECT segment FROM midnight_count").count }
  }
}
