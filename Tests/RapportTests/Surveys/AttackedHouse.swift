import Ballots
import Crypto
import Engines
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOConcurrencyHelpers
import Partnering
import Testing

@testable import Database
@testable import Rapport

/// An installation with a partnership of two parties, in which whatever an attacker could copy is copied.
final class AttackedHouse: Sendable {
  enum Keeping { case sealed, leaky }

  let house: House
  let crew: Crew
  let team: [ID<Person>]
  private let keeping: Keeping
  private let kept: TestDatabase
  private let folder: URL
  private let databasePath: String
  private let space: ID<Space>
  private let partnership: ID<Partnership>
  private let time: NIOLockedValueBox<Instant>
  private let log: NIOLockedValueBox<[String]>
  private let responder: any HTTPResponder<BareContext>

  /// - Parameter keeping: a leaky one keeps beside the sealed values what they replace: a row for each ballot, as it came.
  init(_ keeping: Keeping, _ crew: Crew) async throws {
    (self.keeping, self.crew) = (keeping, crew)
    let (time, log) = (NIOLockedValueBox(Story.begin), NIOLockedValueBox<[String]>([]))
    folder = Self.place.appendingPathComponent(UUID().uuidString)
    let data = try DataFolder(folder)
    databasePath = data.databasePath
    kept = try await TestDatabase(file: data.databasePath, migrations: Migration.all())
    let database = kept.database
    // The same key pairs for all rounds, since making 100 takes long. The blinding hides the serial perfectly, whatever the
    // key and however often it signs, and the attacker here is not given it: it learns nothing from the sharing.
    house = try await House(
      configuration: Configuration(data: folder, baseURL: try #require(BaseURL("http://127.0.0.1:8080"))),
      database: database, clock: Clock { time.withLockedValue { $0 } },
      logger: Logger(label: "attacked") { _ in LineLog(lines: log) }, segmentKeys: .fewForMany)
    (self.time, self.log) = (time, log)
    responder = house.router().buildResponder()
    (space, partnership) = (Randomness.id(at: Story.begin), Randomness.id(at: Story.begin))
    team = (0..<crew.people).map { _ in Randomness.id(at: Story.begin) }
    try await seed()
    if keeping == .leaky {
      try await database.write { try $0.execute("CREATE TABLE leak (serial_hash BYTEA, ratings BYTEA)") }
    }
  }

  deinit {
    try? FileManager.default.removeItem(at: folder)
  }

  /// In memory, where there is room: thousands of copies that are looked at once need not reach a disk.
  private static var place: URL {
    let memory = URL(fileURLWithPath: "/dev/shm", isDirectory: true)
    let room = try? memory.resourceValues(forKeys: [.volumeAvailableCapacityKey]).volumeAvailableCapacity
    return room ?? 0 > 512 * 1_024 * 1_024 ? memory : FileManager.default.temporaryDirectory
  }

  var lines: [String] { log.withLockedValue { $0 } }
  var now: Instant { time.withLockedValue { $0 } }
  func wait(_ span: Span) { time.withLockedValue { $0 = $0 + span } }

  /// Somebody signed in, and the form token of the session.
  func signedIn(_ person: ID<Person>) async throws -> (Visitor, token: String) {
    let visitor = nobody()
    let until = (now + .hours(48)).day
    let cookie = try await SessionStore(database: database).start(
      for: person, in: space, only: nil, on: now.day, until: until)
    await visitor.bring(cookie: "session", value: cookie)
    return (visitor, FormToken.make(for: hashed(secret: cookie)))
  }

  /// What a monitoring system reads, but for the memory in use and the room on the disk, which everything moves.
  func figures() async -> [Substring] {
    await house.metrics().split(separator: "\n").filter {
      !$0.hasPrefix("process_resident_memory_bytes ") && !$0.hasPrefix("rapport_data_free_bytes ")
    }
  }

  /// Whose requests leave their lines in the attacked log.
  func nobody() -> Visitor { Visitor(to: responder, logger: house.logger) }

  /// Opens a round of everybody that closes after a day.
  func openRound() async throws -> OpenRound {
    if keeping == .leaky { try await database.write { try $0.execute("DELETE FROM leak") } }
    let (lead, _) = try await signedIn(team[0])
    let formats = Formats(language: .en)
    try await lead.get("/partnerships/\(partnership)/rounds/new")
    let drafted = try await lead.post(
      "/partnerships/\(partnership)/rounds",
      [
        ("closes", formats.fieldValue(now + .hours(24))), ("latest", formats.fieldValue(now + .hours(30))),
        ("minimum-group", "5"), ("comment-threshold", "10"),
      ])
    let path = try #require(drafted.location)
    for party in crew.parties {
      let (lead, _) = try await signedIn(team[party.lead])
      let page = try await lead.get(path)
      let ticks = party.everybody.map { ("person", team[$0].text) } + party.paper.map { ("paper", team[$0].text) }
      try #require(try await lead.post("\(path)/roll", ticks + page.hidden("party").prefix(1)).status == .seeOther)
    }
    for party in crew.parties {
      let (lead, _) = try await signedIn(team[party.lead])
      let page = try await lead.get(path)
      let confirmed = try await lead.post("\(path)/confirmation", page.hidden("party") + page.hidden("terms"))
      try #require(confirmed.status == .seeOther)
    }
    let id = try #require(ID<Round>(String(path.split(separator: "/").last ?? "")))
    return try await house.sealedRounds.open(id)
  }

  /// The slips of one party in the order of the sheet, printed and handed out by its lead.
  func printSlips(of party: Crew.Party, for round: ID<Round>) async throws -> [SlipCode] {
    let path = "/partnerships/\(partnership)/rounds/\(round)"
    let (lead, _) = try await signedIn(team[party.lead])
    let page = try await lead.get("\(path)/slips")
    let form = page.hidden("party").prefix(1) + [("printing", "1")]
    let sheet = try await lead.post("\(path)/slips", Array(form))
    try #require(sheet.status == .ok)
    try #require(try await lead.post("\(path)/slips/handing-out", Array(form)).status == .seeOther)
    return sheet.text.matches(of: /paper-slip-code">([0-9A-Z-]+)</).compactMap { SlipCode(typed: $0.output.1) }
  }

  func leak(_ serial: Hash256, _ ratings: [UInt8]) async throws {
    guard keeping == .leaky else { return }
    try await database.write { connection in
      try connection.execute(
        "INSERT INTO leak (serial_hash, ratings) VALUES ($1, $2)", [.bytes(serial.bytes), .bytes(ratings)])
    }
  }

  /// The rows of open rounds, in the order of the table itself, and the leaky ones.
  func rows() async throws -> [AttackedRow] {
    // Where a row lies, which is the order of arrival in a store that does not take care.
    let place = kept.postgres == nil ? "rowid" : "ctid"
    return try await database.read { [keeping] connection in
      let sealed = try connection.query("SELECT * FROM sealed_value ORDER BY \(place)").map { row in
        let kind = try #require(SealedKind(rawValue: try row.text("kind")))
        return AttackedRow(
          place: SealedPlace(
            kind: kind, segment: try row.int("segment"), bucket: try row.int("bucket"), page: try row.int("page")),
          bytes: Data(try row.bytes("value")))
      }
      guard keeping == .leaky else { return sealed }
      return try sealed
        + connection.query("SELECT * FROM leak ORDER BY \(place)").map { row in
          AttackedRow(place: nil, bytes: Data(try row.bytes("serial_hash") + row.bytes("ratings")))
        }
    }
  }

  private var database: any Database { kept.database }

  /// What the engine writes from now on.
  func followed() throws -> any AttackedFiles {
    if let postgres = kept.postgres { return try postgres.log() }
    return try SQLiteFiles(database: URL(fileURLWithPath: databasePath))
  }

  /// Every file of the data folder; of PostgreSQL its data files and its log too, and a standby's.
  func everyFile() throws -> [Data] {
    let everything = try #require(FileManager.default.subpaths(atPath: folder.path))
    let files = try everything.compactMap { name in
      let file = folder.appendingPathComponent(name)
      let isFile = try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true
      return isFile ? try Data(contentsOf: file) : nil
    }
    return try files + (kept.postgres?.everything() ?? []) + (kept.postgres?.standby()?.everything() ?? [])
  }

  /// Rapport's own backup, all but its check of itself, which reads it and takes longest. The time that it says it was made
  /// at is always the same: whoever copies knows it anyway, and backups of the same rows are the same bytes.
  func backup() async throws -> Data {
    let copy = folder.appendingPathComponent("copy-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: copy) }
    try await Backup.write(of: database, keys: house.keys, to: copy, at: Story.begin)
    return try Data(contentsOf: copy)
  }

  /// What a closed round keeps, in the order in which it keeps it.
  func kept(of round: ID<Round>) async throws -> (receipts: [String], comments: [String]) {
    try await database.read { connection in
      let lists = try ["receipts", "comments"].map { part in
        let row = try connection.first(
          "SELECT content FROM kept_list WHERE round_id = $1 AND part = $2", [.id(round), .text(part)])
        return try JSONDecoder().decode([String].self, from: Data(try #require(row).text("content").utf8))
      }
      return (lists[0], lists[1])
    }
  }

  /// The key of an open round, which the attacker does not get.
  func sealingKey(of round: ID<Round>) throws -> Data {
    try Data(contentsOf: folder.appendingPathComponent("keys/\(round).sealing-key"))
  }

  private func seed() async throws {
    let (space, partnership, team, crew) = (space, partnership, team, crew)
    try await database.write { connection in
      try connection.execute(
        "INSERT INTO space (id, name, time_zone, demonstration, created_at) VALUES ($1, 'Coast', 'Etc/UTC', 0, $2)",
        [.id(space), .instant(Story.begin)])
      try connection.execute(
        """
        INSERT INTO partnership (space_id, id, name, kind, purpose, team, cadence_months, created_at, active_at)
        VALUES ($1, $2, 'Crew', 'strategic-alliance', 'Row.', 0, 3, $3, $3)
        """, [.id(space), .id(partnership), .instant(Story.begin)])
      for (place, name) in ["Harbour", "Meadow"].enumerated() {
        let party = SeededParty(space: space, partnership: partnership, name: name, place: place)
        try party.enter(people: crew.parties[place].everybody.map { team[$0] }, connection)
      }
    }
  }
}

private struct SeededParty {
  let space: ID<Space>
  let partnership: ID<Partnership>
  let name: String
  let place: Int
  private let organisation: ID<Organisation> = Randomness.id(at: Story.begin)
  private let party: ID<Party> = Randomness.id(at: Story.begin)

  init(space: ID<Space>, partnership: ID<Partnership>, name: String, place: Int) {
    (self.space, self.partnership, self.name, self.place) = (space, partnership, name, place)
  }

  func enter(people: [ID<Person>], _ connection: any Connection) throws {
    try connection.execute(
      "INSERT INTO organisation (space_id, id, name, created_at) VALUES ($1, $2, $3, $4)",
      [.id(space), .id(organisation), .text("\(name) Company"), .instant(Story.begin)])
    try connection.execute(
      """
      INSERT INTO party (space_id, id, partnership_id, organisation_id, name, place, joined_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7)
      """,
      [.id(space), .id(party), .id(partnership), .id(organisation), .text(name), Value(place), .instant(Story.begin)])
    for (number, person) in people.enumerated() { try enter(person, number, connection) }
  }

  private func enter(_ person: ID<Person>, _ number: Int, _ connection: any Connection) throws {
    try connection.execute(
      """
      INSERT INTO person (space_id, id, organisation_id, name, email, manager, head, created_at)
      VALUES ($1, $2, $3, $4, $5, 0, 0, $6)
      """,
      [
        .id(space), .id(person), .id(organisation), .text("\(name) \(number)"),
        .text("rower\(number)@\(name.lowercased()).example"), .instant(Story.begin),
      ])
    let member: ID<Person> = Randomness.id(at: Story.begin)
    try connection.execute(
      """
      INSERT INTO member (space_id, id, partnership_id, party_id, person_id, role, joined_at, accepted_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
      """,
      [
        .id(space), .id(member), .id(partnership), .id(party), .id(person),
        .text(number == 0 ? "lead" : "contributor"), .instant(Story.begin),
      ])
  }
}

/// The people of an attacked house, numbered through: party after party, in each first those with a browser. The parties
/// are the segments.
struct Crew: Sendable {
  struct Party: Sendable {
    let browsers, paper: Range<Int>

    var everybody: Range<Int> { browsers.lowerBound..<paper.upperBound }
    var lead: Int { browsers.lowerBound }
  }

  let parties: [Party]

  /// Forty with a browser, as promised, and in each party a third of all on paper.
  static let usual = Crew([(browsers: 24, paper: 12), (browsers: 16, paper: 8)])
  /// The first segment has more people than one bucket takes.
  static let large = Crew([(browsers: 44, paper: 22), (browsers: 6, paper: 3)])

  private init(_ sizes: [(browsers: Int, paper: Int)]) {
    var next = 0
    parties = sizes.map { size in
      defer { next += size.browsers + size.paper }
      let paper = next + size.browsers
      return Party(browsers: next..<paper, paper: paper..<paper + size.paper)
    }
  }

  var people: Int { parties.last?.paper.upperBound ?? 0 }
  var browsers: Int { parties.reduce(0) { $0 + $1.browsers.count } }
  func segment(of person: Int) -> Int { parties.firstIndex { $0.everybody.contains(person) } ?? 0 }
  func isOnPaper(_ person: Int) -> Bool { parties.contains { $0.paper.contains(person) } }
}

/// A row that the attacker copied; a leaky one has no place.
struct AttackedRow: Hashable {
  let place: SealedPlace?
  let bytes: Data
}

private struct LineLog: LogHandler {
  let lines: NIOLockedValueBox<[String]>
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.trace

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    lines.withLockedValue { $0.append("\(event.level) \(event.message) \(event.metadata ?? [:])") }
  }
}
