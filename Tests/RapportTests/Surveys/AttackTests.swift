import Ballots
import Foundation
import HTTPTypes
import Partnering
import Testing

@testable import Rapport

/// Whether somebody with every copy of the server's data, but without the key that died at the close, can tell who gave
/// which answers. [anonymity, section 2]
struct AttackTests {
  @Test func `after the close nothing that was kept matches people to ballots better than chance`() async throws {
    let house = try await AttackedHouse(leaky: false)
    var hits: [String: Int] = [:]
    var (fewest, ballots, byValue, traces) = (AttackedHouse.people, 0, 0, 0)
    for round in 0..<50 {
      var play = Play(house, leaky: false, withBackups: round % 25 == 0)
      let played = try await play.run()
      let attacker = Attacker(loot: played.loot, ballots: played.ballots)
      for (strategy, guess) in attacker.byOrder() { hits[strategy, default: 0] += guess.hits }
      byValue += attacker.byValue().count
      traces += attacker.traces()
      ballots += played.ballots.count
      let opened = Attacker(loot: played.loot.opened(with: played.key, of: played.name), ballots: played.ballots)
      fewest = min(fewest, opened.byValue().hits)
      house.wait(.days(29))
    }
    print("attack: best of \(hits.count) orders \(hits.values.max() ?? 0) of \(ballots), with the key at least \(fewest) of 40")
    // Nothing of any ballot may be found, so that nothing can be told by it.
    #expect(byValue == 0)
    #expect(traces == 0)
    for (strategy, found) in hits {
      let p = Chance.atLeast(found, of: ballots, each: 1 / Double(AttackedHouse.people))
      // Of many strategies one is sometimes lucky: divided among them, a false alarm stays at 1 in 1,000. [Bonferroni]
      #expect(p > 0.001 / Double(hits.count), "\(strategy): \(found) of \(ballots)")
    }
    // So that the test is known to be able to fail.
    #expect(fewest >= 30)
    #expect(!house.lines.contains { $0.contains("/answers/") })
  }

  @Test func `a store that keeps ballots as they come gives most people away`() async throws {
    let house = try await AttackedHouse(leaky: true)
    var play = Play(house, leaky: true, withBackups: false)
    let played = try await play.run()
    let attacker = Attacker(loot: played.loot, ballots: played.ballots)
    let hits = attacker.byValue().hits
    print("attack: a leaky store gives \(hits) of 40 away")
    #expect(hits >= 30)
    #expect(attacker.traces() == AttackedHouse.people)
  }

  @Test func `the chance of so many right guesses is that of coins`() {
    // Three heads or more of four: (4 + 1) / 16.
    #expect(abs(Chance.atLeast(3, of: 4, each: 0.5) - 0.3125) < 1e-12)
    #expect(Chance.atLeast(0, of: 4, each: 0.5) == 1)
  }
}

/// The upper tail of the binomial distribution, exactly.
private enum Chance {
  static func atLeast(_ hits: Int, of tries: Int, each p: Double) -> Double {
    guard hits > 0 else { return 1 }
    return (hits...tries).reduce(0) { sum, k in
      let ways = lgamma(Double(tries + 1)) - lgamma(Double(k + 1)) - lgamma(Double(tries - k + 1))
      return sum + exp(ways + Double(k) * log(p) + Double(tries - k) * log(1 - p))
    }
  }
}

extension Guess {
  /// The test's list has the ballot of each person at the person's place; the attacker is not told.
  fileprivate var hits: Int { count { $0.key == $0.value } }
}

/// One round as people live it: each collects just before answering, some at the same time, a few change their answer.
private struct Play {
  private enum Step { case collect(Int), answer(Int), change(Int) }

  struct Played {
    let loot: Loot
    let ballots: [ContestedBallot]
    /// Put aside before the close, which destroyed the file.
    let key: SealingKey
    let name: RoundName
  }

  let house: AttackedHouse
  let leaky: Bool
  let withBackups: Bool
  private var loot = Loot()
  private var rows: Set<AttackedRow> = []
  private var holders: [BallotHolder] = []
  private var signatures: [Int: Data] = [:]
  private var ratings: [[UInt8]] = []
  private let comments = (0..<AttackedHouse.people).map { _ in "We row \(UInt64.random(in: 0...UInt64.max)) strokes" }

  init(_ house: AttackedHouse, leaky: Bool, withBackups: Bool) {
    (self.house, self.leaky, self.withBackups) = (house, leaky, withBackups)
  }

  mutating func run() async throws -> Played {
    let round = try await house.openRound()
    let segment = round.document.segments[0]
    let digest = OpeningDigest(of: Data(try round.document.bytes()))
    holders = try (0..<AttackedHouse.people).map { _ in
      try BallotHolder(ballotKey: BallotKey(), digest: digest, segment: segment.key)
    }
    ratings = holders.map { _ in (0..<round.document.items).map { _ in UInt8.random(in: 1...5) } }
    rows = Set(try await house.rows(leaky: leaky))
    for step in Self.steps() {
      switch step {
      case .collect(let person):
        house.wait(.seconds(.random(in: 5...600)))
        try await collect(person, round, segment.name)
        // The browser posts the answer by itself as soon as it has the signature.
        house.wait(.seconds(.random(in: 1...3)))
      case .answer(let person): try await answer(person, round, segment.name, send: 1)
      case .change(let person): try await answer(person, round, segment.name, send: 2)
      }
    }
    loot.bytesBeforeClose += try house.files() + [Data(house.lines.joined(separator: "\n").utf8)]
    house.wait(.hours(24))
    try #require(try await house.house.closeDueRounds() == 1)
    try #require(!house.hasKey(round.id))
    try #require(try await house.rows(leaky: false).isEmpty)
    (loot.receipts, loot.comments) = try await house.kept(of: round.id)
    try #require(loot.receipts.count == AttackedHouse.people && loot.comments.count == AttackedHouse.people)
    loot.bytesAfterClose = try house.files() + [try house.backup(), Data(house.lines.joined(separator: "\n").utf8)]
    let ballots = holders.indices.map { person in
      ContestedBallot(
        holder: holders[person], signature: signatures[person] ?? Data(), ratings: ratings[person], comment: comment(person))
    }
    return Played(loot: loot, ballots: ballots, key: round.key, name: round.sealed.name)
  }

  private static func steps() -> [Step] {
    var steps: [Step] = []
    var late: Int?
    let people = Array(0..<AttackedHouse.people).shuffled()
    // Twice in a round the next one has begun while one is still sending; an exact number, so that luck fails no run.
    let slow = Set(people.shuffled().prefix(2))
    for person in people {
      steps.append(.collect(person))
      if let before = late {
        steps.append(.answer(before))
        late = nil
      }
      if slow.contains(person) { late = person } else { steps.append(.answer(person)) }
    }
    if let late { steps.append(.answer(late)) }
    for person in people.prefix(20).shuffled().prefix(4) { steps.insert(.change(person), at: .random(in: 60..<steps.count)) }
    return steps
  }

  private mutating func collect(_ person: Int, _ round: OpenRound, _ segment: String) async throws {
    let (visitor, token) = try await house.signedIn(house.team[person])
    let body = String(decoding: try JSONEncoder().encode(["segment": segment, "blinded": holders[person].blinded.base64URL]), as: UTF8.self)
    let page = try await visitor.send(
      .post, "/rounds/\(round.id)/credential",
      headers: [.contentType: "application/json", .secFetchSite: "same-origin", FormToken.header: token], body: body)
    try #require(page.status == .ok)
    let reply = try JSONDecoder().decode([String: String].self, from: Data(page.text.utf8))
    let letters = try #require(reply["signature"])
    let signature = try #require(Data(base64URL: letters))
    signatures[person] = try holders[person].finish(signature: signature)
    loot.bytesBeforeClose += [Data(body.utf8), holders[person].blinded, Data(page.text.utf8), signature]
    try await look(.collected(person: person, blinded: holders[person].blinded, reply: signature))
  }

  private mutating func answer(_ person: Int, _ round: OpenRound, _ segment: String, send: UInt32) async throws {
    if withBackups { loot.bytesBeforeClose.append(try house.backup()) }
    if send > 1 { ratings[person][0] = ratings[person][0] % 5 + 1 }
    let sent = Sent(
      segment: segment, serial: holders[person].serial.bytes.base64URL,
      signature: try #require(signatures[person]).base64URL, send: send, receipt: holders[person].receipt.letters,
      ratings: ratings[person], comment: comment(person))
    let body = String(decoding: try JSONEncoder().encode(sent), as: UTF8.self)
    let page = try await house.nobody().send(
      .post, "/answers/\(round.id)", headers: [.contentType: "application/json"], body: body, withCookies: false)
    try #require(page.status == .ok, "\(page.text)")
    if leaky, send == 1 { try await house.leak(Hash256(of: holders[person].serial.bytes), ratings[person]) }
    try await look(.answered)
    if withBackups { loot.bytesBeforeClose.append(try house.backup()) }
  }

  private mutating func look(_ cause: Sighting.Cause) async throws {
    let now = try await house.rows(leaky: leaky)
    loot.sightings.append(Sighting(cause: cause, at: house.now, changed: now.filter { !rows.contains($0) }))
    rows = Set(now)
  }

  private func comment(_ person: Int) -> String { comments[person] }

  private struct Sent: Encodable {
    let segment, serial, signature: String
    let send: UInt32
    let receipt: String
    let ratings: [UInt8]
    let comment: String
  }
}
