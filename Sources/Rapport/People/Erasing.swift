import Foundation
import Hummingbird
import Partnering

/// Erasing a person: what is only theirs goes, what is joint keeps "a former member of" their organisation.
extension PeopleRoutes {
  @Sendable func askBeforeErasing(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope, colleague) = try await colleague(context)
    return try await erasingPage(colleague, refusal: nil, scope, visit)
  }

  @Sendable func erase(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope, colleague) = try await colleague(context)
    guard visit.form.has("sure") else {
      return try await erasingPage(colleague, refusal: "people.say-sure", scope, visit)
    }
    do {
      try await store.erase(colleague.id, in: scope, at: visit.now)
    } catch is NobodyManages {
      return try await erasingPage(colleague, refusal: "people.last-manager", scope, visit)
    }
    guard colleague.id == scope.person.id else {
      return visit.redirect(to: "/organisation", saying: "people.erased", ["name": colleague.name])
    }
    return visit.redirect(to: "/sign-in", saying: "people.erased-me")
  }

  private func erasingPage(
    _ colleague: Colleague, refusal: String?, _ scope: OrganisationScope, _ visit: Visit
  ) async throws -> Response {
    let words = visit.words
    let (organisation, leads) = try await store.whatErasingTouches(colleague.id, in: scope)
    let values: [String: Named] = [
      "name": .text(colleague.name), "former": .text(PeopleStore.formerMember(of: organisation, in: words)),
    ]
    let isMe = colleague.id == scope.person.id
    let content = ErasingPage(
      action: "/people/\(colleague.id)/erasing", back: "/people/\(colleague.id)",
      stays: words("people.erasing-stays", values),
      leads: leads.map { words("people.erasing-leads", ["partnership": .text($0)]) },
      sure: words(isMe ? "people.erasing-sure-me" : "people.erasing-sure", values),
      button: words("people.erase", values), refusal: refusal.map { words($0) })
    let head = PageHead(
      title: words("people.erasing-title", values), lead: words(isMe ? "people.erasing-lead-me" : "people.erasing-lead"),
      trail: [.init(label: words("people.organisation-short"), href: "/organisation")])
    return try visit.page("erasing", content, head, status: refusal == nil ? .ok : .unprocessableContent)
  }
}

struct ErasingPage: Sendable {
  let action, back, stays: String
  /// A sentence for each partnership that would lose the only lead of a party.
  let leads: [String]
  let sure, button: String
  let refusal: String?
}
