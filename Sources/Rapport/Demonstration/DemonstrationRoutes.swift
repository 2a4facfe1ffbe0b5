import Database
import Hummingbird
import Partnering

/// The page with one sign-in button for each role; only where the space is a demonstration.
struct DemonstrationRoutes: Sendable {
  let house: House

  func add(to pages: Pages) {
    pages.get("/demonstration", use: show)
    pages.post("/demonstration", use: signIn)
  }

  @Sendable func show(_ request: Request, _ context: PageContext) async throws -> Response {
    let visit = try context.visiting()
    try mustBeDemonstration()
    let words = visit.words
    let content = DemonstrationPage(
      roles: DemonstrationRole.allCases.map { role in
        .init(
          value: role.rawValue, name: role.someone.name, role: words("demonstration.\(role.rawValue).role"),
          text: words("demonstration.\(role.rawValue).try"),
          button: words("demonstration.sign-in-as", ["name": .text(role.someone.name)]))
      })
    let head = PageHead(title: words("demonstration.title"), lead: words("demonstration.intro"))
    return try visit.page("demonstration", content, head)
  }

  @Sendable func signIn(_ request: Request, _ context: PageContext) async throws -> Response {
    let visit = try context.visiting()
    try mustBeDemonstration()
    guard let role = DemonstrationRole(rawValue: visit.form["role"]),
      let found = try await DemonstrationStore(database: house.database).person(role.someone.email)
    else { throw Refusal.notFound }
    return try await visit.signingIn(found.person, in: found.space, going: "/", saying: "demonstration.\(role.rawValue).try")
  }

  private func mustBeDemonstration() throws {
    guard house.configuration.isDemonstration else { throw Refusal.notFound }
  }
}

struct DemonstrationPage: Sendable {
  struct Role: Sendable {
    let value, name, role, text, button: String
  }
  let roles: [Role]
}

/// Whose eyes a visitor may borrow.
enum DemonstrationRole: String, CaseIterable, Sendable {
  case lead, respondent, head, sponsor, facilitator, observer
  case otherLead = "other-lead"
  case publicLead = "public-lead"

  var someone: Plot.Someone {
    switch self {
    case .lead: Plot.ada
    case .otherLead: Plot.jon
    case .publicLead: Plot.rita
    case .respondent: Plot.milo
    case .head: Plot.hedda
    case .sponsor: Plot.sven
    case .facilitator: Plot.fred
    case .observer: Plot.nele
    }
  }
}

/// People of demonstration spaces, and of no others.
struct DemonstrationStore {
  let database: any Database

  func person(_ email: String) async throws -> (person: ID<Person>, space: ID<Space>)? {
    try await database.read { connection in
      try connection.first(
        """
        SELECT person.id, person.space_id FROM person
        JOIN space ON space.id = person.space_id AND space.demonstration = 1
        WHERE person.email = $1 AND person.erased_at IS NULL
        """, [.text(email)]
      ).map { (try $0.id("id"), try $0.id("space_id")) }
    }
  }

  /// Takes on what waits for somebody as if it were mailed: nothing here is ever due by itself.
  func claimMessage(to email: String, at now: Instant) async throws -> ClaimedMessage? {
    try await database.write { connection in
      try connection.first(
        """
        SELECT message.id, message.space_id FROM message
        JOIN space ON space.id = message.space_id AND space.demonstration = 1
        JOIN person ON person.space_id = message.space_id AND person.id = message.person_id
        WHERE person.email = $1
        """, [.text(email)]
      ).flatMap {
        try MailStore.claim($0.id("id"), in: $0.id("space_id"), domain: "northern-coast.example", at: now, connection)
      }
    }
  }
}
