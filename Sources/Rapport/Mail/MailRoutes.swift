import Hummingbird
import Partnering

/// Whether mail leaves, and what became of it.
struct MailRoutes: Sendable {
  let house: House

  private var store: MailStore { MailStore(database: house.database) }

  func add(to pages: Pages) {
    pages.get("/mail", use: show)
    pages.post("/mail/test", use: test)
  }

  @Sendable func show(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope) = (try context.visiting(), try await host(context))
    let content = MailOverviewPage(try await store.overview(for: scope), in: visit)
    let head = PageHead(
      title: visit.words("mail.title"), lead: visit.words("mail.lead"),
      trail: [.init(label: visit.words("people.organisation-short"), href: "/organisation")])
    return try visit.page("mail-overview", content, head)
  }

  @Sendable func test(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope) = (try context.visiting(), try await host(context))
    guard visit.isMailing else { throw Refusal.because("mail.is-off") }
    try await store.queueTest(for: scope, at: visit.now)
    return visit.redirect(to: "/mail", saying: "mail.test-queued")
  }

  private func host(_ context: PageContext) async throws -> HostScope {
    guard let scope = try await context.hosting() else { throw Refusal.notFound }
    return scope
  }
}

struct MailOverviewPage: Sendable {
  struct Count: Sendable { let name, number: String }

  /// Whether mail is on, and where it leaves.
  let way: String
  /// What can be done where it is off.
  let off: String?
  let counts: [Count]
  let failure: String?
  let canTest: Bool
  /// What became of the test message.
  let test: String?

  init(_ overview: MailOverview, in visit: Visit) {
    let settings = visit.house.configuration.mail
    canTest = visit.isMailing
    way =
      if visit.house.configuration.isDemonstration { visit.words("mail.is-demonstration") } else if let settings, canTest {
        visit.words("mail.is-on", ["server": .text(settings.server), "sender": .text(settings.sender.address.text)])
      } else { visit.words("mail.is-off") }
    off = canTest || visit.house.configuration.isDemonstration ? nil : visit.words("mail.turn-on")
    counts = [
      ("waiting", overview.waiting), ("sent", overview.sent), ("bounced", overview.bounced),
      ("handed-over", overview.handedOver),
    ].map { Count(name: visit.words("mail.counts.\($0)"), number: visit.formats.number($1)) }
    failure = overview.failure?.sentence(in: visit)
    test = overview.test.map { $0.sentence(in: visit) ?? visit.words("mail.test-waits") }
  }
}

extension Visit {
  /// Whether messages leave by mail; if not, they wait for people to hand them over.
  var isMailing: Bool { house.mailer != nil && !house.configuration.isDemonstration }

  /// The key of a sentence that is another one where messages are mailed.
  func mailKey(_ key: String) -> String { isMailing ? "\(key)-mailed" : key }

  func aboutMail(_ key: String) -> String { words(mailKey(key)) }
}
