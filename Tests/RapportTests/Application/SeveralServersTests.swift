import Ballots
import Engines
import Foundation
import HTTPTypes
import Hummingbird
import Partnering
import Testing

@testable import Database
@testable import Rapport

/// Two servers on one database and one folder of keys.
@Suite(.enabled(if: TestEngine.chosen.isPostgres, "several servers share a PostgreSQL"))
struct SeveralServersTests {
  /// The way to one of the servers.
  private struct Server {
    let house: House
    let responder: any HTTPResponder<BareContext>

    init(_ house: House) { (self.house, responder) = (house, house.router().buildResponder()) }

    func post(_ body: String, to round: ID<Round>) async throws -> Visitor.Page {
      try await Visitor(to: responder).send(
        .post, "/answers/\(round)", headers: [.contentType: "application/json"], body: body, withCookies: false)
    }
  }

  private func servers(_ story: Story) async throws -> [Server] {
    let houses = [story.house, try await story.restarted()]
    var connections: Set<Int> = []
    for house in houses {
      let row = try await house.database.read { try $0.first("SELECT pg_backend_pid() AS process", []) }
      connections.insert(try #require(row).int("process"))
    }
    // With connections in common they would be one server.
    try #require(connections.count == houses.count)
    return houses.map(Server.init)
  }

  /// The receipts that a closed round lists, and how many ballots its report counts.
  private func counted(_ round: ID<Round>, _ story: Story) async throws -> (receipts: [String], answers: Int) {
    try await story.house.database.read { connection in
      let row = try #require(
        try connection.first(
          """
          SELECT content AS receipts, report FROM round JOIN kept_list ON round_id = round.id AND part = 'receipts'
          WHERE round.id = $1
          """, [.id(round)]))
      let report = try JSONDecoder().decode(SurveyReport.self, from: Data(try row.text("report").utf8))
      return (try JSONDecoder().decode([String].self, from: Data(try row.text("receipts").utf8)), report.answers)
    }
  }

  @Test func `what one server took the other changes, and each person counts once`() async throws {
    let (told, round) = try await RoundStory.opened()
    let servers = try await servers(told.story)
    var ballots: [Ballot] = []
    for (place, person) in told.everybody.enumerated() {
      let ballot = try await told.collect(round, by: person)
      ballots.append(ballot)
      #expect(try await servers[place % 2].post(ballot.body(rating: 5), to: round).status == .ok)
      #expect(try await servers[(place + 1) % 2].post(ballot.body(rating: 2, send: 2), to: round).status == .ok)
      #expect(try await servers[place % 2].post(ballot.body(rating: 5), to: round).status == .conflict)
    }
    told.story.wait(.days(14))
    #expect(try await servers[1].house.closeDueRounds() == 1)
    #expect(try await servers[0].house.closeDueRounds() == 0)
    let counted = try await counted(round, told.story)
    #expect(
      counted.answers == 10 && Set(counted.receipts) == Set(ballots.map(\.receipt)) && counted.receipts.count == 10)
    let report = try await told.harbour[0].visitor.get("\(told.place(of: round))/report.json")
    #expect(report.status == .ok && report.text.contains(/"answers"\s*:\s*10\b/))
  }

  @Test func `a round that one server has closed is forgotten by the other, with its keys`() async throws {
    let (told, round) = try await RoundStory.opened()
    let servers = try await servers(told.story)
    for (place, person) in told.everybody.enumerated() {
      let ballot = try await told.collect(round, by: person)
      #expect(try await servers[place % 2].post(ballot.body(rating: 4), to: round).status == .ok)
    }
    #expect(try await servers[0].house.sealedRounds.forgetOver() == 0)
    told.story.wait(.days(14))
    #expect(try await servers[1].house.closeDueRounds() == 1)
    #expect(try await servers[0].house.sealedRounds.forgetOver() == 1)
    #expect(try await servers[0].house.sealedRounds.forgetOver() == 0)
  }

  @Test func `of servers that race with the close, none takes anything after it, and nothing counts twice`()
    async throws
  {
    let (told, round) = try await RoundStory.opened(harbour: 8, meadow: 8)
    let servers = try await servers(told.story)
    var ballots: [Ballot] = []
    for person in told.everybody { ballots.append(try await told.collect(round, by: person)) }
    let story = told.story
    // Each sends to both servers, again and again, until the round is closed for it.
    let acknowledged = try await withThrowingTaskGroup(of: (String, Bool).self) { group in
      for (place, ballot) in ballots.enumerated() {
        group.addTask {
          var (send, isAcknowledged) = (0, false)
          while true {
            send += 1
            let page = try await servers[(place + send) % 2].post(
              ballot.body(rating: 1 + send % 5, send: send), to: round)
            if page.status == .gone { return (ballot.receipt, isAcknowledged) }
            try #require(page.status == .ok, "\(page.text)")
            isAcknowledged = true
            if send == 3, place == 0 { story.wait(.days(14)) }
          }
        }
      }
      group.addTask {
        // Both close as soon as it is time.
        var closed = 0
        while closed == 0 {
          async let one = servers[0].house.closeDueRounds()
          async let other = servers[1].house.closeDueRounds()
          closed = try await one + other
        }
        try #require(closed == 1)
        return ("", false)
      }
      return try await group.reduce(into: Set<String>()) { if $1.1 { $0.insert($1.0) } }
    }
    let counted = try await counted(round, told.story)
    #expect(Set(counted.receipts) == acknowledged && counted.receipts.count == acknowledged.count)
    #expect(counted.answers == acknowledged.count)
    for server in servers {
      #expect(try await server.post(ballots[0].body(rating: 1, send: 99), to: round).status == .gone)
    }
  }

  @Test func `a round that one server restarts is the new one for the other`() async throws {
    let (told, round) = try await RoundStory.opened()
    let servers = try await servers(told.story)
    let old = try await told.collect(round, by: told.harbour[1])
    #expect(try await servers[1].post(old.body(rating: 3), to: round).status == .ok)
    try await told.interrupt(round)
    #expect(try await servers[1].post(old.body(rating: 3, send: 2), to: round).status == .conflict)
    #expect(
      try await told.leads[0].visitor.post("\(told.place(of: round))/restart", told.numbers()).status == .seeOther)
    let fresh = try await told.collect(round, by: told.harbour[1])
    #expect(try await servers[1].post(fresh.body(rating: 4), to: round).status == .ok)
    #expect(try await servers[1].post(old.body(rating: 3, send: 2), to: round).status == .forbidden)
  }

  @Test func `work is taken on by one server until its lease ends`() async throws {
    let story = try await Story()
    let servers = try await servers(story)
    let (one, other) = (servers[0].house.leases, servers[1].house.leases)
    let span = Span.seconds(20)
    #expect(try await one.take("work", for: span))
    #expect(try await one.take("work", for: span))
    #expect(try await !other.take("work", for: span))
    #expect(try await other.take("other work", for: span))
    story.wait(.seconds(15))
    // Renewed after half its time.
    #expect(try await one.take("work", for: span))
    story.wait(.seconds(15))
    #expect(try await !other.take("work", for: span))
    story.wait(.seconds(5))
    #expect(try await other.take("work", for: span))
    #expect(try await !one.take("work", for: span))
    try await one.leave("work")
    #expect(try await !one.take("work", for: span))
    try await other.leave("work")
    #expect(try await one.take("work", for: span))
  }

  @Test func `of servers that want the same work at once, one gets it`() async throws {
    let story = try await Story()
    let houses = try await [story.house, story.restarted(), story.restarted(), story.restarted()]
    let taken = try await withThrowingTaskGroup(of: Bool.self) { group in
      for house in houses { group.addTask { try await house.leases.take("work", for: .seconds(20)) } }
      return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(taken == 1)
  }

  @Test func `an opening that another server is about to finish is left alone, until its time is over`() async throws {
    let told = try await RoundStory()
    let other = try await told.story.restarted()
    let round = try await told.draft()
    try await told.story.house.database.write { connection in
      try connection.execute("UPDATE round SET state = 'opening' WHERE id = $1", [.id(round)])
    }
    let record = try await told.story.house.roundStore.unfinished()[0]
    #expect(try await told.story.house.leases.take(record.openingLease, for: RoundRecord.openingSpan))
    try await other.reviveRounds()
    #expect(try await told.state(of: round) == "opening")
    told.story.wait(RoundRecord.openingSpan)
    try await other.reviveRounds()
    #expect(try await told.state(of: round) == "draft")
  }

  @Test func `whoever signs in at one server is signed in at the other, and signed out of both`() async throws {
    let (story, _) = try await Story.begun()
    let servers = try await servers(story)
    let (one, other) = (Visitor(to: servers[0].responder), Visitor(to: servers[1].responder))
    try await one.get("/sign-in")
    let page = try await one.post("/sign-in", [("email", "ada@harbour.example"), ("password", Story.password)])
    let name = story.house.cookie("session")
    let cookie = try #require(page.headers[values: .setCookie].first { $0.hasPrefix("\(name)=") })
    await other.bring(cookie: name, value: String(cookie.dropFirst(name.count + 1).prefix { $0 != ";" }))
    #expect(try await one.get("/account").text.contains("ada@harbour.example"))
    #expect(try await other.get("/account").text.contains("ada@harbour.example"))
    #expect(try await other.post("/sign-out", []).location == "/sign-in")
    // This browser still has the cookie.
    let refused = try await one.get("/account")
    #expect(refused.status == .seeOther && refused.location?.hasPrefix("/sign-in") == true)
  }

  @Test func `wrong passwords count on every server`() async throws {
    let (story, _) = try await Story.begun()
    let servers = try await servers(story)
    func guess(_ server: Server) async throws -> HTTPResponse.Status {
      let visitor = Visitor(to: server.responder)
      try await visitor.get("/sign-in")
      return try await visitor.post("/sign-in", [("email", "ada@harbour.example"), ("password", "wrong")]).status
    }
    for place in 0..<GuessLimit.ofOneAccount.most {
      #expect(try await guess(servers[place % 2]) == .unprocessableContent)
    }
    #expect(try await guess(servers[0]) == .tooManyRequests)
    #expect(try await guess(servers[1]) == .tooManyRequests)
  }

  @Test func `each message is mailed once, whichever server mails it`() async throws {
    let post = PostOffice()
    let (story, ada) = try await Story.begun(mailer: post.mailer)
    for number in 0..<12 {
      try await ada.post("/organisation/people", [("name", "B"), ("email", "b\(number)@harbour.example")])
    }
    let other = try await story.restarted(mailer: post.mailer)
    async let one = story.house.sendDueMail()
    async let two = other.sendDueMail()
    let (first, second) = try await (one, two)
    #expect(first && second)
    #expect(post.arrived.count == 12 && Set(post.arrived.map(\.to.address.text)).count == 12)
  }

  @Test func `a server with another folder of keys does not start, and leaves the rounds alone`() async throws {
    let (told, round) = try await RoundStory.opened()
    let house = told.story.house
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let keys = folder.appendingPathComponent("keys")
    await #expect(throws: KeyFolderFailure.ofAnother(path: keys.path)) {
      _ = try await House(
        configuration: Configuration(data: folder, baseURL: house.configuration.baseURL), database: house.database,
        logger: house.logger)
    }
    #expect(try await told.state(of: round) == "open")
    try await KeyFolderStore(database: house.database).adopt(KeyFolder(path: keys.path))
    await #expect(throws: KeyFolderFailure.self) { _ = try await told.story.restarted() }
  }

  @Test func `with a folder adopted by the command, open rounds are interrupted, and closed ones stay whole`()
    async throws
  {
    let (told, closed) = try await RoundStory.reported()
    let beside = try await RoundStory(beside: told)
    let open = try await beside.open()
    try await beside.answer(open, by: beside.harbour[1])
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let keys = folder.appendingPathComponent("keys", isDirectory: true)
    let report = "\(told.place(of: closed))/report.json"
    let (rows, shown) = (try await whole(closed, told), try await told.harbour[0].visitor.get(report).text)

    try adopt(keys, at: try await told.story.address)
    let house = try await told.story.restarted(keys: keys)
    try await house.reviveRounds()
    try await house.sweepKeys()
    #expect(try await beside.state(of: open) == "interrupted")
    #expect(try await whole(closed, told) == rows)
    #expect(try await told.harbour[0].visitor.get(report).text == shown && shown.contains(#""answers": 10"#))
    #expect(try house.keys.closedRounds() == [try #require(closed.roundName)])
    await #expect(throws: KeyFolderFailure.self) { _ = try await told.story.restarted() }
  }

  /// Everything that is kept of a round.
  private func whole(_ round: ID<Round>, _ told: RoundStory) async throws -> [String] {
    let rows = try await told.dump().filter { $0.contains(round.text) }
    try #require(rows.contains { $0.hasPrefix("round:") && $0.contains("state='closed'") })
    try #require(rows.contains { $0.hasPrefix("kept_list:") })
    return rows
  }

  /// Runs the program that was built beside these tests.
  private func adopt(_ keys: URL, at address: String) throws {
    let (process, output) = (Process(), Pipe())
    process.executableURL = try #require(Bundle.main.executableURL).deletingLastPathComponent().appendingPathComponent(
      "rapport")
    process.arguments = ["adopt-keys", "--database", address, "--keys", keys.path]
    process.environment = [:]
    (process.standardOutput, process.standardError) = (output, output)
    try process.run()
    let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0 && said == "\(keys.path) is the folder of keys now.\n", "\(said)")
  }
}
