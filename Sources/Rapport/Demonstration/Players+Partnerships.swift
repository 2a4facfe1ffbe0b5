import Foundation
import Partnering

/// Starting a partnership: the parties join, and their leads name their people.
extension Players {
  /// - Returns: the partnership's id.
  func start(_ partnership: Plot.PlotPartnership) async throws -> String {
    guard let first = partnership.sides.first, let starter = first.people.first else { return "" }
    let lead = try await signedIn(starter.email)
    let fields = try await startingFields(partnership, first, lead)
    let joining = try await send(fields, to: "/partnerships/new", from: "/partnerships/new", as: lead)
    let id = String(joining.dropFirst("/partnerships/".utf8.count).prefix(36))
    for side in partnership.sides {
      guard let leader = side.people.first else { continue }
      if leader.email != starter.email, try await !hasAccount(leader.email) { try await makeAccount(leader.email) }
      try await join(id, side, as: leader)
      try await name(side.people.dropFirst(), of: id, as: leader)
    }
    if partnership.sides.count == 1 {
      for person in first.people.dropFirst() { try await join(id, first, as: person) }
    }
    return id
  }

  /// Once everybody is there: a facilitator may come from anywhere in the space.
  func nameFacilitator(of partnership: Plot.PlotPartnership, _ id: String) async throws {
    guard let facilitator = partnership.facilitator, let lead = partnership.sides.first?.people.first else { return }
    let path = "/partnerships/\(id)/people"
    try await send([("email", facilitator.email)], to: path + "/facilitators", from: path, as: signedIn(lead.email))
  }

  private func startingFields(
    _ partnership: Plot.PlotPartnership, _ first: Plot.Side, _ lead: Visitor
  ) async throws -> [(String, String)] {
    let common = [
      ("kind", partnership.kind), ("name", partnership.name), ("purpose", partnership.purpose),
      ("own-party", first.name), ("others", "1"),
    ]
    guard let other = partnership.sides.dropFirst().first, let leader = other.people.first else {
      return common + [("shape", "team")]
    }
    let organisation = partnership.otherOrganisation == nil ? try await ownOrganisation(lead) : "new"
    return common + [
      ("shape", "parties"), ("organisation-1", organisation), ("party-1", other.name), ("lead-1", leader.name),
      ("email-1", leader.email),
    ]
  }

  /// A part of one's own organisation is chosen by the organisation's id.
  private func ownOrganisation(_ lead: Visitor) async throws -> String {
    let page = try await lead.get("/partnerships/new")
    let options = page.text.components(separatedBy: "<option value=\"").dropFirst()
    let own = options.first { ID<Organisation>($0.prefix(36)) != nil && $0.prefix(160).contains(Plot.organisation) }
    guard let id = own?.prefix(36) else { throw DemonstrationFailure.missing("organisation", on: "/partnerships/new") }
    return String(id)
  }

  private func hasAccount(_ email: String) async throws -> Bool {
    try await PeopleStore(database: house.database).account(email) != nil
  }

  private func join(_ id: String, _ side: Plot.Side, as person: Plot.Someone) async throws {
    let (visitor, path) = (try await signedIn(person.email), "/partnerships/\(id)/join")
    let page = try await visitor.get(path)
    try await send(
      [
        ("party", page.value(after: "name=\"party\" value=\"")), ("seen", page.value(after: "name=\"seen\" value=\"")),
        ("purpose", "yes"), ("trust", "yes"), ("benefits", side.hopes),
      ], to: path, from: path, as: visitor)
  }

  private func name(_ people: some Sequence<Plot.Someone>, of id: String, as lead: Plot.Someone) async throws {
    let (visitor, path) = (try await signedIn(lead.email), "/partnerships/\(id)/people")
    let party = try await visitor.get(path).value(after: "name=\"party\" value=\"")
    let list = people.map { "\($0.name), \($0.email), \($0.role.rawValue)" }.joined(separator: "\n")
    try await send([("party", party), ("list", list)], to: path + "/list", from: path, as: visitor)
    for person in people { try await makeAccount(person.email) }
  }
}
