import Ballots
import Foundation
import HTTPTypes
import Partnering
import Testing

@testable import Database
@testable import Rapport

/// Those who answer on paper: who they are, the sheets of slips, and the page on which slips are used.
@Suite struct SlipTests {
  // MARK: Before the round opens

  @Test func `a lead ticks who of the own party uses paper, everybody sees it, and the others confirm it`() async throws
  {
    let told = try await RoundStory()
    let round = try await told.draft()
    try await told.confirm(round, by: told.leads[1])
    #expect(try await told.tick([told.harbour[2]], of: told.harbour, by: told.leads[0], in: round).status == .seeOther)
    let page = try await told.leads[1].visitor.get(told.place(of: round))
    #expect(page.text.contains("Harbour 3 <span class=\"quiet\">(on paper)</span>"))
    #expect(!page.text.contains("Harbour 2 <span class=\"quiet\">(on paper)</span>"))
    try await told.confirm(round, by: told.leads[0])
    #expect(try await told.state(of: round) == "draft", "Meadow confirmed another list")
    try await told.confirm(round, by: told.leads[1])
    #expect(try await told.state(of: round) == "open")
  }

  @Test func `no lead ticks paper for the other party, nor for somebody who is not on the list`() async throws {
    let told = try await RoundStory()
    let round = try await told.draft()
    try await told.tick([told.meadow[1]], of: told.harbour, by: told.leads[0], in: round)
    try await told.tick([told.harbour[4]], of: Array(told.harbour.dropLast()), by: told.leads[0], in: round)
    for lead in told.leads { try await told.confirm(round, by: lead) }
    let document = try await told.opening(of: round, as: told.meadow[1]).document
    #expect(document.parties.flatMap(\.people).filter { $0.paper == true }.isEmpty)
  }

  @Test func `whoever uses paper reads so on the own page and cannot collect in a browser, in both languages`()
    async throws
  {
    let told = try await RoundStory()
    let round = try await told.openWithPaper([told.harbour[2]])
    let paper = told.harbour[2]
    let page = try await paper.visitor.get("/rounds/\(round)/answer")
    #expect(page.status == .conflict && page.text.contains("You are on the list to answer on paper."))
    #expect(try await !paper.visitor.get(told.place(of: round)).text.contains("/rounds/\(round)/answer"))
    let before = try await told.dump()
    var said: Set<String> = []
    for language in Language.allCases {
      try await paper.visitor.post("/language", [("language", language.rawValue), ("back", "/")])
      let refused = try await told.ask(round, by: paper, segment: "Harbour", blinded: Data(repeating: 1, count: 256))
      #expect(refused.status == .conflict)
      #expect(try Reason(refused).code == "on-paper")
      said.insert(try Reason(refused).message)
    }
    #expect(said.count == 2)
    #expect(try await told.dump().filter { !$0.hasPrefix("person:") } == before.filter { !$0.hasPrefix("person:") })
  }

  // MARK: The sheets

  @Test func `the leads of a party are asked to hand out its slips until they did, and nobody else is`() async throws {
    let told = try await RoundStory()
    let round = try await told.openWithPaper([told.harbour[2], told.harbour[3]])
    let (lead, waits) = (told.leads[0], "Print and hand out 2 slips of Harbour")
    let pages = ["/", told.path, told.place(of: round)]
    for page in pages { #expect(try await lead.visitor.get(page).text.contains(waits), "\(page)") }
    for other in [told.leads[1], told.harbour[2], told.harbour[4]] {
      for page in pages { #expect(try await !other.visitor.get(page).text.contains("Print and hand out"), "\(page)") }
    }
    _ = try await told.printSlips(of: round, by: lead)
    for page in pages { #expect(try await lead.visitor.get(page).text.contains(waits), "\(page)") }
    let handedOut = try await told.post("slips/handing-out", of: round, by: lead, printing: 1)
    #expect(handedOut.status == .seeOther)
    for page in pages { #expect(try await !lead.visitor.get(page).text.contains("Print and hand out"), "\(page)") }
  }

  @Test func `a sheet has as many slips as the party has people on paper, and is shown once`() async throws {
    let told = try await RoundStory()
    let round = try await told.openWithPaper([told.harbour[2], told.harbour[3], told.meadow[4]])
    let codes = try await told.printSlips(of: round, by: told.leads[0])
    #expect(Set(codes).count == 2)
    #expect(try await told.printSlips(of: round, by: told.leads[1]).count == 1)
    let before = try await told.dump()
    let again = try await told.post("slips", of: round, by: told.leads[0], printing: 1)
    #expect(again.status == .conflict && !again.text.contains("paper-slip-code"))
    let page = try await told.leads[0].visitor.get("\(told.place(of: round))/slips")
    #expect(page.status == .ok && codes.allSatisfy { !page.text.contains($0) })
    #expect(try await told.dump() == before)
  }

  @Test func `of a code nothing stands in the database, not even its hash in the clear`() async throws {
    let told = try await RoundStory()
    let round = try await told.openWithPaper([told.harbour[2]])
    let code = try await told.handOutSlips(of: round, by: told.leads[0])[0]
    let hash = try #require(SlipCode(typed: code)).hash.bytes.map { String(format: "%02X", $0) }.joined()
    let everything = try await told.dump().joined().uppercased()
    #expect(!everything.contains(hash) && !everything.contains(code) && !everything.contains(code.filter { $0 != "-" }))
  }

  @Test func `a spoilt sheet is printed anew before it is handed out, and never after`() async throws {
    let told = try await RoundStory()
    let round = try await told.openWithPaper([told.harbour[2]])
    let spoilt = try await told.printSlips(of: round, by: told.leads[0])[0]
    try await told.expectRefused(round, slip: spoilt, "has not been handed out yet")
    let good = try await told.printSlips(of: round, by: told.leads[0], printing: 2)[0]
    #expect(try await told.post("slips/handing-out", of: round, by: told.leads[0], printing: 1).status == .conflict)
    #expect(try await told.post("slips/handing-out", of: round, by: told.leads[0], printing: 2).status == .seeOther)
    try await told.expectRefused(round, slip: spoilt, "from a spoilt sheet")
    let before = try await told.dump()
    for act in ["slips", "slips/handing-out"] {
      #expect(try await told.post(act, of: round, by: told.leads[0], printing: 3).status == .conflict)
    }
    #expect(try await told.dump() == before)
    try await told.answer(round, slip: good)
  }

  @Test func `nobody but a lead prints slips, and only for a party that the lead leads and that has paper`()
    async throws
  {
    let told = try await RoundStory()
    let round = try await told.openWithPaper([told.harbour[2]])
    let before = try await told.dump()
    #expect(try await told.post("slips", of: round, by: told.harbour[1], printing: 1).status == .forbidden)
    #expect(
      try await told.post("slips", of: round, by: told.leads[1], printing: 1, party: "Harbour").status == .forbidden)
    #expect(try await told.post("slips", of: round, by: told.leads[1], printing: 1).status == .conflict)
    #expect(try await told.dump() == before)
  }

  // MARK: The slips' page

  @Test func `the page of a slip runs no script, sets no cookie and is sent into a sandbox`() async throws {
    let told = try await RoundStory()
    let round = try await told.openWithPaper([told.harbour[2]])
    for page in [
      try await told.story.visitor().get("/slips/\(round)"),
      try await told.keyIn(try await told.slipForm(round), to: round),
      try await told.story.visitor().get("/slips/\(round)/form"), try await told.story.visitor().get("/slips/none"),
    ] {
      let policy = page.headers[.contentSecurityPolicy] ?? ""
      #expect(policy.hasSuffix("; sandbox allow-forms") && !policy.contains("script-src"), "\(policy)")
      #expect(page.headers[.setCookie] == nil && page.headers[.cacheControl] == "no-store")
      #expect(!page.text.contains("<script"))
    }
  }

  @Test func `the page is the same for whoever is signed in and whoever is not`() async throws {
    let told = try await RoundStory()
    let round = try await told.openWithPaper([told.harbour[2]])
    func bare(_ page: Visitor.Page) -> String { page.text.replacing(/name="serial" value="[^"]*"/, with: "") }
    let nobody = try await told.story.visitor().get("/slips/\(round)")
    #expect(bare(try await told.harbour[2].visitor.get("/slips/\(round)")) == bare(nobody))
  }

  @Test func `a slip counts once, and with the serial that was kept its answers can be changed`() async throws {
    let told = try await RoundStory()
    let round = try await told.openWithPaper([told.harbour[2]])
    let code = try await told.handOutSlips(of: round, by: told.leads[0])[0]
    let first = try await told.answer(round, slip: code, rating: 4, comment: "from paper")
    try await told.expectRefused(round, slip: code, "This slip was used before")
    let before = try await told.dump()
    #expect(try await told.keyIn(first, to: round).text.contains("are here already"))
    #expect(try await told.dump() == before)
    var changed = try await told.slipForm(round)
    (changed.code, changed.kept) = (code.lowercased(), first.serial.replacingOccurrences(of: "-", with: " "))
    changed.rate(2)
    #expect(try await told.keyIn(changed, to: round).text.contains("replace those"))
    for person in told.everybody where person.id != told.harbour[2].id {
      try await told.answer(round, by: person, rating: 2)
    }
    try await told.close(round)
    let report = try await told.report(of: round)
    #expect(report.answers == 10)
    #expect(report.items.allSatisfy { $0.figures?.distribution?.counts == [0, 10, 0, 0, 0] })
  }

  /// What is wrong with a form, and the part of the sentence that says so, in both languages.
  struct Wrong: Sendable, CustomTestStringConvertible {
    let testDescription, english, german: String
    let spoil: @Sendable (inout KeyedForm) -> Void

    init(_ what: String, _ english: String, _ german: String, _ spoil: @escaping @Sendable (inout KeyedForm) -> Void) {
      (testDescription, self.english, self.german, self.spoil) = (what, english, german, spoil)
    }
  }

  static let wrongs: [Wrong] = [
    Wrong("no code", "sixteen digits", "sechzehn Ziffern") { $0.code = "" },
    Wrong("a code too short", "sixteen digits", "sechzehn Ziffern") { $0.code = "ABCD-EFGH" },
    Wrong("a code of other letters", "sixteen digits", "sechzehn Ziffern") { $0.code = "ÄÖÜU-\u{202E}<b>" },
    Wrong("a code of no slip", "no slip with this code", "keinen Zettel mit diesem Code") {
      $0.code = "0000-0000-0000-0000"
    },
    Wrong("an item without a mark", "Statement 7 has no mark", "Aussage 7 hat kein Kreuz") { $0.mark(7, nil) },
    Wrong("a mark of 6", "Statement 7 has a mark that is none of ours", "Aussage 7 hat ein Kreuz") { $0.mark(7, "6") },
    Wrong("a mark of 0", "Statement 1 has a mark", "Aussage 1 hat ein Kreuz") { $0.mark(1, "0") },
    Wrong("a mark of 3.5", "Statement 15 has a mark", "Aussage 15 hat ein Kreuz") { $0.mark(15, "3.5") },
    Wrong("a comment of 1,001 bytes", "one byte too long", "ein Byte zu lang") {
      $0.comment = String(repeating: "a", count: 1_001)
    },
    Wrong("a comment of 20,000 letters", "39,000 bytes too long", "39.000 Bytes zu lang") {
      $0.comment = String(repeating: "ü", count: 20_000)
    },
    Wrong("a kept serial that is none", "A serial has 52", "Eine Seriennummer hat 52") { $0.kept = "ABCD" },
    Wrong("no serial", "Part of this form was lost", "Ein Teil dieses Formulars") { $0.serial = "" },
  ]

  @Test(arguments: wrongs)
  func `what is wrong with a form is said in both languages, nothing changes, and nothing typed is lost`(
    wrong: Wrong
  ) async throws {
    let told = try await RoundStory()
    let round = try await told.openWithPaper([told.harbour[2]])
    let code = try await told.handOutSlips(of: round, by: told.leads[0])[0]
    let before = try await told.dump()
    for (language, sentence) in [(Language.en, wrong.english), (.de, wrong.german)] {
      var form = try await told.slipForm(round, in: language)
      (form.code, form.comment) = (code, "a \"quote\" & <more>")
      form.mark(3, "none")
      wrong.spoil(&form)
      let page = try await told.keyIn(form, to: round)
      #expect((400..<500).contains(page.status.code) && page.text.contains(sentence), "\(page.status): \(page.text)")
      #expect(page.hasChosen(form.marks.filter { ["1", "2", "3", "4", "5", "none"].contains($0.1) }))
      #expect(page.text.contains(">\(Self.escaped(form.comment))</textarea>"))
      #expect(page.text.contains("maxlength=\"60\" value=\"\(Self.escaped(form.code))\""))
      #expect(try #require(page.hidden("serial").first).1.utf8.count == 64)
    }
    #expect(try await told.dump() == before)
  }

  @Test func `whoever changes the language in the middle keeps what was typed, and nothing is sent`() async throws {
    let told = try await RoundStory()
    let round = try await told.openWithPaper([told.harbour[2]])
    let code = try await told.handOutSlips(of: round, by: told.leads[0])[0]
    let before = try await told.dump()
    var form = try await told.slipForm(round)
    (form.code, form.kept, form.comment) = (code, "SOME-LETTERS", "a \"quote\" & <more>")
    form.marks = [("item-1", "5"), ("item-4", "none")]
    form.more = [("speak", "de")]
    let page = try await told.keyIn(form, to: round)
    #expect(page.status == .ok && page.text.contains("<html lang=\"de\">") && !page.text.contains("class=\"error"))
    #expect(page.hasChosen(form.marks) && page.text.contains(">\(Self.escaped(form.comment))</textarea>"))
    for typed in [code, "SOME-LETTERS"] { #expect(page.text.contains("value=\"\(typed)\"")) }
    #expect(page.hidden("serial").first?.1 == form.serial && page.hidden("language").first?.1 == "de")
    #expect(try await told.dump() == before)
    // Going on in German, and sent.
    (form.more, form.kept, form.language) = ([], "", .de)
    form.marks = (1...15).map { ("item-\($0)", "4") }
    #expect(try await told.keyIn(form, to: round).text.contains("Diese Antworten werden gezählt"))
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing(
      "\"", with: "&quot;")
  }

  @Test func `a page that was sent for one slip and sent again for another is refused, and then fresh`() async throws {
    let told = try await RoundStory()
    let round = try await told.openWithPaper([told.harbour[2], told.harbour[3]])
    let codes = try await told.handOutSlips(of: round, by: told.leads[0])
    var form = try await told.answer(round, slip: codes[0], rating: 5)
    let before = try await told.dump()
    form.code = codes[1]
    let refused = try await told.keyIn(form, to: round)
    #expect(refused.status == .conflict && refused.text.contains("Another slip was keyed in"))
    #expect(try await told.dump() == before)
    form.serial = try #require(refused.hidden("serial").first).1
    #expect(try await told.keyIn(form, to: round).status == .ok)
  }

  @Test func `five megabytes are refused with a sentence, and nothing changes`() async throws {
    let told = try await RoundStory()
    let round = try await told.openWithPaper([told.harbour[2]])
    let before = try await told.dump()
    var form = try await told.slipForm(round)
    form.comment = String(repeating: "a", count: 5_000_000)
    let page = try await told.keyIn(form, to: round)
    #expect(page.status == .contentTooLarge && page.text.contains("more than a form can be"))
    #expect(try await told.dump() == before)
  }

  @Test func `while the database is out of reach a slip's page says so, and what was typed can be sent again`() async throws {
    let told = try await RoundStory()
    let round = try await told.openWithPaper([told.harbour[2]])
    var form = try await told.slipForm(round)
    form.comment = "Too \"late\" <again>"
    try told.story.house.database.close()
    let shown = try await told.story.visitor().get("/slips/\(round)")
    #expect(shown.status == .serviceUnavailable && shown.headers[.retryAfter] != nil && !shown.text.contains("<form"))
    let refused = try await told.keyIn(form, to: round)
    #expect(refused.status == .serviceUnavailable && refused.headers[.retryAfter] != nil)
    #expect(refused.text.contains("Send this page again in a few seconds"))
    #expect(refused.hidden("comment").map(\.1) == ["Too &quot;late&quot; &lt;again&gt;"])
    #expect(form.marks.allSatisfy { refused.hidden($0.0).map(\.1) == [$0.1] })
  }

  @Test func `a slip can be used until the closing time and not a millisecond longer`() async throws {
    let told = try await RoundStory()
    let round = try await told.openWithPaper([told.harbour[2], told.harbour[3]])
    let codes = try await told.handOutSlips(of: round, by: told.leads[0])
    var late = try await told.slipForm(round)
    late.code = codes[1]
    told.story.wait(.justUnder(.days(14)))
    try await told.answer(round, slip: codes[0])
    told.story.wait(Span(milliseconds: 1))
    for language in Language.allCases {
      late.language = language
      let before = try await told.dump()
      let page = try await told.keyIn(late, to: round)
      #expect(
        page.status == .gone
          && page.text.contains(language == .en ? "This round has closed" : "Diese Runde ist zu Ende"))
      #expect(try await told.dump() == before)
    }
    try await told.story.house.closeDueRounds()
    #expect(try await told.keyIn(late, to: round).status == .gone)
    #expect(try await told.story.visitor().get("/slips/\(round)").status == .gone)
  }

  @Test func `slips of one round are none of another, and of a draft nothing is told`() async throws {
    let told = try await RoundStory()
    let first = try await told.openWithPaper([told.harbour[2]])
    let code = try await told.handOutSlips(of: first, by: told.leads[0])[0]
    try await told.close(first)
    told.story.wait(.days(28))
    let second = try await told.draft()
    let unknown = try await told.story.visitor().get("/slips/\(Randomness.id(at: told.story.now) as ID<Round>)")
    let draft = try await told.story.visitor().get("/slips/\(second)")
    #expect(unknown.status == .notFound && draft.status == .notFound && draft.text == unknown.text)
    for lead in told.leads { try await told.confirm(second, by: lead) }
    try await told.expectRefused(second, slip: code, "no slip with this code")
  }

  @Test func `an interrupted round keeps what was typed, and its restart prints new slips`() async throws {
    let told = try await RoundStory()
    let round = try await told.openWithPaper([told.harbour[2]])
    let old = try await told.handOutSlips(of: round, by: told.leads[0])[0]
    try FileManager.default.removeItem(at: told.keyFile(of: round))
    await told.story.house.sealedRounds.forget(round)
    var form = try await told.slipForm(round)
    (form.code, form.comment) = (old, "typed")
    let refused = try await told.keyIn(form, to: round)
    #expect(refused.status == .conflict && refused.text.contains(">typed</textarea>") && refused.hasChosen(form.marks))
    #expect(try await told.state(of: round) == "interrupted")
    let restarted = try await told.leads[0].visitor.post("\(told.place(of: round))/restart", told.numbers())
    #expect(restarted.status == .seeOther)
    try await told.expectRefused(round, slip: old, "no slip with this code")
    let new = try await told.handOutSlips(of: round, by: told.leads[0])[0]
    try await told.answer(round, slip: new)
  }

  @Test func `two who send the same slip at once are counted once`() async throws {
    let told = try await RoundStory()
    let round = try await told.openWithPaper([told.harbour[2]])
    let code = try await told.handOutSlips(of: round, by: told.leads[0])[0]
    var forms: [KeyedForm] = []
    for _ in 0..<8 {
      var form = try await told.slipForm(round)
      form.code = code
      forms.append(form)
    }
    let taken = try await withThrowingTaskGroup(of: Bool.self) { group in
      for form in forms { group.addTask { try await told.keyIn(form, to: round).status == .ok } }
      return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(taken == 1)
    #expect(try await told.story.house.sealedRounds.sealed(of: round).ballots(ofSegment: 0) == 1)
  }

  // MARK: The report

  @Test func `slips and browsers meet in one report, and each person counts once`() async throws {
    let told = try await RoundStory(harbour: 6, meadow: 6)
    let paper = [told.harbour[1], told.harbour[2], told.meadow[1], told.meadow[2]]
    let round = try await told.openWithPaper(paper)
    var receipts: [String] = []
    for (lead, rating) in zip(told.leads, [5, 3]) {
      for (code, rating) in zip(try await told.handOutSlips(of: round, by: lead), [rating, rating - 1]) {
        receipts.append(try await told.receipt(keying: code, rating: rating, in: round))
      }
    }
    for person in told.everybody where !paper.contains(where: { $0.id == person.id }) {
      try await told.answer(round, by: person, rating: person.party == "Harbour" ? 4 : 1, comment: "in a browser")
    }
    let restarted = try await told.story.restarted()
    #expect(try await restarted.sealedRounds.sealed(of: round).ballots(ofSegment: 0) == 6)
    try await told.close(round)
    let report = try await told.report(of: round)
    #expect(report.roll == 12 && report.answers == 12)
    #expect(report.items[0].figures?.distribution?.counts == [4, 1, 1, 5, 1])
    let page = try await told.harbour[0].visitor.get("/rounds/\(round)/receipts")
    #expect(receipts.allSatisfy { page.text.contains($0) })
    #expect(page.text.matches(of: /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/).count >= 12)
    #expect(try await told.dump().filter { $0.hasPrefix("sealed_value") }.isEmpty)
  }
}
