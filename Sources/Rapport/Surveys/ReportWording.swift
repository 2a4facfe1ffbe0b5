import Foundation
import Partnering

/// The sentences of a report. A figure that is not shown is an en dash.
struct ReportWording: Sendable {
  let words: Words
  let formats: Formats

  func figure(_ tenths: Int?) -> String { tenths.map(formats.tenths) ?? "–" }

  /// `March 2026`
  func month(_ instant: Instant) -> String { date(instant, "MMMM yyyy") }
  /// `Mar 26`, for a chart
  func shortMonth(_ instant: Instant) -> String { date(instant, "MMM yy") }

  private func date(_ instant: Instant, _ format: String) -> String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: formats.language == .de ? "de_DE" : "en_GB")
    formatter.calendar = Calendar(identifier: .gregorian)
    formatter.timeZone = formats.timeZone
    formatter.dateFormat = format
    return formatter.string(from: Date(timeIntervalSince1970: Double(instant.milliseconds) / 1_000))
  }
}

extension ReportWording {
  /// The one sentence of the first screen: what to talk about, who answered, where trust is.
  func finding(of round: ReportedRound) -> String {
    let report = round.report
    let answered = words("report.finding-answered", ["n": .count(report.answers), "roll": .count(report.roll)])
    guard report.hidden == nil else {
      return [answered, words("report.finding-hidden", ["k": .count(report.minimumGroup)])].joined(separator: " ")
    }
    let shown = report.items.filter { $0.figures != nil }.count
    let discuss = report.forDiscussion.count
    let talk = words(
      discuss == 0 ? "report.finding-none" : "report.finding-discuss", ["n": .count(discuss), "items": .count(shown)])
    let trust = report.trust.map { self.trust(now: $0, before: round.earlier.last) }
    return [talk, answered, trust].compactMap(\.self).joined(separator: " ")
  }

  func trust(now: Average, before: ReportedRound.EarlierRound?) -> String {
    guard let before, let then = before.report.trust else {
      return words("report.trust-now", ["now": .text(figure(now.tenths))])
    }
    return words(
      "report.trust-then-now",
      ["then": .text(figure(then.tenths)), "round": .text(month(before.closed)), "now": .text(figure(now.tenths))])
  }

  func facts(of round: ReportedRound) -> [String] {
    let health = round.report.health.map {
      words("report.health", ["n": .count(round.report.forDiscussion.count), "mean": .text(figure($0.tenths))])
    }
    return [
      words("report.closed", ["when": .text(formats.moment(round.closed))]),
      words("report.minimum", ["k": .count(round.report.minimumGroup)]), health,
    ].compactMap(\.self)
  }

  func notes(of round: ReportedRound) -> [ReportPage.Note] {
    var notes: [String] = []
    if round.report.rollChanged == true { notes.append("report.note-roll-changed") }
    if case .hidden = round.report.split { notes.append("report.note-no-split") }
    return notes.map { .init(kind: "plain", text: words($0)) }
  }

  func parties(of report: SurveyReport) -> [ReportPage.PartyOnPage] {
    guard case .shown(let parties) = report.split else { return [] }
    return parties.enumerated().map { seat, party in
      .init(
        name: party.party, marker: PartyMarker(seat: seat),
        answered: words("report.answered-of", ["n": .count(party.answers), "roll": .count(party.roll)]))
    }
  }

  func commentsLead(of round: ReportedRound) -> String {
    guard let comments = round.comments else {
      return words("report.comments-hidden", ["k": .count(round.commentThreshold)])
    }
    return comments.isEmpty
      ? words("report.comments-none") : words("report.comments-lead", ["n": .count(comments.count)])
  }
}

// One statement.
extension ReportWording {
  func bar(_ figures: ItemFigures, of text: String) -> RatingBar {
    RatingBar(
      title: barTitle(figures, of: text), distribution: figures.distribution?.counts, average: figures.mean.value,
      range: range(figures.range))
  }

  private func barTitle(_ figures: ItemFigures, of text: String) -> String {
    guard let lows = lows(figures) else {
      return words("report.bar", ["item": .text(text), "mean": .text(figure(figures.mean.tenths))])
    }
    return words(
      "report.bar-lows",
      ["item": .text(text), "mean": .text(figure(figures.mean.tenths)), "n": .count(lows), "of": .count(figures.n)])
  }

  private func range(_ range: MeanRange) -> ClosedRange<Double>? {
    range.low.value < range.high.value ? range.low.value...range.high.value : nil
  }

  /// How many gave 1 or 2; `nil` where the distribution is not shown.
  private func lows(_ figures: ItemFigures) -> Int? {
    figures.distribution.map { $0.counts.prefix(2).reduce(0, +) }
  }

  func notes(of figures: ItemFigures) -> [ReportPage.Note] {
    var notes: [ReportPage.Note] = []
    if let change = figures.change { notes.append(.init(kind: kind(change.direction), text: self.change(change))) }
    if case .shown(let means) = figures.split {
      notes.append(.init(kind: "gap", text: words("report.gap-short", ["gap": .text(figure(means.gapTenths))])))
    }
    if figures.isDivided == true { notes.append(.init(kind: "divided", text: words("report.divided"))) }
    return notes
  }

  func sentences(of figures: ItemFigures, roll: Int) -> [String] {
    let answered = words("report.item-answered", ["n": .count(figures.n), "roll": .count(roll)])
    let low = lows(figures).map { words("report.item-lows", ["n": .count($0)]) }
    let divided = figures.isDivided == true ? words("report.item-divided") : nil
    let first = [answered, low, divided].compactMap(\.self).joined(separator: " ")
    return [first, firmness(of: figures, missing: roll - figures.n)]
  }

  private func firmness(of figures: ItemFigures, missing: Int) -> String {
    if missing <= 0 { return words("report.everybody") }
    if figures.isFirm {
      return words(figures.verdict == .forDiscussion ? "report.firm-low" : "report.firm-high")
    }
    return words(
      "report.open",
      [
        "n": .count(missing), "low": .text(figure(figures.range.low.tenths)),
        "high": .text(figure(figures.range.high.tenths)),
      ])
  }

  func kind(_ direction: Change.Direction?) -> String {
    switch direction {
    case .risen: "risen"
    case .fallen: "fallen"
    case .noClearChange: "same"
    case nil: "plain"
    }
  }

  func change(_ change: Change) -> String {
    let before: [String: Named] = ["before": .text(figure(change.before.tenths))]
    return switch change.direction {
    case .risen: words("report.risen", before)
    case .fallen: words("report.fallen", before)
    case .noClearChange: words("report.no-clear-change", before)
    case nil: words("report.was", before)
    }
  }

  func followUp(_ item: FollowUp) -> String {
    guard item.after != nil else { return words("report.hidden-too-few") }
    return switch item.direction {
    case .risen: words("report.clearly-risen")
    case .fallen: words("report.clearly-fallen")
    case .noClearChange: words("report.not-clearly-changed")
    case nil: words("report.change-not-told")
    }
  }

  func gap(_ means: PartyMeans) -> String {
    words(means.isClear ? "report.gap-clear" : "report.gap-chance", ["gap": .text(figure(means.gapTenths))])
  }

  func splitHidden(_ reason: HiddenBecause) -> String {
    switch reason {
    case .tooFewAnswers: words("report.split-too-few")
    case .protectingAnonymity: words("report.split-protected")
    }
  }

  func changeFigure(of figures: ItemFigures) -> String {
    guard let change = figures.change else { return "–" }
    let tenths = figures.mean.tenths - change.before.tenths
    return tenths > 0 ? "+" + figure(tenths) : figure(tenths)
  }

  func gapFigure(of split: ItemSplit?) -> String {
    guard case .shown(let means) = split else { return "–" }
    return figure(means.gapTenths)
  }

  func printWords(of figures: ItemFigures) -> String? {
    let said = [
      words(figures.isFirm ? "report.print-firm" : "report.print-open"),
      figures.isDivided == true ? words("report.divided") : nil,
      figures.change.flatMap { $0.direction == nil || $0.direction == .noClearChange ? nil : change($0) },
    ]
    return said.compactMap(\.self).joined(separator: " · ")
  }
}
