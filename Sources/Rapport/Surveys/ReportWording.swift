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
        self("note.hidden-items", ["n": .count(hiddenItems), "count": spelledFirst(hiddenItems), "least": spelled(report.minimumGroup)]))
    }
    if case .hidden = report.split { notes.append(self("note.split-hidden", ["least": spelled(report.minimumGroup)])) }
    if report.split == nil, round.partiesOnRoll > 1 {
      notes.append(self("note.no-split", ["least": spelled(report.minimumGroup)]))
    }
    return notes
  }
}

/// What a manager can read out about one item.
extension ReportWording {
  func sentences(about figures: ItemFigures, roll: Int, since last: EarlierRound?) -> [String] {
    let count = [answered(figures, roll: roll), lows(figures)].compactMap(\.self).joined(separator: " ")
    let all: [String?] = [
      count, standing(figures, roll: roll),
      figures.mean.tenths == 30 && !figures.mean.isForDiscussion ? self("item.just-above") : nil,
      figures.isDivided == true ? self("item.divided") : nil, change(figures, since: last),
    ]
    return all.compactMap(\.self)
  }

  private func answered(_ figures: ItemFigures, roll: Int) -> String {
    if figures.n == roll { return self("item.everybody", ["roll": .count(roll)]) }
    return self("item.answered", ["n": .count(figures.n), "roll": .count(roll)])
  }

  private func lows(_ figures: ItemFigures) -> String? {
    guard let low = figures.distribution?.low else { return nil }
    return low == 0 ? self("item.no-lows") : self("item.lows", ["n": .count(low), "count": spelledFirst(low)])
  }

  /// Whether those who did not answer could have turned the verdict.
  private func standing(_ figures: ItemFigures, roll: Int) -> String? {
    let missing = roll - figures.n
    guard missing > 0 else { return nil }
    let key =
      !figures.isFirm ? "item.open" : figures.verdict == .forDiscussion ? "item.stays-low" : "item.stays-high"
    return self(
      key,
      [
        "n": .count(missing), "count": spelled(missing), "low": tenths(figures.range.low.tenths),
        "high": tenths(figures.range.high.tenths),
      ])
  }

  private func change(_ figures: ItemFigures, since last: EarlierRound?) -> String? {
    guard let change = figures.change, let last else { return nil }
    let values = ["before": tenths(change.before.tenths), "month": month(last.closedAt)]
    return self("change-sentence.\(Self.kind(of: change.direction))", values)
  }

  /// `risen`, `fallen`, `same`, or `unknown` where too few answered to tell: also what the style sheet marks.
  static func kind(of direction: Change.Direction?) -> String {
    switch direction {
    case .risen: "risen"
    case .fallen: "fallen"
    case .noClearChange: "same"
    case nil: "unknown"
    }
  }

  /// The few words beside the bar.
  func notes(about figures: ItemFigures) -> [ReportItemOnPage.Note] {
    let all: [ReportItemOnPage.Note?] = [
      figures.change.map { change in
        let kind = Self.kind(of: change.direction)
        return .init(kind: kind, text: self("change-note.\(kind)", ["before": tenths(change.before.tenths)]))
      },
      gapNote(figures.split),
      figures.isDivided == true ? .init(kind: "divided", text: self("note.divided")) : nil,
    ]
    return all.compactMap(\.self)
  }

  private func gapNote(_ split: ItemSplit?) -> ReportItemOnPage.Note? {
    guard case .shown(let means) = split, means.gapTenths > 0 else { return nil }
    let key = means.isClear ? "note.gap-clear" : "note.gap"
    return .init(kind: "gap", text: self(key, ["gap": tenths(means.gapTenths)]))
  }

  /// What stands below the statement in print, where no row opens.
  func printWords(about figures: ItemFigures, roll: Int) -> String {
    let standing = figures.n == roll ? nil : figures.isFirm ? "print.firm" : "print.open"
    let range: [String: Named] = ["low": tenths(figures.range.low.tenths), "high": tenths(figures.range.high.tenths)]
    let parts: [String?] = [
      self("print.answered", ["n": .count(figures.n), "roll": .count(roll)]), standing.map { self($0, range) },
      figures.isDivided == true ? self("note.divided") : nil,
      figures.change?.direction.map { self("direction.\(Self.kind(of: $0))") },
      printedSplit(figures.split),
    ]
    return parts.compactMap(\.self).joined(separator: " · ")
  }

  private func printedSplit(_ split: ItemSplit?) -> String? {
    switch split {
    case nil: nil
    case .hidden: self("print.split-hidden")
    case .shown(let means): averages(of: means) + (means.isClear ? " " + self("print.gap-clear") : "")
    }
  }

  /// `Harbour 2.3, Meadow 3.0`
  func averages(of means: PartyMeans) -> String {
    means.parties.map { "\($0.party) \(formats.tenths($0.tenths))" }.joined(separator: ", ")
  }
}
