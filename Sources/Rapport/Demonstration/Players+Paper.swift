import Foundation
import HTTPTypes
import Partnering

/// Answering on paper: ticked by a lead before the opening, printed, drawn from a hat and keyed in.
extension Players {
  /// A lead's list of the own side: everybody, and those with the second tick.
  func tick(_ paper: Plot.Paper, of side: Plot.Side, on path: String) async throws {
    guard let lead = side.people.first else { return }
    let visitor = try await signedIn(lead.email)
    let page = try await visitor.get(path)
    let everybody = page.text.matches(of: /name="person" value="([0-9a-f-]{36})"/).map {
      ("person", String($0.output.1))
    }
    let onPaper = try paper.people.map { person in
      guard let name = page.text.range(of: "<span>\(person.name)<br>"),
        let value = page.text[..<name.lowerBound].range(of: "value=\"", options: .backwards)
      else { throw DemonstrationFailure.missing(person.name, on: path) }
      return ("paper", String(page.text[value.upperBound...].prefix(36)))
    }
    let party = ("party", try page.value(after: "name=\"party\" value=\""))
    try await send(everybody + onPaper + [party], to: path + "/roll", from: path, as: visitor)
  }

  /// Prints a side's sheet and hands it out; some use their slips.
  func useSlips(_ paper: Plot.Paper, of side: Plot.Side, _ mood: Plot.Mood, in round: String, _ path: String)
    async throws
  {
    guard let keyedIn = paper.keyedIn, let lead = side.people.first else { return }
    let (visitor, slips) = (try await signedIn(lead.email), "\(path)/slips")
    let page = try await visitor.get(slips)
    let form = [
      ("party", try page.value(after: "name=\"party\" value=\"")),
      ("printing", try page.value(after: "name=\"printing\" value=\"")),
    ]
    // A sheet is shown as the answer to its form, this once.
    let sheet = try await visitor.post(slips, form)
    let codes = sheet.text.matches(of: /paper-slip-code">([0-9A-Z-]+)</).map { String($0.output.1) }
    guard codes.count == paper.people.count else { throw DemonstrationFailure.missing("codes", on: slips) }
    try await send(form, to: "\(slips)/handing-out", from: slips, as: visitor)
    for (place, code) in codes.prefix(keyedIn).enumerated() { try await keyIn(code, place, mood, in: round) }
  }

  /// Without a session, as from a page in a sandbox.
  private func keyIn(_ code: String, _ place: Int, _ mood: Plot.Mood, in round: String) async throws {
    let (visitor, path) = (visitor(), "/slips/\(round)")
    let page = try await visitor.get(path)
    let items = page.text.matches(of: /<fieldset class="slip-item"/).count
    let marks = mood.ratings(of: place, items: items, trusted: []).enumerated().map { item, rating in
      "item-\(item + 1)=\(rating.map(String.init) ?? "none")"
    }
    let form =
      ["code=\(code)", "serial=\(try page.value(after: "name=\"serial\" value=\""))", "kept=", "comment="] + marks
    let sent = try await visitor.send(
      .post, path, headers: [.contentType: "application/x-www-form-urlencoded", .origin: "null"],
      body: form.joined(separator: "&"), withCookies: false)
    guard sent.status == .ok else { throw DemonstrationFailure.refused(step: path, status: sent.status.code) }
  }
}
