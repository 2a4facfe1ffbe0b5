import Foundation
import Partnering
import Testing

@testable import Database
@testable import Rapport

@Suite struct RoundDraftingTests {
  @Test func `a draft that a lead throws away leaves nothing of itself`() async throws {
    let told = try await RoundStory()
    let before = try await told.everythingKept()
    let round = try await told.draft()
    try await told.confirm(round, by: told.harbour[0])
    let (other, place) = (told.meadow[0].visitor, told.place(of: round))
    #expect(try await other.get("\(place)/discarding").text.contains("The numbers, the list and the confirmations"))
    let page = try await other.submit("\(place)/discarding", [])
    #expect(page.status == .ok && page.text.contains("The draft is gone."))
    #expect(try await told.everythingKept() == before)
    #expect(try await other.get(place).status == .notFound)
    #expect(try await told.state(of: told.open()) == "open")
  }
}
