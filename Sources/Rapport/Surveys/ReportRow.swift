import Partnering

/// One statement of the report: its average and bar, and what is behind them when it is opened.
struct ReportRow: Sendable {
  let number: Int
  let text: String
  /// Why nothing is shown; then the rest is empty.
  let hidden: String?
  let average: String
  let bar: RatingBar?
  let notes: [ReportPage.Note]
  let sentences: [String]
  let distribution: [Count]
  let distributionHidden: String?
  let split: Split?
  let earlier: Earlier?
  let changeFigure: String
  let gapFigure: String
  let printWords: String?

  struct Count: Sendable {
    let rating: Int
    let count: String
  }
  struct Split: Sendable {
    let why: String?
    let dots: PartyDots?
    let sentence: String?
    let rows: [Party]

    struct Party: Sendable {
      let name: String
      let marker: PartyMarker
      let answered: String
      let average: String
    }
  }
  struct Earlier: Sendable {
    let line: Sparkline
    let rows: [DatedFigure]
  }

  init(_ item: ItemReport, of round: ReportedRound, _ wording: ReportWording) {
    let figures = item.figures
    let words = wording.words
    number = item.number
    text = round.text(of: item.number)
    hidden = figures == nil ? words("report.hidden-too-few") : nil
    average = wording.figure(figures?.mean.tenths)
    bar = figures.map { wording.bar($0, of: round.text(of: item.number)) }
    notes = figures.map(wording.notes(of:)) ?? []
    sentences = figures.map { wording.sentences(of: $0, roll: round.report.roll) } ?? []
    distribution = figures?.distribution.map { answers in
      zip(1...5, answers.counts).map { Count(rating: $0, count: wording.formats.number($1)) }
    } ?? []
    distributionHidden = figures != nil && figures?.distribution == nil ? words("report.distribution-hidden") : nil
    split = figures?.split.map { Split($0, wording) }
    earlier = Earlier(of: item, in: round, wording)
    changeFigure = figures.map(wording.changeFigure(of:)) ?? ""
    gapFigure = wording.gapFigure(of: figures?.split)
    printWords = figures.flatMap(wording.printWords(of:))
  }
}

extension ReportRow.Split {
  init(_ split: ItemSplit, _ wording: ReportWording) {
    switch split {
    case .hidden(let reason):
      (why, dots, sentence, rows) = (wording.splitHidden(reason), nil, nil, [])
    case .shown(let means):
      why = nil
      let gap = wording.gap(means)
      sentence = gap
      dots = PartyDots(
        title: gap,
        parties: means.parties.map { ("\($0.party) \(wording.figure($0.tenths))", Double($0.tenths) / 10) })
      rows = means.parties.enumerated().map { seat, party in
        Party(
          name: party.party, marker: PartyMarker(seat: seat), answered: wording.formats.number(party.n),
          average: wording.figure(party.tenths))
      }
    }
  }
}

extension ReportRow.Earlier {
  /// `nil` without an earlier round.
  init?(of item: ItemReport, in round: ReportedRound, _ wording: ReportWording) {
    guard !round.earlier.isEmpty, let now = item.figures?.mean else { return nil }
    let means = round.earlier.map { ($0.closed, $0.report.item(item.number)?.figures?.mean) } + [(round.closed, now)]
    rows = means.map { DatedFigure(date: wording.month($0), value: wording.figure($1?.tenths)) }
    line = Sparkline(
      title: rows.map { "\($0.date): \($0.value)" }.joined(separator: ", "), averages: means.map { $1?.value })
  }
}
