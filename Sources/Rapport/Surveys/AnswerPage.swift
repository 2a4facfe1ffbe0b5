import Partnering

/// What the answering page is given. It names no person: the page is the same for everybody in the segment.
struct AnswerPage: Sendable {
  let round: Round
  let segment: String
  let items: [Item]
  let scaleLow: String
  let scaleHigh: String
  /// The promise, in six lines.
  let promise: [String]
  /// What remains in spite of it.
  let remains: [String]

  struct Round: Sendable {
    let id: String
    let name: String
    /// SHA-256 of the opening document, 64 hexadecimal digits.
    let digest: String
    let digestWords: [String]
    let openingURL: String
    let collectURL: String
    let answerURL: String
    let period: String
    let resultsSentence: String
  }

  struct Item: Sendable {
    let number: Int
    let id: String
    let text: String
  }

  /// - Parameters:
  ///   - instrument: in the reader's language.
  ///   - closes: when the round closes.
  ///   - since: the close of the last round; `nil` if there was none.
  ///   - address: of the round; the opening document, collecting and answering are below it.
  init(
    round id: String, name: String, digest: String, digestWords: [String], address: String, segment: String,
    instrument: Instrument, thresholds: DisclosureThresholds, closes: Instant, since: Instant?, in words: Words,
    _ formats: Formats
  ) {
    let closing: [String: Named] = ["closes": .text(formats.moment(closes))]
    let period = since.map { words("answer.period-since", ["since": .text(formats.day($0))]) }
    round = Round(
      id: id, name: name, digest: digest, digestWords: digestWords, openingURL: address + "/opening",
      collectURL: address + "/collect", answerURL: address + "/answer",
      period: [period ?? words("answer.period-months"), instrument.instruction].joined(separator: " "),
      resultsSentence: words("answer.results", closing))
    self.segment = segment
    items = instrument.items.map { Item(number: $0.number, id: $0.id, text: $0.text) }
    scaleLow = instrument.scale.low
    scaleHigh = instrument.scale.high
    let numbers: [String: Named] = ["k": .count(thresholds.minimumGroup), "comments": .count(thresholds.comments)]
    promise = ["nobody", "once", "device", "before", "groups", "comments"].map {
      words("answer.promise.\($0)", closing.merging(numbers) { first, _ in first })
    }
    remains = ["operator", "device", "comment", "unanimous", "others"].map { words("answer.remains.\($0)") }
  }
}
