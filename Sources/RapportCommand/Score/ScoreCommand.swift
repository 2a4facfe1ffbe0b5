import ArgumentParser
import Foundation
import Partnering
import Rapport

/// `rapport score`
struct ScoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "Make the report of a survey from a spreadsheet of answers.",
    discussion: """
      The file is CSV as spreadsheets save it, in UTF-8: a header line, then one row for each person. Items are columns \
      named 1, q1, "item 1" or by their id; a rating is a digit from 1 to 5, an empty cell is no answer.

        rapport score answers.csv --roll 9
        rapport score answers.csv --by party --roll Harbour=12 --roll Meadow=10 \\
          --previous spring.csv --format json

      The figures follow the same rules as the report of an anonymous round. The file itself is not anonymous: \
      whoever has it sees every row.
      """)

  @Argument(help: "The spreadsheet of answers, or - for standard input.")
  var file: String

  @Option(help: ArgumentHelp("How many people were asked: N, or NAME=N for each party. Default: the number of rows.", valueName: "N"))
  var roll: [String] = []

  @Option(help: ArgumentHelp("The column that names each person's party.", valueName: "column"))
  var by: String?

  @Option(help: "The answers of the round before, in the same form.")
  var previous: String?

  @Option(help: ArgumentHelp("How many people were asked in the round before.", valueName: "N"))
  var previousRoll: [String] = []

  @Option(help: "The questionnaire that was answered.")
  var instrument = "relational-survey"

  @Option(help: ArgumentHelp("The fewest people of whom any figure is shown; 4 is the least.", valueName: "K"))
  var minimumGroup = 5

  @Option(help: "What to write: text, json or csv.")
  var format = ScoreFormat.text

  @Option(help: "en or de. Default: from the environment.")
  var language: Language?

  func validate() throws {
    _ = try thresholds()
    let rolls = try (Rolls(roll, option: "--roll"), Rolls(previousRoll, option: "--previous-roll"))
    for (rolls, option) in [(rolls.0, "--roll"), (rolls.1, "--previous-roll")] where by == nil {
      if case .ofParties = rolls { throw ValidationError("\(option) NAME=N needs --by, which names the column with the parties.") }
    }
    if by != nil, case .whole = rolls.0 { throw ValidationError("With --by, give --roll NAME=N for each party.") }
    if previous == nil, !previousRoll.isEmpty { throw ValidationError("--previous-roll needs --previous.") }
    if previous == "-", file == "-" { throw ValidationError("Only one file can come from standard input.") }
  }

  func run() throws {
    let language = language ?? Language(environment: ProcessInfo.processInfo.environment)
    let words = ScoreWords(language: language)
    let library = try InstrumentLibrary()
    guard let instrument = library.newest(instrument, in: language) else {
      let known = library.newest(in: language).map(\.id).joined(separator: ", ")
      throw ValidationError("There is no instrument \(instrument). There is: \(known).")
    }
    let scoring = try Scoring(
      instrument: instrument, thresholds: thresholds(), partyColumn: by,
      answers: input(file, Rolls(roll, option: "--roll"), words),
      previous: previous.map { try input($0, Rolls(previousRoll, option: "--previous-roll"), words) })
    do throws(ScoreFaults) {
      let score = try scoring.score()
      StandardError.write(score.notes(for: format, words: words))
      let terminal = Terminal.standardOutput
      FileHandle.standardOutput.write(Data(score.text(as: format, words: words, terminal: terminal).utf8))
    } catch {
      StandardError.write(error.lines(words: words))
      throw ExitCode(65)
    }
  }

  private func thresholds() throws -> DisclosureThresholds {
    do throws(ThresholdRefusal) {
      return try DisclosureThresholds(minimumGroup: minimumGroup)
    } catch { throw ValidationError("--minimum-group takes a number of people, 4 or more.") }
  }

  private func input(_ name: String, _ rolls: Rolls, _ words: ScoreWords) throws -> ScoreInput {
    do throws(UnreadableFile) {
      return ScoreInput(name: name, bytes: try UnreadableFile.bytes(of: name), rolls: rolls)
    } catch {
      StandardError.write([words(error.sentence, ["file": name.shown])])
      throw ExitCode(66)
    }
  }
}

/// What the command writes.
enum ScoreFormat: String, CaseIterable, ExpressibleByArgument {
  case text, json, csv
}

extension Language: ExpressibleByArgument {
  /// From `LC_ALL`, `LC_MESSAGES` and `LANG`, the first of them that is set (POSIX.1-2017 §8.2); English if it is no
  /// language of ours.
  init(environment: [String: String]) {
    let wish = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
    self = wish == "de" || wish.hasPrefix("de_") || wish.hasPrefix("de.") ? .de : .en
  }
}
