import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOConcurrencyHelpers
import Partnering
import Testing

@testable import Database
@testable import Rapport

/// What whoever runs Rapport sees of it, and what not.
@Suite struct MonitoringTests {
  static let token = "a-token-of-the-monitoring"

  private func story(_ lines: NIOLockedValueBox<[String]> = NIOLockedValueBox([])) async throws -> Story {
    let log = OperatorLog(level: .info, format: .text) { line in lines.withLockedValue { $0.append(line) } }
    return try await Story(metricsToken: try #require(MetricsToken(Self.token)), logger: log.logger)
  }

  // MARK: Health

  @Test func `a program that can do its work says so`() async throws {
    let visitor = try await Story().visitor()
    #expect(try await visitor.get("/livez").text == "alive\n")
    let ready = try await visitor.get("/readyz")
    #expect(ready.status == .ok && ready.text == "ready\n" && ready.headers[.setCookie] == nil)
  }

  @Test func `a lost database, another schema and a stop make it not ready, and each is named`() async throws {
    let newer = try await Story()
    try await newer.house.database.write {
      try $0.execute("INSERT INTO migration (number, checksum) VALUES (9999, 'x')")
    }
    let lost = try await Story()
    try lost.house.database.close()
    let stopping = try await Story()
    stopping.house.isStopping.withLockedValue { $0 = true }
    for (story, reason) in [(newer, "schema"), (lost, "database"), (stopping, "stopping")] {
      let page = try await story.visitor().get("/readyz")
      #expect(page.status == .serviceUnavailable && page.text == "not ready: \(reason)\n")
      #expect(try await story.visitor().get("/livez").status == .ok)
    }
  }

  // MARK: Metrics

  private func read(_ story: Story, _ authorization: String?) async throws -> Visitor.Page {
    try await story.visitor().get("/metrics", headers: authorization.map { [.authorization: $0] } ?? [:])
  }

  @Test func `metrics are there for whoever has the token`() async throws {
    let story = try await story()
    for wrong in [
      nil, "", "Bearer", "Bearer ", "Bearer \(Self.token)x", "Bearer \(Self.token.dropLast())", "Basic \(Self.token)",
      Self.token,
    ] {
      let page = try await read(story, wrong)
      #expect(
        page.status == .unauthorized && page.headers[.wwwAuthenticate] == "Bearer" && !page.text.contains("rapport_"))
    }
    for right in ["Bearer \(Self.token)", "bearer \(Self.token)"] {
      #expect(try await read(story, right).text.contains("\nrapport_ready 1\n"))
    }
  }

  @Test func `without a token in the settings there are no metrics`() async throws {
    let story = try await Story()
    for sent in [nil, "Bearer ", "Bearer \(Self.token)"] { #expect(try await read(story, sent).status == .notFound) }
  }

  @Test func `every sample is in the format, after its help and its type`() async throws {
    let story = try await story()
    try await story.visitor().get("/survey")
    var described: [String: Int] = [:]
    for line in try await read(story, "Bearer \(Self.token)").text.split(separator: "\n") {
      if let match = line.wholeMatch(of: /# (HELP|TYPE) ([a-z_]+) (.+)/) {
        described[String(match.2), default: 0] += 1
        if match.1 == "TYPE" { #expect(["gauge", "counter", "histogram"].contains(match.3)) }
      } else if let match = line.wholeMatch(
        of: /([a-z_]+?)(_bucket|_sum|_count)?(\{[a-z]+="[^"]+"(,le="[^"]+")?\})? [0-9.e+-]+/)
      {
        #expect(described[String(match.1)] == 2, "\(line)")
      } else {
        Issue.record("\(line)")
      }
    }
    #expect(described.values.allSatisfy { $0 == 2 } && described.count >= 6)
  }

  @Test func `a page is counted by its status and in each bucket that it fits`() {
    let meter = Meter()
    meter.page(.ok, took: .milliseconds(7))
    meter.page(.seeOther, took: .seconds(3))
    meter.page(.notFound, took: .milliseconds(7))
    let pages = meter.counts.pages
    #expect([2, 3, 4, 5].map { pages[$0]?.count } == [1, 1, 1, 0])
    #expect(pages[2]?.within == [0, 1, 1, 1, 1, 1, 1, 1, 1, 1])
    #expect(pages[3]?.within == [0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
  }

  @Test func `work that fails every second is counted each time, and told once a minute`() {
    let meter = Meter()
    let told = (0..<150).filter { meter.failed(.mail, at: Story.begin + .seconds($0)) }
    #expect(told == [0, 60, 120] && meter.counts.failures[.mail] == 150)
    #expect(meter.failed(.sweepKeys, at: Story.begin) && meter.failed(.mail, at: Story.begin))
  }

  @Test func `a lost database still leaves metrics, which say that it is lost`() async throws {
    let story = try await story()
    try story.house.database.close()
    let text = try await read(story, "Bearer \(Self.token)").text
    #expect(text.contains("\nrapport_ready 0\n") && !text.contains("rapport_rounds_overdue"))
  }

  // MARK: What leaves no trace

  /// The routes on the way to an answer, and addresses that are secrets; whoever adds a route to it says why here.
  static let quiet = [
    "GET /assets/{version}/{name}", "GET /calendar/{token}", "GET /livez", "GET /metrics", "GET /r/{token}",
    "GET /readyz",
    "GET /rounds/{round}/answer", "GET /rounds/{round}/opening", "GET /rounds/{round}/receipts", "GET /slips/{round}",
    "GET /slips/{round}/form", "POST /answers/{round}", "POST /r/{token}", "POST /rounds/{round}/credential",
    "POST /slips/{round}",
  ]

  @Test func `every route of collecting and answering is quiet, and no ordinary page`() async throws {
    let routes = try await story().house.routeList
    #expect(routes.filter { QuietRoutes.contain($0.split(separator: " ").last.map(String.init)) } == Self.quiet)
  }

  @Test func `a quiet request leaves no line and moves no figure, and an ordinary page does both`() async throws {
    let lines = NIOLockedValueBox<[String]>([])
    let story = try await story(lines)
    func traces() async -> [String] {
      let counts = story.house.meter.counts
      return lines.withLockedValue { $0 } + counts.pages.map { "\($0.key) \($0.value.count) \($0.value.sum)" }.sorted()
    }
    let before = await traces()
    for route in Self.quiet + ["GET /answers", "POST /answers/x/y", "GET /nowhere"] {
      let (method, path) = (
        route.prefix { $0 != " " },
        route.drop { $0 != " " }.dropFirst().replacing("{", with: "").replacing("}", with: "")
      )
      try await story.visitor().send(
        try #require(HTTPRequest.Method(String(method))), String(path), headers: [.contentType: "application/json"],
        body: "{}")
    }
    let meanwhile = await traces()
    #expect(meanwhile == before, "\(Set(meanwhile).subtracting(before))")
    try await story.visitor().get("/survey")
    let after = await traces()
    #expect(after.count == before.count + 1 && Set(after).subtracting(before).count == 2)
  }

  @Test func `a mistake where nothing is logged is told once for each kind`() {
    let lines = NIOLockedValueBox<[String]>([])
    let log = OperatorLog(level: .notice, format: .text) { line in lines.withLockedValue { $0.append(line) } }
    let faults = QuietFaults()
    for error in [DatabaseFailure.closed, .statement("secret"), .statement("secret too"), .closed] as [any Error] + [
      CancellationError()
    ] {
      faults.tell(error, to: log.logger)
    }
    let told = lines.withLockedValue { $0 }
    let kinds = ["error=DatabaseFailure.closed", "error=DatabaseFailure.statement", "error=CancellationError"]
    #expect(told.count == 3 && zip(told, kinds).allSatisfy { $0.contains($1) }, "\(told)")
    #expect(!told.joined().contains("secret"))
  }

  // MARK: The log

  @Test func `a page's line names its route and its request, never the address`() async throws {
    let lines = NIOLockedValueBox<[String]>([])
    let story = try await story(lines)
    for _ in 1...2 { try await story.visitor().get("/invitation/a-secret?and=another") }
    let told = lines.withLockedValue { $0 }
    #expect(told.count == 2 && !told.joined().contains("secret") && !told.joined().contains("another"))
    let line =
      /time=\S+ level=info event=page method=GET ms=[0-9.e-]+ request=([0-9a-f]{16}) route="?\/invitation\/\{token\}"? status=\d+\n/
    let marks = told.compactMap { $0.wholeMatch(of: line)?.1 }
    #expect(Set(marks).count == 2, "\(told)")
  }

  /// The library numbers requests one after another; two lines would tell how many went by between them.
  @Test func `the marks of requests count nothing`() {
    let marks = (1...200).compactMap { _ in UInt64(RequestMark().description, radix: 16) }
    let steps = Set(zip(marks, marks.dropFirst()).map { $1 &- $0 })
    #expect(marks.count == 200 && steps.count == 199)
  }

  @Test func `a line is one line, whatever stands in it, in both formats`() throws {
    let hostile = "a\r\nlevel=error event=\"forged\"\u{2028}\u{85}\\ \u{301}\u{0}"
    for format in [OperatorLog.Format.text, .json] {
      let lines = NIOLockedValueBox<[String]>([])
      let log = OperatorLog(level: .notice, format: format) { line in lines.withLockedValue { $0.append(line) } }
      log.logger.warning("\(hostile)", metadata: ["why": "\(hostile)"])
      log.logger.info("too little to tell")
      let line = try #require(lines.withLockedValue { $0.first })
      #expect(lines.withLockedValue { $0.count } == 1)
      #expect(line.unicodeScalars.filter { CharacterSet.newlines.contains($0) }.count == 1 && line.hasSuffix("\n"))
      guard format == .json else { continue }
      let read = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String])
      #expect(read["event"] == hostile && read["why"] == hostile && read["level"] == "warning" && read["time"] != nil)
    }
  }
}
