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
    let content = AnswerPage(
      round, of: name, segment: open.document.segments[segment].name, instrument, since: previous, in: visit.words,
      visit.formats)
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

/// What the answering page is given. It names no person: the page is the same for everybody in the segment.
struct AnswerPage: Sendable {
  let round: Round
  let segment: String
  let items: [Item]
  let scaleLow: String
  let scaleHigh: String
  /// The promise, in six lines.
  let promise: [String]
  /// What remains in spite of it.
  let remains: [String]

  struct Round: Sendable {
    let id: String
    let name: String
    /// SHA-256 of the opening document, 64 hexadecimal digits.
    let digest: String
    let digestWords: [String]
    let openingURL: String
    let collectURL: String
    let answerURL: String
    let period: String
    let resultsSentence: String
    /// Milliseconds since 1970, for the device's clock.
    let closes: String
    let overSentence: String
  }

  struct Item: Sendable {
    let number: Int
    let id: String
    let text: String
  }

  /// - Parameters:
  ///   - partnership: its name.
  ///   - instrument: in the reader's language.
  ///   - since: the close of the last round; `nil` if there was none.
  init(
    _ round: RoundRecord, of partnership: String, segment: String, _ instrument: Instrument, since: Instant?,
    in words: Words, _ formats: Formats
  ) {
    let closing: [String: Named] = ["closes": .text(formats.moment(round.closesAt))]
    let period = since.map { words("answer.period-since", ["since": .text(formats.day($0))]) } ?? words("answer.period-months")
    self.round = Round(
      id: round.id.text, name: words("rounds.answer-name", closing.merging(["partnership": .text(partnership)]) { $1 }),
      digest: round.digest?.hexadecimal ?? "", digestWords: round.digest?.words ?? [],
      openingURL: "/rounds/\(round.id)/opening", collectURL: "/rounds/\(round.id)/credential",
      answerURL: "/answers/\(round.id)",
      period: words("rounds.instruction", ["instruction": .text(instrument.instruction), "period": .text(period)]),
      resultsSentence: words("answer.results", closing), closes: String(round.closesAt.milliseconds),
      overSentence: words("answer.over", closing))
    self.segment = segment
    items = instrument.items.map { Item(number: $0.number, id: $0.id, text: $0.text) }
    scaleLow = instrument.scale.low
    scaleHigh = instrument.scale.high
    let numbers: [String: Named] = ["k": .count(round.minimumGroup), "comments": .count(round.commentThreshold)]
    promise = ["nobody", "once", "device", "before", "groups", "comments"].map {
      words("answer.promise.\($0)", closing.merging(numbers) { first, _ in first })
    }
    remains = ["operator", "device", "comment", "unanimous", "others"].map { words("answer.remains.\($0)") }
  }
}

struct NotNowPage: Sendable {
  let sentence: String
  let report: String?
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
