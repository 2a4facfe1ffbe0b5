import Ballots
import Foundation
import HTTPTypes
import Partnering
import Testing

@testable import Rapport

/// One round as people live it: each collects just before answering, some at the same time, a few change their answer.
/// Around each of these the attacker copies everything.
struct Play {
  /// Rapport's own backup takes too long to make 90 in each of 50 rounds; the files themselves are always looked at.
  enum Backups { case aroundEveryAnswer, atTheEnds }

  struct Played {
    let loot: Loot
    /// In no order: the attacker is not told whose they are.
    let ballots: [ContestedBallot]
    let owners: [Int]
    /// Put aside before the close, which destroyed the file.
    let key: SealingKey
    let name: RoundName
    /// Parts of ballots in what may hold none; the ballots are numbered by person.
    let givenAway: [Traces.Found]

    func hits(_ guess: Guess) -> Int { guess.count { owners[$0.key] == $0.value } }
  }

  private enum Step { case collect(Int), answer(Int), change(Int) }

  private let house: AttackedHouse
  private let round: OpenRound
  private let backups: Backups
  private let holders: [BallotHolder]
  private var ratings: [[UInt8]]
  private let comments: [String]
  private var signatures: [Int: Data] = [:]
  private var traces = Traces()
  private var givenAway: [Traces.Found] = []
  private var loot = Loot()
  private var rows: Set<AttackedRow>
  private var files: AttackedFiles
  private var linesRead: Int

  static func round(in house: AttackedHouse, backups: Backups) async throws -> Played {
    var play = try await Play(house, backups)
    for step in steps() {
      switch step {
      case .collect(let person):
        house.wait(.seconds(.random(in: 5...600)))
        try await play.collect(person)
        // The browser posts the answer by itself as soon as it has the signature.
        house.wait(.seconds(.random(in: 1...3)))
      case .answer(let person): try await play.answer(person, send: 1)
      case .change(let person): try await play.answer(person, send: 2)
      }
    }
    return try await play.close()
  }

  private init(_ house: AttackedHouse, _ backups: Backups) async throws {
    let round = try await house.openRound()
    try #require(round.document.segments.map(\.roll) == AttackedHouse.segments.map(\.count))
    let digest = OpeningDigest(of: Data(try round.document.bytes()))
    holders = try (0..<AttackedHouse.people).map { person in
      let segment = round.document.segments[AttackedHouse.segment(of: person)]
      return try BallotHolder(ballotKey: BallotKey(), digest: digest, segment: segment.key)
    }
    ratings = holders.map { _ in (0..<round.document.items).map { _ in UInt8.random(in: 1...5) } }
    // Of all lengths, so that one that showed would tell.
    comments = holders.map { _ in
      "\(UInt64.random(in: 1_000_000_000_000_000_000...UInt64.max)) strokes"
        + String(repeating: " and on", count: .random(in: 0...130))
    }
    for person in holders.indices {
      traces.add(holders[person], of: person)
      traces.add(ratings: ratings[person], of: person)
      traces.add(ratings: Self.changed(ratings[person]), of: person)
      traces.add(comment: comments[person], of: person)
    }
    loot.rolls = AttackedHouse.segments
    (self.house, self.round, self.backups) = (house, round, backups)
    rows = Set(try await house.rows())
    files = try AttackedFiles(database: house.databaseFile)
    linesRead = house.lines.count
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

  private static func changed(_ ratings: [UInt8]) -> [UInt8] { [ratings[0] % 5 + 1] + ratings.dropFirst() }
}

// What people send.
extension Play {
  private mutating func collect(_ person: Int) async throws {
    let (visitor, token) = try await house.signedIn(house.team[person])
    let body = String(
      decoding: try JSONEncoder().encode(["segment": segment(of: person), "blinded": holders[person].blinded.base64URL]),
      as: UTF8.self)
    let page = try await visitor.send(
      .post, "/rounds/\(round.id)/credential",
      headers: [.contentType: "application/json", .secFetchSite: "same-origin", FormToken.header: token], body: body)
    try #require(page.status == .ok)
    let reply = try JSONDecoder().decode([String: String].self, from: Data(page.text.utf8))
    let letters = try #require(reply["signature"])
    let signature = try #require(Data(base64URL: letters))
    for seen in [Data(body.utf8), holders[person].blinded, Data(page.text.utf8), signature] { search(seen) }
    let finished = try holders[person].finish(signature: signature)
    signatures[person] = finished
    traces.add(signature: finished, of: person)
    try await look(.collected(person: person, blinded: holders[person].blinded, reply: signature))
  }

  private mutating func answer(_ person: Int, send: UInt32) async throws {
    _ = try copyFiles()
    if backups == .aroundEveryAnswer { search(try house.backup()) }
    if send > 1 { ratings[person] = Self.changed(ratings[person]) }
    let sent = Sent(
      segment: segment(of: person), serial: holders[person].serial.bytes.base64URL,
      signature: try #require(signatures[person]).base64URL, send: send, receipt: holders[person].receipt.letters,
      ratings: ratings[person], comment: comments[person])
    let body = String(decoding: try JSONEncoder().encode(sent), as: UTF8.self)
    let page = try await house.nobody().send(
      .post, "/answers/\(round.id)", headers: [.contentType: "application/json"], body: body, withCookies: false)
    try #require(page.status == .ok, "\(page.text)")
    if send == 1 { try await house.leak(Hash256(of: holders[person].serial.bytes), ratings[person]) }
    try await look(.answered)
    if backups == .aroundEveryAnswer { search(try house.backup()) }
  }

  private func segment(of person: Int) -> String { round.document.segments[AttackedHouse.segment(of: person)].name }

  private struct Sent: Encodable {
    let segment, serial, signature: String
    let send: UInt32
    let receipt: String
    let ratings: [UInt8]
    let comment: String
  }
}

// What the attacker sees.
extension Play {
  private mutating func look(_ cause: Sighting.Cause) async throws {
    let now = try await house.rows()
    let changed = now.filter { !rows.contains($0) }
    rows = Set(now)
    loot.sightings.append(Sighting(cause: cause, at: house.now, changed: changed, logged: try copyFiles()))
  }

  /// - Returns: by how much the write-ahead log grew.
  private mutating func copyFiles() throws -> Int {
    let news = try files.news()
    search(news.logged)
    search(news.database)
    let lines = house.lines
    search(Data(lines[linesRead...].joined(separator: "\n").utf8))
    linesRead = lines.count
    return news.logged.count
  }

  private mutating func search(_ bytes: Data) { givenAway += traces.found(in: bytes) }

  private mutating func close() async throws -> Played {
    _ = try copyFiles()
    search(try house.backup())
    house.wait(.hours(24))
    try #require(try await house.house.closeDueRounds() == 1)
    try #require(!house.hasKey(round.id))
    try #require(try await house.rows().allSatisfy { $0.place == nil })
    (loot.receipts, loot.comments) = try await house.kept(of: round.id)
    try #require(loot.receipts.count == AttackedHouse.people && loot.comments.count == AttackedHouse.people)
    loot.lastBackup = try house.backup()
    for bytes in try house.files() + [loot.lastBackup, Data(house.lines.joined(separator: "\n").utf8)] {
      givenAway += traces.found(in: bytes).filter(\.kind.isSecretForEver)
    }
    // Each stands in its list, and nowhere else.
    let open = traces.found(in: loot.lastBackup).filter { !$0.kind.isSecretForEver }
    givenAway += Dictionary(grouping: open) { [AnyHashable($0.ballot), $0.kind] }.values.flatMap { $0.dropFirst() }
    return played()
  }

  private func played() -> Played {
    let owners = holders.indices.shuffled()
    let ballots = owners.map { person in
      ContestedBallot(
        segment: AttackedHouse.segment(of: person), holder: holders[person], signature: signatures[person] ?? Data([0, 0]),
        ratings: ratings[person], comment: comments[person])
    }
    return Played(
      loot: loot, ballots: ballots, owners: owners, key: round.key, name: round.sealed.name, givenAway: givenAway)
  }
}
