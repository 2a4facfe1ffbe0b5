import Ballots
import Database
import Foundation
import Partnering

/// Puts a crowd together: who there is, what they were asked, and what they send.
actor Gathering {
  let house: House
  let now: Instant
  private(set) var headCookie = ""
  private let space: ID<Space>
  private let organisations: [ID<Organisation>]
  private let head: ID<Person>
  private var answered: [RoundRecord] = []

  /// How many things there are, and how many there were when the database last counted them.
  private var made = 0
  private var known = 20

  private var store: CrowdStore { CrowdStore(database: house.database, now: now) }

  init(house: House, now: Instant) {
    (self.house, self.now) = (house, now)
    (space, head) = (Randomness.id(at: now), Randomness.id(at: now))
    organisations = (0..<2).map { _ in Randomness.id(at: now) }
  }

  private struct Someone: Sendable {
    let id: ID<Person>
    let party: Int
    let cookie: String?
  }

  private struct Opened: Sendable {
    let record: RoundRecord
    let pair: CrowdStore.Pair
    let people: [Someone]
  }

  func begin() async throws {
    let (space, organisations, head, now) = (space, organisations, head, now)
    headCookie = try await house.database.write { connection in
      try CrowdStore.space(space, organisations, at: now, connection)
      try CrowdStore.person(head, of: organisations[0], in: space, isHead: true, at: now, connection)
      return try Self.session(of: head, in: space, at: now, connection)
    }
  }

  /// - Returns: what its people send, a line for each; see `docs/performance.md`.
  func open(_ rounds: Crowd.Rounds) async throws -> [String] {
    var lines: [String] = []
    for number in 0..<rounds.count {
      let opened = try await enter("Round \(number + 1) of \(rounds.people)", rounds)
      try await house.finishOpening(opened.record, at: now)
      let open = try await house.sealedRounds.open(opened.record.id)
      switch rounds.way {
      case .browser: lines += try await visits(opened, open)
      case .paper: lines += try await forms(opened, open).map(\.line)
      case .answered:
        try await answer(try await forms(opened, open), in: opened.record.id)
        answered.append(opened.record)
      }
    }
    return lines
  }

  /// Partnerships with a past.
  func remember(partnerships: Int, rounds: Int) async throws {
    let past = try past()
    let (space, organisations, head, now) = (space, organisations, head, now)
    // Other tables grow now.
    (made, known) = (0, 20)
    _ = try await inPortions(of: partnerships) { number, connection in
      let kind = PartnershipKind.allCases[number % PartnershipKind.allCases.count]
      let pair = try CrowdStore.pair(
        "Partnership \(number + 1)", kind, of: organisations, in: space, at: now, connection)
      for round in 0..<rounds {
        let closed = now - .days(Int64(180 * (rounds - round) - number % 150))
        try CrowdStore.closedRound(
          number: round + 1, of: pair, past[(number + round) % past.count], by: head, in: space, closed: closed,
          connection)
      }
      guard number % 5 == 0 else { return }
      let due = now.day.adding(days: number % 60 - 30)
      try CrowdStore.action(of: pair, due: due, by: head, in: space, at: now, connection)
    }
  }

  /// Makes `count` things, up to a thousand in one transaction.
  private func inPortions<Made: Sendable>(
    of count: Int, _ make: @escaping @Sendable (Int, any Connection) throws -> Made
  ) async throws -> [Made] {
    var things: [Made] = []
    while things.count < count {
      let portion = things.count..<min(count, things.count + min(max(made, 50), 1_000))
      things += try await house.database.write { connection in try portion.map { try make($0, connection) } }
      made += portion.count
      guard made >= 2 * known else { continue }
      try await store.learnSizes()
      known = made
    }
    return things
  }

  func closeAnswered(at instant: Instant) async throws {
    try await store.close(answered, at: instant)
  }

  private static func session(
    of person: ID<Person>, in space: ID<Space>, at now: Instant, _ connection: any Connection
  ) throws -> String {
    try SessionStore.start(for: person, in: space, only: nil, on: now.day, until: now.day.adding(days: 30), connection)
  }

  private func enter(_ name: String, _ rounds: Crowd.Rounds) async throws -> Opened {
    guard let instrument = house.instruments.newest(InstrumentLibrary.usual, in: .en) else { throw Refusal.notFound }
    let (space, organisations, head, now) = (space, organisations, head, now)
    let (pair, record) = try await house.database.write { connection in
      let pair = try CrowdStore.pair(name, .strategicAlliance, of: organisations, in: space, at: now, connection)
      return (pair, try CrowdStore.round(of: pair, instrument, by: head, in: space, at: now, connection))
    }
    let people = try await inPortions(of: rounds.people) { number, connection in
      let (person, party): (ID<Person>, Int) = (Randomness.id(at: now), number % 2)
      try CrowdStore.person(person, of: organisations[party], in: space, isHead: false, at: now, connection)
      try CrowdStore.member(person, of: pair.parties[party], pair, in: space, at: now, connection)
      try CrowdStore.rollEntry(person, of: pair.parties[party], record, onPaper: rounds.way != .browser, connection)
      let cookie = rounds.way == .browser ? try Self.session(of: person, in: space, at: now, connection) : nil
      return Someone(id: person, party: party, cookie: cookie)
    }
    return Opened(record: record, pair: pair, people: people)
  }

  /// For each person what the browser sends: to collect, and then to answer.
  private func visits(_ opened: Opened, _ round: OpenRound) async throws -> [String] {
    let cookieName = house.cookie("session")
    let maker = ReadyBallots(of: round, documentBytes: try round.document.bytes())
    return try await inParallel(opened.people) { person in
      let segment = round.document.segments.count == 1 ? 0 : person.party
      let ballot = try maker.ballot(segment: segment)
      let cookie = person.cookie ?? ""
      return [
        "/rounds/\(round.id)/credential", "\(cookieName)=\(cookie)", FormToken.make(for: hashed(secret: cookie)),
        #"{"blinded":"\#(ballot.blinded.base64URL)","segment":"\#(round.document.segments[segment].name)"}"#,
        "/answers/\(round.id)", ballot.body,
      ].joined(separator: "\t")
    }
  }

  private struct FilledForm: Sendable {
    let sent: SentSlip
    let line: String
  }

  /// For each person a slip that was handed out, and the form that is sent with it.
  private func forms(_ opened: Opened, _ round: OpenRound) async throws -> [FilledForm] {
    var generator = SystemRandomNumberGenerator()
    var forms: [FilledForm] = []
    for (place, party) in opened.pair.parties.enumerated() {
      let codes = opened.people.filter { $0.party == place }.map { _ in SlipCode(using: &generator) }
      let segment = round.document.segments.count == 1 ? 0 : place
      for act in [SheetOfSlips.Act.print(codes), .handOut] {
        let sheet = SheetOfSlips(party: party, segment: segment, printing: 1, act: act)
        _ = try await house.sealedRounds.take(.slipSheet(sheet), in: round.id)
      }
      for code in codes {
        let fields =
          [("code", code.letters), ("serial", Serial.random().letters), ("comment", ReadyBallots.comment())]
          + (1...round.document.items).map { ("item-\($0)", "\(Int.random(in: 1...5))") }
        let body = fields.map { "\($0.0)=\($0.1.replacingOccurrences(of: " ", with: "+"))" }.joined(separator: "&")
        let sent = try SlipForm(Form(urlEncoded: body.utf8), items: round.document.items).sent()
        forms.append(FilledForm(sent: sent, line: "/slips/\(round.id)\t\(body)"))
      }
    }
    return forms
  }

  /// Many at once, so that few commits take them all.
  private func answer(_ forms: [FilledForm], in round: ID<Round>) async throws {
    let sealedRounds = house.sealedRounds
    try await withThrowingTaskGroup(of: Void.self) { group in
      for form in forms {
        group.addTask {
          _ = try await sealedRounds.take(
            .slipAnswer(form.sent.answer, slip: form.sent.code, form.sent.serial), in: round)
        }
      }
      try await group.waitForAll()
    }
  }

  private func inParallel(_ people: [Someone], _ make: @escaping @Sendable (Someone) throws -> String) async throws
    -> [String]
  {
    let middle = people.count / 2
    async let first = people[..<middle].map(make)
    async let second = people[middle...].map(make)
    return try await first + second
  }

  /// A few reports of a dozen people each, to be had again and again.
  private func past() throws -> [KeptFigures] {
    guard let instrument = house.instruments.newest(InstrumentLibrary.usual, in: .en) else { throw Refusal.notFound }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try (0..<12).map { mood in
      let parties = try (1...2).map { side in
        let ballots = (0..<6).map { _ in
          instrument.items.map { _ in Optional(min(5, Int.random(in: 1...5) + mood % 3)) }
        }
        return try PartyTally(name: "Side \(side)", roll: 8, ballots: ballots, itemCount: instrument.items.count)
      }
      let report = try SurveyReport(of: instrument, parties: parties, thresholds: .usual)
      return KeptFigures(report: report, text: String(decoding: try encoder.encode(report), as: UTF8.self))
    }
  }
}
