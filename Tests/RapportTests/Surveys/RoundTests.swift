import Ballots
import Foundation
import Partnering
import Testing

@testable import Database
@testable import Rapport

@Suite struct RoundTests {
  @Test func `a round opens when a lead of every party has confirmed, and closes with one report for all`() async throws {
    let told = try await RoundStory()
    let round = try await told.draft()
    try await told.confirm(round, by: told.harbour[0])
    #expect(try await told.state(of: round) == "draft")
    try await told.confirm(round, by: told.meadow[0])
    #expect(try await told.state(of: round) == "open")
    for person in told.everybody { try await told.answer(round, by: person, rating: 4) }
    try await told.close(round)
    let reports = try await told.everybody.asyncMap { try await $0.visitor.get("\(told.place(of: round))/report.json").text }
    #expect(Set(reports).count == 1)
    let first = try #require(reports.first)
    #expect(first.contains(#""answers":10"#) || first.contains(#""answers": 10"#), "\(first.prefix(600))")
  }
}

extension Array where Element: Sendable {
  /// One after another.
  func asyncMap<Made>(_ make: (Element) async throws -> Made) async rethrows -> [Made] {
    var all: [Made] = []
    for element in self { all.append(try await make(element)) }
    return all
  }
}
