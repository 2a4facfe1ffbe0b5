import Partnering

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
