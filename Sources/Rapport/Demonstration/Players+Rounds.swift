import Ballots
import Foundation
import HTTPTypes
import Partnering

/// Running a round: a lead drafts it, every party confirms, people answer, and at its time it closes.
extension Players {
  func play(_ plan: Plot.Round, of partnership: Plot.PlotPartnership, _ id: String, today: Instant) async throws {
    let (opens, closes) = (today - .days(Int64(plan.opens)), today - .days(Int64(plan.closes)))
    moveOn(to: opens)
    let round = try await draft(id, closing: closes, by: partnership.sides)
    let path = "/partnerships/\(id)/rounds/\(round)"
    for (side, paper) in zip(partnership.sides, plan.paper) { try await tick(paper, of: side, on: path) }
    for side in partnership.sides {
      guard let lead = side.people.first else { continue }
      try await confirm(path, as: lead)
    }
    var comments = plan.comments[...]
    for (side, mood) in zip(partnership.sides, plan.moods) {
      for (place, person) in side.people.prefix(mood.answers).enumerated() {
        moveOn(to: opens + .hours(Int64(2 + place)))
        let comment = place % 3 == 1 ? comments.popFirst() ?? "" : ""
        try await answer(round, as: person, of: side, mood, place, comment)
      }
    }
    for ((side, mood), paper) in zip(zip(partnership.sides, plan.moods), plan.paper) {
      try await useSlips(paper, of: side, mood, in: round, path)
    }
    guard closes <= today else { return }
    moveOn(to: closes)
    guard try await house.closeDueRounds() > 0 else { throw DemonstrationFailure.missing("round to close", on: round) }
    guard let talk = plan.talk else { return }
    try await hold(talk, about: round, of: partnership, id, closed: closes)
  }

  private func draft(_ id: String, closing: Instant, by sides: [Plot.Side]) async throws -> String {
    let lead = try await signedIn(sides.first?.people.first?.email ?? "")
    let formats = Formats(language: .en, timeZone: TimeZone(identifier: Plot.timeZone) ?? .gmt)
    let path = "/partnerships/\(id)/rounds"
    let drafted = try await send(
      [
        ("closes", formats.fieldValue(closing)), ("latest", formats.fieldValue(closing + .days(7))),
        ("minimum-group", "5"), ("comment-threshold", "10"),
      ], to: path, from: path + "/new", as: lead)
    return String(drafted.suffix(36))
  }

  private func confirm(_ path: String, as lead: Plot.Someone) async throws {
    let visitor = try await signedIn(lead.email)
    let page = try await visitor.get(path)
    try await send(
      [
        ("party", page.value(after: "name=\"party\" value=\"")),
        ("terms", page.value(after: "name=\"terms\" value=\"")),
      ], to: path + "/confirmation", from: path, as: visitor)
  }

  private func answer(
    _ round: String, as person: Plot.Someone, of side: Plot.Side, _ mood: Plot.Mood, _ place: Int, _ comment: String
  ) async throws {
    let visitor = try await signedIn(person.email)
    let opening = try await visitor.get("/rounds/\(round)/opening")
    let bytes = Data(opening.text.utf8)
    let document = try JSONDecoder().decode(OpeningDocument.self, from: bytes)
    guard let segment = document.segments.first(where: { $0.name == side.name }) ?? document.segments.first else {
      throw DemonstrationFailure.missing("segment", on: "/rounds/\(round)/opening")
    }
    let holder = try BallotHolder(ballotKey: BallotKey(), digest: OpeningDigest(of: bytes), segment: segment.key)
    let signature = try await collect(round, segment.name, holder, as: visitor)
    let trusted = trustItems(of: document)
    let sent = SentBallot(
      segment: segment.name, serial: holder.serial.bytes.base64URL,
      signature: try holder.finish(signature: signature).base64URL, send: 1, receipt: holder.receipt.letters,
      ratings: mood.ratings(of: place, items: document.items, trusted: trusted), comment: comment)
    let body = String(decoding: try JSONEncoder().encode(sent), as: UTF8.self)
    let answer = try await visitor.send(
      .post, "/answers/\(round)", headers: [.contentType: "application/json"], body: body, withCookies: false)
    guard answer.status == .ok else { throw DemonstrationFailure.refused(step: "/answers", status: answer.status.code) }
  }

  private func trustItems(of document: OpeningDocument) -> Set<Int> {
    let instrument = house.instruments.instrument(document.instrument, version: document.instrumentVersion, in: .en)
    return Set(instrument?.items.filter { $0.tags.contains(.trust) }.map(\.number) ?? [])
  }

  private func collect(
    _ round: String, _ segment: String, _ holder: BallotHolder, as visitor: Visitor
  ) async throws -> Data {
    let page = try await visitor.get("/account")
    let body = String(
      decoding: try JSONEncoder().encode(["segment": segment, "blinded": holder.blinded.base64URL]), as: UTF8.self)
    let answer = try await visitor.send(
      .post, "/rounds/\(round)/credential",
      headers: [
        .contentType: "application/json", .accept: "application/json", .secFetchSite: "same-origin",
        FormToken.header: page.formToken,
      ], body: body)
    guard answer.status == .ok,
      let signature = try JSONDecoder().decode([String: String].self, from: Data(answer.text.utf8))["signature"],
      let bytes = Data(base64URL: signature)
    else { throw DemonstrationFailure.refused(step: "/credential", status: answer.status.code) }
    return bytes
  }
}

/// What a browser posts for one ballot; a blank is sent as null.
private struct SentBallot: Encodable {
  let segment, serial, signature: String
  let send: Int
  let receipt: String
  let ratings: [Int?]
  let comment: String
}
