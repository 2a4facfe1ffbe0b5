import Foundation
import Partnering

/// The talk about a report: a lead sets its date, people note what they concluded and decide what is done.
extension Players {
  /// Plays it some days after the round has closed.
  func hold(_ talk: Plot.Talk, about round: String, of partnership: Plot.PlotPartnership, _ id: String, closed: Instant)
    async throws
  {
    guard let first = partnership.sides.first?.people.first else { return }
    let (base, start) = ("/partnerships/\(id)", closed + .days(5))
    let path = "\(base)/rounds/\(round)/talk"
    moveOn(to: closed + .days(1))
    let formats = Formats(language: .en, timeZone: TimeZone(identifier: Plot.timeZone) ?? .gmt)
    let lead = try await signedIn(first.email)
    try await send(
      [("starts", formats.fieldValue(start)), ("minutes", "90"), ("place", talk.place)], to: path, from: path, as: lead)
    for (person, topic) in talk.topics {
      try await send([("topic", topic)], to: "\(path)/topic", from: path, as: signedIn(person.email))
    }
    moveOn(to: start)
    for note in talk.notes {
      let fields = [("text", note.text)] + (note.helps.map { [("helps", String($0))] } ?? [])
      try await send(
        fields, to: "\(path)/items/\(note.item)", from: "\(path)/items/\(note.item)", as: signedIn(note.by.email))
      if let doubt = note.doubt { try await dispute(note, doubt, base, "\(path)/items/\(note.item)") }
    }
    try await review(talk, base, path, lead)
    for deed in talk.deeds { try await decide(deed, round, base, partnership) }
    if let feast = talk.feast { try await celebrate(feast, base) }
    if talk.isHeld { try await send([], to: "\(path)/holding", from: path, as: lead) }
  }

  /// Somebody thinks that a note is wrong, and is answered.
  private func dispute(_ note: Plot.Note, _ doubt: Plot.Doubt, _ base: String, _ item: String) async throws {
    let (doubter, answerer) = (try await signedIn(doubt.by.email), try await signedIn(doubt.answeredBy.email))
    let conclusion = try await doubter.get(item).value(after: "name=\"conclusion\" value=\"", below: note.text)
    try await send(
      [("conclusion", conclusion), ("text", doubt.text)], to: "\(base)/challenges", from: item, as: doubter)
    let challenge = try await answerer.get(item).value(after: "<li data-sent=\"", above: doubt.text)
    try await send([("text", doubt.answer)], to: "\(base)/challenges/\(challenge)/answers", from: item, as: answerer)
  }

  private func decide(
    _ deed: Plot.Deed, _ round: String, _ base: String, _ partnership: Plot.PlotPartnership
  ) async throws {
    let visitor = try await signedIn(deed.by.email)
    let form = try await visitor.get("\(base)/actions/new")
    // The lists of people stand in the order of the parties.
    let sides = form.text.components(separatedBy: "<select id=\"owner-").dropFirst()
    let owners = try sides.enumerated().map { place, side -> (String, String) in
      let field = "owner-\(side.prefix(36))"
      guard place < deed.owners.count, let name = deed.owners[place] else { return (field, "sought") }
      guard let end = side.range(of: ">\(name)</option>"),
        let value = side[..<end.lowerBound].range(of: "value=\"", options: .backwards)
      else { throw DemonstrationFailure.missing(name, on: "\(base)/actions/new") }
      return (field, String(side[value.upperBound...].prefix(36)))
    }
    let made = try await send(
      owners + [
        ("what", deed.what), ("due", today.adding(days: deed.due).description), ("round", round),
        ("item", String(deed.item)),
      ], to: "\(base)/actions", from: "\(base)/actions/new", as: visitor)
    if let (by, text) = deed.comment {
      try await send([("comment", text)], to: "\(made)/comments", from: made, as: signedIn(by.email))
    }
    guard let state = deed.state else { return }
    let lead = try await signedIn(partnership.sides.first?.people.first?.email ?? "")
    try await send([("state", state.rawValue), ("because", deed.because)], to: "\(made)/state", from: made, as: lead)
  }

  private func celebrate(_ feast: Plot.Feast, _ base: String) async throws {
    let (visitor, today) = (try await signedIn(feast.by.email), today.description)
    let made = try await send(
      [("what", feast.what), ("day", today)], to: "\(base)/celebrations", from: "\(base)/celebrations/new", as: visitor)
    let version = try await visitor.get(made).value(after: "name=\"version\" value=\"")
    try await send(
      [("held-on", today), ("note", feast.note), ("shared-with", feast.sharedWith), ("version", version)],
      to: "\(made)/holding", from: made, as: visitor)
  }

  /// What the talk says of the actions that were decided before, each by its words.
  private func review(_ talk: Plot.Talk, _ base: String, _ path: String, _ lead: Visitor) async throws {
    for (what, effect) in talk.reviews {
      let page = try await lead.get("\(base)/actions")
      guard let words = page.text.range(of: ">\(what)</a>"),
        let start = page.text[..<words.lowerBound].range(of: "/actions/", options: .backwards)
      else { throw DemonstrationFailure.missing(what, on: "\(base)/actions") }
      let action = page.text[start.upperBound...].prefix(36)
      try await send(
        [("effect", effect.rawValue), ("outcome", "keep")], to: "\(path)/actions/\(action)", from: path, as: lead)
    }
  }
}
