import Foundation
import Testing

@testable import Rapport

/// Whether somebody with every copy of the server's data, but without the key that died at the close, can tell who gave
/// which answers. [anonymity, section 2]
struct AttackTests {
  /// Four clues, each judged at 0.001: by luck alone one run in about 200 looks guilty. What the machine draws (serials,
  /// blindings, nonces) cannot be drawn again from a seed. So a clue that looks guilty is tried on 50 fresh rounds, and is
  /// guilty if it looks so again: by luck one run in more than 100,000, at the same 0.001. A real leak is there both times.
  @Test func `after the close no order, time, size or value matches people to ballots better than chance`() async throws {
    let first = try await Trial.run(rounds: 50)
    #expect(first.givenAway == [])
    #expect(first.fewestWithKey >= 30)
    let suspects = first.suspects
    guard !suspects.isEmpty else { return }
    let second = try await Trial.run(rounds: 50)
    let guilty = suspects.intersection(second.suspects)
    #expect(guilty.isEmpty, "\(guilty) in \(first.hits) and again in \(second.hits) of \(first.chances.count)")
  }

  @Test func `a store that keeps ballots as they come gives most people away, by value and by order`() async throws {
    let house = try await AttackedHouse(.leaky)
    var attacker = Attacker()
    var hits: [Clue: Int] = [:]
    // In the first the attacker learns in which direction the order runs.
    for _ in 0..<2 {
      let played = try await Play.round(in: house, backups: .atTheEnds)
      hits = attacker.attack(played.loot, played.ballots, hits: played.hits)
      #expect(Set(played.givenAway.map(\.ballot)).count == AttackedHouse.people)
      house.wait(.days(29))
    }
    print("attack: a leaky store gives away \(hits) of \(AttackedHouse.people)")
    #expect(hits[.value, default: 0] >= 30)
    #expect(hits[.order, default: 0] >= 30)
  }

  @Test func `the chance of so many right guesses is that of coins and dice`() {
    // Three heads or more of four: (4 + 1) / 16.
    #expect(abs(Chance.atLeast(3, right: [0.5, 0.5, 0.5, 0.5]) - 0.3125) < 1e-12)
    // A head and a six: 1/12; at least one of them: 1 - 5/12.
    #expect(abs(Chance.atLeast(2, right: [0.5, 1 / 6.0]) - 1 / 12.0) < 1e-12)
    #expect(abs(Chance.atLeast(1, right: [0.5, 1 / 6.0]) - 7 / 12.0) < 1e-12)
    #expect(Chance.atLeast(0, right: [0.5]) == 1)
  }
}

/// What the attacker achieved in many rounds of one house.
private struct Trial {
  var hits: [Clue: Int] = [:]
  /// For each ballot of all rounds, how likely a blind guess is right: one in the people of its segment.
  var chances: [Double] = []
  /// With the sealing key, in the round that gave least away.
  var fewestWithKey = AttackedHouse.people
  /// Parts of ballots that were found where nothing may be found.
  var givenAway: [Traces.Found] = []

  var suspects: Set<Clue> {
    Set(Clue.allCases.filter { Chance.atLeast(hits[$0, default: 0], right: chances) <= 0.001 })
  }

  static func run(rounds: Int) async throws -> Trial {
    let house = try await AttackedHouse(.sealed)
    var trial = Trial()
    var attacker = Attacker(), withKey = Attacker()
    for round in 0..<rounds {
      let played = try await Play.round(in: house, backups: round % 25 == 0 ? .aroundEveryAnswer : .atTheEnds)
      trial.hits.merge(attacker.attack(played.loot, played.ballots, hits: played.hits), uniquingKeysWith: +)
      trial.chances += played.ballots.map { 1 / Double(played.loot.rolls[$0.segment].count) }
      let opened = withKey.attack(played.loot.opened(with: played.key, of: played.name), played.ballots, hits: played.hits)
      // The best clue of the round: what is best on the whole may be poor in one, and chance never comes near 30.
      trial.fewestWithKey = min(trial.fewestWithKey, opened.values.max() ?? 0)
      trial.givenAway += played.givenAway
      house.wait(.days(29))
    }
    #expect(!house.lines.contains { $0.contains("/answers/") })
    print("attack: \(trial.hits) of \(trial.chances.count), with the key at least \(trial.fewestWithKey) of \(AttackedHouse.people)")
    return trial
  }
}

/// Of guesses that are right independently of each other, each with a chance of its own. (With one chance for all it is
/// the binomial distribution; a ballot of a small segment is more easily guessed.)
private enum Chance {
  /// Exactly, by adding one guess after another.
  static func atLeast(_ hits: Int, right chances: [Double]) -> Double {
    // The last place stands for "so many or more".
    var spread = [1.0] + Array(repeating: 0, count: hits)
    guard hits > 0 else { return 1 }
    for chance in chances {
      spread[hits] += spread[hits - 1] * chance
      for count in stride(from: hits - 1, to: 0, by: -1) {
        spread[count] = spread[count] * (1 - chance) + spread[count - 1] * chance
      }
      spread[0] *= 1 - chance
    }
    return spread[hits]
  }
}
