import Foundation
import HTTPTypes
import Hummingbird
import NIOConcurrencyHelpers
import Partnering

/// The people of the demonstration at their browsers.
struct Players: Sendable {
  let house: House
  let time: NIOLockedValueBox<Instant>
  private let responder: any HTTPResponder<BareContext>

  init(house: House, time: NIOLockedValueBox<Instant>) {
    (self.house, self.time) = (house, time)
    responder = house.router().buildResponder()
  }

  func play(_ plot: Plot, today: Instant, telling: @Sendable (String) -> Void) async throws {
    telling("Setting up \(Plot.spaceName)")
    try await setUp()
    var started: [(partnership: Plot.PlotPartnership, id: String)] = []
    for partnership in plot.partnerships {
      telling("Starting \(partnership.name)")
      started.append((partnership, try await start(partnership)))
    }
    for (partnership, id) in started { try await nameFacilitator(of: partnership, id) }
    let rounds = started.flatMap { partnership, id in
      partnership.rounds.map { (plan: $0, partnership: partnership, id: id) }
    }
    // In the order of time, as it happened: a clock does not go back.
    for (plan, partnership, id) in rounds.sorted(by: { $0.plan.opens > $1.plan.opens }) {
      telling("A round of \(partnership.name)")
      try await play(plan, of: partnership, id, today: today)
    }
    moveOn(to: today - .hours(20))
    try await inviteInVain(Plot.gone)
    time.withLockedValue { $0 = today }
    try await house.countAtMidnight()
  }

  /// Not before what has happened already.
  func moveOn(to instant: Instant) { time.withLockedValue { $0 = max($0, instant) } }

  func visitor() -> Visitor { Visitor(to: responder) }

  /// Somebody signed in; sessions end after a month, so everybody signs in for each thing.
  func signedIn(_ email: String) async throws -> Visitor {
    let visitor = visitor()
    try await visitor.get("/sign-in")
    let page = try await visitor.post("/sign-in", [("email", email), ("password", Plot.password)])
    guard page.status == .seeOther else {
      throw DemonstrationFailure.refused(step: "sign-in \(email)", status: page.status.code)
    }
    return visitor
  }

  /// Today where the space is.
  var today: CalendarDay {
    let now = time.withLockedValue { $0 }
    let formats = Formats(language: .en, timeZone: TimeZone(identifier: Plot.timeZone) ?? .gmt)
    return formats.calendarDay(now)
  }

  /// Looks at a page and sends its form, which takes a minute: what comes later stands below what came before.
  /// - Returns: where the redirect leads.
  @discardableResult
  func send(_ fields: [(String, String)], to action: String, from page: String, as visitor: Visitor) async throws
    -> String
  {
    try await visitor.get(page)
    let answer = try await visitor.post(action, fields)
    guard answer.status == .seeOther, let location = answer.location else {
      throw DemonstrationFailure.refused(step: action, status: answer.status.code)
    }
    time.withLockedValue { $0 = $0 + .minutes(1) }
    return location
  }

  private func setUp() async throws {
    guard let link = try await house.setupLink() else { throw DemonstrationFailure.missing("link", on: "/setup") }
    let path = String(link.dropFirst(house.configuration.baseURL.description.utf8.count))
    let ada = Plot.ada
    try await send(
      [
        ("space", Plot.spaceName), ("organisation", Plot.organisation), ("name", ada.name), ("email", ada.email),
        ("password", Plot.password), ("time-zone", Plot.timeZone),
      ], to: path, from: path, as: visitor())
    let hedda = Plot.hedda
    try await send(
      [("list", "\(hedda.name), \(hedda.email), head")], to: "/organisation/people/list", from: "/organisation",
      as: signedIn(ada.email))
    try await makeAccount(hedda.email)
  }

  /// An invitation that comes back. Nothing is ever mailed here; what a mail server would say is kept as it always is.
  private func inviteInVain(_ person: Plot.Someone) async throws {
    try await send(
      [("name", person.name), ("email", person.email)], to: "/organisation/people", from: "/organisation",
      as: signedIn(Plot.ada.email))
    let (database, now) = (house.database, house.clock.now)
    guard let claimed = try await DemonstrationStore(database: database).claimMessage(to: person.email, at: now) else {
      throw DemonstrationFailure.missing(person.email, on: "/outbox")
    }
    try await MailStore(database: database)
      .keep(.refused(answer: "550 5.1.1 There is nobody with this address here"), of: claimed, at: now)
  }

  func makeAccount(_ email: String) async throws {
    guard let link = try await house.passwordLink(for: email) else {
      throw DemonstrationFailure.missing(email, on: "/password")
    }
    let path = String(link.dropFirst(house.configuration.baseURL.description.utf8.count))
    try await send([("password", Plot.password)], to: path, from: path, as: visitor())
  }
}

extension Visitor.Page {
  /// What stands between `marker` and the next quote, the first time.
  /// - Throws: `DemonstrationFailure.missing`.
  func value(after marker: String) throws -> String {
    guard let found = text.range(of: marker) else { throw DemonstrationFailure.missing(marker, on: "\(status.code)") }
    return String(text[found.upperBound...].prefix { $0 != "\"" })
  }

  /// The same, the first time below some words.
  func value(after marker: String, below words: String) throws -> String {
    guard let start = text.range(of: words), let found = text.range(of: marker, range: start.upperBound..<text.endIndex)
    else {
      throw DemonstrationFailure.missing(marker, on: words)
    }
    return String(text[found.upperBound...].prefix { $0 != "\"" })
  }

  /// The same, the last time above some words.
  func value(after marker: String, above words: String) throws -> String {
    guard let end = text.range(of: words),
      let found = text.range(of: marker, options: .backwards, range: text.startIndex..<end.lowerBound)
    else { throw DemonstrationFailure.missing(marker, on: words) }
    return String(text[found.upperBound...].prefix { $0 != "\"" })
  }
}
