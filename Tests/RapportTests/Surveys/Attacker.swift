import Ballots
import Foundation
import Partnering

@testable import Rapport

/// What the attacker knows, or could hear said, of one ballot, and is to say whose it is.
struct ContestedBallot: Sendable {
  let crowd: Crowd
  let serial: Serial
  let receipt: Receipt
  /// With a browser's ballot.
  let signature: Data?
  /// As picked out of the bin, where the ballot came with one.
  let slip: SlipCode?
  let ratings: [UInt8]
  let comment: String

  var serialHash: Hash256 { Hash256(of: serial.bytes) }
}

/// Among whom a ballot is to be placed. The attacker is told this of each ballot and of each person, so that all he could
/// find out of it counts as chance.
struct Crowd: Hashable, Sendable {
  /// Known of a ballot, since its signature or its slip is of one segment.
  let segment: Int
  /// Known of a person, since everybody may read who is on paper; of a ballot, since it has a signature or none.
  let isOnPaper: Bool
  /// Which rows a browser's answer rewrites, right after its person collected, names the buckets of serial and receipt. In
  /// a segment of up to 48 people there is one; in a larger one this narrows a ballot down, for whoever knew its serial
  /// and its receipt. (Nothing keeps a serial after the close.) Of a slip nobody sees who sends it.
  let buckets: [Int]
}

/// One moment at which the attacker looked: after each thing that somebody sent.
struct Sighting: Sendable {
  enum Cause {
    /// A signed-in request: who sent it, its body and the reply to it.
    case collected(person: Int, blinded: Data, reply: Data)
    /// Before a browser's answer somebody collected, before a slip's nobody did.
    case answered(onPaper: Bool)
  }

  let cause: Cause
  let at: Instant
  /// The rows that are not as they were at the sighting before.
  var changed: [AttackedRow]
  /// By how many bytes the rows became longer.
  var grewBy: Int
  /// How many bytes the write-ahead log got.
  var logged: Int
  /// What the backup after an answer has that the one before it had not.
  let copied: BackupNews

  var person: Int? { if case .collected(let person, _, _) = cause { person } else { nil } }
  var isBrowsersAnswer: Bool { if case .answered(onPaper: false) = cause { true } else { false } }
}

/// All that the attacker has of one round, apart from the ballots.
struct Loot: Sendable {
  var sightings: [Sighting] = []
  /// Where each person stands, in the order of the roll.
  var crowds: [Crowd] = []
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

  /// What is left to somebody who steals backups, and knows who collected when.
  var backupsAlone: Loot {
    var backups = self
    for sighting in sightings.indices {
      (backups.sightings[sighting].changed, backups.sightings[sighting].grewBy, backups.sightings[sighting].logged) = ([], 0, 0)
    }
    return backups
  }
}

/// Whom the attacker takes each ballot to be from: ballot to person.
typealias Guess = [Int: Int]

/// By what was recorded about a person the ballots are shared out.
enum Clue: CaseIterable { case order, time, size, value }

/// Trusts for each clue the way of pairing that was right most often in the rounds before.
///
/// So there is one guess for each clue, chosen before its round is seen: however many ways there are, none is judged by
/// the rounds that recommended it.
struct Attacker {
  private var right: [String: Int] = [:]

  /// - Parameters:
  ///   - hits: how many of a guess are right, as the attacker learns after the round, from a round that he staged.
  /// - Returns: for each clue, how many ballots of this round were given to the right person.
  mutating func attack(by evidence: Evidence, hits: (Guess) -> Int) -> [Clue: Int] {
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

/// What can be put into an order: about people by one clue, about ballots by anything. Every way of pairing is tried.
struct Evidence {
  private struct Trail {
    let person: Int
    let at: Instant
    let blinded, reply: Data
    let logged: Int
    /// What was seen when the next answer came from a browser.
    let next: Sighting?
    let nextRow, before: Data
  }

  private let loot: Loot
  private let ballots: [ContestedBallot]
  private let trails: [Trail]
  private let firstSeen: [Int: Int]
  private let ballotOrders: [(name: String, order: [Crowd: [Int]])]

  /// - Parameter traces: of these ballots.
  init(loot: Loot, ballots: [ContestedBallot], traces: Traces) {
    (self.loot, self.ballots) = (loot, ballots)
    trails = Self.trails(loot)
    var firstSeen: [Int: Int] = [:]
    for (place, sighting) in loot.sightings.enumerated() {
      for bytes in sighting.changed.map(\.bytes) + [sighting.copied.pages] {
        for trace in traces.found(in: bytes) {
          if let ballot = trace.ballot, firstSeen[ballot] == nil { firstSeen[ballot] = place }
        }
      }
    }
    self.firstSeen = firstSeen
    ballotOrders = Self.orders(of: ballots, loot, firstSeen, traces).map { name, order in
      (name, Dictionary(grouping: order) { ballots[$0].crowd })
    }
  }

  func guesses(by clue: Clue) -> [(name: String, guess: Guess)] {
    var guesses = clue == .value ? [(name: "who collected before it was first seen", guess: byFirstSight())] : []
    for people in peopleOrders(by: clue) {
      // Those who left no trail come last, as they stand on the roll.
      let rest = Set(people.order)
      let everybody = people.order + loot.crowds.indices.filter { !rest.contains($0) }
      let order = Dictionary(grouping: everybody) { loot.crowds[$0] }
      for ballots in ballotOrders {
        guesses.append(("\(people.name) / \(ballots.name)", paired(order, ballots.order)))
        guesses.append(("\(people.name) / \(ballots.name), backwards", paired(order.mapValues { $0.reversed() }, ballots.order)))
      }
    }
    return guesses
  }

  private func paired(_ people: [Crowd: [Int]], _ ballots: [Crowd: [Int]]) -> Guess {
    var guess: Guess = [:]
    for (crowd, order) in ballots {
      for (ballot, person) in zip(order, people[crowd] ?? []) { guess[ballot] = person }
    }
    return guess
  }

  /// The person who collected last before something of the ballot first came to light.
  private func byFirstSight() -> Guess {
    var guess: Guess = [:]
    for (ballot, sighting) in firstSeen.sorted(by: { ($0.value, $0.key) < ($1.value, $1.key) }) {
      let crowd = ballots[ballot].crowd
      guess[ballot] = loot.sightings[...sighting].compactMap(\.person).last {
        loot.crowds[$0] == crowd && !guess.values.contains($0)
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
        ("bytes that the next answer added", people { $0.next?.grewBy ?? 0 }),
        ("bytes logged by collecting", people { $0.logged }),
        ("bytes that the next answer changed in a backup", people { $0.next?.copied.pages.count ?? 0 }),
        ("bytes that the next answer wrote into a backup", people { $0.next?.copied.written.count ?? 0 }),
        ("bytes that the next answer added to a backup", people { $0.next?.copied.grewBy ?? 0 }),
      ]
    case .value:
      [
        ("blinded value", people { $0.blinded.number }), ("blind signature", people { $0.reply.number }),
        ("row after the next answer", people { $0.nextRow.number }),
        ("change of the row", people { Data(zip($0.nextRow.suffix(8), $0.before.suffix(8)).map { $0 ^ $1 }).number }),
        ("what the next answer wrote into a backup", people { ($0.next?.copied.written ?? Data()).number }),
        ("the end of what it wrote", people { ($0.next?.copied.written ?? Data()).suffix(8).number }),
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
        let next = loot.sightings[place...].first(where: \.isBrowsersAnswer)
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
    of ballots: [ContestedBallot], _ loot: Loot, _ firstSeen: [Int: Int], _ traces: Traces
  ) -> [(name: String, order: [Int])] {
    let hashes = ballots.map(\.serialHash)
    func order(_ key: (Int) -> some Comparable) -> [Int] {
      ballots.indices.map { (key($0), hashes[$0], $0) }.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
    }
    var lasting: [Int: Int] = [:]
    var neighbours: [Traces.Kind: [Int: Neighbours]] = [:]
    for trace in traces.found(in: loot.lastBackup) {
      guard let ballot = trace.ballot else { continue }
      if trace.kind.isSecretForEver {
        lasting[ballot] = lasting[ballot] ?? trace.offset
      } else {
        let length = trace.kind == .comment ? ballots[ballot].comment.utf8.count : ballots[ballot].receipt.letters.utf8.count
        neighbours[trace.kind, default: [:]][ballot] = Neighbours(of: trace.offset..<trace.offset + length, in: loot.lastBackup)
      }
    }
    let beside = [Traces.Kind.comment, .receipt].flatMap { kind in
      Neighbours.sides.map { name, side in
        ("\(name) the \(kind) in the last backup", order { neighbours[kind]?[$0]?[keyPath: side] ?? .max })
      }
    }
    return beside + [
      ("list of comments", order { loot.comments.firstIndex(of: ballots[$0].comment) ?? .max }),
      ("list of receipts", order { loot.receipts.firstIndex(of: ballots[$0].receipt.letters) ?? .max }),
      ("place in the last backup", order { lasting[$0] ?? .max }),
      ("first seen", order { firstSeen[$0] ?? .max }),
      ("length of the comment", order { ballots[$0].comment.utf8.count }),
      ("sum of the ratings", order { ballots[$0].ratings.reduce(0) { $0 + Int($1) } }),
      ("ratings", order { Data(ballots[$0].ratings).number }),
      ("serial", order { ballots[$0].serial.bytes.number }),
      ("hash of the serial", order { hashes[$0] }),
      ("signature", order { (ballots[$0].signature ?? Data()).number }),
      ("place of the slip on the sheet", order { ballots[$0].slip?.letters ?? "" }),
      ("hash of the slip", order { Data(ballots[$0].slip?.hash.bytes ?? []).number }),
    ]
  }
}

/// What stands beside something, as a time or a number of a person's would.
private struct Neighbours {
  let before, after, numberBefore, numberAfter: UInt64

  static var sides: [(name: String, side: KeyPath<Neighbours, UInt64>)] {
    [
      ("what stands before", \.before), ("what stands after", \.after), ("the number before", \.numberBefore),
      ("the number after", \.numberAfter),
    ]
  }

  init(of place: Range<Int>, in bytes: Data) {
    let (before, after) = (bytes[..<place.lowerBound].suffix(64), bytes.dropFirst(place.upperBound).prefix(64))
    (self.before, self.after) = (before.suffix(8).number, after.number)
    let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    let toNumber = before.reversed().drop { !isDigit($0) }.prefix(while: isDigit).reversed()
    let fromNumber = after.drop { !isDigit($0) }.prefix(while: isDigit)
    numberBefore = UInt64(String(decoding: toNumber, as: UTF8.self)) ?? .max
    numberAfter = UInt64(String(decoding: fromNumber, as: UTF8.self)) ?? .max
  }
}

extension Sighting {
  fileprivate var ratings: Data? { changed.first { $0.place?.kind == .ratings }?.bytes }
}

extension Data {
  /// The first eight bytes, which sort as the whole does unless they are equal.
  fileprivate var number: UInt64 { prefix(8).reduce(0) { $0 << 8 | UInt64($1) } }
}
