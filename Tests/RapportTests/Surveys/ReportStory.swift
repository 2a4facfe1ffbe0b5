import Database
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Partnering

@testable import Rapport

/// A partnership whose closed rounds were written as a close writes them, and Ada, who may read them.
struct ReportStory {
  /// What a round of the story is made of.
  struct Told {
    var state = "closed"
    var closedAt = Self.september
    var parties: [PartyTally] = Self.usual
    var comments: [String]?
    var rollChange = RollChange(onOneOnly: 0, larger: 22)

    static let september = Told.noon("2026-09-18")
    static let march = Told.noon("2026-03-20")

    static func noon(_ day: String) -> Instant { (CalendarDay(day)?.start ?? .init(milliseconds: 0)) + .hours(12) }

    /// Harbour and Meadow: three items for discussion, one of them divided, and a gap.
    static var usual: [PartyTally] {
      [
        Self.party("Harbour", roll: 12, ballots: 9, usualHarbour),
        Self.party("Meadow", roll: 10, ballots: 8, usualMeadow),
      ]
    }

    static var lastSpring: [PartyTally] {
      [
        Self.party("Harbour", roll: 12, ballots: 9, usualHarbour.map { lowered($0, from: 4) }),
        Self.party("Meadow", roll: 10, ballots: 8, usualMeadow.map { lowered($0, from: 5) }),
      ]
    }

    private static func lowered(_ answers: String, from rating: Int) -> String {
      answers.replacingOccurrences(of: String(rating), with: String(rating - 1))
    }

    private static let usualHarbour = [
      "344455334", "233344455", "334445552", "344455533", "122334455", "344455533", "445553344", "334455544", "23345",
      "344455433", "112233441", "122334412", "111221355", "344455433", "445554455",
    ]
    private static let usualMeadow = [
      "44553344", "23344551", "34455533", "44455333", "11222331", "45533344", "45554443", "34455544", "2334",
      "34455443", "34433452", "34455431", "23344551", "34455544", "44555544",
    ]

    static func party(_ name: String, roll: Int, ballots: Int, _ answers: [String]) -> PartyTally {
      let histograms = answers.map { Histogram($0.compactMap(\.wholeNumberValue)) }
      do { return try PartyTally(name: name, roll: roll, ballots: ballots, answers: histograms) } catch {
        fatalError("the story is wrong: \(error)")
      }
    }
  }

  let house: House
  let folder: URL
  let visitor: Visitor
  let space: ID<Space>
  let partnership: ID<Partnership>
  private(set) var rounds: [ID<Round>] = []
  let cookie: String
  private let keeper: DataFolder

  /// - Parameter told: oldest first; each is compared with the closed one before it.
  init(
    named name: String = "Harbour and Meadow", told: [Told] = [Told(closedAt: Told.march, parties: Told.lastSpring), Told()],
    in folder: URL? = nil
  ) async throws {
    let folder = folder ?? FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    let now = Told.september + .days(3)
    let base = BaseURL("http://127.0.0.1:8105")
    keeper = try DataFolder(folder)
    guard let base else { throw Refusal.notFound }
    house = try await House(
      configuration: Configuration(data: folder, baseURL: base), database: try keeper.openDatabase(),
      clock: Clock { now }, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    self.folder = folder
    visitor = Visitor(to: house.router().buildResponder())
    (space, partnership) = (Randomness.id(at: now), Randomness.id(at: now))
    let person: ID<Person> = Randomness.id(at: now)
    let partyNames = told.flatMap(\.parties).map(\.name).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    try await Self.found(space, partnership, name, person, partyNames, house.database, at: now)
    cookie = try await SessionStore(database: house.database)
      .start(for: person, in: space, only: nil, on: now.day, until: now.day.adding(days: 5))
    var last: SurveyReport?
    for (number, round) in told.enumerated() {
      let report = try Self.report(of: round, since: last, house)
      rounds.append(try await write(round, report, number: number + 1, by: person))
      if round.state == "closed" { last = report }
    }
  }

  func path(_ index: Int, _ rest: String) -> String { "/partnerships/\(partnership)/rounds/\(rounds[index])/\(rest)" }

  /// What Ada sees, in a language.
  func get(_ path: String, _ language: Language = .en) async throws -> Visitor.Page {
    try await house.database.write { connection in
      try connection.execute("UPDATE person SET language = $1", [.text(language.rawValue)])
    }
    return try await visitor.send(.get, path, headers: [.cookie: "session=\(cookie)"], body: "", withCookies: false)
  }

  private static func report(of told: Told, since last: SurveyReport?, _ house: House) throws -> SurveyReport {
    guard let survey = house.instruments.newest(InstrumentLibrary.usual, in: .en) else { throw Refusal.notFound }
    return try SurveyReport(
      of: survey, parties: told.parties, thresholds: .usual,
      since: last.map { PreviousRound(report: $0, rollChange: told.rollChange) })
  }

  private static func found(
    _ space: ID<Space>, _ partnership: ID<Partnership>, _ name: String, _ person: ID<Person>, _ parties: [String],
    _ database: any Database, at now: Instant
  ) async throws {
    let organisation: ID<Organisation> = Randomness.id(at: now)
    try await database.write { connection in
      try connection.execute(
        "INSERT INTO space (id, name, time_zone, demonstration, created_at) VALUES ($1, 'Coast', 'GMT', 0, $2)",
        [.id(space), .instant(now)])
      try connection.execute(
        "INSERT INTO organisation (space_id, id, name, created_at) VALUES ($1, $2, 'Harbour Logistics', $3)",
        [.id(space), .id(organisation), .instant(now)])
      try connection.execute(
        """
        INSERT INTO person (space_id, id, organisation_id, name, email, manager, head, created_at)
        VALUES ($1, $2, $3, 'Ada Lindqvist', 'ada@harbour.example', 1, 0, $4)
        """,
        [.id(space), .id(person), .id(organisation), .instant(now)])
      try connection.execute(
        """
        INSERT INTO partnership (space_id, id, name, kind, purpose, team, cadence_months, created_at, active_at)
        VALUES ($1, $2, $3, 'strategic-alliance', 'Ship on time', 0, 6, $4, $4)
        """,
        [.id(space), .id(partnership), .text(name), .instant(now)])
      for (place, party) in parties.enumerated() {
        let id: ID<Party> = Randomness.id(at: now)
        try connection.execute(
          """
          INSERT INTO party (space_id, id, partnership_id, organisation_id, name, place, joined_at)
          VALUES ($1, $2, $3, $4, $5, $6, $7)
          """,
          [.id(space), .id(id), .id(partnership), .id(organisation), .text(party), Value(place), .instant(now)])
        guard place == 0 else { continue }
        try connection.execute(
          """
          INSERT INTO member (space_id, id, partnership_id, party_id, person_id, role, joined_at)
          VALUES ($1, $2, $3, $4, $5, 'contributor', $6)
          """,
          [.id(space), .id(Randomness.id(at: now) as ID<Member>), .id(partnership), .id(id), .id(person), .instant(now)])
      }
    }
  }

  private func write(
    _ told: Told, _ report: SurveyReport, number: Int, by person: ID<Person>
  ) async throws -> ID<Round> {
    let (space, partnership) = (space, partnership)
    let round: ID<Round> = Randomness.id(at: told.closedAt)
    let isClosed = told.state == "closed"
    let json = isClosed ? String(decoding: try JSONEncoder().encode(report), as: UTF8.self) : nil
    let comments = try told.comments.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) }
    try await house.database.write { connection in
      try connection.execute(
        """
        INSERT INTO round (space_id, id, partnership_id, number, state, instrument_id, instrument_version,
          minimum_group, comment_threshold, closes_at, latest_close_at, drafted_by, drafted_at, attempt,
          closed_at, report)
        VALUES ($1, $2, $3, $4, $5, 'relational-survey', '1', 5, 10, $6, $6, $7, $6, 1, $8, $9)
        """,
        [
          .id(space), .id(round), .id(partnership), Value(number), .text(told.state), .instant(told.closedAt),
          .id(person), .instant(isClosed ? told.closedAt : nil), Value(json),
        ])
      try connection.execute(
        """
        INSERT INTO roll_entry (space_id, round_id, person_id, party_id, paper)
        SELECT space_id, $2, person_id, party_id, 0 FROM member WHERE space_id = $1
        """,
        [.id(space), .id(round)])
      if let comments { try KeptRounds.keep(.comments, comments, of: round, in: space, connection) }
      if isClosed { try KeptRounds.keepDigests(of: round, in: space, connection) }
    }
    return round
  }
}
