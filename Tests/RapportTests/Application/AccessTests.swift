import Foundation
import HTTPTypes
import Hummingbird
import Partnering
import Testing

@testable import Database
@testable import Rapport

/// Every route, times every kind of person, times one's own, another's and what does not exist. A route without a row here
/// fails; so does a row without a route.
@Suite struct AccessTests {
  @Test func `every route has a row, and every row a route`() async throws {
    let story = try await Story()
    let routes = Set(story.house.router().routes.map { "\($0.method) \($0.path)" })
    let rows = Set(AccessTable.rows.map(\.route))
    #expect(routes.subtracting(rows) == [], "routes that have no row")
    #expect(rows.subtracting(routes) == [], "rows that have no route")
  }

  @Test(arguments: AccessTable.rows)
  func `who may do what`(row: AccessTable.Row) async throws {
    let world = try await AccessWorld()
    for kind in AccessWorld.Kind.allCases {
      for target in row.targets {
        let page = try await world.send(row, by: kind, to: target)
        let outcome = Outcome(page)
        #expect(row.expected(kind, target).contains(outcome), "\(row.route) by \(kind) to \(target) ended with \(page.status)")
      }
    }
  }

  @Test(arguments: AccessTable.rows.filter { $0.targets.count > 1 })
  func `what is not yours looks like what does not exist`(row: AccessTable.Row) async throws {
    let world = try await AccessWorld()
    for kind in [AccessWorld.Kind.outsider, .otherSpace] {
      let others = try await world.send(row, by: kind, to: .own)
      let missing = try await world.send(row, by: kind, to: .missing)
      #expect(others.status == .notFound)
      #expect(others.text == missing.text)
    }
  }

  @Test(arguments: AccessTable.rows.filter(\.namesAThing))
  func `what belongs to another partnership of the space is not there in one's own`(row: AccessTable.Row) async throws {
    let world = try await AccessWorld()
    // Words that can be taken, so that nothing but the partnership is in the way.
    let page = try await world.send(row, by: .lead, to: .neighbours, fields: [("text", "I doubt it")])
    let allowed: Set<Outcome> = row.audience == .leadsOfTheParty ? [.missing, .refused] : [.missing]
    #expect(allowed.contains(Outcome(page)), "\(row.route) ended with \(page.status)")
  }

  @Test(arguments: AccessTable.rows.filter { $0.audience == .seat })
  func `no page of a partnership leads to what belongs to another one of the space`(row: AccessTable.Row) async throws {
    let world = try await AccessWorld()
    let page = try await world.send(row, by: .lead, to: .own)
    for (name, id) in world.neighboursThings { #expect(!page.text.contains(id), "\(row.route) tells of a \(name)") }
  }
}

extension AccessTests {
  @Test func `a refusal keeps the way to sign out for whoever is signed in`() async throws {
    let world = try await AccessWorld()
    let row = AccessTable.Row("GET /partnerships/{partnership}", .seat)
    let page = try await world.send(row, by: .outsider, to: .missing)
    #expect(page.status == .notFound && page.text.contains("/sign-out") && !page.text.contains("href=\"/sign-in\""))
    #expect(try await story(world).get("/nowhere").text.contains("href=\"/sign-in\""))
  }

  private func story(_ world: AccessWorld) -> Visitor { world.story.visitor() }
}

/// What a visitor met.
enum Outcome: Hashable {
  case served, refused, missing, signIn, fault

  init(_ page: Visitor.Page) {
    switch page.status.code {
    case 404: self = .missing
    case 401: self = .signIn
    case 403: self = .refused
    case 500...: self = .fault
    case 303: self = (page.location ?? "").hasPrefix("/sign-in?") ? .signIn : .served
    default: self = .served
    }
  }
}

enum AccessTable {
  enum Target {
    case own, others, missing
    /// One's own partnership, and a thing of another one in the same space.
    case neighbours
  }

  /// Who may use a route.
  enum Audience {
    /// Everybody; a token in the address may be wrong.
    case everybody
    /// Nobody here: it exists in a demonstration only.
    case demonstrationOnly
    /// Whoever has the token for the metrics; without one in the settings, as here, nobody.
    case monitoring
    /// Whoever is signed in, also by a round's personal link.
    case signedIn
    /// Whoever has signed in with an account.
    case account
    /// Those who manage their organisation's people.
    case managers
    /// Those who manage the people of the organisation that the space began with; for all others it is not there.
    case hosts
    /// A person of the own organisation: its managers, and the person.
    case personOfMine
    /// Everybody with a seat in the partnership, heads of alliances and facilitators included.
    case seat
    /// Members of its parties: what they may do besides depends on what waits for them.
    case members
    /// Leads of the party that the address or the form names; for the other seats it is not there, or not theirs.
    case leadsOfTheParty
    /// Leads, about something that is not waiting in this world.
    case nothingWaits
    /// Leads of the partnership's parties.
    case leads
    /// Members of its parties but observers, and facilitators: they talk and decide.
    case participants
    /// People on the round's roll.
    case roll
  }

  struct Row: Sendable, CustomTestStringConvertible {
    let route: String
    let audience: Audience

    /// Which of the seeded rounds the address names: `round` (not closed yet) or `closed`.
    let round: String

    /// The fields of the form that name a thing of the target.
    let fields: [String]

    init(_ route: String, _ audience: Audience, round: String = "round", fields: [String] = []) {
      (self.route, self.audience, self.round, self.fields) = (route, audience, round, fields)
    }

    var testDescription: String { route }

    /// Rows whose address names a thing are tried with one's own, another's and one that is not there.
    var targets: [Target] {
      switch audience {
      case .everybody, .demonstrationOnly, .monitoring, .signedIn, .account, .managers, .hosts: [.own]
      case .personOfMine, .seat, .members, .leads, .leadsOfTheParty, .participants, .nothingWaits, .roll:
        [.own, .others, .missing]
      }
    }

    /// Whether the address, or the form, names something of the partnership that the address names.
    var namesAThing: Bool { route.contains("{partnership}/") && (route.split(separator: "{").count > 2 || !fields.isEmpty) }

    func expected(_ kind: AccessWorld.Kind, _ target: Target) -> Set<Outcome> {
      if audience == .everybody { return [.served, .missing] }
      if audience == .demonstrationOnly || audience == .monitoring { return [.missing] }
      if kind == .nobody { return [.signIn] }
      if audience == .signedIn { return [.served] }
      if audience == .roll {
        // A personal link signs in to the round that it was made for, and to no other.
        guard kind != .roundLink || round == "round" else { return [.missing] }
        let isOnRoll = (target == .own && kind.isOnRoll) || (target == .others && kind == .otherSpace)
        return isOnRoll ? [.served] : [.missing]
      }
      if kind == .roundLink { return [.missing] }
      switch audience {
      case .everybody, .demonstrationOnly, .monitoring, .signedIn, .roll: return [.served]
      case .account: return [.served]
      case .managers: return kind.isManager ? [.served] : [.refused]
      case .hosts: return [.lead, .otherSpace].contains(kind) ? [.served] : [.missing]
      case .personOfMine:
        let mine = (target == .own && kind == .lead) || (target == .others && kind == .otherSpace)
        return mine ? [.served] : [.missing]
      case .seat: return AccessTable.sits(kind, target) ? [.served] : [.missing]
      case .members: return AccessTable.sits(kind, target) ? [.served, .refused] : [.missing]
      case .leadsOfTheParty:
        guard AccessTable.sits(kind, target) else { return [.missing] }
        return kind == .lead || kind == .otherSpace ? [.served] : [.missing, .refused]
      case .nothingWaits: return [.missing, .refused]
      case .participants:
        guard AccessTable.sits(kind, target) else { return [.missing] }
        return [.observer, .head].contains(kind) ? [.refused] : [.served]
      case .leads:
        guard AccessTable.sits(kind, target) else { return [.missing] }
        return [.lead, .otherLead, .otherSpace].contains(kind) ? [.served] : [.refused]
      }
    }
  }

  /// The partnership of the other space is led by the person there.
  static func sits(_ kind: AccessWorld.Kind, _ target: Target) -> Bool {
    (target == .own && kind.hasSeat) || (target == .others && kind == .otherSpace)
  }

  static let rows: [Row] = [
    Row("GET /assets/{version}/{name}", .everybody),
    Row("GET /livez", .everybody),
    Row("GET /readyz", .everybody),
    Row("GET /metrics", .monitoring),
    Row("GET /setup/{token}", .everybody),
    Row("POST /setup/{token}", .everybody),
    Row("GET /sign-in", .everybody),
    Row("POST /sign-in", .everybody),
    Row("POST /sign-out", .everybody),
    Row("POST /language", .everybody),
    Row("GET /invitation/{token}", .everybody),
    Row("POST /invitation/{token}", .everybody),
    Row("GET /password", .everybody),
    Row("POST /password", .everybody),
    Row("GET /password/{token}", .everybody),
    Row("POST /password/{token}", .everybody),
    Row("GET /r/{token}", .everybody),
    Row("POST /r/{token}", .everybody),
    Row("GET /account", .account),
    Row("POST /account", .account),
    Row("POST /account/password", .account),
    Row("POST /account/mail", .account),
    Row("GET /unsubscribe/{token}", .everybody),
    Row("POST /unsubscribe/{token}", .everybody),
    Row("POST /account/sign-out-everywhere", .account),
    Row("POST /account/calendar", .account),
    Row("POST /account/calendar/switching-off", .account),
    Row("GET /calendar/{token}", .everybody),
    Row("GET /organisation", .account),
    Row("POST /organisation/people", .managers),
    Row("POST /organisation/people/list", .managers),
    Row("GET /people/{person}", .personOfMine),
    Row("POST /people/{person}", .personOfMine),
    Row("POST /people/{person}/invitation", .personOfMine),
    Row("GET /people/{person}/erasing", .personOfMine),
    Row("POST /people/{person}/erasing", .personOfMine),
    Row("GET /outbox", .account),
    Row("POST /outbox/{message}", .personOfMine),
    Row("POST /outbox/{message}/mailing", .personOfMine),
    Row("GET /mail", .hosts),
    Row("POST /mail/test", .hosts),
    Row("GET /partnerships/new", .managers),
    Row("POST /partnerships/new", .managers),
    Row("GET /partnerships/{partnership}", .seat),
    Row("GET /partnerships/{partnership}/join", .members),
    Row("POST /partnerships/{partnership}/join", .members),
    Row("GET /portfolio", .account),
    Row("GET /partnerships/{partnership}/people", .seat),
    Row("POST /partnerships/{partnership}/people", .leadsOfTheParty, fields: ["party"]),
    Row("POST /partnerships/{partnership}/people/list", .leadsOfTheParty, fields: ["party"]),
    Row("POST /partnerships/{partnership}/people/facilitators", .leads),
    Row("GET /partnerships/{partnership}/people/{member}", .leadsOfTheParty),
    Row("POST /partnerships/{partnership}/people/{member}", .leadsOfTheParty),
    Row("POST /partnerships/{partnership}/people/{member}/leaving", .leadsOfTheParty),
    Row("GET /partnerships/{partnership}/settings", .seat),
    Row("POST /partnerships/{partnership}/settings", .leads),
    Row("POST /partnerships/{partnership}/settings/proposal", .nothingWaits),
    Row("GET /partnerships/{partnership}/end", .leads),
    Row("POST /partnerships/{partnership}/end", .leads),
    Row("GET /partnerships/{partnership}/rounds", .seat),
    Row("GET /partnerships/{partnership}/rounds/new", .leads),
    Row("POST /partnerships/{partnership}/rounds", .leads),
    Row("GET /partnerships/{partnership}/rounds/{round}", .seat),
    Row("GET /partnerships/{partnership}/rounds/{round}/numbers", .leads),
    Row("POST /partnerships/{partnership}/rounds/{round}/numbers", .leads),
    Row("POST /partnerships/{partnership}/rounds/{round}/roll", .leads),
    Row("POST /partnerships/{partnership}/rounds/{round}/confirmation", .leads),
    Row("GET /partnerships/{partnership}/rounds/{round}/discarding", .leads),
    Row("POST /partnerships/{partnership}/rounds/{round}/discarding", .leads),
    Row("POST /partnerships/{partnership}/rounds/{round}/extension", .leads),
    Row("POST /partnerships/{partnership}/rounds/{round}/reminder", .leads),
    Row("GET /partnerships/{partnership}/rounds/{round}/room", .seat),
    Row("GET /partnerships/{partnership}/rounds/{round}/room/state", .seat),
    Row("GET /partnerships/{partnership}/rounds/{round}/withdrawal", .leads),
    Row("POST /partnerships/{partnership}/rounds/{round}/withdrawal", .leads),
    Row("GET /partnerships/{partnership}/rounds/{round}/restart", .leads),
    Row("POST /partnerships/{partnership}/rounds/{round}/restart", .leads),
    Row("GET /partnerships/{partnership}/rounds/{round}/giving-up", .leads),
    Row("POST /partnerships/{partnership}/rounds/{round}/giving-up", .leads),
    Row("GET /partnerships/{partnership}/rounds/{round}/report", .seat, round: "closed"),
    Row("GET /partnerships/{partnership}/rounds/{round}/report/print", .seat, round: "closed"),
    Row("GET /partnerships/{partnership}/rounds/{round}/report.csv", .seat, round: "closed"),
    Row("GET /partnerships/{partnership}/rounds/{round}/report.json", .seat, round: "closed"),
    Row("GET /partnerships/{partnership}/rounds/{round}/talk", .seat, round: "closed"),
    Row("POST /partnerships/{partnership}/rounds/{round}/talk", .leads, round: "closed"),
    Row("GET /partnerships/{partnership}/rounds/{round}/talk/calendar.ics", .seat, round: "closed"),
    Row("POST /partnerships/{partnership}/rounds/{round}/talk/topic", .participants, round: "closed"),
    Row("POST /partnerships/{partnership}/rounds/{round}/talk/holding", .leads, round: "closed"),
    Row("GET /partnerships/{partnership}/rounds/{round}/talk/items/{item}", .seat, round: "closed"),
    Row("POST /partnerships/{partnership}/rounds/{round}/talk/items/{item}", .participants, round: "closed"),
    Row("GET /partnerships/{partnership}/rounds/{round}/talk/conclusions/{conclusion}", .participants, round: "closed"),
    Row("POST /partnerships/{partnership}/rounds/{round}/talk/conclusions/{conclusion}", .participants, round: "closed"),
    Row("POST /partnerships/{partnership}/rounds/{round}/talk/actions/{action}", .participants, round: "closed"),
    Row("POST /partnerships/{partnership}/challenges", .participants, fields: ["conclusion"]),
    Row("POST /partnerships/{partnership}/challenges/{challenge}/answers", .participants),
    Row("GET /partnerships/{partnership}/actions", .seat),
    Row("POST /partnerships/{partnership}/actions", .participants),
    Row("GET /partnerships/{partnership}/actions/new", .participants),
    Row("GET /partnerships/{partnership}/actions/{action}", .seat),
    Row("GET /partnerships/{partnership}/actions/{action}/change", .participants),
    Row("POST /partnerships/{partnership}/actions/{action}/change", .participants),
    Row("POST /partnerships/{partnership}/actions/{action}/state", .participants),
    Row("POST /partnerships/{partnership}/actions/{action}/comments", .participants),
    Row("GET /partnerships/{partnership}/rounds/{round}/slips", .leads),
    Row("POST /partnerships/{partnership}/rounds/{round}/slips", .leads),
    Row("POST /partnerships/{partnership}/rounds/{round}/slips/handing-out", .leads),
    Row("GET /partnerships/{partnership}/celebrations", .seat),
    Row("POST /partnerships/{partnership}/celebrations", .participants),
    Row("GET /partnerships/{partnership}/celebrations/new", .participants),
    Row("GET /partnerships/{partnership}/celebrations/{celebration}", .seat),
    Row("GET /partnerships/{partnership}/celebrations/{celebration}/change", .participants),
    Row("POST /partnerships/{partnership}/celebrations/{celebration}/change", .participants),
    Row("GET /partnerships/{partnership}/celebrations/{celebration}/deletion", .leads),
    Row("POST /partnerships/{partnership}/celebrations/{celebration}/deletion", .leads),
    Row("POST /partnerships/{partnership}/celebrations/{celebration}/holding", .participants),
    Row("GET /partnerships/{partnership}/celebrations/{celebration}/picture", .seat),
    Row("POST /partnerships/{partnership}/celebrations/{celebration}/picture", .participants),
    Row("POST /partnerships/{partnership}/celebrations/{celebration}/picture/removal", .participants),
    Row("GET /rounds/{round}/answer", .roll),
    Row("GET /rounds/{round}/opening", .roll),
    Row("POST /rounds/{round}/credential", .roll),
    Row("GET /rounds/{round}/receipts", .roll, round: "closed"),
    Row("POST /answers/{round}", .everybody),
    Row("GET /slips/{round}", .everybody),
    Row("POST /slips/{round}", .everybody),
    Row("GET /slips/{round}/form", .everybody),
    Row("GET /", .everybody),
    Row("GET /demonstration", .demonstrationOnly),
    Row("POST /demonstration", .demonstrationOnly),
    Row("GET /assessment", .everybody),
    Row("POST /assessment", .everybody),
    Row("GET /survey", .everybody),
    Row("GET /how-it-is-computed", .everybody),
    Row("GET /what-anonymous-means", .everybody),
  ]
}

/// Harbour and Meadow have a partnership; Quarry is in the same space but not in it; Zenith lives in another space. All of
/// them are rows of a table: this is about who gets in, not about how things came to be.
struct AccessWorld {
  enum Kind: CaseIterable {
    case nobody, roundLink, lead, otherLead, contributor, observer, facilitator, head, outsider, otherSpace

    var hasSeat: Bool { ![.nobody, .outsider, .otherSpace, .roundLink].contains(self) }
    var isManager: Bool { [.lead, .otherLead, .outsider, .otherSpace].contains(self) }
    var isOnRoll: Bool { [.lead, .otherLead, .contributor, .roundLink].contains(self) }
  }

  let story: Story
  private let cookies: [Kind: String]
  private let ids: [AccessTable.Target: [String: String]]

  init() async throws {
    story = try await Story()
    let seed = Seed(now: story.now, report: try Self.report(story.house.instruments))
    try await story.house.database.write { try seed.plant($0) }
    ids = [
      .own: seed.own, .others: seed.others,
      .neighbours: seed.neighbours.merging(["partnership": seed.own["partnership"] ?? ""]) { $1 },
      .missing: Dictionary(uniqueKeysWithValues: seed.own.keys.map { ($0, $0 == "item" ? "99" : Seed.id()) }),
    ]
    let sessions = SessionStore(database: story.house.database)
    var cookies: [Kind: String] = [:]
    for (kind, person) in seed.people {
      cookies[kind] = try await sessions.start(
        for: try #require(ID<Person>(person.id)), in: try #require(ID<Space>(person.space)),
        only: kind == .roundLink ? try #require(ID<Round>(seed.own["round"] ?? "")) : nil, on: story.now.day,
        until: story.now.day.adding(days: 3))
    }
    self.cookies = cookies
  }

  /// The ids of what is another partnership's in the space, by kind.
  var neighboursThings: [String: String] { (ids[.neighbours] ?? [:]).filter { !["partnership", "item"].contains($0.key) } }

  private static func report(_ instruments: InstrumentLibrary) throws -> String {
    let instrument = try #require(instruments.newest(InstrumentLibrary.usual, in: .en))
    let ballots = Array(repeating: Array(repeating: 4 as Int?, count: instrument.items.count), count: 6)
    let tally = try PartyTally(name: "everybody", roll: 8, ballots: ballots, itemCount: instrument.items.count)
    let report = try SurveyReport(of: instrument, parties: [tally], thresholds: .usual)
    return String(decoding: try JSONEncoder().encode(report), as: UTF8.self)
  }

  func send(
    _ row: AccessTable.Row, by kind: Kind, to target: AccessTable.Target, fields: [(String, String)] = []
  ) async throws -> Visitor.Page {
    let parts = row.route.split(separator: " ")
    var path = String(parts[1])
    let names = ids[target] ?? [:]
    path = path.replacingOccurrences(of: "{round}", with: names[row.round] ?? "")
    for (name, id) in names { path = path.replacingOccurrences(of: "{\(name)}", with: id) }
    path = path.replacingOccurrences(of: "{token}", with: "unknown").replacingOccurrences(of: "{version}", with: "0")
    let visitor = story.visitor()
    if let cookie = cookies[kind] { await visitor.bring(cookie: "session", value: cookie) }
    if parts[0] == "GET" { return try await visitor.get(path) }
    try await visitor.get("/sign-in")
    return try await visitor.post(path, row.fields.map { ($0, names[$0] ?? "") } + fields)
  }
}

/// The rows behind an ``AccessWorld``.
private struct Seed: Sendable {
  struct Somebody: Sendable { let id, space: String }

  let now: Instant
  /// A closed round's, as JSON.
  let report: String
  let space = Seed.id(), otherSpace = Seed.id()
  let harbour = Seed.id(), meadow = Seed.id(), quarry = Seed.id(), zenith = Seed.id()
  let people: [AccessWorld.Kind: Somebody]
  let own: [String: String]
  let others: [String: String]
  /// Of another partnership in the same space, in which Quarry sits alone.
  let neighbours: [String: String]

  static func id() -> String { UUID().uuidString.lowercased() }

  init(now: Instant, report: String) {
    (self.now, self.report) = (now, report)
    var people: [AccessWorld.Kind: Somebody] = [:]
    for kind in AccessWorld.Kind.allCases where kind != .nobody {
      people[kind] = Somebody(id: Self.id(), space: kind == .otherSpace ? otherSpace : space)
    }
    people[.roundLink] = people[.contributor]
    self.people = people
    own = Self.things(of: people[.lead]?.id)
    others = Self.things(of: people[.otherSpace]?.id)
    neighbours = Self.things(of: people[.outsider]?.id)
  }

  private static func things(of person: String?) -> [String: String] {
    let names = [
      "partnership", "round", "closed", "message", "party", "member", "conclusion", "action", "challenge", "celebration",
    ]
    return Dictionary(uniqueKeysWithValues: names.map { ($0, id()) }).merging(["person": person ?? "", "item": "1"]) { $1 }
  }

  func plant(_ connection: any Connection) throws {
    for (space, name) in [(space, "Coast"), (otherSpace, "Hills")] {
      try connection.execute(
        "INSERT INTO space (id, name, time_zone, demonstration, created_at) VALUES ($1, $2, 'GMT', 0, $3)",
        [.text(space), .text(name), .instant(now)])
    }
    // Harbour was there first.
    for (place, (space, id, name)) in [
      (space, harbour, "Harbour"), (space, meadow, "Meadow"), (space, quarry, "Quarry"), (otherSpace, zenith, "Zenith"),
    ].enumerated() {
      try connection.execute(
        "INSERT INTO organisation (space_id, id, name, created_at) VALUES ($1, $2, $3, $4)",
        [.text(space), .text(id), .text(name), .instant(now + .minutes(Int64(place)))])
    }
    for (kind, person) in people where kind != .roundLink { try plant(person, kind, connection) }
    let meadowsParty = Self.id()
    try plantPartnership(own, in: space, parties: [(own["party"] ?? "", harbour, "Harbour"), (meadowsParty, meadow, "Meadow")], connection)
    try plantPartnership(others, in: otherSpace, parties: [(others["party"] ?? "", zenith, "Zenith")], connection)
    try plantPartnership(neighbours, in: space, parties: [(neighbours["party"] ?? "", quarry, "Quarry")], connection)
    let seats: [(AccessWorld.Kind, String?, String)] = [
      (.lead, own["party"], "lead"), (.otherLead, meadowsParty, "lead"), (.contributor, meadowsParty, "contributor"),
      (.observer, own["party"], "observer"), (.facilitator, nil, "facilitator"),
    ]
    for (kind, party, role) in seats { try seat(kind, party, role, own, connection) }
    try seat(.otherSpace, others["party"], "lead", others, connection)
    try seat(.outsider, neighbours["party"], "lead", neighbours, connection)
  }

  private func plantPartnership(
    _ ids: [String: String], in space: String, parties: [(id: String, organisation: String, name: String)],
    _ connection: any Connection
  ) throws {
    let partnership = ids["partnership"] ?? ""
    try connection.execute(
      """
      INSERT INTO partnership (space_id, id, name, kind, purpose, team, cadence_months, created_at, active_at)
      VALUES ($1, $2, 'Ferry', 'strategic-alliance', 'Cross', 0, 6, $3, $3)
      """, [.text(space), .text(partnership), .instant(now)])
    for (place, party) in parties.enumerated() {
      try connection.execute(
        """
        INSERT INTO party (space_id, id, partnership_id, organisation_id, name, place, joined_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        [
          .text(space), .text(party.id), .text(partnership), .text(party.organisation), .text(party.name), Value(place),
          .instant(now),
        ])
    }
    let drafter = people[space == self.space ? .lead : .otherSpace]?.id ?? ""
    // Interrupted, so that its personal links still sign in, and every act on it is refused with a sentence at most.
    try connection.execute(
      """
      INSERT INTO round (space_id, id, partnership_id, number, state, instrument_id, instrument_version, minimum_group,
        comment_threshold, closes_at, latest_close_at, drafted_by, drafted_at, attempt, digest)
      VALUES ($1, $2, $3, 1, 'interrupted', 'relational-survey', '1', 5, 10, $4, $4, $5, $6, 1, $7)
      """,
      [
        .text(space), .text(ids["round"] ?? ""), .text(partnership), .instant(now + .days(3)), .text(drafter),
        .instant(now), .bytes(Array(repeating: 0, count: 32)),
      ])
    let interrupted: (ID<Round>, ID<Space>) = try (#require(ID(ids["round"] ?? "")), #require(ID(space)))
    try OpeningDocumentStore.keep(Array("{}".utf8), of: interrupted.0, in: interrupted.1, connection)
    try connection.execute(
      """
      INSERT INTO round (space_id, id, partnership_id, number, state, instrument_id, instrument_version, minimum_group,
        comment_threshold, closes_at, latest_close_at, drafted_by, drafted_at, attempt, opened_at, closed_at, report)
      VALUES ($1, $2, $3, 2, 'closed', 'relational-survey', '1', 5, 10, $4, $4, $5, $6, 1, $6, $4, $7)
      """,
      [
        .text(space), .text(ids["closed"] ?? ""), .text(partnership), .instant(now - .days(3)), .text(drafter),
        .instant(now - .days(9)), .text(report),
      ])
    let closed: (ID<Round>, ID<Space>) = try (#require(ID(ids["closed"] ?? "")), #require(ID(space)))
    try KeptRounds.keep(.receipts, "[]", of: closed.0, in: closed.1, connection)
    try KeptRounds.keepDigests(of: closed.0, in: closed.1, connection)
    try plantTalk(ids, in: space, by: drafter, connection)
    try connection.execute(
      """
      INSERT INTO message (space_id, id, person_id, kind, partnership_id, round_id, created_at)
      VALUES ($1, $2, $3, 'results', $4, $5, $6)
      """,
      [
        .text(space), .text(ids["message"] ?? ""), .text(try colleague(of: space, connection)), .text(partnership), .text(ids["closed"] ?? ""),
        .instant(now),
      ])
  }

  /// A talk about the closed round, with one note, one action, one doubt and one celebration.
  private func plantTalk(
    _ ids: [String: String], in space: String, by person: String, _ connection: any Connection
  ) throws {
    let (round, partnership): (Value, Value) = (.text(ids["closed"] ?? ""), .text(ids["partnership"] ?? ""))
    try connection.execute(
      """
      INSERT INTO discussion (space_id, round_id, starts_at, minutes, place, sequence, set_by, set_at)
      VALUES ($1, $2, $3, 90, 'Here', 0, $4, $3)
      """, [.text(space), round, .instant(now), .text(person)])
    try connection.execute(
      """
      INSERT INTO conclusion (space_id, id, round_id, item, kind, text, version, written_by, written_at)
      VALUES ($1, $2, $3, 1, 'conclusion', 'Late news', 1, $4, $5)
      """, [.text(space), .text(ids["conclusion"] ?? ""), round, .text(person), .instant(now)])
    try connection.execute(
      """
      INSERT INTO action (space_id, id, partnership_id, what, due, state, version, decided_by, decided_at)
      VALUES ($1, $2, $3, 'Call weekly', $4, 'open', 1, $5, $6)
      """,
      [
        .text(space), .text(ids["action"] ?? ""), partnership, .text(now.day.adding(days: 30).description), .text(person),
        .instant(now - .days(8)),
      ])
    try connection.execute(
      """
      INSERT INTO challenge (space_id, id, partnership_id, conclusion_id, person_id, text, written_at)
      VALUES ($1, $2, $3, $4, $5, 'I doubt it', $6)
      """,
      [
        .text(space), .text(ids["challenge"] ?? ""), partnership, .text(ids["conclusion"] ?? ""), .text(person),
        .instant(now),
      ])
    try connection.execute(
      """
      INSERT INTO celebration (space_id, id, partnership_id, what, planned_for, planned_by, planned_at, held_on, picture, version)
      VALUES ($1, $2, $3, 'Breakfast', $4, $5, $6, $4, $7, 1)
      """,
      [
        .text(space), .text(ids["celebration"] ?? ""), partnership, .text(now.day.description), .text(person), .instant(now), .bytes([0]),
      ])
  }

  /// Somebody without a seat to whom a message waits.
  private func colleague(of space: String, _ connection: any Connection) throws -> String {
    let id = Self.id()
    try connection.execute(
      """
      INSERT INTO person (space_id, id, organisation_id, name, email, manager, head, created_at)
      VALUES ($1, $2, $3, 'Colleague', $4, 0, 0, $5)
      """,
      [
        .text(space), .text(id), .text(space == self.space ? harbour : zenith), .text("\(id)@coast.example"), .instant(now),
      ])
    return id
  }

  private func seat(
    _ kind: AccessWorld.Kind, _ party: String?, _ role: String, _ ids: [String: String], _ connection: any Connection
  ) throws {
    let person = people[kind]
    try connection.execute(
      """
      INSERT INTO member (space_id, id, partnership_id, party_id, person_id, role, joined_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7)
      """,
      [
        .text(person?.space ?? ""), .text([.lead, .otherSpace, .outsider].contains(kind) ? ids["member"] ?? "" : Self.id()), .text(ids["partnership"] ?? ""),
        Value(party), .text(person?.id ?? ""), .text(role), .instant(now),
      ])
    guard kind.isOnRoll || kind == .otherSpace, let party else { return }
    for round in ["round", "closed"] {
      try connection.execute(
        "INSERT INTO roll_entry (space_id, round_id, person_id, party_id, paper) VALUES ($1, $2, $3, $4, 0)",
        [.text(person?.space ?? ""), .text(ids[round] ?? ""), .text(person?.id ?? ""), .text(party)])
    }
  }

  private func plant(_ person: Somebody, _ kind: AccessWorld.Kind, _ connection: any Connection) throws {
    let organisation =
      switch kind {
      case .lead, .observer, .head: harbour
      case .otherLead, .contributor: meadow
      case .otherSpace: zenith
      default: quarry
      }
    try connection.execute(
      """
      INSERT INTO person (space_id, id, organisation_id, name, email, password, manager, head, created_at)
      VALUES ($1, $2, $3, $4, $5, 'none', $6, $7, $8)
      """,
      [
        .text(person.space), .text(person.id), .text(organisation), .text("\(kind)"), .text("\(kind)@coast.example"),
        Value(kind.isManager), Value(kind == .head), .instant(now),
      ])
  }
}
