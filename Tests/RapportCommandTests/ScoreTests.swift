import Partnering
import Rapport
import Testing

@testable import RapportCommand

@Suite struct ScoreTests {
  private let header = (1...15).map { "q\($0)" }.joined(separator: ",")

  private func scoring(
    _ text: String, rolls: Rolls = .asRows, by column: String? = nil, previous: ScoreInput? = nil, language: Language = .en
  ) throws -> Scoring {
    let instrument = try #require(try InstrumentLibrary().newest(InstrumentLibrary.usual, in: language))
    return Scoring(
      instrument: instrument, thresholds: .usual, partyColumn: column,
      answers: ScoreInput(name: "answers.csv", bytes: Array(text.utf8), rolls: rolls), previous: previous)
  }

  private func faults(of scoring: Scoring, language: Language = .en) -> [String] {
    do throws(ScoreFaults) {
      _ = try scoring.score()
      return []
    } catch { return error.lines(words: ScoreWords(language: language)) }
  }

  /// So many rows, each with the same rating for every item.
  private func rows(_ ratings: Int?...) -> String {
    ratings.map { rating in Array(repeating: rating.map(String.init) ?? "", count: 15).joined(separator: ",") + "\n" }.joined()
  }

  @Test func `a fault names file, line, column and what is wrong`() throws {
    let row = (1...15).map { $0 == 6 ? "six" : "3" }.joined(separator: ",")
    #expect(try faults(of: scoring("\(header)\n\(rows(3, 3))\(row)\n")) == [
      "answers.csv:4:6: \"six\" is not a rating from 1 to 5 (item 6)"
    ])
    #expect(try faults(of: scoring("\(header)\n\(row)\n"), language: .de) == [
      "answers.csv:2:6: \"six\" ist keine Bewertung von 1 bis 5 (Punkt 6)"
    ])
  }

  @Test func `after twenty faults the others are counted`() throws {
    let row = Array(repeating: "x", count: 15).joined(separator: ",") + "\n"
    let lines = try faults(of: scoring("\(header)\n\(row)\(row)"))
    #expect(lines.count == 21)
    #expect(lines.last == "and 10 more")
  }

  @Test func `a cell cannot reach the terminal's controls`() throws {
    let row = "\u{1B}[2J\u{202E}" + String(repeating: "y", count: 100) + String(repeating: ",", count: 14)
    let line = try #require(try faults(of: scoring("\(header)\n\(row)\n")).first)
    #expect(line.hasPrefix("answers.csv:2:1: \"\\u{1b}[2J\\u{202e}yyy"))
    #expect(line.utf8.count < 150)
  }

  @Test func `without a roll the rows are counted, also those without a rating`() throws {
    let score = try scoring("\(header)\n\(rows(3, 4, 4, 5, 2, nil))").score()
    #expect(score.report.roll == 6)
    #expect(score.report.answers == 5)
    #expect(score.text(as: .csv, words: ScoreWords(language: .en), terminal: .none).contains("number of rows stands for it"))
    #expect(score.notes(for: .json, words: ScoreWords(language: .en)).count == 1)
  }

  @Test func `more answers than the roll are refused at the row that is too many`() throws {
    #expect(try faults(of: scoring("\(header)\n\(rows(3, nil, 4, 4))", rolls: .whole(2))) == [
      "answers.csv:5:1: 3 people answered, more than the 2 on the roll"
    ])
  }

  @Test func `every party of the file needs a roll if one has, and one without rows counts as silent`() throws {
    let text = "party,\(header)\n" + ["A", "A", "B"].map { "\($0),\(rows(4))" }.joined()
    let onlyA = Rolls.ofParties([DisclosureOutlook.PartyRoll(name: "A", size: 5)])
    #expect(try faults(of: scoring(text, rolls: onlyA, by: "party")) == [
      "answers.csv:4:1: \"B\" has no --roll, but other parties have"
    ])
    let three = Rolls.ofParties(["B", "A", "C"].map { DisclosureOutlook.PartyRoll(name: $0, size: 5) })
    let score = try scoring(text, rolls: three, by: "party").score()
    #expect(score.report.roll == 15)
    #expect(score.sheets[0].parties.map(\.name) == ["B", "A", "C"])
    #expect(score.sheets[0].parties.map(\.ballots) == [1, 2, 0])
  }

  @Test func `the round before is compared by its sizes`() throws {
    let before = ScoreInput(name: "spring.csv", bytes: Array("\(header)\n\(rows(2, 1, 2, 2, 1, 2, 3, 2))".utf8), rolls: .asRows)
    let score = try scoring("\(header)\n\(rows(4, 4, 5, 4, 4, 3, 4, 5, 4, 4, 4))", previous: before).score()
    #expect(score.report.items[0].figures?.change?.direction == .risen)
    #expect(score.report.rollChanged == true)
    #expect(score.report.followUps.count == 15)
  }

  @Test func `faults of both files are told`() throws {
    let before = ScoreInput(name: "spring.csv", bytes: [], rolls: .asRows)
    #expect(try faults(of: scoring("\(header)\n1\n", previous: before)).map { $0.prefix(15) } == ["answers.csv:2:1", "spring.csv:1:1:"])
  }

  @Test(arguments: Language.allCases)
  func `text and CSV begin by saying that the file is not anonymous`(language: Language) throws {
    let score = try scoring("\(header)\n\(rows(3, 4, 4, 5, 2))", language: language).score()
    let words = ScoreWords(language: language)
    for format in [ScoreFormat.text, .csv] {
      #expect(score.text(as: format, words: words, terminal: .none).hasPrefix(words(.notAnonymous)))
    }
  }

  @Test(arguments: [20, 40, 80, 200])
  func `no line of the text is wider than the terminal`(width: Int) throws {
    let text = try scoring("\(header)\n\(rows(3, 4, 4, 5, 2, 1, 1, nil))").score()
      .text(as: .text, words: ScoreWords(language: .de), terminal: Terminal(width: max(40, width), isStyled: false))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= max(40, width) })
  }

  @Test func `every sentence stands in both languages with the same values and no more`() {
    func names(_ text: String) -> Set<Substring> { Set(text.split(separator: "{", omittingEmptySubsequences: false).dropFirst().map { $0.prefix { $0 != "}" } }) }
    for sentence in ScoreSentence.allCases {
      #expect(names(sentence.english.other) == names(sentence.german.other), "\(sentence)")
      #expect(sentence.english.other != sentence.german.other || sentence == .split || sentence == .partyMean, "\(sentence)")
    }
  }

  @Test func `rolls are read with the last equals sign, and nonsense is refused`() throws {
    #expect(try Rolls([], option: "--roll") == .asRows)
    #expect(try Rolls(["9"], option: "--roll") == .whole(9))
    #expect(try Rolls(["a=b=5"], option: "--roll") == .ofParties([DisclosureOutlook.PartyRoll(name: "a=b", size: 5)]))
    for bad in [["x"], ["0"], ["-1"], ["=5"], ["A="], ["9", "9"], ["A=1", "A=2"], ["A=1", "9"], ["99999999999999999999"]] {
      #expect(throws: (any Error).self, "\(bad)") { try Rolls(bad, option: "--roll") }
    }
  }

  @Test func `the language is the environment's`() {
    #expect(Language(environment: ["LANG": "de_DE.UTF-8"]) == .de)
    #expect(Language(environment: ["LANG": "de_DE.UTF-8", "LC_ALL": "C"]) == .en)
    #expect(Language(environment: ["LC_ALL": "", "LC_MESSAGES": "de_AT", "LANG": "en_GB"]) == .de)
    #expect(Language(environment: [:]) == .en)
  }
}
