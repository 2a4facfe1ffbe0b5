import Ballots
import Foundation
import HTTPTypes
import Partnering
import Testing

@testable import Database
@testable import Rapport

/// A round of Harbour and Dunes, opened by Ada and Bo, with its people at their browsers.
struct StoryRound: Sendable {
  let story: Story
  let id: ID<Round>
  /// Its page.
  let path: String
  let ada, bo: Visitor
  /// Those on the roll, signed in, Harbour's first.
  let people: [Visitor]
}

extension Story {
  /// A confirmed and open round with so many people of each party; it closes in two days, or in four once extended.
  static func openRound(harbour: Int = 6, dunes: Int = 6) async throws -> StoryRound {
    let (story, ada) = try await begun()
    let (partnership, bo) = try await story.active(by: ada)
    try await story.fill(partnership, ["Harbour": harbour, "Dunes": dunes])
    let path = try await story.drafted(in: partnership, by: ada)
    for lead in [ada, bo] { try await story.confirm(path, as: lead) }
    let id = try #require(ID<Round>(path.suffix(36)))
    return StoryRound(story: story, id: id, path: path, ada: ada, bo: bo, people: try await story.browsers(on: id))
  }

  /// The page of a new draft.
  func drafted(in partnership: String, by lead: Visitor) async throws -> String {
    try await lead.get("\(partnership)/rounds/new")
    let formats = Formats(language: .en)
    let made = try await lead.post(
      "\(partnership)/rounds",
      [
        ("closes", formats.fieldValue(now + .days(2))), ("latest", formats.fieldValue(now + .days(4))),
        ("minimum-group", "5"), ("comment-threshold", "10"),
      ])
    return try #require(made.location)
  }

  @discardableResult
  func confirm(_ path: String, as lead: Visitor) async throws -> Visitor.Page {
    let page = try await lead.get(path)
    return try await lead.post("\(path)/confirmation", page.hidden("party") + page.hidden("terms"))
  }

  /// Brings each party to so many people, the leads among them.
  func fill(_ partnership: String, _ sizes: [String: Int]) async throws {
    let id = try #require(ID<Partnership>(partnership.suffix(36)))
    let (space, now) = (try await space(), now)
    try await house.database.write { connection in
      for row in try connection.query("SELECT id, organisation_id, name FROM party WHERE partnership_id = $1", [.id(id)]) {
        let name = try row.text("name")
        for number in 1..<(sizes[name] ?? 1) {
          let person = try PeopleStore.invite(
            Newcomer(name: PersonName("\(name) \(number)")!, email: EmailAddress("\(name)\(number)@coast.example")!),
            to: try row.id("organisation_id"), in: space, by: nil, at: now, connection)
          try connection.execute(
            """
            INSERT INTO member (space_id, id, partnership_id, party_id, person_id, role, joined_at)
            VALUES ($1, $2, $3, $4, $5, 'contributor', $6)
            """,
            [
              .id(space), .id(Randomness.id(at: now) as ID<Member>), .id(id), .id(try row.id("id") as ID<Party>),
              .id(person), .instant(now),
            ])
        }
      }
    }
  }

  private func browsers(on round: ID<Round>) async throws -> [Visitor] {
    let (space, today) = (try await space(), now.day)
    let people = try await house.roundStore.parties(
      of: try await house.database.read { try RoundStore.round(round, in: space, $0) })
    let sessions = SessionStore(database: house.database)
    var browsers: [Visitor] = []
    for person in people.flatMap(\.roll) {
      let browser = visitor()
      let cookie = try await sessions.start(
        for: person.id, in: space, only: round, on: today, until: today.adding(days: 60))
      await browser.bring(cookie: "session", value: cookie)
      browsers.append(browser)
    }
    return browsers
  }
}

/// A ballot whose credential was collected.
struct StoryBallot: Sendable {
  let segment: String
  let serial: Data
  let signature: Data
  let receipt: String

  func body(
    send: Int = 1, ratings: String = Self.all(4), comment: String = "", segment other: String? = nil
  ) -> String {
    """
    {"segment":"\(other ?? segment)","serial":"\(serial.base64URL)","signature":"\(signature.base64URL)","send":\(send),\
    "receipt":"\(receipt)","ratings":\(ratings),"comment":"\(comment)","pad":""}
    """
  }

  static func all(_ rating: Int) -> String { "[" + Array(repeating: "\(rating)", count: 15).joined(separator: ",") + "]" }
}

extension StoryRound {
  /// Asks for a blind signature, as a browser with this ballot key does.
  func ask(_ person: Visitor, key: BallotKey = BallotKey()) async throws -> (Visitor.Page, BallotHolder, String) {
    let page = try await person.get("/rounds/\(id)/answer")
    let document = Data(try await person.get("/rounds/\(id)/opening").text.utf8)
    let opening = try JSONDecoder().decode(OpeningDocument.self, from: document)
    let name = try #require(page.text.firstMatch(of: #/data-segment="([^"]*)"/#)?.1)
    let segment = try #require(opening.segments.first { $0.name == name })
    let holder = try BallotHolder(ballotKey: key, digest: OpeningDigest(of: document), segment: segment.key)
    let answer = try await post(credential: holder.blinded, segment: segment.name, by: person, token: page.formToken)
    return (answer, holder, segment.name)
  }

  func post(credential blinded: Data, segment: String, by person: Visitor, token: String) async throws -> Visitor.Page {
    var headers: HTTPFields = [.contentType: "application/json", .secFetchSite: "same-origin"]
    headers[FormToken.header] = token
    return try await person.send(
      .post, "/rounds/\(id)/credential", headers: headers,
      body: "{\"segment\":\"\(segment)\",\"blinded\":\"\(blinded.base64URL)\"}")
  }

  func collect(_ person: Visitor, key: BallotKey = BallotKey()) async throws -> StoryBallot {
    struct Signed: Decodable { let signature: String }
    let (page, holder, segment) = try await ask(person, key: key)
    let signed = try JSONDecoder().decode(Signed.self, from: Data(page.text.utf8))
    let signature = try holder.finish(signature: try #require(Data(base64URL: signed.signature)))
    return StoryBallot(segment: segment, serial: holder.serial.bytes, signature: signature, receipt: holder.receipt.letters)
  }

  @discardableResult
  func send(_ body: String) async throws -> Visitor.Page {
    try await story.visitor().send(
      .post, "/answers/\(id)", headers: [.contentType: "application/json", .acceptLanguage: "en"], body: body,
      withCookies: false)
  }

  @discardableResult
  func answer(_ person: Visitor, ratings: String = StoryBallot.all(4), comment: String = "") async throws -> StoryBallot {
    let ballot = try await collect(person)
    let page = try await send(ballot.body(ratings: ratings, comment: comment))
    #expect(page.status == .ok, "\(page.text)")
    return ballot
  }

  /// The round closes at its time.
  func close() async throws {
    story.wait(.days(2))
    #expect(try await story.house.closeDueRounds() == 1)
  }

  func report() async throws -> SurveyReport {
    try await story.house.database.read { [id] connection in
      let row = try #require(try connection.first("SELECT report FROM round WHERE id = $1", [.id(id)]))
      return try JSONDecoder().decode(SurveyReport.self, from: Data(try row.text("report").utf8))
    }
  }

  /// Everything that the database keeps sealed, as it stands.
  func sealedValues() async throws -> [[UInt8]] {
    try await story.house.database.read { [id] connection in
      try connection.query(
        "SELECT value FROM sealed_value WHERE round_id = $1 ORDER BY kind, segment, bucket, page", [.id(id)]
      ).map { try $0.bytes("value") }
    }
  }

  func state() async throws -> String {
    try await story.house.database.read { [id] connection in
      try #require(try connection.first("SELECT state FROM round WHERE id = $1", [.id(id)])).text("state")
    }
  }
}
