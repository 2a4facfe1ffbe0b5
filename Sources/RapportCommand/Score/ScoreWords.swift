import Rapport

/// The sentences of `rapport score`.
struct ScoreWords: Sendable {
  let language: Language

  /// The sentence with its named values; `n` decides between the form for one and the form for many.
  func callAsFunction(_ sentence: ScoreSentence, _ values: [String: String] = [:]) -> String {
    let forms = language == .de ? sentence.german : sentence.english
    var text = values["n"] == "1" ? forms.one ?? forms.other : forms.other
    // One pass: a value that holds braces must not be filled in again.
    var filled = ""
    while let open = text.firstIndex(of: "{"), let close = text[open...].firstIndex(of: "}") {
      let name = String(text[text.index(after: open)..<close])
      filled += text[..<open] + (values[name] ?? "{\(name)}")
      text = String(text[text.index(after: close)...])
    }
    return filled + text
  }

  /// One decimal: `3.2`, or `3,2` in German.
  func tenths(_ tenths: Int) -> String { "\(tenths / 10)\(language == .de ? "," : ".")\(tenths % 10)" }
}

struct SentenceForms: ExpressibleByStringLiteral {
  /// For exactly one; `nil` where there are no two forms.
  var one: String?
  var other: String

  init(_ one: String, _ other: String) {
    self.one = one
    self.other = other
  }

  init(stringLiteral value: String) { other = value }
}

enum ScoreSentence: CaseIterable {
  case notAnonymous, rollAssumed, unread, unreadUnnamed
  case answered, party, hiddenRound, nothingToDiscuss, toDiscuss, health, trust, rollChanged
  case discussionHeading, strengthsHeading, othersHeading, hiddenHeading, followUpsHeading
  case average, answers, staysBelow, staysAbove, couldLie, everybody, divided
  case split, partyMean, gapClear, gapChance, splitTooFew, splitProtected
  case risen, fallen, noClearChange, lastTime, followUp, followUpHidden, tooFewAnswers
  case andMore, partyWithoutRoll, moreAnswersThanRoll, moreAnswersThanPartyRoll
  case noHeader, notUTF8, quoteNeverClosed, textAfterQuote, wrongFieldCount, itemMissing, itemRepeated
  case columnMissing, columnRepeated, notARating, partyMissing
  case fileMissing, fileIsFolder, fileUnreadable

  var english: SentenceForms {
    switch self {
    case .notAnonymous: "not anonymous: whoever has this file sees every row"
    case .rollAssumed: "The number of people asked was not given, so the number of rows stands for it."
    case .unread: "{file}: not read: {columns}"
    case .unreadUnnamed: "column {number}"
    case .answered: SentenceForms("1 of {roll} answered.", "{n} of {roll} answered.")
    case .party: "{party}: {answers} of {roll}"
    case .hiddenRound: "Fewer than {k} answered, so nothing but this number is shown."
    case .nothingToDiscuss: "None of the items shown averages 3 or less."
    case .toDiscuss: SentenceForms("One of {items} items needs a talk.", "{n} of {items} items need a talk.")
    case .health: "The average of all items shown is {mean}."
    case .trust: "Trust: {mean}."
    case .rollChanged: "A quarter or more of the people asked changed since the last time."
    case .discussionHeading: "To discuss, worst first"
    case .strengthsHeading: "Strengths, best first"
    case .othersHeading: "The other items"
    case .hiddenHeading: "Too few answers to show"
    case .followUpsHeading: "What was to discuss last time"
    case .average: "average {mean}"
    case .answers: "answered {n} of {roll}"
    case .staysBelow: "would stay at or below 3 whatever the others said"
    case .staysAbove: "would stay above 3 whatever the others said"
    case .couldLie: "with the others, between {low} and {high}"
    case .everybody: "everybody answered"
    case .divided: "divided: many low, many high"
    case .split: "{parties}; {gap}"
    case .partyMean: "{party} {mean} ({n})"
    case .gapClear: "gap {gap}, clear"
    case .gapChance: "gap {gap}, may be chance"
    case .splitTooFew: "by party: too few answers"
    case .splitProtected: "by party: hidden to protect anonymity"
    case .risen: "{mean} last time: risen"
    case .fallen: "{mean} last time: fallen"
    case .noClearChange: "{mean} last time: no clear change"
    case .lastTime: "{mean} last time"
    case .followUp: "{before} then, {after} now"
    case .followUpHidden: "{before} then, too few answers now"
    case .tooFewAnswers: "too few answers"
    case .andMore: "and {n} more"
    case .partyWithoutRoll: "\"{party}\" has no --roll, but other parties have"
    case .moreAnswersThanRoll: "{answers} people answered, more than the {roll} on the roll"
    case .moreAnswersThanPartyRoll: "{answers} people of \"{party}\" answered, more than the {roll} on its roll"
    case .noHeader: "the file is empty; its first line names the columns"
    case .notUTF8: "this is not UTF-8 text; save the file as CSV UTF-8"
    case .quoteNeverClosed: "the quote that begins here is never closed"
    case .textAfterQuote: "there is text after the closing quote"
    case .wrongFieldCount: "this row has {found} fields, the header has {expected}"
    case .itemMissing: "no column for item {item} ({id})"
    case .itemRepeated: "item {item} stands in column {column} too"
    case .columnMissing: "no column is named \"{name}\""
    case .columnRepeated: "\"{name}\" is the name of column {column} too"
    case .notARating: "\"{text}\" is not a rating from 1 to 5 (item {item})"
    case .partyMissing: "this row names no party"
    case .fileMissing: "{file}: there is no such file"
    case .fileIsFolder: "{file}: this is a folder, not a file"
    case .fileUnreadable: "{file}: this file cannot be read; look at its permissions"
    }
  }

  var german: SentenceForms {
    switch self {
    case .notAnonymous: "nicht anonym: wer diese Datei hat sieht jede Zeile"
    case .rollAssumed: "Die Zahl der Befragten wurde nicht angegeben, daher gilt die Zahl der Zeilen."
    case .unread: "{file}: nicht gelesen: {columns}"
    case .unreadUnnamed: "Spalte {number}"
    case .answered: SentenceForms("1 von {roll} hat geantwortet.", "{n} von {roll} haben geantwortet.")
    case .party: "{party}: {answers} von {roll}"
    case .hiddenRound: "Weniger als {k} haben geantwortet, daher wird nur diese Zahl gezeigt."
    case .nothingToDiscuss: "Kein gezeigter Punkt liegt im Durchschnitt bei 3 oder darunter."
    case .toDiscuss:
      SentenceForms("Einer von {items} Punkten braucht ein Gespräch.", "{n} von {items} Punkten brauchen ein Gespräch.")
    case .health: "Der Durchschnitt aller gezeigten Punkte ist {mean}."
    case .trust: "Vertrauen: {mean}."
    case .rollChanged: "Mindestens ein Viertel der Befragten ist seit dem letzten Mal anders."
    case .discussionHeading: "Zu besprechen, das Schwächste zuerst"
    case .strengthsHeading: "Stärken, das Beste zuerst"
    case .othersHeading: "Die übrigen Punkte"
    case .hiddenHeading: "Zu wenige Antworten, um sie zu zeigen"
    case .followUpsHeading: "Was letztes Mal zu besprechen war"
    case .average: "Durchschnitt {mean}"
    case .answers: "{n} von {roll} haben geantwortet"
    case .staysBelow: "bliebe bei 3 oder darunter, was auch immer die anderen sagten"
    case .staysAbove: "bliebe über 3, was auch immer die anderen sagten"
    case .couldLie: "mit den anderen zwischen {low} und {high}"
    case .everybody: "alle haben geantwortet"
    case .divided: "geteilt: viele niedrig, viele hoch"
    case .split: "{parties}; {gap}"
    case .partyMean: "{party} {mean} ({n})"
    case .gapClear: "Abstand {gap}, deutlich"
    case .gapChance: "Abstand {gap}, kann Zufall sein"
    case .splitTooFew: "nach Partei: zu wenige Antworten"
    case .splitProtected: "nach Partei: verborgen, um die Anonymität zu schützen"
    case .risen: "letztes Mal {mean}: gestiegen"
    case .fallen: "letztes Mal {mean}: gefallen"
    case .noClearChange: "letztes Mal {mean}: keine deutliche Veränderung"
    case .lastTime: "letztes Mal {mean}"
    case .followUp: "damals {before}, jetzt {after}"
    case .followUpHidden: "damals {before}, jetzt zu wenige Antworten"
    case .tooFewAnswers: "zu wenige Antworten"
    case .andMore: "und {n} weitere"
    case .partyWithoutRoll: "\"{party}\" hat kein --roll, andere Parteien aber schon"
    case .moreAnswersThanRoll: "{answers} Personen haben geantwortet, mehr als die {roll} Befragten"
    case .moreAnswersThanPartyRoll: "{answers} Personen von \"{party}\" haben geantwortet, mehr als die {roll} Befragten"
    case .noHeader: "die Datei ist leer; ihre erste Zeile nennt die Spalten"
    case .notUTF8: "das ist kein Text in UTF-8; die Datei als CSV UTF-8 speichern"
    case .quoteNeverClosed: "das Anführungszeichen, das hier beginnt, wird nie geschlossen"
    case .textAfterQuote: "nach dem schließenden Anführungszeichen steht noch Text"
    case .wrongFieldCount: "diese Zeile hat {found} Felder, die Kopfzeile hat {expected}"
    case .itemMissing: "keine Spalte für Punkt {item} ({id})"
    case .itemRepeated: "Punkt {item} steht auch in Spalte {column}"
    case .columnMissing: "keine Spalte heißt \"{name}\""
    case .columnRepeated: "\"{name}\" heißt auch Spalte {column}"
    case .notARating: "\"{text}\" ist keine Bewertung von 1 bis 5 (Punkt {item})"
    case .partyMissing: "diese Zeile nennt keine Partei"
    case .fileMissing: "{file}: diese Datei gibt es nicht"
    case .fileIsFolder: "{file}: das ist ein Ordner, keine Datei"
    case .fileUnreadable: "{file}: diese Datei lässt sich nicht lesen; bitte die Zugriffsrechte ansehen"
    }
  }
}
