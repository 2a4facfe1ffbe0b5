import HTTPTypes
import Hummingbird
import NIOCore
import Partnering

/// The talk about a report: its date, what to talk about, and item by item what was concluded.
struct DiscussionRoutes: Sendable {
  let house: House

  var store: DiscussionStore { DiscussionStore(database: house.database) }

  func add(to pages: Pages) {
    let talk = "/partnerships/:partnership/rounds/:round/talk"
    pages.get("\(talk)", use: show)
    pages.post("\(talk)", use: set)
    pages.get("\(talk)/calendar.ics", use: sendCalendar)
    pages.post("\(talk)/topic", use: say)
    pages.post("\(talk)/holding", use: hold)
    pages.get("\(talk)/items/:item", use: showItem)
    pages.post("\(talk)/items/:item", use: note)
    pages.post("\(talk)/actions/:action", use: review)
    pages.get("\(talk)/conclusions/:conclusion", use: showConclusion)
    pages.post("\(talk)/conclusions/:conclusion", use: changeConclusion)
    pages.post("/partnerships/:partnership/challenges", use: challenge)
    pages.post("/partnerships/:partnership/challenges/:challenge/answers", use: answerChallenge)
  }

  @Sendable func show(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope) = (try context.visiting(), try await context.round())
    return try await talkPage(TalkForm(try await store.whole(scope).discussion, visit), nil, scope, visit)
  }

  @Sendable func set(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope) = (try context.visiting(), try await context.round())
    try scope.partnership.mustLead()
    let whole = try await store.whole(scope)
    let form = TalkForm(visit.form)
    do {
      try await store.set(form.plan(visit, changing: whole.discussion), of: scope, at: visit.now)
      return visit.redirect(to: whole.round.talkPath, saying: whole.discussion == nil ? "talk.is-set" : "talk.is-moved")
    } catch let refusals as FieldRefusals {
      return try await talkPage(form, refusals, scope, visit)
    }
  }

  /// One event for a calendar; no figure and nobody's name is in it.
  @Sendable func sendCalendar(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope) = (try context.visiting(), try await context.round())
    guard let talk = try await store.whole(scope).discussion else { throw Refusal.because("talk.no-date", status: .notFound) }
    let event = CalendarEvent(
      uid: "talk-\(scope.round)", sequence: talk.sequence, summary: visit.words("talk.calendar-summary", ["name": .text(scope.partnership.name)]),
      location: talk.place, address: house.configuration.baseURL.link(RoundAddress(scope).round + "/talk"),
      time: .span(from: talk.startsAt, to: talk.endsAt))
    return Response(
      status: .ok,
      headers: [.contentType: "text/calendar; charset=utf-8", .contentDisposition: "attachment; filename=\"talk.ics\""],
      body: .init(byteBuffer: ByteBuffer(string: event.calendar(madeAt: visit.now))))
  }

  @Sendable func say(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope) = (try context.visiting(), try await context.round())
    try scope.partnership.mustTakePart()
    let whole = try await store.whole(scope)
    do {
      var refusals = FieldRefusals()
      let text = refusals.textIfAny(visit.form["topic"], in: "topic", longest: 1_000)
      try refusals.check()
      try await store.say(text, in: scope, at: visit.now)
      return visit.redirect(to: whole.round.talkPath + "#topics", saying: text == nil ? "talk.topic-gone" : "talk.topic-kept")
    } catch let refusals as FieldRefusals {
      return try await talkPage(TalkForm(whole.discussion, visit), refusals, scope, visit)
    }
  }

  @Sendable func hold(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope) = (try context.visiting(), try await context.round())
    try scope.partnership.mustLead()
    let isHeld = visit.form["held"] != "no"
    try await store.hold(isHeld, scope, at: visit.now)
    return visit.redirect(to: RoundAddress(scope).round + "/talk", saying: isHeld ? "talk.is-held" : "talk.is-not-held")
  }

  func talkPage(
    _ form: TalkForm, _ refusals: FieldRefusals?, _ scope: RoundScope, _ visit: Visit
  ) async throws -> Response {
    let whole = try await store.whole(scope)
    let content = TalkPage(whole, try await items(scope, visit), form, refusals, scope, visit)
    let head = visit.talkHead(whole, in: scope.partnership, lead: visit.words("talk.lead"))
    return try visit.page("talk", content, head, status: refusals == nil ? .ok : .unprocessableContent)
  }

  /// The report's items as the report itself shows them.
  func items(_ scope: RoundScope, _ visit: Visit) async throws -> [ReportItemOnPage] {
    guard case .made(let round) = try await ReportStore(database: house.database).state(in: scope) else { return [] }
    let instrument = house.instruments.instrument(
      round.report.instrument, version: round.report.instrumentVersion, in: visit.language)
    let wording = ReportWording(words: visit.words, formats: visit.formats, closedAt: round.closedAt)
    return ReportOnPage(of: round, instrument: instrument, at: RoundAddress(scope), wording: wording).all
  }
}

extension RoundRecord {
  var talkPath: String { "\(path)/talk" }
}

extension Visit {
  func talkHead(
    _ whole: WholeDiscussion, in scope: PartnershipScope, title: String? = nil, lead: String? = nil, scripts: [String] = []
  ) -> PageHead {
    var trail = [
      PageFrame.Crumb(label: roundName(whole.round), href: whole.round.path),
      .init(label: words("talk.title"), href: title == nil ? nil : whole.round.talkPath),
    ]
    if let title { trail.append(.init(label: title, href: nil)) }
    return head(
      in: scope, at: .survey, title: title ?? words("talk.title"), lead: lead, trail: trail,
      scripts: ["keep-typed.js"] + scripts)
  }
}
