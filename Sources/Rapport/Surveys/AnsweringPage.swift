import Hummingbird
import Partnering

/// The page on which somebody on the roll answers. What is chosen there stays on the device until *Send*.
extension RoundRoutes {
  @Sendable func showAnswering(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope) = (try context.visiting(), try await context.roll())
    let round = try await store.round(scope)
    let (name, place) = (try await store.partnershipName(scope), try await store.place(scope))
    guard round.state == .open, visit.now < round.closesAt, !place.isOnPaper else {
      return try notNowPage(round, name, isOnPaper: place.isOnPaper, visit)
    }
    let open: OpenRound
    do { open = try await house.sealedRounds.open(round.id) } catch let closed as RoundClosed { throw closed.refusal }
    guard let instrument = house.instruments.instrument(round.instrument, version: round.instrumentVersion, in: visit.language)
    else { throw Refusal.notFound }
    let segment = open.document.segment(ofParty: place.party)
    let previous = try await store.previousClose(round)
    let content = AnsweringPage(
      round, partnership: name, segment: open.document.segments[segment].name, instrument, since: previous, visit)
    let head = PageHead(title: visit.words("rounds.answer-title", ["partnership": .text(name)]), scripts: ["answer.js"])
    return try visit.page("answer", content, head)
  }

  private func notNowPage(
    _ round: RoundRecord, _ partnership: String, isOnPaper: Bool, _ visit: Visit
  ) throws -> Response {
    let key =
      switch round.state {
      case .open where isOnPaper && visit.now < round.closesAt: "on-paper"
      case .open, .closed: "closed"
      case .draft, .opening: "not-open-yet"
      case .interrupted: "interrupted"
      case .withdrawn: "withdrawn"
      }
    let report = round.state == .closed && visit.person?.onlyRound == nil ? "\(round.path)/report" : nil
    let content = NotNowPage(
      sentence: visit.words("rounds.answer-\(key)", ["reason": .text(round.withdrawnBecause ?? "")]), report: report)
    let head = PageHead(title: visit.words("rounds.answer-title", ["partnership": .text(partnership)]))
    return try visit.page("answer-not-now", content, head, status: round.state == .closed ? .gone : .conflict)
  }
}

struct NotNowPage: Sendable {
  let sentence: String
  let report: String?
}

struct AnsweringPage: Sendable {
  struct RoundOnPage: Sendable {
    let id, name, digest: String
    let digestWords: [String]
    let openingURL, collectURL, answerURL, receiptsURL, closesAt, closesAtISO, period, resultsSentence: String
    let k: Int
  }
  struct ItemOnPage: Sendable {
    let number: Int
    let id, text: String
  }

  let round: RoundOnPage
  let segment: String
  let items: [ItemOnPage]
  let scaleLow, scaleHigh: String
  let promise, remains: [String]

  init(
    _ round: RoundRecord, partnership: String, segment: String, _ instrument: Instrument, since previous: Instant?,
    _ visit: Visit
  ) {
    let (words, formats) = (visit.words, visit.formats)
    let closes = formats.moment(round.closesAt)
    let period = previous.map { words("rounds.period-since", ["day": .text(formats.day($0))]) } ?? words("rounds.period-months")
    self.round = RoundOnPage(
      id: round.id.text, name: words("rounds.answer-name", ["partnership": .text(partnership), "closes": .text(closes)]),
      digest: round.digest?.hexadecimal ?? "", digestWords: round.digest?.words ?? [],
      openingURL: "/rounds/\(round.id)/opening", collectURL: "/rounds/\(round.id)/credential",
      answerURL: "/answers/\(round.id)", receiptsURL: "/rounds/\(round.id)/receipts", closesAt: closes,
      closesAtISO: formats.machine(round.closesAt),
      period: words("rounds.instruction", ["instruction": .text(instrument.instruction), "period": .text(period)]),
      resultsSentence: words("rounds.results-come", ["closes": .text(closes)]), k: round.minimumGroup)
    self.segment = segment
    items = instrument.items.map { ItemOnPage(number: $0.number, id: $0.id, text: $0.text) }
    (scaleLow, scaleHigh) = (instrument.scale.low, instrument.scale.high)
    let values: [String: Named] = [
      "k": .count(round.minimumGroup), "comments": .count(round.commentThreshold), "closes": .text(closes),
    ]
    promise = ["who", "once", "change", "groups", "comments", "device"].map { words("rounds.promise-\($0)", values) }
    remains = ["operator", "watched", "comment", "unanimous", "others"].map { words("rounds.remains-\($0)") }
  }
}

extension RoundStore {
  func partnershipName(_ scope: RollScope) async throws -> String {
    try await database.read { connection in
      let row = try connection.first(
        """
        SELECT partnership.name AS name
        FROM round
        JOIN partnership ON partnership.space_id = round.space_id AND partnership.id = round.partnership_id
        WHERE round.space_id = $1 AND round.id = $2
        """, [.id(scope.space), .id(scope.round)])
      guard let row else { throw Refusal.notFound }
      return try row.text("name")
    }
  }

  /// When the last round of the same instrument closed: the period that people think of begins there.
  func previousClose(_ round: RoundRecord) async throws -> Instant? {
    try await database.read { connection in
      guard let id = try Self.lastClosed(before: round, showingFigures: false, connection) else { return nil }
      return try Self.round(id, in: round.space, connection).closedAt
    }
  }
}
