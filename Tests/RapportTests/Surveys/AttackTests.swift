import Engines
import Foundation
import Testing

@testable import Rapport

/// Whether somebody with every copy of the server's data, but without the key that died at the close, can tell who gave
/// which answers. [anonymity, section 2]
struct AttackTests {
  @Test func `after the close no order, time, size or value matches people to ballots better than chance`() async throws
  {
    try await Trial.expectNothing(of: .usual, houses: 10, rounds: 5)
  }

  /// In a segment of more than 48 people the rows that an answer changes depend on its ballot.
  @Test func `where a segment has several buckets nothing beyond the bucket matches people to ballots`() async throws {
    try await Trial.expectNothing(of: .large, houses: 2, rounds: 2)
  }

  @Test func `a store that keeps ballots as they come gives most people away, by value and by order, in backups alone`()
    async throws
  {
    var everything = Attacker()
    var backups = Attacker()
    var hits: [Clue: Int] = [:]
    var hitsInBackups: [Clue: Int] = [:]
    // In the first the attacker learns in which direction the order runs.
    for played in try await Play.rounds(2, of: .usual, .leaky) {
      let traces = Traces(played.ballots)
      let right = { played.hits($0, onPaper: false) }
      hits = everything.attack(by: Evidence(loot: played.loot, ballots: played.ballots, traces: traces), hits: right)
      hitsInBackups = backups.attack(
        by: Evidence(loot: played.loot.backupsAlone, ballots: played.ballots, traces: traces), hits: right)
      #expect(Set(played.givenAway.compactMap(\.ballot)).count == Crew.usual.people)
      // A backup of PostgreSQL holds the tables of the schema alone, and this leak is none of them.
      #expect(played.leftBehind == (TestEngine.chosen.isPostgres ? [] : ["a backup is another one after an answer"]))
    }
    print("attack: a leaky store gives away \(hits) of \(Crew.usual.browsers), its backups alone \(hitsInBackups)")
    for hits in TestEngine.chosen.isPostgres ? [hits] : [hits, hitsInBackups] {
      #expect(hits[.value, default: 0] >= 30)
      #expect(hits[.order, default: 0] >= 30)
    }
  }

  @Test func `the chance of so many right guesses is that of letters in mixed-up envelopes`() {
    // Of the six ways to put three letters into three envelopes four put one right at least, and one all.
    #expect(abs(Chance.atLeast(1, rightIn: [3]) - 4 / 6.0) < 1e-12)
    #expect(abs(Chance.atLeast(3, rightIn: [3]) - 1 / 6.0) < 1e-12)
    #expect(Chance.atLeast(2, rightIn: [3]) == Chance.atLeast(3, rightIn: [3]))
    // Two pairs: each right or wrong as a whole.
    #expect(abs(Chance.atLeast(2, rightIn: [2, 2]) - 3 / 4.0) < 1e-12)
    #expect(abs(Chance.atLeast(4, rightIn: [2, 2]) - 1 / 4.0) < 1e-12)
    #expect(Chance.atLeast(1, rightIn: [1]) == 1)
    #expect(Chance.atLeast(2, rightIn: [1]) == 0)
    #expect(Chance.atLeast(0, rightIn: [3]) == 1)
    // Of many letters one is right on average, whatever their number. [Montmort 1713]
    #expect(abs((1...20).reduce(0) { $0 + Chance.atLeast($1, rightIn: [40]) } - 1) < 1e-12)
  }
}

/// What the attacker achieved in many rounds.
private struct Trial {
  enum Target {
    /// Without the key.
    case everybody
    /// With the key, too, nobody knows who drew which slip.
    case thoseOnPaperWithKey
  }
  struct Suspect: Hashable {
    let clue: Clue
    let target: Target
  }

  private let crew: Crew
  private var blind = Attacker(), withKey = Attacker(), withKeyOnPaper = Attacker()
  private(set) var hits: [Target: [Clue: Int]] = [:]
  /// How many people are in each crowd of all rounds.
  private var crowds: [Target: [Int]] = [:]
  /// Of those with a browser, with the sealing key, in the round that gave least away.
  private(set) var fewestWithKey: Int
  /// Parts of ballots that were found where nothing may be found.
  private(set) var givenAway: [Traces.Found] = []
  private(set) var leftBehind: Set<String> = []

  /// Eight judgements (four clues, two targets), each at 0.001: by luck alone one run in about 125 looks guilty. What the
  /// machine draws (serials, blindings, nonces) cannot be drawn again from a seed. So what looks guilty is tried on as
  /// many fresh rounds, and is guilty if it looks so again: by luck one run in more than 100,000, at the same 0.001. A
  /// real leak is there both times.
  static func expectNothing(of crew: Crew, houses: Int, rounds: Int) async throws {
    let first = try await Trial(crew, houses: houses, rounds: rounds)
    #expect(first.givenAway == [])
    #expect(first.leftBehind == [])
    // Thirty of forty. It is asked of those with a browser alone: whoever has the key sees which slip sent which ballot,
    // but who drew which slip is known to no server.
    #expect(first.fewestWithKey * 4 >= crew.browsers * 3)
    let suspects = first.suspects
    guard !suspects.isEmpty else { return }
    let second = try await Trial(crew, houses: houses, rounds: rounds)
    let guilty = suspects.intersection(second.suspects)
    #expect(guilty.isEmpty, "\(guilty) in \(first.hits) and again in \(second.hits) of \(second.ballots)")
  }

  private init(_ crew: Crew, houses: Int, rounds: Int) async throws {
    (self.crew, fewestWithKey) = (crew, crew.browsers)
    try await withThrowingTaskGroup(of: [Play.Played].self) { group in
      for house in 0..<houses {
        // Two at a time: what a house has been copied into takes much memory. One where all write into one log: the attacker
        // would tell them apart by their numbers.
        if house >= (TestEngine.chosen.isPostgres ? 1 : 2), let played = try await group.next() { judge(played) }
        group.addTask { try await Play.rounds(rounds, of: crew) }
      }
      for try await played in group { judge(played) }
    }
    print("attack: \(hits) of \(ballots), with the key at least \(fewestWithKey) of \(crew.browsers) with a browser")
  }

  private mutating func judge(_ rounds: [Play.Played]) {
    for played in rounds {
      let traces = Traces(played.ballots)
      let found = Evidence(loot: played.loot, ballots: played.ballots, traces: traces)
      note(.everybody, blind.attack(by: found) { played.hits($0) }, played.ballots.map(\.crowd))
      let opened = Evidence(
        loot: played.loot.opened(with: played.key, of: played.name), ballots: played.ballots, traces: traces)
      note(
        .thoseOnPaperWithKey, withKeyOnPaper.attack(by: opened) { played.hits($0, onPaper: true) },
        played.ballots.map(\.crowd).filter(\.isOnPaper))
      // The best clue of the round: what is best on the whole may be poor in one, and chance never comes near 30.
      let best = withKey.attack(by: opened) { played.hits($0, onPaper: false) }.values.max() ?? 0
      fewestWithKey = min(fewestWithKey, best)
      givenAway += played.givenAway
      leftBehind.formUnion(played.leftBehind)
    }
  }

  private mutating func note(_ target: Target, _ found: [Clue: Int], _ ballots: [Crowd]) {
    hits[target, default: [:]].merge(found, uniquingKeysWith: +)
    crowds[target, default: []] += Dictionary(grouping: ballots) { $0 }.values.map(\.count)
  }

  private var ballots: Int { crowds[.everybody, default: []].reduce(0, +) }

  var suspects: Set<Suspect> {
    var suspects: Set<Suspect> = []
    for (target, hits) in hits {
      for (clue, hits) in hits where Chance.atLeast(hits, rightIn: crowds[target, default: []]) <= 0.001 {
        suspects.insert(Suspect(clue: clue, target: target))
      }
    }
    return suspects
  }
}

/// Of people who were given the ballots of their crowd blindly, one each. (In a large crowd this is the binomial
/// distribution, but the guesses of a crowd are not independent of each other: of two ballots both are right or none.)
private enum Chance {
  /// Exactly, by adding one crowd after another.
  static func atLeast(_ hits: Int, rightIn crowds: [Int]) -> Double {
    guard hits > 0 else { return 1 }
    // The last place stands for "so many or more".
    var spread = [1.0] + Array(repeating: 0, count: hits)
    for crowd in crowds {
      var next = [Double](repeating: 0, count: hits + 1)
      for (right, chance) in exactly(in: crowd).enumerated() {
        for (before, likely) in spread.enumerated() where likely > 0 {
          next[min(before + right, hits)] += likely * chance
        }
      }
      spread = next
    }
    return spread[hits]
  }

  /// The chance of no, one, two ... right ones. More than 20 of a crowd are not worth counting: 1 in 20 factorial.
  private static func exactly(in crowd: Int) -> [Double] {
    // That none of so many is right: 1 - 1 + 1/2 - 1/6 + ...
    var none = [1.0]
    var term = 1.0
    for count in 0..<crowd {
      term /= -Double(count + 1)
      none.append(none[count] + term)
    }
    var ways = 1.0
    return (0...min(crowd, 20)).map { right in
      defer { ways *= Double(right + 1) }
      return none[crowd - right] / ways
    }
  }
}
