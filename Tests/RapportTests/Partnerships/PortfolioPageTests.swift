import Foundation
import Partnering
import Testing

@testable import Database
@testable import Rapport

@Suite struct PortfolioPageTests {
  /// A head's pages are read in the order that is kept; the rule itself sorts all of them in memory.
  @Test(arguments: PortfolioOrder.allCases, ["", "-"])
  func `a head's pages hold everything once, in the rule's order`(order: PortfolioOrder, sign: String) async throws {
    let crowd = try await Crowding.begun(partnerships: 120)
    for (wish, names) in [
      ("sort=\(sign)\(order.rawValue)", "Partnership "),
      ("sort=\(sign)\(order.rawValue)&name=TNERSHIP%201", "Partnership 1"),
    ] {
      let expected = try await crowd.sorted(wish).filter { $0.name.hasPrefix(names) }
      #expect(try await crowd.shown(wish) == expected.map(\.id), "\(wish)")
    }
  }

  @Test func `what happens to a partnership puts it in another place at the next look`() async throws {
    let crowd = try await Crowding.begun(partnerships: 60)
    let last = try #require(try await crowd.shown("sort=actions").last)
    let due = crowd.story.now.day.adding(days: -3)
    try await crowd.story.house.database.write { [head = crowd.head, space = crowd.space, now = crowd.story.now] in
      for _ in 0..<4 {
        try CrowdStore.action(
          of: CrowdStore.Pair(partnership: last, parties: []), due: due, by: head, in: space, at: now, $0)
      }
      try StandingStore.mark(last, in: space, $0)
    }
    #expect(try await crowd.shown("sort=actions").first == last)
  }

  @Test func `another day puts all in their places, as more is overdue`() async throws {
    let crowd = try await Crowding.begun(partnerships: 60)
    let before = try await crowd.shown("sort=actions")
    crowd.story.wait(.days(20))
    let after = try await crowd.shown("sort=actions")
    #expect(before != after)
    #expect(try await crowd.sorted("sort=actions").map(\.id) == after)
  }

  /// A head's look that began before midnight, or on a server whose clock is behind.
  @Test func `a day that has begun is not taken back by somebody for whom it has not`() async throws {
    let crowd = try await Crowding.begun(partnerships: 10)
    let (database, space, today) = (crowd.story.house.database, crowd.space, crowd.story.now.day)
    for day in [today.adding(days: 1), today] {
      try await StandingStore.bringUpToDate(in: space, on: day, database)
    }
    #expect(try await database.read { try $0.query("SELECT day FROM standing_day").map { try $0.text("day") } } == [today.adding(days: 1).description])
  }

  @Test func `once it is midnight where the space is, all are in their places before somebody looks`() async throws {
    let crowd = try await Crowding.begun(partnerships: 250)
    _ = try await crowd.shown("sort=actions")
    let house = crowd.story.house
    try await house.database.write { _ = try $0.execute("UPDATE space SET time_zone = 'Pacific/Auckland'") }
    let tomorrow = crowd.story.now.day.adding(days: 1)
    func isReady() async throws -> Bool {
      try await house.database.read { [space = crowd.space] in try StandingStore.isCurrent(in: space, on: tomorrow, $0) }
    }
    try await house.renewStandings()
    #expect(try await !isReady())
    // From 09:00 in Greenwich to 13:00, when it is the next day in Auckland only.
    crowd.story.wait(.hours(4))
    #expect(crowd.story.now.day < tomorrow)
    try await house.renewStandings()
    #expect(try await isReady())
  }
}

/// An organisation with many partnerships, and a head who looks at them.
private struct Crowding {
  let story: Story
  let head: ID<Person>
  let space: ID<Space>
  private let visitor: Visitor

  static func begun(partnerships: Int) async throws -> Crowding {
    let story = try await Story()
    let gathering = Gathering(house: story.house, now: story.now)
    try await gathering.begin()
    try await gathering.remember(partnerships: partnerships, rounds: 3)
    let visitor = story.visitor()
    await visitor.bring(cookie: story.house.cookie("session"), value: await gathering.headCookie)
    let head: ID<Person> = try await story.house.database.read {
      try #require(try $0.first("SELECT id FROM person WHERE head = 1", [])).id("id")
    }
    return Crowding(story: story, head: head, space: try await story.space(), visitor: visitor)
  }

  /// The partnerships of all pages, as the reader sees them.
  func shown(_ wish: String) async throws -> [ID<Partnership>] {
    var found: [ID<Partnership>] = []
    for page in 1...5 {
      let text = try await visitor.get("/portfolio?\(wish)&page=\(page)").text
      found += text.components(separatedBy: "<th scope=\"row\"><a href=\"/partnerships/").dropFirst().compactMap {
        ID(String($0.prefix(36)))
      }
    }
    return found
  }

  func sorted(_ wish: String) async throws -> [PortfolioPartnership] {
    let today = story.now.day
    let all = try await story.house.database.read { [space] connection in
      let ids = try connection.query("SELECT id FROM partnership ORDER BY id", []).map {
        try $0.id("id") as ID<Partnership>
      }
      return try PortfolioStore.partnerships(ids, in: space, asking: nil, on: today, connection)
    }
    return PortfolioWish(Form(urlEncoded: wish.utf8)).sorting(all, on: today)
  }
}
