import Partnering

/// The report of a closed round as its page and its print show it: every sentence and figure is made here, from
/// `SurveyReport` alone; the templates have none.
struct ReportPage: Sendable {
  let isShown: Bool
  let finding: String
  let facts: [String]
  let notes: [Note]
  let discussTitle: String
  let discussLead: String
  let discuss: [ReportRow]
  let strengthsLead: String
  let strengths: [ReportRow]
  let others: [ReportRow]
  /// The three lists above with their titles, for the print; those without an item are left out.
  let groups: [Group]
  let trust: TrustOnPage?
  let since: FollowUpsOnPage?
  let parties: [PartyOnPage]
  let commentsLead: String
  let comments: [String]
  let printURL: String
  let csvURL: String
  let jsonURL: String
  let receiptsURL: String

  struct Note: Sendable {
    let kind: String
    let text: String
  }
  struct Group: Sendable {
    let title: String
    let items: [ReportRow]
  }
  struct PartyOnPage: Sendable {
    let name: String
    let marker: PartyMarker
    let answered: String
  }

  init(_ round: ReportedRound, in words: Words, _ formats: Formats) {
    let report = round.report
    let wording = ReportWording(words: words, formats: formats)
    let rows = report.items.map { ReportRow($0, of: round, wording) }
    let chosen = { (numbers: [Int]) in numbers.compactMap { number in rows.first { $0.number == number } } }
    discuss = chosen(report.forDiscussion)
    strengths = chosen(report.strengths)
    others = rows.filter { !report.forDiscussion.contains($0.number) && !report.strengths.contains($0.number) }
    isShown = report.hidden == nil
    finding = wording.finding(of: round)
    facts = wording.facts(of: round)
    notes = wording.notes(of: round)
    discussTitle = words("report.discuss")
    discussLead = words(discuss.isEmpty ? "report.discuss-none" : "report.discuss-lead")
    strengthsLead = words("report.strengths-lead")
    groups = [("report.discuss", discuss), ("report.strengths", strengths), ("report.others", others)]
      .filter { !$0.1.isEmpty }.map { Group(title: words($0.0), items: $0.1) }
    trust = TrustOnPage(of: round, wording)
    since = FollowUpsOnPage(of: round, wording)
    parties = wording.parties(of: report)
    commentsLead = wording.commentsLead(of: round)
    comments = round.comments ?? []
    printURL = round.address + "/print"
    csvURL = round.address + ".csv"
    jsonURL = round.address + ".json"
    receiptsURL = round.address + "/receipts"
  }
}

/// A closed round with everything that its report page needs.
struct ReportedRound: Sendable {
  let report: SurveyReport
  /// The questionnaire in the reader's language.
  let instrument: Instrument
  let name: String
  let closed: Instant
  /// The rounds of the same instrument before this one, oldest first.
  let earlier: [EarlierRound]
  /// `nil` where the rules do not show comments.
  let comments: [String]?
  let commentThreshold: Int
  /// Where the report stands: print, exports and receipts are below it.
  let address: String

  struct EarlierRound: Sendable {
    let report: SurveyReport
    let closed: Instant
  }

  /// The item's words in the reader's language.
  func text(of number: Int) -> String {
    instrument.items.first { $0.number == number }?.text ?? ""
  }
}

/// Trust over the rounds.
struct TrustOnPage: Sendable {
  let sentence: String
  /// `nil` with one round only: a point is no line.
  let chart: SeriesChart?
  let rows: [DatedFigure]

  /// `nil` where the report shows no trust.
  init?(of round: ReportedRound, _ wording: ReportWording) {
    guard let now = round.report.trust else { return nil }
    let readings = round.earlier.map { ($0.closed, $0.report.trust) } + [(round.closed, now)]
    sentence = wording.trust(now: now, before: round.earlier.last)
    rows = readings.map { DatedFigure(date: wording.month($0), value: wording.figure($1?.tenths)) }
    chart = readings.count < 2 ? nil : SeriesChart(
      title: sentence,
      readings: readings.map {
        .init(value: $1?.value, label: wording.figure($1?.tenths), date: wording.shortMonth($0))
      })
  }
}

/// A figure with the round it comes from.
struct DatedFigure: Sendable {
  let date: String
  let value: String
}

/// What became of the items that were for discussion last time.
struct FollowUpsOnPage: Sendable {
  let lead: String
  let rows: [Row]

  struct Row: Sendable {
    let number: Int
    let text: String
    let before: String
    let after: String
    let kind: String
    let direction: String
  }

  /// `nil` if nothing was for discussion last time.
  init?(of round: ReportedRound, _ wording: ReportWording) {
    guard !round.report.followUps.isEmpty, let last = round.earlier.last else { return nil }
    lead = wording.words("report.since-lead", ["round": .text(wording.month(last.closed))])
    rows = round.report.followUps.map { item in
      Row(
        number: item.item, text: round.text(of: item.item), before: wording.figure(item.before.tenths),
        after: wording.figure(item.after?.tenths), kind: wording.kind(item.direction),
        direction: wording.followUp(item))
    }
  }
}
