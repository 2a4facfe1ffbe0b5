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
    var receipts: [String] = []
    for person in told.everybody { receipts.append(try await told.answer(round, by: person, rating: 4).receipt) }
    try await told.close(round)
    let reports = try await told.everybody.asyncMap { try await $0.visitor.get("\(told.place(of: round))/report.json").text }
    #expect(Set(reports).count == 1)
    let first = try #require(reports.first)
    #expect(first.contains(#""answers": 10"#) && first.contains(#""health": 4.0"#))
    let list = try await told.meadow[1].visitor.get("/rounds/\(round)/receipts").text
    for receipt in receipts { #expect(list.contains(receipt)) }
  }

  @Test func `the digest is SHA-256 of the document that everybody on the roll is sent`() async throws {
    let (told, round) = try await RoundStory.opened()
    let openings = try await told.everybody.asyncMap { try await told.opening(of: round, as: $0) }
    #expect(Set(openings.map(\.digest)).count == 1)
    let opening = try #require(openings.first)
    #expect(opening.document.segments.map(\.name) == ["Harbour", "Meadow"])
    #expect(opening.document.parties.flatMap(\.people).count == 10)
    let page = try await told.harbour[1].visitor.get("/rounds/\(round)/answer")
    #expect(page.text.contains("data-digest=\"\(opening.digest.hexadecimal)\""))
    for word in opening.digest.words { #expect(page.text.contains("<span>\(word)</span>")) }
  }

  @Test func `a party too small for a group of its own makes one segment of all`() async throws {
    let told = try await RoundStory(harbour: 6, meadow: 3)
    let round = try await told.open()
    #expect(try await told.opening(of: round, as: told.meadow[0]).document.segments.map(\.roll) == [9])
    for person in told.everybody { try await told.answer(round, by: person) }
    try await told.close(round)
    let report = try await told.meadow[0].visitor.get("\(told.place(of: round))/report.json")
    #expect(report.text.contains(#""answers": 9"#))
  }

  @Test(arguments: ["minimum-group", "comment-threshold", "closes", "latest", "list", "paper"])
  func `any change of the numbers or the roll asks every party again`(change: String) async throws {
    let told = try await RoundStory()
    let round = try await told.draft()
    try await told.confirm(round, by: told.harbour[0])
    let seen = try await told.meadow[0].visitor.get(told.place(of: round))
    switch change {
    case "list": try await told.tick([], of: told.harbour.dropLast(), by: told.harbour[0], in: round)
    case "paper": try await told.tick([told.harbour[2]], of: told.harbour, by: told.harbour[0], in: round)
    default:
      let other = ["minimum-group": "5", "comment-threshold": "6", "closes": "2026-03-10T09:00", "latest": "2026-03-30T09:00"]
      try await told.harbour[0].visitor.post("\(told.place(of: round))/numbers", told.numbers(other.filter { $0.key == change }))
    }
    let before = try await told.dump()
    let stale = try await told.meadow[0].visitor.post(
      "\(told.place(of: round))/confirmation", seen.hidden("party") + seen.hidden("terms"))
    #expect(stale.status == .conflict)
    #expect(try await told.dump() == before)
    try await told.confirm(round, by: told.meadow[0])
    #expect(try await told.state(of: round) == "draft")
    try await told.confirm(round, by: told.harbour[0])
    #expect(try await told.state(of: round) == "open")
  }

  @Test func `a lead confirms for the own party alone, and whoever leads none not at all`() async throws {
    let told = try await RoundStory()
    let round = try await told.draft()
    let seen = try await told.meadow[0].visitor.get(told.place(of: round))
    let before = try await told.dump()
    for person in [told.harbour[0], told.harbour[1]] {
      let refused = try await person.visitor.post(
        "\(told.place(of: round))/confirmation", seen.hidden("party") + seen.hidden("terms"))
      #expect(refused.status == .forbidden)
    }
    #expect(try await told.dump() == before)
  }

  @Test func `the last send counts, and a comment with it`() async throws {
    let (told, round) = try await RoundStory.opened()
    for person in told.everybody {
      let ballot = try await told.answer(round, by: person, rating: 1, comment: "The first thought")
      #expect(try await told.post(ballot.body(rating: 5, comment: "The second thought", send: 2), to: round).status == .ok)
    }
    try await told.close(round)
    let report = try await told.harbour[0].visitor.get("\(told.place(of: round))/report.json").text
    #expect(report.contains("The second thought") && !report.contains("The first thought"))
    #expect(report.contains(#""health": 5.0"#))
  }

  @Test func `no page tells anything of the answers before the close`() async throws {
    let (told, round) = try await RoundStory.opened()
    let place = told.place(of: round)
    let paths = [place, "\(told.path)/rounds", "\(place)/report", "\(place)/report/print", "\(place)/report.csv",
      "\(place)/report.json", told.path, "/", "/rounds/\(round)/opening", "/rounds/\(round)/receipts"]
    let reader = told.harbour[1]
    let before = try await paths.asyncMap { try await reader.visitor.get($0).text }
    for person in told.everybody { try await told.answer(round, by: person, rating: 1, comment: "Nobody listens") }
    let after = try await paths.asyncMap { try await reader.visitor.get($0).text }
    for (path, pages) in zip(paths, zip(before, after)) { #expect(pages.0 == pages.1, "\(path)") }
  }

  @Test func `one round runs at a time, and the next opens 28 days after a close that showed figures`() async throws {
    let (told, first) = try await RoundStory.opened()
    #expect(try await told.harbour[0].visitor.post("\(told.path)/rounds", told.numbers()).status == .conflict)
    for person in told.everybody { try await told.answer(first, by: person) }
    try await told.close(first)
    let closed = told.story.now
    let second = try await told.draft(["closes": Formats(language: .en).fieldValue(closed + .days(60)),
      "latest": Formats(language: .en).fieldValue(closed + .days(60))])
    told.story.wait(.justUnder(.days(28)))
    for lead in told.leads { #expect(try await told.confirm(second, by: lead).status == .conflict) }
    told.story.wait(Span(milliseconds: 1))
    for lead in told.leads { try await told.confirm(second, by: lead) }
    #expect(try await told.state(of: second) == "open")
  }

  @Test func `rounds open only where a browser protects the ballot`() async throws {
    let told = try await RoundStory(story: Story(baseURL: "http://rapport.example"))
    let round = try await told.draft()
    let before = try await told.dump()
    let refused = try await told.confirm(round, by: told.harbour[0])
    #expect(refused.status == .conflict && refused.text.contains("https"))
    #expect(try await told.dump() == before)
    let safe = try await RoundStory(story: Story(baseURL: "https://rapport.example"))
    #expect(try await safe.state(of: safe.open()) == "open")
  }

  @Test func `a lopsided roll and one nearly the same as the last are pointed out`() async throws {
    let told = try await RoundStory(harbour: 9, meadow: 4)
    let first = try await told.draft()
    #expect(try await told.harbour[1].visitor.get(told.place(of: first)).text.contains("more than twice as many people"))
    for lead in told.leads { try await told.confirm(first, by: lead) }
    for person in told.everybody { try await told.answer(first, by: person) }
    try await told.close(first)
    let second = try await told.draft()
    let page = try await told.harbour[0].visitor.get(told.place(of: second))
    #expect(!page.text.contains("differs from the last round"))
    try await told.harbour[0].visitor.post(
      "\(told.place(of: second))/roll", told.harbour.dropLast().map { ("person", $0.id.text) } + page.hidden("party"))
    #expect(try await told.harbour[0].visitor.get(told.place(of: second)).text.contains("by one person"))
  }

  @Test func `numbers that cannot be are refused beside their fields and kept as typed`() async throws {
    let told = try await RoundStory()
    let before = try await told.dump()
    let wrong = [("minimum-group", "3"), ("minimum-group", "x"), ("comment-threshold", "4"), ("closes", "tomorrow"),
      ("closes", "2020-01-01T09:00"), ("latest", "2026-03-03T09:00"), ("latest", "2030-01-01T09:00")]
    for (field, value) in wrong {
      let page = try await told.harbour[0].visitor.post("\(told.path)/rounds", told.numbers([field: value]))
      #expect(page.status == .unprocessableContent && page.text.contains("value=\"\(value)\""), "\(field) \(value)")
    }
    #expect(try await told.dump() == before)
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
