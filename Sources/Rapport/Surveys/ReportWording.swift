import Partnering

/// Figures as words and numbers of the reader's language.
struct ReportWording: Sendable {
  let words: Words
  let formats: Formats
  /// When the reported round closed.
  let closedAt: Instant

  func callAsFunction(_ key: String, _ values: [String: Named] = [:]) -> String { words("report.\(key)", values) }

  /// `four`; in digits above twenty.
  func spelled(_ number: Int) -> Named { .text(spelling(number, as: "number")) }

  /// `Four`, to begin a sentence.
  func spelledFirst(_ number: Int) -> Named { .text(spelling(number, as: "number-first")) }

  private func spelling(_ number: Int, as key: String) -> String {
    (0...20).contains(number) ? self("\(key).\(number)") : formats.number(number)
  }

  /// `March`; with its year when that was about a year ago or more.
  func month(_ instant: Instant) -> Named {
    .text(closedAt.since(instant) < .days(330) ? formats.monthName(instant) : formats.month(instant))
  }

  func average(_ mean: Mean) -> String { formats.tenths(mean.tenths) }

  func tenths(_ tenths: Int) -> Named { .text(formats.tenths(tenths)) }

  /// `+0.4`, `−0.3` or `0.0`
  func difference(_ tenths: Int) -> String { (tenths > 0 ? "+" : "") + formats.tenths(tenths) }
}

/// The first screen: what there is to talk about, who answered, and trust.
extension ReportWording {
  func finding(of round: ReportedRound) -> String {
    let report = round.report
    guard report.hidden == nil else { return [answered(report), self("nothing-shown")].joined(separator: " ") }
    return [toDiscuss(report), answered(report), trust(of: round)].compactMap(\.self).joined(separator: " ")
  }

  private func toDiscuss(_ report: SurveyReport) -> String {
    let shown = report.items.count { $0.figures != nil }
    let count = report.forDiscussion.count
    if shown == 0 { return self("finding.no-item") }
    if count == 0 { return self("finding.none", ["all": spelled(shown)]) }
    return self("finding.discuss", ["n": .count(count), "count": spelledFirst(count), "all": spelled(shown)])
  }

  private func answered(_ report: SurveyReport) -> String {
    if report.answers == 0 { return self("finding.nobody", ["roll": .count(report.roll)]) }
    if report.answers == report.roll { return self("finding.everybody", ["roll": .count(report.roll)]) }
    return self(
      "finding.answered",
      ["n": .count(report.answers), "count": spelledFirst(report.answers), "roll": .count(report.roll)])
  }

  private func trust(of round: ReportedRound) -> String? {
    guard let now = round.report.trust else { return nil }
    guard let last = round.lastShown, let before = last.report.trust else {
      return self("finding.trust", ["now": tenths(now.tenths)])
    }
    return self(
      "finding.trust-since",
      ["before": tenths(before.tenths), "month": month(last.closedAt), "now": tenths(now.tenths)])
  }

  /// The line of facts below the finding.
  func facts(of round: ReportedRound, instrument: Instrument?) -> [String] {
    [instrument?.name, self("closed", ["moment": .text(formats.moment(round.closedAt))]), health(round.report)]
      .compactMap(\.self)
  }

  private func health(_ report: SurveyReport) -> String? {
    guard let health = report.health else { return nil }
    let count = report.forDiscussion.count
    guard count > 0 else { return self("health.none", ["health": tenths(health.tenths)]) }
    return self("health.discuss", ["n": .count(count), "count": spelled(count), "health": tenths(health.tenths)])
  }

  /// What a reader must know before comparing or missing something.
  func notes(of round: ReportedRound) -> [String] {
    let report = round.report
    if report.hidden != nil {
      return [self("why-nothing", ["least": spelled(report.minimumGroup), "n": .count(report.minimumGroup)])]
    }
    let hiddenItems = report.items.count { $0.figures == nil }
    var notes: [String] = []
    if report.rollChanged == true, let last = round.lastShown {
      notes.append(self("note.roll-changed", ["month": month(last.closedAt)]))
    }
    if hiddenItems > 0 {
      notes.append(
        self(
          "note.hidden-items",
          ["n": .count(hiddenItems), "count": spelledFirst(hiddenItems), "least": spelled(report.minimumGroup)]))
    }
    if case .hidden = report.split { notes.append(self("note.split-hidden", ["least": spelled(report.minimumGroup)])) }
    if report.split == nil, round.partiesOnRoll > 1 {
      notes.append(self("note.no-split", ["least": spelled(report.minimumGroup)]))
    }
    return notes
  }
}
