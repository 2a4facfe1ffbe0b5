import Ballots
import Crypto
import Foundation
import Partnering

@testable import Rapport

/// A ballot as the test knows it; the attacker is to say whose it is.
struct ContestedBallot {
  let holder: BallotHolder
  let signature: Data
  let ratings: [UInt8]
  let comment: String

  var serialHash: Hash256 { Hash256(of: holder.serial.bytes) }

  /// Every form in which some part of it could lie about before the close.
  var traces: [Data] { lastingTraces + [Data(holder.receipt.bytes), Data(holder.receipt.letters.utf8), Data(comment.utf8)] }

  /// Without what the report shows to everybody.
  var lastingTraces: [Data] {
    let serial = holder.serial.bytes
    return [
      serial, Data(serial.base64URL.utf8), Data(serialHash.bytes), signature, Data(signature.base64URL.utf8), Data(ratings),
    ]
  }
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

  var person: Int? { if case .collected(let person, _, _) = cause { person } else { nil } }
}

/// All that the attacker has of one round, apart from the ballots.
struct Loot {
  var sightings: [Sighting] = []
  /// Database, write-ahead log, backups, log lines and signed-in bodies while the round was open.
  var bytesBeforeClose: [Data] = []
  var bytesAfterClose: [Data] = []
  var receipts: [String] = []
  var comments: [String] = []

  /// The same with every copied row opened that this key opens.
  func opened(with key: SealingKey, of round: RoundName) -> Loot {
    var opened = self
    opened.sightings = sightings.map { sighting in
      var sighting = sighting
      sighting.changed = sighting.changed.map { row in
        guard let place = row.place, let plain = try? key.open(row.bytes, at: place, of: round) else { return row }
        return AttackedRow(place: place, bytes: plain)
      }
      return sighting
    }
    return opened
  }
}

/// Whom the attacker takes each ballot to be from: ballot to person.
typealias Guess = [Int: Int]

struct Attacker {
  let loot: Loot
  let ballots: [ContestedBallot]

  /// The person who collected last before something of the ballot first came to light.
  func byValue() -> Guess {
    let first = ballots.indices.compactMap { ballot in
      firstSighting(of: ballots[ballot]).map { (ballot: ballot, sighting: $0) }
    }.sorted { $0.sighting < $1.sighting }
    var guess: Guess = [:]
    for (ballot, sighting) in first {
      let before = loot.sightings[...sighting].compactMap(\.person).filter { !guess.values.contains($0) }
      guess[ballot] = before.last
    }
    return guess
  }

  /// How many ballots left a trace outside the copied rows.
  func traces() -> Int {
    ballots.count { ballot in
      loot.bytesBeforeClose.contains { $0.holds(anyOf: ballot.traces) }
        || loot.bytesAfterClose.contains { $0.holds(anyOf: ballot.lastingTraces) }
    }
  }

  /// Puts people and ballots into an order by something about each, and pairs them.
  func byOrder() -> [String: Guess] {
    var guesses: [String: Guess] = [:]
    for (of, people) in ordersOfPeople() {
      for (by, order) in ordersOfBallots() {
        guesses["\(of) / \(by)"] = Dictionary(zip(order, people)) { first, _ in first }
      }
    }
    return guesses
  }

  private func firstSighting(of ballot: ContestedBallot) -> Int? {
    let traces = ballot.traces
    return loot.sightings.firstIndex { $0.changed.contains { $0.bytes.holds(anyOf: traces) } }
  }

  private func ordersOfBallots() -> [String: [Int]] {
    let receipts = loot.receipts, comments = loot.comments
    return [
      "serial": sorted(ballots.indices) { ballots[$0].holder.serial.bytes },
      "hash of the serial": sorted(ballots.indices) { Data(ballots[$0].serialHash.bytes) },
      "signature": sorted(ballots.indices) { ballots[$0].signature },
      "ratings": sorted(ballots.indices) { Data(ballots[$0].ratings) },
      "list of receipts": ballots.indices.sorted {
        place(of: ballots[$0].holder.receipt.letters, in: receipts) < place(of: ballots[$1].holder.receipt.letters, in: receipts)
      },
      "list of comments": ballots.indices.sorted {
        place(of: ballots[$0].comment, in: comments) < place(of: ballots[$1].comment, in: comments)
      },
    ]
  }

  private func ordersOfPeople() -> [String: [Int]] {
    var order: [Int] = [], blinded: [Int: Data] = [:], replies: [Int: Data] = [:]
    var next: [Int: Data] = [:], difference: [Int: Data] = [:], waits: [Int: Int64] = [:], sizes: [Int: Int] = [:]
    var before = Data()
    for (place, sighting) in loot.sightings.enumerated() {
      if case .collected(let person, let value, let reply) = sighting.cause {
        order.append(person)
        (blinded[person], replies[person]) = (value, reply)
        let answer = loot.sightings[place...].first { $0.person == nil }
        next[person] = answer?.rating?.prefix(32)
        difference[person] = answer?.rating.map { Data(zip($0.suffix(64), before).map { $0 ^ $1 }) }
        waits[person] = answer.map { $0.at.milliseconds - sighting.at.milliseconds }
        sizes[person] = answer?.changed.reduce(0) { $0 + $1.bytes.count }
      }
      before = sighting.rating?.suffix(64) ?? before
    }
    return [
      "roll": Array(order.sorted()), "order of collecting": order,
      "blinded value": sorted(order) { blinded[$0] ?? Data() }, "blind signature": sorted(order) { replies[$0] ?? Data() },
      "row after the next answer": sorted(order) { next[$0] ?? Data() },
      "change of the row": sorted(order) { difference[$0] ?? Data() },
      "time until the next answer": order.sorted { (waits[$0] ?? 0) < (waits[$1] ?? 0) },
      "size of what the next answer changed": order.sorted { (sizes[$0] ?? 0) < (sizes[$1] ?? 0) },
    ]
  }

  private func sorted(_ places: some Sequence<Int>, by key: (Int) -> Data) -> [Int] {
    places.map { ($0, key($0)) }.sorted { $0.1.lexicographicallyPrecedes($1.1) }.map(\.0)
  }

  private func place(of text: String, in list: [String]) -> Int { list.firstIndex(of: text) ?? list.count }
}

extension Sighting {
  fileprivate var rating: Data? { changed.first { $0.place?.kind == .ratings }?.bytes }
}

extension Data {
  fileprivate func holds(anyOf parts: [Data]) -> Bool {
    withUnsafeBytes { whole in
      parts.contains { part in
        part.withUnsafeBytes { find(whole.baseAddress, whole.count, $0.baseAddress, $0.count) != nil }
      }
    }
  }
}

// Hundreds of needles in gigabytes: only the C library is fast enough in a debug build, and Swift does not import it.
@_silgen_name("memmem")
private func find(
  _ whole: UnsafeRawPointer?, _ wholeCount: Int, _ part: UnsafeRawPointer?, _ partCount: Int
) -> UnsafeRawPointer?
