import Ballots
import Foundation
import Partnering

@testable import Rapport

/// What the attacker knows, or could hear said, of one ballot, and is to say whose it is.
struct ContestedBallot {
  let segment: Int
  let holder: BallotHolder
  let signature: Data
  let ratings: [UInt8]
  let comment: String

  var serialHash: Hash256 { Hash256(of: holder.serial.bytes) }
}

/// One moment at which the attacker looked: after each thing that somebody sent.
struct Sighting {
  enum Cause {
    /// A signed-in request: who sent it, its body and the reply to it.
    case collected(person: Int, blinded: Data, reply: Data)
    case answered
  }

  let cause: Cause
  let at: Instant
  /// The rows that are not as they were at the sighting before.
  var changed: [AttackedRow]
  /// How many bytes the write-ahead log got.
  let logged: Int

  var person: Int? { if case .collected(let person, _, _) = cause { person } else { nil } }
}

/// All that the attacker has of one round, apart from the ballots.
struct Loot {
  var sightings: [Sighting] = []
  /// The people of each segment, in the order of the roll.
  var rolls: [Range<Int>] = []
  /// As the closed round keeps them.
  var receipts: [String] = []
  var comments: [String] = []
  var lastBackup = Data()

  /// The same with every copied row opened that this key opens.
  func opened(with key: SealingKey, of round: RoundName) -> Loot {
    var opened = self
    for sighting in sightings.indices {
      opened.sightings[sighting].changed = sightings[sighting].changed.map { row in
        guard let place = row.place, let plain = try? key.open(row.bytes, at: place, of: round) else { return row }
        return AttackedRow(place: place, bytes: plain)
      }
    }
    return opened
  }
}

/// Whom the attacker takes each ballot to be from: ballot to person.
typealias Guess = [Int: Int]

/// By what was recorded about a person the ballots are shared out.
enum Clue: CaseIterable { case order, time, size, value }

/// Tries every way of pairing, and trusts for each clue the one that was right most often in the rounds before.
///
/// So there is one guess for each clue, chosen before its round is seen: however many ways there are, none is judged by
/// the rounds that recommended it.
struct Attacker {
  private var right: [String: Int] = [:]

  /// - Parameters:
  ///   - hits: how many of a guess are right, as the attacker learns after the round, from a round that he staged.
  /// - Returns: for each clue, how many ballots of this round were given to the right person.
  mutating func attack(_ loot: Loot, _ ballots: [ContestedBallot], hits: (Guess) -> Int) -> [Clue: Int] {
    let evidence = Evidence(loot: loot, ballots: ballots)
    var found: [Clue: Int] = [:]
    for clue in Clue.allCases {
      let tried = evidence.guesses(by: clue).map { (name: "\(clue): \($0.name)", hits: hits($0.guess)) }
      // Of equals the first, so that the same loot always gets the same guess.
      let best = tried.reduce(tried[0]) { right[$1.name, default: 0] > right[$0.name, default: 0] ? $1 : $0 }
      found[clue] = best.hits
      for each in tried { right[each.name, default: 0] += each.hits }
    }
    return found
  }
}

/// What can be put into an order: about people by one clue, about ballots by anything.
private struct Evidence {
  private struct Trail {
    let person: Int
    let at: Instant
    let blinded, reply: Data
    let logged: Int
    /// What was seen when somebody answered next.
    let next: Sighting?
    let nextRow, before: Data
  }

  private let loot: Loot
  private let ballots: [ContestedBallot]
  private let trails: [Trail]
  private let firstSeen: [Int: Int]
  private let ballotOrders: [(name: String, order: [Int])]

  init(loot: Loot, ballots: [ContestedBallot]) {
    (self.loot, self.ballots) = (loot, ballots)
    trails = Self.trails(loot)
    let traces = Traces(ballots)
    var firstSeen: [Int: Int] = [:]
    for (place, sighting) in loot.sightings.enumerated() {
      for row in sighting.changed {
        for trace in traces.found(in: row.bytes) where firstSeen[trace.ballot] == nil { firstSeen[trace.ballot] = place }
      }
    }
    self.firstSeen = firstSeen
    ballotOrders = Self.orders(of: ballots, loot, firstSeen)
  }

  func guesses(by clue: Clue) -> [(name: String, guess: Guess)] {
    var guesses = clue == .value ? [(name: "who collected before it was first seen", guess: byFirstSight())] : []
    for people in peopleOrders(by: clue) {
      for ballots in ballotOrders {
        guesses.append(("\(people.name) / \(ballots.name)", paired(people.order, ballots.order)))
        guesses.append(("\(people.name) / \(ballots.name), backwards", paired(people.order.reversed(), ballots.order)))
      }
    }
    return guesses
  }

  /// The segment of a ballot is known, since its signature is: only within it there is something to guess.
  private func paired(_ people: [Int], _ order: [Int]) -> Guess {
    var guess: Guess = [:]
    for (segment, roll) in loot.rolls.enumerated() {
      let pairs = zip(order.filter { ballots[$0].segment == segment }, people.filter(roll.contains))
      for (ballot, person) in pairs { guess[ballot] = person }
    }
    return guess
  }

  /// The person who collected last before something of the ballot first came to light.
  private func byFirstSight() -> Guess {
    var guess: Guess = [:]
    for (ballot, sighting) in firstSeen.sorted(by: { ($0.value, $0.key) < ($1.value, $1.key) }) {
      let roll = loot.rolls[ballots[ballot].segment]
      guess[ballot] = loot.sightings[...sighting].compactMap(\.person).last {
        roll.contains($0) && !guess.values.contains($0)
      }
    }
    return guess
  }

  private func peopleOrders(by clue: Clue) -> [(name: String, order: [Int])] {
    switch clue {
    case .order: [("order of collecting", trails.map(\.person)), ("roll", trails.map(\.person).sorted())]
    case .time:
      [
        ("moment of collecting", people { $0.at.milliseconds }),
        ("time until the next answer", people { ($0.next?.at ?? $0.at).milliseconds - $0.at.milliseconds }),
      ]
    case .size:
      [
        ("bytes logged by the next answer", people { $0.next?.logged ?? 0 }),
        ("bytes that the next answer changed", people { $0.next?.changed.reduce(0) { $0 + $1.bytes.count } ?? 0 }),
        ("bytes logged by collecting", people { $0.logged }),
      ]
    case .value:
      [
        ("blinded value", people { $0.blinded.number }), ("blind signature", people { $0.reply.number }),
        ("row after the next answer", people { $0.nextRow.number }),
        ("change of the row", people { Data(zip($0.nextRow.suffix(8), $0.before.suffix(8)).map { $0 ^ $1 }).number }),
      ]
    }
  }

  private func people(by key: (Trail) -> some Comparable) -> [Int] {
    trails.enumerated().map { (key($1), $0, $1.person) }.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
  }

  private static func trails(_ loot: Loot) -> [Trail] {
    var trails: [Trail] = []
    var before = Data()
    for (place, sighting) in loot.sightings.enumerated() {
      if case .collected(let person, let blinded, let reply) = sighting.cause {
        let next = loot.sightings[place...].first { $0.person == nil }
        trails.append(
          Trail(
            person: person, at: sighting.at, blinded: blinded, reply: reply, logged: sighting.logged, next: next,
            nextRow: next?.ratings ?? Data(), before: before))
      }
      before = sighting.ratings ?? before
    }
    return trails
  }

  private static func orders(
    of ballots: [ContestedBallot], _ loot: Loot, _ firstSeen: [Int: Int]
  ) -> [(name: String, order: [Int])] {
    let hashes = ballots.map(\.serialHash)
    func order(_ key: (Int) -> some Comparable) -> [Int] {
      ballots.indices.map { (key($0), hashes[$0], $0) }.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
    }
    var lasting: [Int: Int] = [:]
    for trace in Traces(ballots).found(in: loot.lastBackup) where trace.kind.isSecretForEver {
      lasting[trace.ballot] = lasting[trace.ballot] ?? trace.offset
    }
    return [
      ("list of comments", order { loot.comments.firstIndex(of: ballots[$0].comment) ?? .max }),
      ("list of receipts", order { loot.receipts.firstIndex(of: ballots[$0].holder.receipt.letters) ?? .max }),
      ("place in the last backup", order { lasting[$0] ?? .max }),
      ("first seen", order { firstSeen[$0] ?? .max }),
      ("length of the comment", order { ballots[$0].comment.utf8.count }),
      ("sum of the ratings", order { ballots[$0].ratings.reduce(0) { $0 + Int($1) } }),
      ("ratings", order { Data(ballots[$0].ratings).number }),
      ("serial", order { ballots[$0].holder.serial.bytes.number }),
      ("hash of the serial", order { hashes[$0] }),
      ("signature", order { ballots[$0].signature.number }),
    ]
  }
}

extension Sighting {
  fileprivate var ratings: Data? { changed.first { $0.place?.kind == .ratings }?.bytes }
}

extension Data {
  /// The first eight bytes, which sort as the whole does unless they are equal.
  fileprivate var number: UInt64 { prefix(8).reduce(0) { $0 << 8 | UInt64($1) } }
}
