import Foundation
import Hummingbird
import Partnering

/// A round's personal link: one button signs in, for that round only and until it closes, on any device.
extension PeopleRoutes {
  @Sendable func showRoundLink(_ request: Request, _ context: PageContext) async throws -> Response {
    let visit = try context.visiting()
    let (link, round, id) = try await roundLink(context, visit)
    if visit.person?.id == link.person { return visit.redirect(to: "/rounds/\(id)/answer") }
    let words = visit.words
    let head = PageHead(
      title: words("people.round-link-title", ["partnership": .text(round.partnership)]),
      lead: words("people.round-link-lead", ["name": .text(link.name), "until": .text(round.closing(in: visit.language))]))
    let content = RoundLinkPage(
      action: visit.path, button: words("people.round-link-go", ["name": .text(link.name)]),
      instead: visit.person.map { words("people.round-link-instead", ["me": .text($0.name), "name": .text(link.name)]) })
    return try visit.page("round-link", content, head)
  }

  @Sendable func followRoundLink(_ request: Request, _ context: PageContext) async throws -> Response {
    let visit = try context.visiting()
    let (link, round, id) = try await roundLink(context, visit)
    let answering = "/rounds/\(id)/answer"
    try await store.recordUse(of: link, round: id, on: visit.now.day)
    // Whoever is signed in with a password keeps what that gives.
    if let person = visit.person, person.id == link.person, person.onlyRound == nil {
      return visit.redirect(to: answering)
    }
    if let before = request.cookies[house.cookie("session")]?.value { try await sessions.end(before) }
    return try await visit.signingIn(
      link.person, in: link.space, only: id, until: round.latestCloseAt.day, going: answering)
  }

  private func roundLink(
    _ context: PageContext, _ visit: Visit
  ) async throws -> (link: PersonalLink, round: LinkedRound, id: ID<Round>) {
    guard let link = try await store.link(.round, context.token, at: visit.now), let id = link.round,
      let round = try await store.roundBehindLink(id, in: link.space)
    else { throw Refusal.because("people.round-link-spent", status: .gone) }
    guard round.isOpen(at: visit.now) else { throw round.refusal(in: visit) }
    return (link, round, id)
  }
}

extension LinkedRound {
  fileprivate func closing(in language: Language) -> String {
    Formats(language: language, timeZone: timeZone).moment(closesAt)
  }

  /// Why the link does not lead to the survey just now.
  fileprivate func refusal(in visit: Visit) -> Refusal {
    switch state {
    case "interrupted", "opening": .because("people.round-link-interrupted", status: .conflict)
    case "withdrawn": .because("people.round-link-withdrawn", status: .gone)
    default: .because("people.round-link-closed", ["when": .text(closing(in: visit.language))], status: .gone)
    }
  }
}

struct RoundLinkPage: Sendable {
  let action, button: String
  /// That somebody else is signed in here, and that the button signs them out.
  let instead: String?
}
