import Partnering

extension Score {
  /// What is said beside the output, on standard error.
  func notes(for format: ScoreFormat, words: ScoreWords) -> [String] {
    let unread = sheets.compactMap { sheet -> String? in
      let columns = sheet.unread.map { column in
        column.name.isEmpty ? words(.unreadUnnamed, ["number": "\(column.number)"]) : "\"\(column.name.shown)\""
      }
      guard !columns.isEmpty else { return nil }
      return words(.unread, ["file": sheet.file.shown, "columns": columns.joined(separator: ", ")])
    }
    // JSON has no place for a sentence.
    return unread + (format == .json && isRollAssumed ? [words(.rollAssumed)] : [])
  }

  func text(as format: ScoreFormat, words: ScoreWords, terminal: Terminal) -> String {
    switch format {
    case .json: report.json
    case .csv: csv(words)
    case .text: ScoreText(score: self, words: words, terminal: terminal).text
    }
  }

  private func csv(_ words: ScoreWords) -> String {
    let notes = [words(.notAnonymous)] + (isRollAssumed ? [words(.rollAssumed)] : [])
    return notes.map { $0.utf8.contains(UInt8(ascii: ",")) ? "\"\($0)\"\r\n" : "\($0)\r\n" }.joined() + report.csv
  }
}

/// The report for people, as wide as the terminal.
private struct ScoreText {
  let score: Score
  let words: ScoreWords
  let terminal: Terminal
  private var report: SurveyReport { score.report }

  init(score: Score, words: ScoreWords, terminal: Terminal) {
    self.score = score
    self.words = words
    self.terminal = terminal
  }

  var text: String {
    let opening = wrapped(words(.notAnonymous)) + [""] + summary
    guard report.hidden == nil else { return joined(opening) }
    let others = report.items.filter { item in
      item.figures != nil && !report.forDiscussion.contains(item.number) && !report.strengths.contains(item.number)
    }
    let hidden = report.items.filter { $0.figures == nil }
    return joined(
      opening
        + section(.discussionHeading, report.forDiscussion.flatMap(lines))
        + followUps
        + section(.strengthsHeading, report.strengths.flatMap(lines))
        + section(.othersHeading, others.map(\.number).flatMap(lines))
        + section(.hiddenHeading, hidden.flatMap { statement($0.number) }))
  }

  private func joined(_ lines: [String]) -> String { lines.joined(separator: "\n") + "\n" }

  // MARK: The first lines

  private var summary: [String] {
    var sentences = [words(.answered, ["n": "\(report.answers)", "roll": "\(report.roll)"])]
    if case .shown(let parties) = report.split {
      sentences[0] += " " + parties.map { party in
        words(.party, ["party": party.party.shown, "answers": "\(party.answers)", "roll": "\(party.roll)"])
      }.joined(separator: ", ") + "."
    }
    if report.hidden != nil { sentences.append(words(.hiddenRound, ["k": "\(report.minimumGroup)"])) }
    if case .hidden = report.split { sentences.append(words(.splitTooFew) + ".") }
    sentences += findings
    if score.isRollAssumed { sentences.append(words(.rollAssumed)) }
    return [terminal.heading(score.instrument.name)] + sentences.flatMap { wrapped($0) }
  }

  private var findings: [String] {
    guard report.hidden == nil, let health = report.health else { return [] }
    let count = report.forDiscussion.count
    let toDiscuss = words(.toDiscuss, ["n": "\(count)", "items": "\(report.items.count)"])
    var sentence = (count == 0 ? words(.nothingToDiscuss) : toDiscuss)
    sentence += " " + words(.health, ["mean": words.tenths(health.tenths)])
    if let trust = report.trust { sentence += " " + words(.trust, ["mean": words.tenths(trust.tenths)]) }
    return [sentence] + (report.rollChanged == true ? [words(.rollChanged)] : [])
  }

  // MARK: Items

  private func section(_ heading: ScoreSentence, _ lines: [String]) -> [String] {
    lines.isEmpty ? [] : ["", terminal.heading(words(heading))] + lines
  }

  private func statement(_ number: Int) -> [String] {
    let text = score.instrument.items.first { $0.number == number }?.text ?? ""
    let margin = String(repeating: " ", count: 2 - min(2, "\(number)".utf8.count))
    return wrapped(text, first: "\(margin)\(number)  ", next: "    ")
  }

  private func lines(_ number: Int) -> [String] {
    guard let figures = report.item(number)?.figures else { return statement(number) }
    var facts = [words(.average, ["mean": words.tenths(figures.mean.tenths)]), share(figures), firmness(figures)]
    if figures.isDivided == true { facts.append(words(.divided)) }
    var lines = statement(number) + ["    " + bar(figures)] + indented(facts.compactMap { $0 }.joined(separator: "; "))
    if let split = figures.split { lines += indented(self.split(split)) }
    if let change = figures.change { lines += indented(self.change(change)) }
    return lines
  }

  private func share(_ figures: ItemFigures) -> String {
    figures.n == report.roll
      ? words(.everybody) : words(.answers, ["n": "\(figures.n)", "roll": "\(report.roll)"])
  }

  private func firmness(_ figures: ItemFigures) -> String? {
    guard figures.n < report.roll else { return nil }
    let ends = ["low": words.tenths(figures.range.low.tenths), "high": words.tenths(figures.range.high.tenths)]
    guard figures.isFirm else { return words(.couldLie, ends) }
    return words(figures.verdict == .forDiscussion ? .staysBelow : .staysAbove)
  }

  private func split(_ split: ItemSplit) -> String {
    switch split {
    case .hidden(.tooFewAnswers): return words(.splitTooFew)
    case .hidden(.protectingAnonymity): return words(.splitProtected)
    case .shown(let means):
      let parties = means.parties.map { party in
        words(.partyMean, ["party": party.party.shown, "mean": words.tenths(party.tenths), "n": "\(party.n)"])
      }
      let gap = words(means.isClear ? .gapClear : .gapChance, ["gap": words.tenths(means.gapTenths)])
      return words(.split, ["parties": parties.joined(separator: ", "), "gap": gap])
    }
  }

  private func change(_ change: Change) -> String {
    let sentence: ScoreSentence =
      switch change.direction {
      case .risen: .risen
      case .fallen: .fallen
      case .noClearChange: .noClearChange
      case nil: .lastTime
      }
    return words(sentence, ["mean": words.tenths(change.before.tenths)])
  }

  private var followUps: [String] {
    section(.followUpsHeading, report.followUps.flatMap { followUp -> [String] in
      let before = words.tenths(followUp.before.tenths)
      let now = followUp.after.map { words(.followUp, ["before": before, "after": words.tenths($0.tenths)]) }
      return statement(followUp.item) + indented(now ?? words(.followUpHidden, ["before": before]))
    })
  }

  // MARK: Bars

  /// Each rating drawn with its own digit, as long as its share; where the distribution is not shown, the average
  /// on the scale from 1 to 5, with a mark at 3.
  private func bar(_ figures: ItemFigures) -> String {
    let width = max(10, min(60, terminal.width - 24))
    guard let counts = figures.distribution?.counts else { return scale(figures.mean, width: width) }
    var (drawn, seen, text) = (0, 0, "")
    for (place, count) in counts.enumerated() {
      seen += count
      let end = max(drawn + (count > 0 ? 1 : 0), (seen * width + figures.n / 2) / figures.n)
      text += String(repeating: "\(place + 1)", count: end - drawn)
      drawn = end
    }
    return "[\(text)] \(counts.map(String.init).joined(separator: " "))"
  }

  private func scale(_ mean: Mean, width: Int) -> String {
    var marks = Array(repeating: "-", count: width + 1)
    marks[width / 2] = "|"
    marks[min(width, max(0, (mean.tenths - 10) * width / 40))] = "o"
    return "1 " + marks.joined() + " 5"
  }

  // MARK: Lines

  private func indented(_ text: String) -> [String] { wrapped(text, first: "    ", next: "    ") }

  /// Lines no longer than the terminal is wide, unless a single word is.
  private func wrapped(_ text: String, first: String = "", next: String = "") -> [String] {
    var lines: [String] = []
    var (line, isEmpty) = (first, true)
    for word in text.split(separator: " ") {
      if !isEmpty, line.count + 1 + word.count > max(20, terminal.width) {
        lines.append(line)
        (line, isEmpty) = (next, true)
      }
      line += isEmpty ? word : " " + word
      isEmpty = false
    }
    return lines + [line]
  }
}
