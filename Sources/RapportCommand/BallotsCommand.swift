import ArgumentParser
import Foundation
import Rapport

/// `rapport ballots`
struct BallotsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ballots", abstract: "Write ready answers to a demonstration's open round, for load generators.",
    discussion: """
      One a line: the body of a POST to /answers/ROUND, each a ballot of its own that nobody collected. It is made with \
      the round's own keys, so it works for rounds of a demonstration only, and counts like any other answer.

      Example: rapport ballots --data demo-data --round 0190c5f0-... --count 1000 > ballots.jsonl
      """)

  @OptionGroup var folders: FolderFlags

  @Option(help: ArgumentHelp("The open round, as in its address.", valueName: "id"))
  var round: String

  @Option(help: ArgumentHelp("How many.", valueName: "n"))
  var count = 100

  func validate() throws {
    guard (1...1_000_000).contains(count) else { throw ValidationError("--count takes a number from 1 to 1000000.") }
  }

  func run() async throws {
    try await reporting {
      do {
        let settings = try Settings([folders])
        let place = try settings.database().map { Moving.Place.server($0) } ?? .folder(settings.folder)
        let ballots = try await ReadyBallots(of: place, keys: settings.keys, round: round)
        for number in 0..<count { print(try ballots.body(number)) }
      } catch let refusal as ReadyBallotsRefusal {
        throw Failing(refusal)
      }
    }
  }
}

extension Failing {
  fileprivate init(_ refusal: ReadyBallotsRefusal) {
    switch refusal {
    case .noSuchRound:
      self.init(sentence: "There is no such round. Its id stands in the address of its page.", status: Self.notThere)
    case .noDemonstration:
      self.init(
        sentence: "This is no demonstration: answers to its rounds are for the people on their rolls alone.",
        status: Self.configuration)
    case .noKey:
      self.init(sentence: "The round's key is not there. Name the folder of keys with --keys.", status: Self.notThere)
    case .notOpen: self.init(sentence: "This round is not open. Name one that is.", status: Self.later)
    }
  }
}
