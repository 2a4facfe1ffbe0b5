import Ballots
import Partnering

/// The form of a slip: code, marks, comment. The serial travels hidden.
struct SlipFormPage: Sendable {
  struct Item: Sendable {
    let number: Int
    let text, error: String
    let isWrong: Bool
    let choices: [Choice]
  }
  struct Choice: Sendable {
    let value, label: String
    let isChosen: Bool
    /// What stands at this end of the scale, for those who hear the page.
    let end: String
  }

  let action, language: String
  let serial, round, period: String
  /// Why nothing was taken, when no field is to blame.
  let problem: String?
  let digestWords: [String]
  let low, high: String
  let items: [Item]
  let fields: FieldsOnPage
  /// Whether the field for the serial of then is unfolded.
  let changes: Bool

  init(
    _ form: SlipForm, _ refusals: FieldRefusals?, notice: String?, _ slipRound: SlipRound, _ instrument: Instrument,
    _ visit: Visit
  ) {
    let (round, words) = (slipRound.round, visit.words)
    action = "/slips/\(round.id)"
    (language, serial) = (visit.language.rawValue, form.serial)
    self.round = words("slips.closes", ["closes": .text(slipRound.formats(visit.language).moment(round.closesAt))])
    period = instrument.instruction
    problem = notice.map { words($0) }
    digestWords = round.digest?.words ?? []
    (low, high) = (instrument.scale.low, instrument.scale.high)
    fields = visit.fields(
      [("code", form.code), ("kept", form.kept), ("comment", form.comment)]
        + form.marks.indices.map { ("item-\($0 + 1)", form.marks[$0]) }, refusals)
    changes = !form.kept.isEmpty || fields["kept"].error != nil
    let fields = fields
    items = zip(instrument.items, form.marks).map { item, mark in
      let error = fields["item-\(item.number)"].error
      return Item(
        number: item.number, text: item.text, error: error ?? "", isWrong: error != nil,
        choices: Self.choices(mark, instrument.scale, words))
    }
  }

  private static func choices(_ mark: String, _ scale: RatingScale, _ words: Words) -> [Choice] {
    let numbers = RatingScale.ratings.map { rating in
      let end =
        rating == RatingScale.ratings.lowerBound
        ? scale.low : rating == RatingScale.ratings.upperBound ? scale.high : ""
      return Choice(value: "\(rating)", label: "\(rating)", isChosen: mark == "\(rating)", end: end)
    }
    return numbers + [Choice(value: "none", label: words("survey-form.none"), isChosen: mark == "none", end: "")]
  }
}

/// What to keep, and the way to the next form.
struct SlipSentPage: Sendable {
  let finding, receipt, serial, next, results: String

  init(_ answering: SlipAnswering, _ sent: SentSlip, _ round: RoundRecord, _ visit: Visit) {
    let key =
      switch answering {
      case .stored: "slips.stored"
      case .replaced: "slips.replaced"
      case .repeated: "slips.repeated"
      }
    finding = visit.words(key)
    (receipt, serial) = (sent.serial.slipReceipt.letters, sent.serial.letters)
    next = "/slips/\(round.id)?language=\(visit.language.rawValue)"
    results = visit.words("slips.results")
  }
}

extension SlipRound {
  func formats(_ language: Language) -> Formats { Formats(language: language, timeZone: timeZone) }
}
