import Partnering

extension ScoreFaults {
  /// One line for each, as compilers write them: file, line and column, then what is wrong.
  func lines(words: ScoreWords) -> [String] {
    let told = first.map { file, kind in
      "\(file.shown):\(kind.place.line):\(kind.place.column): \(kind.sentence(words))"
    }
    let more = total - first.count
    return more > 0 ? told + [words(.andMore, ["n": "\(more)"])] : told
  }
}

extension ScoreFaults.Kind {
  var place: SheetPlace {
    switch self {
    case .inSheet(let fault): fault.place
    case .partyWithoutRoll(_, let place), .moreAnswersThanRoll(_, _, _, let place): place
    }
  }

  func sentence(_ words: ScoreWords) -> String {
    switch self {
    case .inSheet(let fault): fault.kind.sentence(words)
    case .partyWithoutRoll(let party, _): words(.partyWithoutRoll, ["party": party.shown])
    case .moreAnswersThanRoll(nil, let answers, let roll, _):
      words(.moreAnswersThanRoll, ["answers": "\(answers)", "roll": "\(roll)"])
    case .moreAnswersThanRoll(let party?, let answers, let roll, _):
      words(.moreAnswersThanPartyRoll, ["party": party.shown, "answers": "\(answers)", "roll": "\(roll)"])
    }
  }
}

extension SheetFault.Kind {
  fileprivate func sentence(_ words: ScoreWords) -> String {
    switch self {
    case .noHeader: words(.noHeader)
    case .notUTF8: words(.notUTF8)
    case .quoteNeverClosed: words(.quoteNeverClosed)
    case .textAfterQuote: words(.textAfterQuote)
    case .wrongFieldCount(let found, let expected):
      words(.wrongFieldCount, ["found": "\(found)", "expected": "\(expected)"])
    case .itemMissing(let number, let id): words(.itemMissing, ["item": "\(number)", "id": id])
    case .itemRepeated(let number, let column): words(.itemRepeated, ["item": "\(number)", "column": "\(column)"])
    case .columnMissing(let name): words(.columnMissing, ["name": name.shown])
    case .columnRepeated(let name, let column): words(.columnRepeated, ["name": name.shown, "column": "\(column)"])
    case .notARating(let text, let item): words(.notARating, ["text": text.shown, "item": "\(item)"])
    case .partyMissing: words(.partyMissing)
    }
  }
}

extension String {
  /// Fit for a terminal: what could move its cursor or turn its text around is spelt out, and what is long is cut.
  var shown: String {
    var text = ""
    for (place, scalar) in unicodeScalars.enumerated() {
      guard place < 60 else { return text + "…" }
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse:
        text += "\\u{" + String(scalar.value, radix: 16) + "}"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}
