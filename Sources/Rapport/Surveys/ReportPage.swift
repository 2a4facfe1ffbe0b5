import Partnering

/// What the report's templates are given, on screen and on paper.
struct ReportPage: Equatable, Sendable {
  let report: ReportOnPage

  init(
    of round: ReportedRound, instrument: Instrument?, at address: RoundAddress, wording: ReportWording,
    between: [Int: Between] = [:], commentLimit: Int? = nil
  ) {
    report = ReportOnPage(
      of: round, instrument: instrument, at: address, wording: wording, between: between, commentLimit: commentLimit)
  }
}

/// A whole report: the finding, what to discuss, what goes well, and everything else.
struct ReportOnPage: Equatable, Sendable {
  struct Group: Equatable, Sendable {
    let title: String
    let items: [ReportItemOnPage]
  }

  /// The first thing one reads.
  let finding: String
  let facts: [String]
  let notes: [String]
  /// Whether there is any figure but the count.
  let isShown: Bool
  /// Worst first.
  let discuss: [ReportItemOnPage]
  let discussLead: String
  /// Best first.
  let strengths: [ReportItemOnPage]
  let strengthsLead: String
  /// In the order of the instrument, like `all`.
  let others: [ReportItemOnPage]
  let all: [ReportItemOnPage]
  /// The groups that have an item, for print.
  let groups: [Group]
  let hasChanges: Bool
  let hasGaps: Bool
  /// How many columns the printed table has.
  let printColumns: Int
  let comments: [String]
  let commentsLead: String
  /// Where all of them are, if there are more than a page takes.
  let moreComments: MoreComments?
  let trust: TrustOnPage?
  let since: SinceOnPage?
  let parties: [PartyAnsweredOnPage]
  let printURL, csvURL, jsonURL, roundURL, talkURL: String
  /// `nil` for somebody who was not asked, and so has no receipt.
  let receiptsURL: String?

  init(
    of round: ReportedRound, instrument: Instrument?, at address: RoundAddress, wording: ReportWording,
    between: [Int: Between] = [:], commentLimit: Int? = nil
  ) {
    let report = round.report
    let texts = Dictionary((instrument?.items ?? []).map { ($0.number, $0.text) }, uniquingKeysWith: { $1 })
    let items = report.items.map {
      ReportItemOnPage($0, text: texts[$0.number] ?? $0.id, in: round, wording: wording)
    }
    let named = Set(report.forDiscussion + report.strengths)
    func chosen(_ numbers: [Int]) -> [ReportItemOnPage] {
      numbers.compactMap { number in items.first { $0.number == number } }
    }
    finding = wording.finding(of: round)
    facts = wording.facts(of: round, instrument: instrument)
    notes = wording.notes(of: round)
    isShown = report.hidden == nil
    all = items
    discuss = chosen(report.forDiscussion)
    discussLead = wording(report.forDiscussion.isEmpty ? "discuss-none" : "discuss-lead")
    strengths = chosen(report.strengths)
    strengthsLead = wording.strengthsLead(count: report.strengths.count)
    others = items.filter { !named.contains($0.number) }
    groups = [("discuss-title", discuss), ("strengths", strengths), ("others", others)]
      .filter { !$1.isEmpty }.map { Group(title: wording($0), items: $1) }
    hasChanges = items.contains { $0.changeFigure != nil }
    hasGaps = items.contains { $0.gapFigure != nil }
    printColumns = 4 + (hasChanges ? 1 : 0) + (hasGaps ? 1 : 0)
    let allComments = report.hidden == nil ? round.comments ?? [] : []
    comments = commentLimit.map { Array(allComments.prefix($0)) } ?? allComments
    moreComments =
      comments.count < allComments.count
      ? MoreComments(
        label: wording("comments-all", ["n": .count(allComments.count)]), url: "\(address.report)/print#comments")
      : nil
    commentsLead = wording.commentsLead(of: round)
    trust = TrustOnPage(of: round, wording: wording)
    since = SinceOnPage(of: round, texts: texts, wording: wording, between: between)
    parties = PartyAnsweredOnPage.all(of: report.split, wording: wording)
    (printURL, csvURL, jsonURL) = ("\(address.report)/print", "\(address.report).csv", "\(address.report).json")
    roundURL = address.round
    talkURL = "\(address.round)/talk"
    receiptsURL = round.askedReader ? "/rounds/\(address.id)/receipts" : nil
  }
}

struct MoreComments: Equatable, Sendable {
  let label, url: String
}

/// A figure of one round.
struct ReadingOnPage: Equatable, Sendable {
  let date: String
  /// `nil` where that round did not show it.
  let value: String?
}

/// Trust over the rounds.
struct TrustOnPage: Equatable, Sendable {
  let sentence: String
  /// `nil` for the first round.
  let chart: SeriesChart?
  let rows: [ReadingOnPage]

  init?(of round: ReportedRound, wording: ReportWording) {
    guard round.report.hidden == nil else { return nil }
    let all = round.earlier.map { ($0.closedAt, $0.report.trust) } + [(round.closedAt, round.report.trust)]
    sentence = wording.trustSentence(of: round)
    rows = all.map { closedAt, trust in
      ReadingOnPage(date: wording.formats.month(closedAt), value: trust.map { wording.formats.tenths($0.tenths) })
    }
    chart =
      all.compactMap(\.1).count < 2
      ? nil
      : SeriesChart(
        title: sentence,
        readings: all.map { closedAt, trust in
          .init(
            value: trust?.value, label: trust.map { wording.formats.tenths($0.tenths) } ?? "",
            date: wording.formats.monthInDigits(closedAt))
        })
  }
}

/// What a talk concluded about an item, and what was decided for it, since the last round.
struct Between: Equatable, Sendable {
  let conclusions: [String]
  let actions: [ActionLine]
}

/// What became of each item that was for discussion last time.
struct SinceOnPage: Equatable, Sendable {
  struct Row: Equatable, Sendable {
    let number: Int
    let text: String
    let before: String
    let after: String?
    /// What the style sheet marks.
    let kind: String
    let direction: String
    let conclusions: [String]
    let actions: [ActionLine]
    /// Nothing was concluded or decided.
    let isBare: Bool
  }

  let lead: String
  let rows: [Row]

  init?(of round: ReportedRound, texts: [Int: String], wording: ReportWording, between: [Int: Between]) {
    guard let last = round.lastShown, !round.report.followUps.isEmpty else { return nil }
    lead = wording("since-lead", ["month": wording.month(last.closedAt)])
    rows = round.report.followUps.map { followUp in
      let kind = followUp.after == nil ? "hidden" : ReportWording.kind(of: followUp.direction)
      let done = between[followUp.item]
      return Row(
        number: followUp.item, text: texts[followUp.item] ?? "", before: wording.average(followUp.before),
        after: followUp.after.map(wording.average), kind: kind, direction: wording("direction.\(kind)"),
        conclusions: done?.conclusions ?? [], actions: done?.actions ?? [], isBare: done == nil)
    }
  }
}

/// How many of a party answered.
struct PartyAnsweredOnPage: Equatable, Sendable {
  let name: String
  let marker: PartyMarker
  let answered: String

  static func all(of split: BallotSplit?, wording: ReportWording) -> [PartyAnsweredOnPage] {
    guard case .shown(let parties) = split else { return [] }
    return parties.enumerated().map { seat, party in
      PartyAnsweredOnPage(
        name: party.party, marker: PartyMarker(seat: seat),
        answered: wording("answered-of", ["n": .count(party.answers), "roll": .count(party.roll)]))
    }
  }
}

extension ReportWording {
  fileprivate func strengthsLead(count: Int) -> String {
    if count > 3 { return self("strengths-ties", ["count": spelled(count)]) }
    return self("strengths-lead", ["n": .count(count), "count": spelled(count)])
  }

  fileprivate func commentsLead(of round: ReportedRound) -> String {
    guard let comments = round.comments else {
      let came = round.report.answers
      return self(
        "comments-hidden", ["least": spelled(round.commentThreshold), "n": .count(came), "count": spelled(came)])
    }
    guard !comments.isEmpty else { return self("comments-none") }
    return self("comments-lead", ["n": .count(comments.count), "count": spelledFirst(comments.count)])
  }

  fileprivate func trustSentence(of round: ReportedRound) -> String {
    guard let now = round.report.trust else { return self("trust-hidden") }
    guard let last = round.lastShown, let before = last.report.trust else {
      return self("trust-first", ["now": tenths(now.tenths)])
    }
    return self(
      "trust-since",
      [
        "before": tenths(before.tenths), "month": month(last.closedAt), "now": tenths(now.tenths),
        "current": .text(formats.monthName(closedAt)),
      ])
  }
}
