import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Partnering

/// A closed round's report: as a page, on paper, as a table and as figures for programs. All are made of the same
/// stored figures, and nothing is shown before the close.
struct ReportRoutes: Sendable {
  let house: House

  private var store: ReportStore { ReportStore(database: house.database) }

  func add(to pages: Pages) {
    pages.get("/partnerships/:partnership/rounds/:round/report", use: show)
    pages.get("/partnerships/:partnership/rounds/:round/report/print", use: showPrint)
    pages.get("/partnerships/:partnership/rounds/:round/report.csv", use: sendCSV)
    pages.get("/partnerships/:partnership/rounds/:round/report.json", use: sendJSON)
  }

  @Sendable func show(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope) = (try context.visiting(), try await context.round())
    switch try await store.state(in: scope) {
    case .made(let round):
      // Reading goes on where nothing can be written: the report only waits on the home page a little longer.
      try? await store.see(scope)
      let head = visit.reportHead(in: scope, closedAt: round.closedAt, scripts: ["report-rows.js"])
      let content = try await page(of: round, in: scope, visit, commentLimit: Self.mostComments)
      return try visit.page(sharing: "report", content, head)
    case .notYet(let closesAt): return try waitingPage("not-yet", closesAt: closesAt, scope, visit)
    case .interrupted: return try waitingPage("interrupted", scope, visit)
    case .withdrawn: return try waitingPage("withdrawn", scope, visit)
    }
  }

  @Sendable func showPrint(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope) = (try context.visiting(), try await context.round())
    let round = try await reported(in: scope, visit)
    let head = PageHead(title: visit.words("report.print-title", ["partnership": .text(scope.partnership.name)]))
    return try visit.page("report-print", try await page(of: round, in: scope, visit), head)
  }

  @Sendable func sendCSV(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope) = (try context.visiting(), try await context.round())
    let round = try await reported(in: scope, visit)
    return Self.file(round.report.csv, type: "text/csv; charset=utf-8", ending: "csv", closedAt: round.closedAt)
  }

  @Sendable func sendJSON(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope) = (try context.visiting(), try await context.round())
    let round = try await reported(in: scope, visit)
    let heading: KeyValuePairs<String, String?> = [
      "partnership": scope.partnership.name, "round": scope.round.text,
      "opened_at": round.openedAt.map(visit.formats.machine), "closed_at": visit.formats.machine(round.closedAt),
    ]
    let text = round.report.json(heading: heading, comments: round.comments)
    return Self.file(text, type: "application/json", ending: "json", closedAt: round.closedAt)
  }

  private func reported(in scope: RoundScope, _ visit: Visit) async throws -> ReportedRound {
    guard case .made(let round) = try await store.state(in: scope) else {
      throw Refusal.because("report.none-yet", status: .notFound)
    }
    return round
  }

  /// So many stand on the page; the print has all of them.
  static let mostComments = 200

  private func page(
    of round: ReportedRound, in scope: RoundScope, _ visit: Visit, commentLimit: Int? = nil
  ) async throws -> ReportPage {
    let report = round.report
    let instrument = house.instruments.instrument(
      report.instrument, version: report.instrumentVersion, in: visit.language)
    let wording = ReportWording(words: visit.words, formats: visit.formats, closedAt: round.closedAt)
    let between = try await DiscussionStore(database: house.database).between(
      round.lastShown, in: scope.partnership, visit)
    return ReportPage(
      of: round, instrument: instrument, at: RoundAddress(scope), wording: wording, between: between,
      commentLimit: commentLimit)
  }

  private func waitingPage(
    _ key: String, closesAt: Instant? = nil, _ scope: RoundScope, _ visit: Visit
  ) throws -> Response {
    let moment = closesAt.map(visit.formats.moment) ?? ""
    let content = ReportWaitingPage(
      sentence: visit.words("report.\(key)", ["moment": .text(moment)]), roundURL: RoundAddress(scope).round)
    return try visit.page("report-waiting", content, visit.reportHead(in: scope), status: .notFound)
  }

  /// The name says nothing of the partnership: people's words do not belong into a header.
  private static func file(_ text: String, type: String, ending: String, closedAt: Instant) -> Response {
    Response(
      status: .ok,
      headers: [
        .contentType: type, .contentDisposition: "attachment; filename=\"rapport-\(closedAt.day).\(ending)\"",
      ],
      body: .init(byteBuffer: ByteBuffer(string: text)))
  }
}

/// Where a round and its report are.
struct RoundAddress: Sendable {
  let id: String
  let round: String

  init(_ scope: RoundScope) { self.init(partnership: scope.partnership.partnership, round: scope.round) }

  init(partnership: ID<Partnership>, round: ID<Round>) {
    id = round.text
    self.round = "/partnerships/\(partnership)/rounds/\(round)"
  }

  var report: String { "\(round)/report" }
}

struct ReportWaitingPage: Sendable {
  let sentence: String
  let roundURL: String
}

extension Visit {
  fileprivate func reportHead(in scope: RoundScope, closedAt: Instant? = nil, scripts: [String] = []) -> PageHead {
    let address = RoundAddress(scope)
    let round = closedAt.map { words("report.round-of", ["month": .text(formats.month($0))]) } ?? words("report.round")
    return head(
      in: scope.partnership, at: .survey, title: words("report.title"), lead: words("report.lead"),
      trail: [.init(label: round, href: address.round), .init(label: words("report.title"), href: nil)],
      scripts: scripts)
  }
}
