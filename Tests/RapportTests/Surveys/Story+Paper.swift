import Foundation
import HTTPTypes
import Partnering
import Testing

@testable import Database
@testable import Rapport

/// The people of a round who answer on paper, and whoever keys in.
extension RoundStory {
  /// A round in which these people answer on paper, opened; nothing is printed yet.
  func openWithPaper(_ paper: [Respondent], _ changes: [String: String] = [:]) async throws -> ID<Round> {
    let round = try await draft(changes)
    for (lead, people) in zip(leads, [harbour, meadow]) {
      try await tick(paper.filter { $0.party == lead.party }, of: people, by: lead, in: round)
    }
    for lead in leads { try await confirm(round, by: lead) }
    try #require(try await state(of: round) == "open")
    return round
  }

  /// A lead's list of the own party: everybody, and those with the second tick.
  @discardableResult
  func tick(_ paper: [Respondent], of people: [Respondent], by lead: Respondent, in round: ID<Round>) async throws -> Visitor.Page {
    let page = try await lead.visitor.get(place(of: round))
    let ticks = people.map { ("person", $0.id.text) } + paper.map { ("paper", $0.id.text) }
    return try await lead.visitor.post("\(place(of: round))/roll", ticks + [try #require(page.hidden("party").first)])
  }

  /// Prints the party's sheet. The codes on it.
  func printSlips(of round: ID<Round>, by lead: Respondent, printing: Int = 1) async throws -> [String] {
    let page = try await post("slips", of: round, by: lead, printing: printing)
    try #require(page.status == .ok, "\(page.text)")
    return page.text.matches(of: /paper-slip-code">([0-9A-Z-]+)</).map { String($0.output.1) }
  }

  /// Prints the party's sheet and hands it out.
  func handOutSlips(of round: ID<Round>, by lead: Respondent) async throws -> [String] {
    let codes = try await printSlips(of: round, by: lead)
    try #require(try await post("slips/handing-out", of: round, by: lead, printing: 1).status == .seeOther)
    return codes
  }

  func post(_ act: String, of round: ID<Round>, by lead: Respondent, printing: Int, party: String? = nil) async throws -> Visitor.Page {
    try await lead.visitor.get("/account")
    let own = try await story.house.database.read { [space] connection in
      try #require(
        try connection.first("SELECT id FROM party WHERE space_id = $1 AND name = $2", [.id(space), .text(party ?? lead.party)])
      ).text("id")
    }
    return try await lead.visitor.post("\(place(of: round))/\(act)", [("party", own), ("printing", "\(printing)")])
  }

  /// A fresh form of the slips' page.
  func slipForm(_ round: ID<Round>, in language: Language = .en) async throws -> KeyedForm {
    let page = try await story.visitor().send(
      .get, "/slips/\(round)?language=\(language.rawValue)", headers: [:], body: "", withCookies: false)
    try #require(page.status == .ok, "\(page.text)")
    return KeyedForm(serial: try #require(page.hidden("serial").first).1, language: language)
  }

  /// Keys in one form and sends it as a browser does from a page in a sandbox.
  @discardableResult
  func keyIn(_ form: KeyedForm, to round: ID<Round>) async throws -> Visitor.Page {
    try await story.visitor().send(
      .post, "/slips/\(round)",
      headers: [.contentType: "application/x-www-form-urlencoded", .origin: "null", .secFetchSite: "cross-site"],
      body: form.encoded, withCookies: false)
  }

  /// Answers with a slip; every item gets the same rating.
  @discardableResult
  func answer(_ round: ID<Round>, slip code: String, rating: Int = 4, comment: String = "") async throws -> KeyedForm {
    var form = try await slipForm(round)
    (form.code, form.comment) = (code, comment)
    form.rate(rating)
    let page = try await keyIn(form, to: round)
    try #require(page.status == .ok, "\(page.text)")
    return form
  }
}

extension RoundStory {
  /// A slip that cannot be used, with a part of the sentence that says why; nothing changes.
  func expectRefused(_ round: ID<Round>, slip code: String, _ sentence: String) async throws {
    var form = try await slipForm(round)
    form.code = code
    let before = try await dump()
    let page = try await keyIn(form, to: round)
    #expect(page.status == .conflict && page.text.contains(sentence), "\(page.status): \(page.text)")
    #expect(try await dump() == before)
  }

  /// Answers with a slip and reads the receipt from the page that follows.
  func receipt(keying code: String, rating: Int, in round: ID<Round>) async throws -> String {
    var form = try await slipForm(round)
    (form.code, form.comment) = (code, "on paper")
    form.rate(rating)
    let page = try await keyIn(form, to: round)
    return String(try #require(page.text.firstMatch(of: /kept-letters">([0-9A-Z-]{19})</), "\(page.text)").output.1)
  }

  func report(of round: ID<Round>) async throws -> SurveyReport {
    try await story.house.database.read { connection in
      let row = try #require(try connection.first("SELECT report FROM round WHERE id = $1", [.id(round)]))
      return try JSONDecoder().decode(SurveyReport.self, from: Data(try row.text("report").utf8))
    }
  }
}

extension Visitor.Page {
  /// Whether each of these marks, and no other, is chosen on the page.
  func hasChosen(_ marks: [(String, String)]) -> Bool {
    let chosen = text.matches(of: /type="radio" name="([^"]*)" value="([^"]*)" required checked/)
    return chosen.map { "\($0.output.1)=\($0.output.2)" } == marks.map { "\($0.0)=\($0.1)" }
  }
}

/// What somebody types on the slips' page.
struct KeyedForm: Sendable {
  var serial: String
  var language = Language.en
  var code = ""
  var kept = ""
  var comment = ""
  var marks: [(String, String)] = (1...15).map { ("item-\($0)", "4") }
  var more: [(String, String)] = []

  init(serial: String, language: Language) { (self.serial, self.language) = (serial, language) }

  mutating func rate(_ rating: Int) { marks = marks.map { ($0.0, "\(rating)") } }

  /// Marks one item, or takes its mark away.
  mutating func mark(_ item: Int, _ mark: String?) {
    marks = marks.compactMap { $0.0 == "item-\(item)" ? mark.map { mark in ("item-\(item)", mark) } : $0 }
  }

  var encoded: String {
    let fields = [("serial", serial), ("language", language.rawValue), ("code", code), ("kept", kept), ("comment", comment)]
    let allowed = CharacterSet.alphanumerics.intersection(CharacterSet(charactersIn: Unicode.Scalar(0)..."\u{7f}"))
    return (fields + marks + more).map { name, value in
      "\(name)=\(value.addingPercentEncoding(withAllowedCharacters: allowed) ?? "")"
    }.joined(separator: "&")
  }
}
