import Ballots
import Foundation
import HTTPTypes
import Partnering
import Testing

@testable import Rapport

/// One round as people live it: each collects just before answering, some at the same time; those on paper draw a slip
/// from a hat and key it in; a few change their answer. Around each of these the attacker copies everything.
struct Play {
  struct Played: Sendable {
    let loot: Loot
    /// In no order: the attacker is not told whose they are.
    let ballots: [ContestedBallot]
    let owners: [Int]
    /// Put aside before the close, which destroyed the file.
    let key: SealingKey
    let name: RoundName
    /// Parts of ballots, and keys, in what may hold none; the ballots are numbered by person.
    let givenAway: [Traces.Found]
    /// What an answer left beside the sealed values, in words.
    let leftBehind: Set<String>

    /// How many of a guess are right: of all ballots, or of those that came with a slip, or with none.
    func hits(_ guess: Guess, onPaper: Bool? = nil) -> Int {
      guess.count {
        owners[$0.key] == $0.value && onPaper ?? ballots[$0.key].crowd.isOnPaper == ballots[$0.key].crowd.isOnPaper
      }
    }
  }

  private enum Step {
    case collect(Int)
    case answer(Int)
    case change(Int)
  }

  /// With what somebody answers.
  private enum Means {
    case browser(BallotHolder, signature: Data)
    /// The visitor is the own browser in which the slip's address is opened, signed in or not.
    case slip(SlipCode, Visitor, Serial?)
  }

  private let house: AttackedHouse
  private let round: OpenRound
  private var means: [Means] = []
  private var ratings: [[UInt8]]
  private let comments: [String]
  private var traces = Traces()
  private var givenAway: [Traces.Found] = []
  private var leftBehind: Set<String> = []
  private var loot = Loot()
  private var rows: [AttackedRow] = []
  private var files: any AttackedFiles
  private var pages = SeenPages()
  /// The last one, as long as nothing was written since: another would have the same bytes.
  private var backup: Data?
  private var linesRead: Int

  /// So many rounds in a house of their own, one after another.
  static func rounds(_ count: Int, of crew: Crew, _ keeping: AttackedHouse.Keeping = .sealed) async throws -> [Played] {
    let house = try await AttackedHouse(keeping, crew)
    var played: [Played] = []
    for _ in 0..<count {
      played.append(try await round(in: house))
      house.wait(.days(29))
    }
    return played
  }

  private static func round(in house: AttackedHouse) async throws -> Played {
    var play = try await Play(house)
    for step in steps(of: house.crew) {
      switch step {
      case .collect(let person):
        house.wait(.seconds(.random(in: 5...600)))
        try await play.collect(person)
        // The browser posts the answer by itself as soon as it has the signature.
        house.wait(.seconds(.random(in: 1...3)))
      case .answer(let person):
        if house.crew.isOnPaper(person) { house.wait(.seconds(.random(in: 5...600))) }
        try await play.answer(person, send: 1)
      case .change(let person): try await play.answer(person, send: 2)
      }
    }
    return try await play.close()
  }

  private init(_ house: AttackedHouse) async throws {
    let round = try await house.openRound()
    let crew = house.crew
    try #require(round.document.segments.map(\.roll) == crew.parties.map(\.everybody.count))
    (self.house, self.round) = (house, round)
    ratings = (0..<crew.people).map { _ in (0..<round.document.items).map { _ in UInt8.random(in: 1...5) } }
    // Of all lengths, so that one that showed would tell.
    comments = (0..<crew.people).map { _ in
      "\(UInt64.random(in: 1_000_000_000_000_000_000...UInt64.max)) strokes"
        + String(repeating: " and on", count: .random(in: 0...130))
    }
    files = try house.followed()
    linesRead = house.lines.count
    for party in crew.parties { means += try await means(of: party) }
    for person in means.indices {
      traces.add(ratings: ratings[person], of: person)
      traces.add(ratings: Self.changed(ratings[person]), of: person)
      traces.add(comment: comments[person], of: person)
      switch means[person] {
      case .browser(let holder, _):
        traces.add(collectedBy: house.team[person], blinded: holder.blinded, of: person)
        traces.add(holder.serial, of: person)
        traces.add(holder.receipt, of: person)
      case .slip(let code, _, _): traces.add(code, of: person)
      }
    }
    traces.add(sealingKey: try house.sealingKey(of: round.id))
    for key in round.segmentKeys { traces.add(segmentKey: key) }
    rows = try await house.rows()
  }

  private func means(of party: Crew.Party) async throws -> [Means] {
    let digest = OpeningDigest(of: Data(try round.document.bytes()))
    let key = round.document.segments[house.crew.segment(of: party.lead)].key
    let browsers = try party.browsers.map { _ in
      Means.browser(try BallotHolder(ballotKey: BallotKey(), digest: digest, segment: key), signature: Data())
    }
    let hat = try await house.printSlips(of: party, for: round.id).shuffled()
    try #require(hat.count == party.paper.count)
    var slips: [Means] = []
    for (person, code) in zip(party.paper, hat) {
      // Every other one opens the slip's address in a browser that is signed in, with its cookie.
      let visitor = person.isMultiple(of: 2) ? try await house.signedIn(house.team[person]).0 : house.nobody()
      slips.append(.slip(code, visitor, nil))
    }
    return browsers + slips
  }

  private static func steps(of crew: Crew) -> [Step] {
    var steps: [Step] = []
    var late: Int?
    let people = Array(0..<crew.people).shuffled()
    // Twice in a round the next one has begun while one is still sending; an exact number, so that luck fails no run.
    let slow = Set(people.filter { !crew.isOnPaper($0) }.shuffled().prefix(2))
    for person in people {
      if !crew.isOnPaper(person) { steps.append(.collect(person)) }
      if let before = late {
        steps.append(.answer(before))
        late = nil
      }
      if slow.contains(person) { late = person } else { steps.append(.answer(person)) }
    }
    if let late { steps.append(.answer(late)) }
    // By then they have answered, with a step or two each.
    for person in people.prefix(crew.people / 3).shuffled().prefix(4) {
      steps.insert(.change(person), at: .random(in: crew.people..<steps.count))
    }
    return steps
  }

  private static func changed(_ ratings: [UInt8]) -> [UInt8] { [ratings[0] % 5 + 1] + ratings.dropFirst() }
}

// What people send.
extension Play {
  private mutating func collect(_ person: Int) async throws {
    guard case .browser(let holder, _) = means[person] else { return }
    let (visitor, token) = try await house.signedIn(house.team[person])
    let body = String(
      decoding: try JSONEncoder().encode(["segment": segment(of: person), "blinded": holder.blinded.base64URL]),
      as: UTF8.self)
    let (lines, figures) = (house.lines.count, await house.figures())
    let page = try await visitor.send(
      .post, "/rounds/\(round.id)/credential",
      headers: [.contentType: "application/json", .secFetchSite: "same-origin", FormToken.header: token], body: body)
    try #require(page.status == .ok)
    let reply = try JSONDecoder().decode([String: String].self, from: Data(page.text.utf8))
    let letters = try #require(reply["signature"])
    let signature = try #require(Data(base64URL: letters))
    for seen in [Data(body.utf8), holder.blinded, Data(page.text.utf8), signature] { search(seen) }
    let finished = try holder.finish(signature: signature)
    means[person] = .browser(holder, signature: finished)
    traces.add(signature: finished, of: person)
    if house.lines.count != lines { leftBehind.insert("the log tells of a collecting") }
    if await house.figures() != figures { leftBehind.insert("the metrics tell of a collecting") }
    try await look(.collected(person: person, blinded: holder.blinded, reply: signature), logged: try copyFiles())
  }

  private mutating func answer(_ person: Int, send: UInt32) async throws {
    _ = try copyFiles()
    let before = try await copyBackup()
    let (lines, figures) = (house.lines.count, await house.figures())
    if send > 1 { ratings[person] = Self.changed(ratings[person]) }
    let serial =
      switch means[person] {
      case .browser(let holder, let signature): try await answer(person, holder, signature, send)
      case .slip(let code, let visitor, let kept): try await answer(person, code, visitor, kept)
      }
    if send == 1 { try await house.leak(Hash256(of: serial.bytes), ratings[person]) }
    let logged = try copyFiles()
    // What is acknowledged was written, so that the next backup is another one.
    try #require(logged > 0)
    let news = BackupNews(from: before, to: try await copyBackup())
    // Of what is no row of the sealed values, an answer changes nothing at all, whatever it may be.
    if !news.isNothing { leftBehind.insert("a backup is another one after an answer") }
    if house.lines.count != lines { leftBehind.insert("the log tells of an answer") }
    if await house.figures() != figures { leftBehind.insert("the metrics tell of an answer") }
    try await look(.answered(onPaper: house.crew.isOnPaper(person)), logged: logged, news)
  }

  private func answer(_ person: Int, _ holder: BallotHolder, _ signature: Data, _ send: UInt32) async throws -> Serial {
    let sent = Sent(
      segment: segment(of: person), serial: holder.serial.bytes.base64URL, signature: signature.base64URL, send: send,
      receipt: holder.receipt.letters, ratings: ratings[person], comment: comments[person])
    let body = String(decoding: try JSONEncoder().encode(sent), as: UTF8.self)
    let page = try await house.nobody().send(
      .post, "/answers/\(round.id)", headers: [.contentType: "application/json"], body: body, withCookies: false)
    try #require(page.status == .ok, "\(page.text)")
    return holder.serial
  }

  /// The page comes with whatever cookies the browser has; its form is sent without them, as from every sandbox.
  private mutating func answer(_ person: Int, _ code: SlipCode, _ visitor: Visitor, _ kept: Serial?) async throws
    -> Serial
  {
    let empty = try await visitor.get("/slips/\(round.id)")
    try #require(empty.status == .ok, "\(empty.text)")
    var form = KeyedForm(serial: try #require(empty.hidden("serial").first).1, language: .en)
    let serial = try #require(kept ?? Serial(typed: form.serial))
    means[person] = .slip(code, visitor, serial)
    if kept == nil {
      traces.add(serial, of: person)
      traces.add(serial.slipReceipt, of: person)
    }
    (form.code, form.kept, form.comment) = (code.letters, kept?.letters ?? "", comments[person])
    for (item, rating) in ratings[person].enumerated() { form.mark(item + 1, "\(rating)") }
    let page = try await visitor.send(
      .post, "/slips/\(round.id)",
      headers: [.contentType: "application/x-www-form-urlencoded", .origin: "null", .secFetchSite: "cross-site"],
      body: form.encoded, withCookies: false)
    try #require(page.status == .ok, "\(page.text)")
    return serial
  }

  private func segment(of person: Int) -> String { round.document.segments[house.crew.segment(of: person)].name }

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
  /// - Parameter logged: by how much the write-ahead log grew.
  private mutating func look(_ cause: Sighting.Cause, logged: Int, _ copied: BackupNews = BackupNews()) async throws {
    let (before, now) = (Set(rows), try await house.rows())
    let changed = now.filter { !before.contains($0) }
    let grewBy = now.reduce(0) { $0 + $1.bytes.count } - rows.reduce(0) { $0 + $1.bytes.count }
    rows = now
    loot.sightings.append(
      Sighting(cause: cause, at: house.now, changed: changed, grewBy: grewBy, logged: logged, copied: copied))
  }

  /// - Returns: by how much the write-ahead log grew.
  private mutating func copyFiles() throws -> Int {
    let news = try files.news()
    if !news.logged.isEmpty || !news.database.isEmpty { backup = nil }
    search(news.logged)
    search(news.database)
    let lines = house.lines
    search(Data(lines[linesRead...].joined(separator: "\n").utf8))
    linesRead = lines.count
    return news.logged.count
  }

  /// Of what the files held when they were copied last.
  private mutating func copyBackup() async throws -> Data {
    if let backup { return backup }
    let copy = try await house.backup()
    search(pages.news(in: copy))
    backup = copy
    return copy
  }

  private mutating func search(_ bytes: Data) { givenAway += traces.found(in: bytes) }

  private mutating func close() async throws -> Played {
    _ = try copyFiles()
    house.wait(.hours(24))
    try #require(try await house.house.closeDueRounds() == 1)
    try #require(try await house.rows().allSatisfy { $0.place == nil })
    (loot.receipts, loot.comments) = try await house.kept(of: round.id)
    try #require(loot.receipts.count == house.crew.people && loot.comments.count == house.crew.people)
    loot.lastBackup = try await house.backup()
    // The folder of the keys as well: from now on the key is nowhere.
    for bytes in try house.everyFile() + [loot.lastBackup, Data(house.lines.joined(separator: "\n").utf8)] {
      givenAway += traces.found(in: bytes).filter(\.kind.isSecretForEver)
    }
    // Each stands in its list, and nowhere else.
    let open = traces.found(in: loot.lastBackup).filter { !$0.kind.isSecretForEver }
    givenAway += Dictionary(grouping: open) { [AnyHashable($0.ballot), $0.kind] }.values.flatMap { $0.dropFirst() }
    return try played()
  }

  private mutating func played() throws -> Played {
    let contested = try means.indices.map(contestedBallot)
    loot.crowds = contested.map(\.crowd)
    let owners = means.indices.shuffled()
    return Played(
      loot: loot, ballots: owners.map { contested[$0] }, owners: owners, key: round.key, name: round.name,
      givenAway: givenAway, leftBehind: leftBehind)
  }

  private func contestedBallot(of person: Int) throws -> ContestedBallot {
    let (segment, ratings, comment) = (house.crew.segment(of: person), ratings[person], comments[person])
    switch means[person] {
    case .browser(let holder, let signature):
      let layout = BucketLayout(roll: house.crew.parties[segment].everybody.count)
      let hashes = [
        Hash256(of: holder.serial.bytes), Hash256(bytes: holder.receipt.bytes + Array(repeating: 0, count: 22)),
      ]
      return ContestedBallot(
        crowd: Crowd(segment: segment, isOnPaper: false, buckets: hashes.compactMap { $0.map(layout.bucket) }),
        serial: holder.serial, receipt: holder.receipt, signature: signature, slip: nil, ratings: ratings,
        comment: comment)
    case .slip(let code, _, let serial):
      let serial = try #require(serial)
      return ContestedBallot(
        crowd: Crowd(segment: segment, isOnPaper: true, buckets: []), serial: serial, receipt: serial.slipReceipt,
        signature: nil, slip: code, ratings: ratings, comment: comment)
    }
  }
}
