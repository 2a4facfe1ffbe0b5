import Engines
import Foundation
import Hummingbird
import Logging
import NIOConcurrencyHelpers
import Partnering
import Testing

@testable import Database
@testable import Rapport

/// An installation of its own with a known cast: Ada manages the people of Harbour, in the space Coast. It begins at
/// 09:00 UTC on 2 March 2026, and time goes on only when a test says so.
final class Story: Sendable {
  static let password = "four words that belong"
  static let begin = Instant(milliseconds: 1_772_442_000_000)

  let house: House
  private let folder: URL
  /// Whether the folder goes with this value.
  private let isPassing: Bool
  private let data: DataFolder
  private let kept: TestDatabase
  private let time: NIOLockedValueBox<Instant>
  private let responder: any HTTPResponder<BareContext>

  /// A house that nobody has set up yet.
  /// - Parameter lasting: a folder that is still there afterwards.
  init(
    baseURL: String = "http://127.0.0.1:8080", segmentKeys: SegmentKeyMaker = .fewForMany, mailer: Mailer? = nil,
    metricsToken: MetricsToken? = nil, logger: Logger = Logger(label: "story") { _ in SwiftLogNoOpLogHandler() },
    in engine: TestEngine = .chosen, folder lasting: URL? = nil
  ) async throws {
    let time = NIOLockedValueBox(Self.begin)
    folder = lasting ?? FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    isPassing = lasting == nil
    data = try DataFolder(folder)
    kept = try await TestDatabase(in: engine, file: data.databasePath, migrations: Migration.all())
    house = try await House(
      configuration: Configuration(
        data: folder, baseURL: try #require(BaseURL(baseURL)),
        mail: try mailer.map { _ in
          try MailSettings(server: "smtps://mail.example", from: "Rapport <rapport@coast.example>")
        }, metricsToken: metricsToken),
      database: kept.database, clock: Clock { time.withLockedValue { $0 } }, logger: logger, segmentKeys: segmentKeys,
      mailer: mailer)
    self.time = time
    responder = house.router().buildResponder()
  }

  deinit {
    if isPassing { try? FileManager.default.removeItem(at: folder) }
  }

  /// Every byte that the database's engine keeps outside memory.
  func storedBytes() throws -> [Data] { try kept.storedBytes() }

  /// Every row of every table, to compare.
  func rows() async throws -> [String] {
    try await house.database.read { connection in
      try connection.tables().flatMap { table in
        try connection.query("SELECT * FROM \(table)").map { "\(table): \($0.line)" }.sorted()
      }
    }
  }

  var now: Instant { time.withLockedValue { $0 } }

  func wait(_ span: Span) { time.withLockedValue { $0 = $0 + span } }

  /// The same installation after a start, or on another server: nothing of it is in memory any more, and on PostgreSQL it
  /// has connections of its own.
  /// - Parameter keys: another folder of keys than before.
  func restarted(baseURL: String? = nil, keys: URL? = nil, mailer: Mailer? = nil) async throws -> House {
    let base = try baseURL.map { try #require(BaseURL($0)) } ?? house.configuration.baseURL
    return try await House(
      configuration: Configuration(
        data: folder, keys: keys, baseURL: base, mail: mailer == nil ? nil : house.configuration.mail),
      database: connected(),
      clock: Clock { [time] in time.withLockedValue { $0 } }, logger: house.logger, segmentKeys: house.segmentKeys,
      mailer: mailer)
  }

  /// SQLite's one writer is everybody's.
  private func connected() async throws -> any Database {
    guard let address = try await kept.address else { return house.database }
    return try await PostgresDatabase(address, connections: 3, patience: .seconds(60))
  }

  /// Where PostgreSQL has the database.
  var address: String { get async throws { try #require(try await kept.address) } }

  /// Somebody at a browser, signed in as nobody.
  /// - Parameter place: the network address that the connection comes from, if one is known.
  func visitor(from place: String? = nil) -> Visitor {
    Visitor(to: Door(story: self, responder: responder), from: place)
  }

  /// A house with Ada's account, and Ada signed in.
  static func begun(mailer: Mailer? = nil) async throws -> (Story, ada: Visitor) {
    let story = try await Story(mailer: mailer)
    let ada = story.visitor()
    let path = try story.path(try #require(try await story.house.setupLink()))
    try await ada.get(path)
    try await ada.post(
      path,
      [
        ("space", "Coast"), ("organisation", "Harbour"), ("name", "Ada"), ("email", "ada@harbour.example"),
        ("password", password),
      ])
    try await ada.get("/account")
    return (story, ada)
  }

  /// The address without scheme and host.
  func path(_ link: String) throws -> String {
    let base = house.configuration.baseURL.description
    try #require(link.hasPrefix(base))
    return String(link.dropFirst(base.utf8.count))
  }

  /// The id of the person with this address.
  func person(_ email: String) async throws -> ID<Person> {
    try await house.database.read { connection in
      let row = try connection.first("SELECT id FROM person WHERE email = $1", [.text(email)])
      return try #require(try row?.id("id"))
    }
  }

  func space() async throws -> ID<Space> {
    try await house.database.read { connection in
      try #require(try connection.query("SELECT id FROM space").first?.id("id"))
    }
  }

  /// Another organisation of the same space, with one person who manages it and has no account yet.
  @discardableResult
  func organisation(_ name: String, first person: String, _ email: String) async throws -> ID<Organisation> {
    let (space, now) = (try await space(), now)
    let organisation: ID<Organisation> = Randomness.id(at: now)
    let newcomer = Newcomer(
      name: try #require(PersonName(person)), email: try #require(EmailAddress(email)), isManager: true)
    try await house.database.write { connection in
      try connection.execute(
        "INSERT INTO organisation (space_id, id, name, created_at) VALUES ($1, $2, $3, $4)",
        [.id(space), .id(organisation), .text(name), .instant(now)])
      _ = try PeopleStore.invite(newcomer, to: organisation, in: space, by: nil, at: now, connection)
    }
    return organisation
  }

  /// Somebody with an account, signed in; the account is made with the operator's link if there is none.
  func signedIn(_ email: String) async throws -> Visitor {
    let visitor = visitor()
    let link = try path(try #require(try await house.passwordLink(for: email)))
    try await visitor.get(link)
    try await visitor.post(link, [("password", Self.password)])
    try await visitor.get("/account")
    return visitor
  }
}

extension TestDatabase {
  /// Where other programs find it; `nil` unless PostgreSQL has it.
  var address: String? {
    get async throws {
      guard postgres != nil, case .postgres(let server) = TestEngine.chosen else { return nil }
      let row = try await database.read { try $0.first("SELECT CAST(current_database() AS TEXT) AS name", []) }
      return Self.address(of: try #require(row).text("name"), on: server)
    }
  }
}

/// Keeps the story's folder as long as somebody visits.
private struct Door: HTTPResponder {
  let story: Story
  let responder: any HTTPResponder<BareContext>

  func respond(to request: Request, context: BareContext) async throws -> Response {
    try await responder.respond(to: request, context: context)
  }
}

extension Row {
  /// Every value, in the order of the columns' names; bytes as hexadecimal digits.
  var line: String {
    columns.sorted { $0.key < $1.key }.map { name, value in
      switch value {
      case .null: "\(name)=NULL"
      case .integer(let number): "\(name)=\(number)"
      case .double(let number): "\(name)=\(number)"
      case .text(let text): "\(name)='\(text)'"
      case .bytes(let bytes):
        "\(name)=X'\(bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined())'"
      }
    }.joined(separator: ",")
  }
}
