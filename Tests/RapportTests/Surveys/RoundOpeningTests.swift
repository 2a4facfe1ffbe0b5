import Ballots
import Foundation
import Partnering
import Testing

@testable import Database
@testable import Rapport

@Suite struct RoundOpeningTests {
  /// What of its key file an opening had got to when the power failed.
  enum KeyLeft: CaseIterable { case none, torn, whole }

  @Test(arguments: KeyLeft.allCases)
  func `an opening that a crash cut off is open for nobody, and after the start a draft`(left: KeyLeft) async throws {
    let told = try await RoundStory()
    let round = try await told.draft()
    try await told.confirm(round, by: told.harbour[0])
    let before = try await told.everythingKept()
    try await told.cutOffOpening(of: round, left)
    let person = told.meadow[1]
    #expect(try await person.visitor.get("/rounds/\(round)/answer").text.contains("This round is not open yet."))
    #expect(try await person.visitor.get("/rounds/\(round)/opening").status == .notFound)
    let asked = try await told.ask(round, by: person, segment: "Meadow", blinded: Data(repeating: 1, count: 256))
    #expect(try Reason(asked).code == "not-open")
    #expect(try await told.confirm(round, by: told.meadow[0]).status == .conflict)
    try await told.story.restarted().reviveRounds()
    #expect(try await told.everythingKept() == before)
    try await told.confirm(round, by: told.meadow[0])
    #expect(try await told.state(of: round) == "open")
    try await told.answer(round, by: person)
  }

  @Test(arguments: KeyLeft.allCases)
  func `a restart that a crash cut off leaves the round interrupted, and can be tried again`(left: KeyLeft) async throws {
    let (told, round) = try await RoundStory.interrupted()
    try await told.story.setRound(round, "attempt", 2)
    try await told.cutOffOpening(of: round, left)
    try await told.story.restarted().reviveRounds()
    #expect(try await told.state(of: round) == "interrupted")
    #expect(!FileManager.default.fileExists(atPath: told.keyFile(of: round).path))
    #expect(try await told.harbour[0].visitor.post("\(told.place(of: round))/restart", told.numbers()).status == .seeOther)
    #expect(try await told.state(of: round) == "open")
    try await told.answer(round, by: told.harbour[1])
  }
}

extension RoundStory {
  /// The round as a crash leaves it between the two steps of an opening.
  fileprivate func cutOffOpening(of round: ID<Round>, _ left: RoundOpeningTests.KeyLeft) async throws {
    try await story.setRound(round, "state", "opening")
    switch left {
    case .none: break
    case .torn: try Data([1, 2, 3]).write(to: keyFile(of: round))
    case .whole: try story.house.keys.keep(.generate(), of: try #require(round.roundName))
    }
  }
}
