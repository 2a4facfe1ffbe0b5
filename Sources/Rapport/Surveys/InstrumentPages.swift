import Hummingbird
import Partnering

/// The questionnaire as a blank form, for anybody: to read ahead, or to fill in on paper.
struct InstrumentRoutes: Sendable {
  let house: House

  func add(to pages: Pages) {
    pages.get("/survey", use: showBlankForm)
  }

  @Sendable func showBlankForm(_ request: Request, _ context: PageContext) async throws -> Response {
    let visit = try context.visiting()
    let language = Language(rawValue: visit.query["language"]) ?? visit.language
    guard let instrument = house.instruments.newest(InstrumentLibrary.usual, in: language) else {
      throw Refusal.notFound
    }
    return try visit.page("survey-form", BlankFormPage(of: instrument), PageHead(title: instrument.name))
  }
}

struct BlankFormPage: Sendable {
  struct Item: Sendable {
    let number: Int
    let text: String
  }

  let instrumentLanguage: String
  let instruction: String
  let low: String
  let high: String
  let items: [Item]
  let ratings: [Int]
  /// The round that it is for; `nil` for a form to read ahead.
  let round: OneRound?

  struct OneRound: Sendable {
    let partnership, closes: String
    let digestWords: [String]
  }

  init(of instrument: Instrument, in slipRound: SlipRound, _ visit: Visit) {
    let closes = slipRound.formats(visit.language).moment(slipRound.round.closesAt)
    self.init(
      of: instrument,
      round: OneRound(
        partnership: slipRound.partnership, closes: visit.words("slips.closes", ["closes": .text(closes)]),
        digestWords: slipRound.round.digest?.words ?? []))
  }

  init(of instrument: Instrument, round: OneRound? = nil) {
    self.round = round
    instrumentLanguage = instrument.language
    instruction = instrument.instruction
    low = instrument.scale.low
    high = instrument.scale.high
    items = instrument.items.map { Item(number: $0.number, text: $0.text) }
    ratings = Array(RatingScale.ratings)
  }
}
