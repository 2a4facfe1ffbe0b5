import Foundation
import HTTPTypes
import Partnering
import Testing

@testable import Database
@testable import Rapport

@Suite struct AssessmentPageTests {
  /// The ids as a form sends them, in their order: written out here, for a test has no use for what the code would say.
  private static let ids = [
    "strategic-framework", "shared-needs", "measured-benefits", "relational-expectations", "partnership-agreement",
    "sponsor-meetings", "relationship-measured", "trust-indicator", "trained-teams", "joint-symbols",
  ]

  /// Ten answers: yes, but for those named.
  private static func answers(no: Set<String> = [], unsure: Set<String> = []) -> [(String, String)] {
    ids.map { ($0, no.contains($0) ? "no" : unsure.contains($0) ? "unsure" : "yes") }
  }

  private static let headings = [
    "en": (none: "No programme in place", some: "A programme is in place"),
    "de": (none: "Kein Programm vorhanden", some: "Ein Programm ist vorhanden"),
  ]

  @Test(arguments: ["en", "de"])
  func `anybody may answer before anything is set up, in both languages`(language: String) async throws {
    let visitor = try await Story().visitor()
    await visitor.bring(cookie: "language", value: language)
    let form = try await visitor.get("/assessment")
    #expect(form.status == .ok)
    for id in Self.ids {
      for value in ["yes", "no", "unsure"] {
        #expect(form.text.contains("name=\"\(id)\" value=\"\(value)\""), "\(id) \(value)")
      }
    }
    #expect(form.text.occurrences(of: "type=\"radio\"") == 30)
    #expect(!form.text.contains("checked"))
    let page = try await visitor.post(
      "/assessment", Self.answers(no: ["shared-needs", "trust-indicator"], unsure: ["joint-symbols"]))
    #expect(page.status == .ok)
    #expect(page.text.contains("<html lang=\"\(language)\">"))
    #expect(!page.text.contains("[assessment"))
    #expect(page.text.contains("<a class=\"button button-main\" href=\"/\">"))
  }

  @Test(arguments: ["en", "de"])
  func `each verdict stands once on its page and nowhere else`(language: String) async throws {
    let visitor = try await Story().visitor()
    await visitor.bring(cookie: "language", value: language)
    let (none, some) = try #require(Self.headings[language])
    let pages = [
      (try await visitor.get("/assessment"), 0, 0), (try await visitor.post("/assessment", []), 0, 0),
      (try await visitor.post("/assessment", Self.answers()), 0, 1),
      (try await visitor.post("/assessment", Self.answers(no: ["shared-needs"], unsure: ["trust-indicator"])), 0, 1),
      (
        try await visitor.post(
          "/assessment", Self.answers(no: ["shared-needs", "trust-indicator"], unsure: ["trained-teams"])), 1, 0
      ),
      (try await visitor.post("/assessment", Self.answers(unsure: Set(Self.ids))), 1, 0),
    ]
    for (page, ofNone, ofSome) in pages {
      let text = page.text.lowercased()
      #expect(text.occurrences(of: none.lowercased()) == ofNone)
      #expect(text.occurrences(of: some.lowercased()) == ofSome)
      #expect(text.occurrences(of: ">\(none.lowercased())</h2>") == ofNone)
      #expect(text.occurrences(of: ">\(some.lowercased())</h2>") == ofSome)
    }
  }

  @Test func `each missing aspect says what it is for and what to do first, and those that are there only their names`()
    async throws
  {
    let text = try await Story().visitor().post(
      "/assessment", Self.answers(no: ["shared-needs"], unsure: ["trust-indicator"])
    ).text
    #expect(text.contains("8 of the ten aspects are there, 2 are missing."))
    #expect(text.contains("“Not sure” was said once."))
    #expect(
      text.contains("Partners can help only with needs that they know.")
        && text.contains("Write half a page on what you need"))
    #expect(text.contains("People look after what is counted.") && text.contains("ask them every quarter"))
    #expect(text.occurrences(of: "What it is for:") == 2)
    #expect(text.contains("<li>A joint framework</li>") && !text.contains("Whoever helps to write the purpose"))
    #expect(!text.contains("<li>Needs shared in writing</li>"))
  }

  @Test(arguments: [
    (0, "None of the ten aspects is there."), (1, "One of the ten aspects is there, nine are missing."),
    (9, "9 of the ten aspects are there, one is missing."), (10, "All ten aspects are there."),
  ])
  func `the count reads well at both ends`(yes: Int, sentence: String) async throws {
    let page = try await Story().visitor().post("/assessment", Self.answers(no: Set(Self.ids.dropFirst(yes))))
    #expect(page.text.contains(sentence))
    #expect(page.text.contains("What is missing") == (yes < 10))
    #expect(page.text.contains("id=\"there\"") == (yes > 0))
  }

  @Test func `a form with open questions comes back as it was, and says which are open`() async throws {
    let visitor = try await Story().visitor()
    let sent = Self.answers(no: ["trust-indicator"]).filter {
      !["partnership-agreement", "trained-teams"].contains($0.0)
    }
    let page = try await visitor.post("/assessment", sent)
    #expect(page.status == .unprocessableContent)
    #expect(page.text.contains("2 questions are still open: 5, 9."))
    #expect(page.text.contains("href=\"#partnership-agreement\">Go to question 5"))
    #expect(page.text.occurrences(of: "Still open") == 2)
    #expect(page.text.occurrences(of: " checked>") == 8)
    #expect(page.text.contains("name=\"trust-indicator\" value=\"no\" checked>"))
    let nine = try await visitor.post("/assessment", Array(Self.answers(no: Set(Self.ids)).dropLast()))
    #expect(nine.text.contains("One question is still open: number 10."))
    #expect(try await visitor.post("/assessment", []).text.contains("All ten questions are still open."))
  }

  @Test(arguments: [
    "YES", "ja", "", "2", "yes\u{301}", "yes\u{0}", "<script>alert(1)</script>", "\"'><b>",
    String(repeating: "no", count: 20_000),
    "\r\nSet-Cookie: a=b", "\u{202E}on",
  ])
  func `what is none of the three answers is no answer, and never shown`(value: String) async throws {
    let visitor = try await Story().visitor()
    let page = try await visitor.post("/assessment", Array(Self.answers().dropFirst()) + [(Self.ids[0], value)])
    #expect(page.status == .unprocessableContent)
    #expect(page.text.contains("One question is still open: number 1."))
    #expect(page.text.occurrences(of: " checked>") == 9)
    #expect(!page.text.contains("<script>alert") && !page.text.contains("<b>"))
  }

  @Test func `nothing is kept: no row, no cookie, no address`() async throws {
    let (story, ada) = try await Story.begun()
    let before = try await story.everythingKept()
    for visitor in [story.visitor(), ada] {
      try await visitor.get("/assessment")
      for answers in [Self.answers(), Self.answers(no: Set(Self.ids)), [], [("change", "1")] + Self.answers()] {
        let page = try await visitor.post("/assessment", answers)
        #expect(page.headers[values: .setCookie].isEmpty)
        #expect(page.location == nil)
        #expect(page.headers[.cacheControl] == "no-store")
        #expect(!page.text.contains("?strategic-framework") && !page.text.contains("&strategic-framework"))
      }
    }
    #expect(try await story.everythingKept() == before)
    #expect(before.values.contains { $0.range(of: Data("Harbour".utf8)) != nil })
  }

  @Test func `an answer in the address counts for nothing`() async throws {
    let query = Self.ids.map { "\($0)=no" }.joined(separator: "&")
    let page = try await Story().visitor().get("/assessment?\(query)")
    #expect(page.status == .ok)
    #expect(!page.text.contains("checked") && !page.text.contains("No programme in place"))
  }

  @Test func `whoever wants to change an answer finds all ten as they were`() async throws {
    let visitor = try await Story().visitor()
    let verdict = try await visitor.post("/assessment", Self.answers(no: ["shared-needs"], unsure: ["joint-symbols"]))
    let kept = Self.ids.flatMap { verdict.hidden($0) }
    #expect(kept.count == 10)
    let page = try await visitor.post("/assessment", kept + [("change", "1")])
    #expect(page.status == .ok)
    #expect(page.text.occurrences(of: " checked>") == 10)
    #expect(page.text.contains("name=\"shared-needs\" value=\"no\" checked>"))
    #expect(page.text.contains("name=\"joint-symbols\" value=\"unsure\" checked>"))
  }

  @Test func `a partnership is offered to those who may start one`() async throws {
    let (story, ada) = try await Story.begun()
    try await ada.get("/organisation")
    try await ada.post("/organisation/people", [("name", "Dan"), ("email", "dan@harbour.example")])
    let dan = try await story.account("dan@harbour.example")
    try await dan.get("/account")
    let start = "href=\"/partnerships/new\""
    #expect(try await story.visitor().post("/assessment", Self.answers()).text.contains(start))
    #expect(try await ada.post("/assessment", Self.answers()).text.contains(start))
    let page = try await dan.post("/assessment", Self.answers())
    #expect(page.text.contains("A programme is in place") && !page.text.contains(start))
  }

  @Test func `each question cites the one of the white paper that it stands for, in both languages`() throws {
    let book = try WordBook(resources: Resources(of: "Rapport"))
    for language in Language.allCases {
      let words = book.words(in: language)
      for (offset, id) in Self.ids.enumerated() {
        #expect(words("assessment.aspect.\(id).source") == "assessment/\(offset + 1)")
      }
      #expect(words("assessment.cites").contains("Stephen M. Dent"))
    }
  }

  @Test func `visitors find it from the start page`() async throws {
    #expect(try await Story().visitor().get("/").text.contains("<a class=\"button\" href=\"/assessment\">"))
  }
}

extension String {
  fileprivate func occurrences(of part: String) -> Int { components(separatedBy: part).count - 1 }
}

extension Story {
  /// Every row, and every file of the data folder, SQLite's write-ahead log among them.
  fileprivate func everythingKept() async throws -> [String: Data] {
    let folder = house.configuration.data
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { !$0.hasSuffix("-shm") }
    let rows = Data(try await rows().joined(separator: "\n").utf8)
    return Dictionary(
      uniqueKeysWithValues: [("rows", rows)]
        + names.map { name in
          (name, FileManager.default.contents(atPath: folder.appendingPathComponent(name).path) ?? Data())
        })
  }
}
