extension SurveyReport {
  /// The report as comma-separated text (RFC 4180): a header line, then a line for each item; one line without an
  /// item where the round is hidden. What is hidden is empty, its reason beside it.
  public var csv: String {
    let parties = partyNames
    let lines = items.isEmpty ? [opening(hidden) + [""]] : items.map { line(of: $0, parties: parties) }
    let columns = Self.columns(for: parties)
    return ([columns] + lines).map { line in
      let filled = line + Array(repeating: "", count: max(0, columns.count - line.count))
      return filled.map(Self.cell).joined(separator: ",") + "\r\n"
    }.joined()
  }

  private var partyNames: [String] {
    guard case .shown(let parties) = split else { return [] }
    return parties.map(\.party)
  }

  private static func columns(for parties: [String]) -> [String] {
    ["roll", "answers", "hidden", "item", "id", "n", "mean"]
      + RatingScale.ratings.map { "rated_\($0)" }
      + ["verdict", "firm", "range_low", "range_high", "divided"]
      + ["split_hidden"] + parties.flatMap { ["n: \($0)", "mean: \($0)"] } + ["gap", "clear"]
      + ["previous_mean", "direction", "roll_changed"]
  }

  private func opening(_ reason: HiddenBecause?) -> [String] { ["\(roll)", "\(answers)", reason?.rawValue ?? ""] }

  private func line(of item: ItemReport, parties: [String]) -> [String] {
    guard let figures = item.figures else { return opening(.tooFewAnswers) + ["\(item.number)", item.id] }
    return opening(nil) + ["\(item.number)", item.id, "\(figures.n)", "\(figures.mean.value)"]
      + (figures.distribution?.counts.map { "\($0)" } ?? Array(repeating: "", count: 5))
      + [figures.verdict.rawValue, "\(figures.isFirm)", "\(figures.range.low.value)", "\(figures.range.high.value)"]
      + [figures.isDivided.map { "\($0)" } ?? ""]
      + Self.cells(of: figures.split, parties: parties)
      + cells(of: figures.change)
  }

  private static func cells(of split: ItemSplit?, parties: [String]) -> [String] {
    let empty = Array(repeating: "", count: 2 * parties.count + 2)
    switch split {
    case nil: return [""] + empty
    case .hidden(let reason): return [reason.rawValue] + empty
    case .shown(let means):
      return [""] + means.parties.flatMap { ["\($0.n)", tenths($0.tenths)] }
        + [tenths(means.gapTenths), "\(means.isClear)"]
    }
  }

  private func cells(of change: Change?) -> [String] {
    guard let change else { return ["", "", ""] }
    return ["\(change.before.value)", change.direction?.rawValue ?? "", "\(rollChanged ?? false)"]
  }

  private static func tenths(_ tenths: Int) -> String { "\(tenths / 10).\(tenths % 10)" }

  /// Quoted where it must be. A spreadsheet runs a cell that begins like a formula: names that people typed stand
  /// only behind `n: ` and `mean: `, so that none begins a cell.
  private static func cell(_ text: String) -> String {
    guard text.utf8.contains(where: { [UInt8](",\"\r\n".utf8).contains($0) }) else { return text }
    return "\"" + text.unicodeScalars.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\""
  }
}
