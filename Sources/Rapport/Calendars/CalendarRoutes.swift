import Hummingbird
import NIOCore
import Partnering

/// A person's calendar, read by calendar programs at a secret address: they cannot sign in.
struct CalendarRoutes: Sendable {
  let house: House

  private var store: CalendarStore { CalendarStore(database: house.database) }

  func add(to router: Router<BareContext>) {
    router.get("/calendar/:token", use: send)
  }

  func add(to pages: Pages) {
    pages.post("/account/calendar", use: renew)
    pages.post("/account/calendar/switching-off", use: switchOff)
  }

  @Sendable func send(_ request: Request, _ context: BareContext) async throws -> Response {
    let secret = (context.parameters.get("token") ?? "").split(separator: ".").first.map(String.init) ?? ""
    let now = house.clock.now
    guard let calendar = try await store.calendar(at: secret, since: now - .days(30)) else { throw Refusal.notFound }
    let words = house.wordBook.words(in: calendar.language)
    let events = calendar.dates.map { event(of: $0, words) }
    return Response(
      status: .ok,
      headers: [
        .contentType: "text/calendar; charset=utf-8", .cacheControl: "private, no-store",
        .contentDisposition: "inline; filename=\"rapport.ics\"",
      ], body: .init(byteBuffer: ByteBuffer(string: CalendarEvent.calendar(of: events, madeAt: now))))
  }

  /// Makes a new address, shown this once; an old one leads nowhere from now on.
  @Sendable func renew(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope) = (try context.visiting(), try context.organisation())
    let secret = Randomness.token()
    try await store.renew(secret, of: scope.person, at: visit.now)
    return try await PeopleRoutes(house: house)
      .accountPage(showing: house.configuration.baseURL.link("/calendar/\(secret).ics"), scope, visit)
  }

  /// The address leads nowhere from now on, until a new one is made.
  @Sendable func switchOff(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope) = (try context.visiting(), try context.organisation())
    try await store.switchOff(of: scope.person)
    return visit.redirect(to: "/account", saying: "calendar.is-off")
  }

  /// No figure, and nobody's name: only what the page at its address shows to everybody with a seat.
  private func event(of date: PersonalDate, _ words: Words) -> CalendarEvent {
    let place = "/partnerships/\(date.partnership)"
    func summary(_ key: String, _ values: [String: Named] = [:]) -> String {
      words(key, values.merging(["name": .text(date.partnershipName)]) { $1 })
    }
    func link(_ path: String) -> String { house.configuration.baseURL.link(place + path) }
    switch date.kind {
    case .close(let round, let closesAt):
      // A round is only ever extended, so that its minute counts up as a sequence must.
      return CalendarEvent(
        uid: "close-\(round)", sequence: Int(closesAt.milliseconds / 60_000), summary: summary("calendar.close"), location: nil,
        address: link("/rounds/\(round)"), time: .span(from: closesAt - .minutes(30), to: closesAt))
    case .talk(let round, let talk):
      return CalendarEvent(
        uid: "talk-\(round)", sequence: talk.sequence, summary: summary("talk.calendar-summary"), location: talk.place,
        address: link("/rounds/\(round)/talk"), time: .span(from: talk.startsAt, to: talk.endsAt))
    case .due(let action, let what, let day, let version):
      return CalendarEvent(
        uid: "action-\(action)", sequence: version, summary: summary("calendar.due", ["what": .text(what)]), location: nil,
        address: link("/actions/\(action)"), time: .day(day))
    }
  }
}
