import Ballots
import Foundation
import HTTPTypes
import NIOConcurrencyHelpers
import Partnering
import Testing

@testable import Database
@testable import Rapport

/// A partnership of the parties Harbour and Meadow, led by the first of each, whose people answer rounds as they would
/// in a browser.
struct RoundStory: Sendable {
  let story: Story
  let space: ID<Space>
  let partnership: ID<Partnership>
  let harbour: [Respondent]
  let meadow: [Respondent]

  var everybody: [Respondent] { harbour + meadow }
  var leads: [Respondent] { [harbour[0], meadow[0]] }
  var path: String { "/partnerships/\(partnership)" }

  /// - Parameters:
  ///   - harbour: how many people the party has; likewise `meadow`.
  ///   - story: where it happens, in a space of its own.
  ///   - neighbour: another partnership in whose space it is.
  init(harbour: Int = 5, meadow: Int = 5, story: Story? = nil, beside neighbour: RoundStory? = nil) async throws {
    let made = if let story = story ?? neighbour?.story { story } else { try await Story() }
    let cast = Cast(sizes: [("Harbour", harbour), ("Meadow", meadow)], beside: neighbour?.space, at: made.now)
    try await made.house.database.write { try cast.enter($0) }
    self.story = made
    (space, partnership) = (cast.space, cast.partnership)
    self.harbour = try await Self.signedIn(cast, "Harbour", made)
    self.meadow = try await Self.signedIn(cast, "Meadow", made)
  }

  /// A partnership with a round that is open for two weeks and can be moved by one more.
  static func opened(harbour: Int = 5, meadow: Int = 5) async throws -> (RoundStory, ID<Round>) {
    let told = try await RoundStory(harbour: harbour, meadow: meadow)
    return (told, try await told.open())
  }

  /// One that everybody answered and that has closed.
  static func reported(harbour: Int = 5, meadow: Int = 5) async throws -> (RoundStory, ID<Round>) {
    let (told, round) = try await opened(harbour: harbour, meadow: meadow)
    for person in told.everybody { try await told.answer(round, by: person) }
    try await told.close(round)
    return (told, round)
  }

  /// One whose key is lost.
  static func interrupted() async throws -> (RoundStory, ID<Round>) {
    let (told, round) = try await opened()
    try await told.interrupt(round)
    return (told, round)
  }

  // MARK: Preparing

  /// Prepares a round through its form, with everybody on the roll.
  func draft(_ changes: [String: String] = [:]) async throws -> ID<Round> {
    let made = try await harbour[0].visitor.post("\(path)/rounds", numbers(changes))
    let location = try #require(made.location, "\(made.text)")
    return try #require(ID<Round>(String(location.split(separator: "/").last ?? "")))
  }

  /// The fields of the form of numbers.
  func numbers(_ changes: [String: String] = [:]) -> [(String, String)] {
    let formats = Formats(language: .en)
    let usual = [
      ("closes", formats.fieldValue(story.now + .days(14))), ("latest", formats.fieldValue(story.now + .days(21))),
      ("minimum-group", "4"), ("comment-threshold", "5"), ("closing", "time"),
    ]
    return usual.map { ($0.0, changes[$0.0] ?? $0.1) }
  }

  /// A lead's yes for the own party, to what the round's page shows now.
  @discardableResult
  func confirm(_ round: ID<Round>, by lead: Respondent) async throws -> Visitor.Page {
    let page = try await lead.visitor.get(place(of: round))
    return try await lead.visitor.post("\(place(of: round))/confirmation", page.hidden("party") + page.hidden("terms"))
  }

  /// Prepares a round and lets both leads confirm it.
  func open(_ changes: [String: String] = [:]) async throws -> ID<Round> {
    let round = try await draft(changes)
    for lead in leads { try await confirm(round, by: lead) }
    try #require(try await state(of: round) == "open")
    return round
  }

  func place(of round: ID<Round>) -> String { "\(path)/rounds/\(round)" }

  /// The form with which a lead confirms what the round's page shows now.
  func confirmation(of round: ID<Round>, by lead: Respondent) async throws -> RefusedAct.Scene {
    let page = try await lead.visitor.get(place(of: round))
    return RefusedAct.Scene(
      self, lead, "\(place(of: round))/confirmation", page.hidden("party") + page.hidden("terms"))
  }

  /// The id of somebody's party, as forms carry it.
  func party(of person: Respondent) async throws -> String {
    try await story.house.database.read { connection in
      let row = try connection.first(
        "SELECT party_id FROM member WHERE partnership_id = $1 AND person_id = $2", [.id(partnership), .id(person.id)])
      return try #require(row).text("party_id")
    }
  }

  /// Pages speak this language to somebody from now on.
  func speak(_ language: Language, to person: Respondent) async throws {
    _ = try await story.house.database.write { connection in
      try connection.execute(
        "UPDATE person SET language = $2 WHERE id = $1", [.id(person.id), .text(language.rawValue)])
    }
  }

  // MARK: Answering

  /// Asks for the own signature, as the browser does just before it sends.
  @discardableResult
  func ask(_ round: ID<Round>, by person: Respondent, segment: String, blinded: Data) async throws -> Visitor.Page {
    try await ask(round, by: person, body: #"{"segment":"\#(segment)","blinded":"\#(blinded.base64URL)"}"#)
  }

  func ask(_ round: ID<Round>, by person: Respondent, body: String) async throws -> Visitor.Page {
    try await person.visitor.send(
      .post, "/rounds/\(round)/credential",
      headers: [
        .contentType: "application/json", .accept: "application/json", .secFetchSite: "same-origin",
        FormToken.header: person.formToken,
      ], body: body)
  }

  /// Reads the opening document, collects, and finishes the signature.
  func collect(_ round: ID<Round>, by person: Respondent, with key: BallotKey = BallotKey()) async throws -> Ballot {
    let opening = try await opening(of: round, as: person)
    let segment = opening.document.segments[opening.document.segment(ofParty: person.party)]
    let holder = try BallotHolder(ballotKey: key, digest: opening.digest, segment: segment.key)
    let page = try await ask(round, by: person, segment: segment.name, blinded: holder.blinded)
    let reply = try JSONDecoder().decode([String: String].self, from: Data(page.text.utf8))
    let signature = try #require(Data(base64URL: reply["signature"] ?? ""), "\(page.text)")
    return Ballot(
      round: round, segment: segment.name, serial: holder.serial.bytes,
      signature: try holder.finish(signature: signature), receipt: holder.receipt.letters)
  }

  /// The opening document as somebody on the roll is sent it.
  func opening(
    of round: ID<Round>, as person: Respondent
  ) async throws -> (document: OpeningDocument, digest: OpeningDigest) {
    let bytes = Data(try await person.visitor.get("/rounds/\(round)/opening").text.utf8)
    return (try JSONDecoder().decode(OpeningDocument.self, from: bytes), OpeningDigest(of: bytes))
  }

  /// Posts an answer as the browser does: without cookies.
  @discardableResult
  func post(_ body: String, to round: ID<Round>, in language: Language = .en) async throws -> Visitor.Page {
    try await story.visitor().send(
      .post, "/answers/\(round)",
      headers: [.contentType: "application/json", .acceptLanguage: language.rawValue], body: body, withCookies: false)
  }

  /// Collects and answers; every item gets the same rating.
  @discardableResult
  func answer(
    _ round: ID<Round>, by person: Respondent, rating: Int = 4, comment: String = ""
  ) async throws -> Ballot {
    let ballot = try await collect(round, by: person)
    let page = try await post(ballot.body(rating: rating, comment: comment), to: round)
    try #require(page.status == .ok, "\(page.text)")
    return ballot
  }

  // MARK: What is kept

  func state(of round: ID<Round>) async throws -> String {
    try await story.house.database.read { connection in
      try #require(try connection.first("SELECT state FROM round WHERE id = $1", [.id(round)])).text("state")
    }
  }

  /// Lets the round's time pass, and closes it.
  func close(_ round: ID<Round>, after span: Span = .days(14)) async throws {
    story.wait(span)
    try await story.house.closeDueRounds()
    try #require(try await state(of: round) == "closed")
  }

  /// Loses the round's key, as a restore does, and starts anew.
  func interrupt(_ round: ID<Round>) async throws {
    try FileManager.default.removeItem(at: keyFile(of: round))
    await story.house.sealedRounds.forget(round)
    try await story.house.reviveRounds()
    try #require(try await state(of: round) == "interrupted")
  }

  /// Puts somebody on the list of those who answer on paper.
  func putOnPaper(_ person: Respondent, in round: ID<Round>) async throws {
    _ = try await story.house.database.write { connection in
      try connection.execute(
        "UPDATE roll_entry SET paper = 1 WHERE round_id = $1 AND person_id = $2", [.id(round), .id(person.id)])
    }
  }

  /// The database and the key folder, to compare.
  /// All rows and key files but for the portfolio's order, which is made anew of the others.
  func everythingKept() async throws -> [String] {
    let folder = story.house.configuration.data.appendingPathComponent("keys")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    return try await dump().filter { !$0.hasPrefix("standing") && !$0.hasPrefix("stale_standing") }
      + files.map { "\($0): \(try Data(contentsOf: folder.appendingPathComponent($0)).base64EncodedString())" }
  }

  func dump() async throws -> [String] { try await story.rows() }

  /// The round's key file.
  func keyFile(of round: ID<Round>) -> URL {
    story.house.configuration.data.appendingPathComponent("keys/\(round).sealing-key")
  }

  private static func signedIn(_ cast: Cast, _ party: String, _ story: Story) async throws -> [Respondent] {
    let sessions = SessionStore(database: story.house.database)
    var respondents: [Respondent] = []
    for member in cast.members where member.party == party {
      let today = story.now.day
      let cookie = try await sessions.start(
        for: member.id, in: cast.space, only: nil, on: today, until: today.adding(days: 400))
      let visitor = story.visitor()
      await visitor.bring(cookie: story.house.cookie("session"), value: cookie)
      try await visitor.get("/account")
      respondents.append(
        Respondent(
          id: member.id, name: member.name, party: party, visitor: visitor,
          formToken: FormToken.make(for: hashed(secret: cookie))))
    }
    return respondents
  }
}

/// Somebody on a roll, at a browser.
struct Respondent: Sendable {
  let id: ID<Person>
  let name: String
  let party: String
  let visitor: Visitor
  let formToken: String
}

/// What a browser holds when it has collected.
struct Ballot: Sendable {
  let round: ID<Round>
  var segment: String
  var serial: Data
  var signature: Data
  var receipt: String

  static let items = 15

  /// What the browser posts. Ratings as JSON, so that wrong ones can be sent too.
  func body(ratings: [String], comment: String = "", send: Int = 1) -> String {
    let comment = String(decoding: (try? JSONEncoder().encode(comment)) ?? Data(), as: UTF8.self)
    return """
      {"segment":"\(segment)","serial":"\(serial.base64URL)","signature":"\(signature.base64URL)","send":\(send),\
      "receipt":"\(receipt)","ratings":[\(ratings.joined(separator: ","))],"comment":\(comment)}
      """
  }

  func body(rating: Int, comment: String = "", send: Int = 1) -> String {
    body(ratings: Array(repeating: "\(rating)", count: Self.items), comment: comment, send: send)
  }
}

extension Span {
  /// A millisecond less.
  static func justUnder(_ span: Span) -> Span { Span(milliseconds: span.milliseconds - 1) }
}

extension SegmentKeyMaker {
  /// A few key pairs in turn, made once for all tests: a key takes a tenth of a second. Each maker begins anew, so that
  /// the segments of a round never share one, nor does a round with the one opened before it.
  static var fewForMany: SegmentKeyMaker {
    let next = NIOLockedValueBox(0)
    return SegmentKeyMaker {
      let keys = try made.get()
      return next.withLockedValue { next in
        defer { next += 1 }
        return keys[next % keys.count]
      }
    }
  }

  private static let made = Result { try (0..<4).map { _ in try SegmentKey.generate() } }
}

/// The rows of a partnership that has long been active.
private struct Cast: Sendable {
  struct Sitting: Sendable {
    let id: ID<Person>
    let name: String
    let party: String
    let isLead: Bool
  }

  let space: ID<Space>
  let isSpaceThere: Bool
  let partnership: ID<Partnership>
  let parties: [String]
  let members: [Sitting]
  let now: Instant

  init(sizes: [(name: String, people: Int)], beside space: ID<Space>?, at now: Instant) {
    (self.space, isSpaceThere) = (space ?? Randomness.id(at: now), space != nil)
    (partnership, self.now) = (Randomness.id(at: now), now)
    parties = sizes.map(\.name)
    members = sizes.flatMap { party in
      (0..<party.people).map { number in
        Sitting(id: Randomness.id(at: now), name: "\(party.name) \(number + 1)", party: party.name, isLead: number == 0)
      }
    }
  }

  func enter(_ connection: any Connection) throws {
    if !isSpaceThere {
      try connection.execute(
        "INSERT INTO space (id, name, time_zone, demonstration, created_at) VALUES ($1, 'Coast', 'GMT', 0, $2)",
        [.id(space), .instant(now)])
    }
    try connection.execute(
      """
      INSERT INTO partnership (space_id, id, name, kind, purpose, team, cadence_months, created_at, active_at)
      VALUES ($1, $2, 'Grain by sea', 'strategic-alliance', 'Ship on time', 0, 6, $3, $3)
      """, [.id(space), .id(partnership), .instant(now)])
    for (place, name) in parties.enumerated() { try enter(name, at: place, connection) }
  }

  private func enter(_ name: String, at place: Int, _ connection: any Connection) throws {
    let (organisation, party): (ID<Organisation>, ID<Party>) = (Randomness.id(at: now), Randomness.id(at: now))
    try connection.execute(
      "INSERT INTO organisation (space_id, id, name, created_at) VALUES ($1, $2, $3, $4)",
      [.id(space), .id(organisation), .text("\(name) Company"), .instant(now)])
    try connection.execute(
      """
      INSERT INTO party (space_id, id, partnership_id, organisation_id, name, place, joined_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7)
      """,
      [.id(space), .id(party), .id(partnership), .id(organisation), .text(name), Value(place), .instant(now)])
    for member in members where member.party == name {
      try connection.execute(
        """
        INSERT INTO person (space_id, id, organisation_id, name, email, language, manager, head, created_at)
        VALUES ($1, $2, $3, $4, $5, 'en', $6, 0, $7)
        """,
        [
          .id(space), .id(member.id), .id(organisation), .text(member.name),
          .text("\(member.id)@\(name.lowercased()).example"),
          Value(member.isLead), .instant(now),
        ])
      try connection.execute(
        """
        INSERT INTO member (space_id, id, partnership_id, party_id, person_id, role, joined_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        [
          .id(space), .id(Randomness.id(at: now) as ID<Member>), .id(partnership), .id(party), .id(member.id),
          .text(member.isLead ? "lead" : "contributor"), .instant(now),
        ])
    }
  }
}
