import Partnering

/// One item of a report: a row that opens into its range, answers, parties and earlier rounds.
struct ReportItemOnPage: Equatable, Sendable {
  struct Note: Equatable, Sendable {
    /// What the style sheet marks: `risen`, `fallen`, `same`, `gap`, `divided` ...
    let kind: String
    let text: String
  }

  struct RatingCount: Equatable, Sendable {
    let rating: Int
    let count: String
  }

  let number: Int
  let text: String
  /// Why there are no figures; then everything below is empty.
  let hidden: String?
  let average: String?
  let verdict: String?
  let bar: RatingBar?
  let notes: [Note]
  let sentences: [String]
  let distribution: [RatingCount]
  let distributionHidden: String?
  let split: SplitOnPage?
  let earlier: EarlierOnPage?
  let answeredFigure, rangeFigure, changeFigure, gapFigure: String?
  let printWords: String?

  init(_ item: ItemReport, text: String, in round: ReportedRound, wording: ReportWording) {
    let (figures, roll) = (item.figures, round.report.roll)
    number = item.number
    self.text = text
    hidden = figures == nil ? wording("item.hidden", ["least": wording.spelled(round.report.minimumGroup)]) : nil
    average = figures.map { wording.average($0.mean) }
    verdict = figures.map { wording($0.verdict == .forDiscussion ? "verdict.discuss" : "verdict.fine") }
    bar = figures.map { RatingBar(of: $0, about: text, roll: roll, wording: wording) }
    notes = figures.map(wording.notes(about:)) ?? []
    sentences = figures.map { wording.sentences(about: $0, roll: roll, since: round.lastShown) } ?? []
    distribution = zip(RatingScale.ratings, figures?.distribution?.counts ?? []).map {
      RatingCount(rating: $0, count: wording.formats.number($1))
    }
    distributionHidden = distribution.isEmpty ? wording("distribution-hidden") : nil
    split = SplitOnPage(of: figures?.split, wording: wording)
    earlier = EarlierOnPage(of: item.number, about: text, in: round, wording: wording)
    answeredFigure = figures.map { wording.formats.number($0.n) }
    rangeFigure = figures.map {
      "\(wording.average($0.range.low))–\(wording.average($0.range.high))"
    }
    changeFigure = figures?.change.flatMap { change in
      figures.map { wording.difference($0.mean.tenths - change.before.tenths) }
    }
    gapFigure = figures?.split.flatMap { split in
      if case .shown(let means) = split { wording.formats.tenths(means.gapTenths) } else { nil }
    }
    printWords = figures.map { wording.printWords(about: $0, roll: roll) }
  }
}

/// The averages by party, or why they are hidden.
struct SplitOnPage: Equatable, Sendable {
  struct Row: Equatable, Sendable {
    let name: String
    let marker: PartyMarker
    let answered: String
    let average: String
  }

  let dots: PartyDots?
  let why: String?
  let sentence: String?
  let rows: [Row]

  /// `nil` where the round has no split at all.
  init?(of split: ItemSplit?, wording: ReportWording) {
    switch split {
    case nil: return nil
    case .hidden(let reason):
      (dots, sentence, rows) = (nil, nil, [])
      why = wording(reason == .tooFewAnswers ? "split-too-few" : "split-protected")
    case .shown(let means):
      why = nil
      let words = wording.gapSentence(means)
      sentence = words
      dots = PartyDots(
        title: "\(wording.averages(of: means)). \(words)",
        parties: means.parties.map {
          (label: "\($0.party) \(wording.formats.tenths($0.tenths))", average: Double($0.tenths) / 10)
        })
      rows = means.parties.enumerated().map { seat, party in
        Row(
          name: party.party, marker: PartyMarker(seat: seat), answered: wording.formats.number(party.n),
          average: wording.formats.tenths(party.tenths))
      }
    }
  }
}

/// An item's averages over the rounds.
struct EarlierOnPage: Equatable, Sendable {
  let line: Sparkline
  let rows: [ReadingOnPage]

  /// `nil` in the first round.
  init?(of number: Int, about text: String, in round: ReportedRound, wording: ReportWording) {
    guard !round.earlier.isEmpty else { return nil }
    let all = round.earlier.map { ($0.closedAt, $0.report) } + [(round.closedAt, round.report)]
    let means = all.map { ($0, $1.item(number)?.figures?.mean) }
    let readings = means.map { ReadingOnPage(date: wording.formats.month($0), value: $1.map(wording.average)) }
    let told = readings.compactMap { reading in reading.value.map { "\(reading.date) \($0)" } }
    rows = readings
    line = Sparkline(title: "\(text) \(told.joined(separator: ", "))", averages: means.map { $1?.value })
  }
}

extension RatingBar {
  fileprivate init(of figures: ItemFigures, about text: String, roll: Int, wording: ReportWording) {
    var values: [String: Named] = ["text": .text(text), "average": .text(wording.average(figures.mean))]
    let low = figures.distribution?.low
    values["n"] = .count(low ?? 0)
    values["all"] = .count(figures.n)
    let range = figures.range.low.value...max(figures.range.low.value, figures.range.high.value)
    self.init(
      title: wording(low == nil ? "bar.average" : "bar.lows", values), distribution: figures.distribution?.counts,
      average: figures.mean.value, range: figures.n == roll ? nil : range)
  }
}

extension ReportWording {
  fileprivate func gapSentence(_ means: PartyMeans) -> String {
    guard means.gapTenths > 0 else { return self("gap-sentence.none") }
    return self(means.isClear ? "gap-sentence.clear" : "gap-sentence.chance", ["gap": tenths(means.gapTenths)])
  }
}
