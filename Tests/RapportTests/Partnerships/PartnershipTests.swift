import Foundation
import Partnering
import Testing

@testable import Database
@testable import Rapport

@Suite struct StartingTests {
  @Test func `a new partnership is proposed, and the other party's first person is invited to lead it`() async throws {
    let (story, ada) = try await Story.begun()
    let path = try await story.proposed(by: ada)
    let page = try await ada.get(path)
    #expect(page.text.contains("Proposed. Still awaited: Harbour and Dunes."))
    #expect(page.text.contains("Keep ships off the rocks."))
    let bo = try await story.account("bo@dunes.example")
    let home = try await bo.get("/")
    #expect(home.text.contains("Join Lighthouse for Dunes"))
    let messages = try await story.house.database.read { connection in
      try connection.query("SELECT kind FROM message").map { try $0.text("kind") }
    }
    #expect(messages == ["invitation"])
  }

  @Test func `what was typed is kept when something is missing`() async throws {
    let (story, ada) = try await Story.begun()
    let page = try await ada.post(
      "/partnerships/new",
      Story.proposal.filter { $0.0 != "kind" && $0.0 != "email-1" } + [("email-1", "nowhere")])
    #expect(page.status == .unprocessableContent)
    for kept in ["Lighthouse", "Keep ships off the rocks.", "Dunes", "Bo", "nowhere"] {
      #expect(page.text.contains(kept), "\(kept)")
    }
    #expect(page.text.contains("Choose the kind that comes nearest"))
    #expect(page.text.contains("Write an address like name@example.org."))
    #expect(try await story.count("partnership") == 0)
    #expect(try await story.count("organisation") == 1)
  }

  @Test func `an address that belongs to another organisation changes nothing`() async throws {
    let (story, ada) = try await Story.begun()
    try await story.organisation("Cliffs", first: "Bo", "bo@dunes.example")
    let page = try await ada.post("/partnerships/new", Story.proposal)
    #expect(page.status == .unprocessableContent)
    #expect(page.text.contains("This address belongs to somebody of another organisation."))
    #expect(try await story.count("partnership") == 0)
    #expect(try await story.count("organisation") == 2)
  }

  @Test func `an organisation that is here is led by those who manage its people`() async throws {
    let (story, ada) = try await Story.begun()
    let cliffs = try await story.organisation("Cliffs", first: "Cy", "cy@cliffs.example")
    _ = try await story.proposed(
      by: ada, ["organisation-1": cliffs.text, "party-1": "", "lead-1": "", "email-1": ""])
    let cy = try await story.account("cy@cliffs.example")
    #expect(try await cy.get("/").text.contains("Join Lighthouse for Cliffs"))
  }

  @Test func `two parties inside one organisation need two names`() async throws {
    let (story, ada) = try await Story.begun()
    try await ada.get("/")
    let harbour = try await story.house.database.read { connection in
      try connection.query("SELECT id FROM organisation").map { try $0.text("id") }[0]
    }
    let inside = ["organisation-1": harbour, "lead-1": "Di", "email-1": "di@harbour.example"]
    let fields = Story.proposal.map { ($0.0, inside[$0.0] ?? $0.1) }
    let twice = try await ada.post("/partnerships/new", fields.map { ($0.0, $0.0 == "party-1" ? "harbour" : $0.1) })
    #expect(twice.text.contains("Another party has this name already."))
    _ = try await story.proposed(by: ada, inside)
    let di = try await story.account("di@harbour.example")
    #expect(try await di.get("/").text.contains("Join Lighthouse for Dunes"))
  }

  @Test func `another party can be added to the form without losing what was typed`() async throws {
    let (story, ada) = try await Story.begun()
    defer { _ = story }
    let page = try await ada.post("/partnerships/new", Story.proposal + [("more", "1")])
    #expect(page.status == .ok)
    #expect(page.text.contains("id=\"organisation-2\""))
    #expect(page.text.contains("value=\"bo@dunes.example\""))
  }

  @Test func `somebody who manages nobody starts no partnership`() async throws {
    let (story, ada) = try await Story.begun()
    _ = try await story.proposed(by: ada, ["party-1": "Inner", "organisation-1": try await story.harbour()])
    let bo = try await story.account("bo@dunes.example")
    #expect(try await bo.get("/partnerships/new").status == .forbidden)
    #expect(try await bo.post("/partnerships/new", Story.proposal).status == .forbidden)
  }

  @Test func `only a board, an executive team or a team can be a single party`() async throws {
    let (story, ada) = try await Story.begun()
    let team = Story.proposal.map { ($0.0, $0.0 == "shape" ? "team" : $0.1) }
    let refused = try await ada.post("/partnerships/new", team)
    #expect(refused.text.contains("This kind needs at least two parties."))
    let path = try await story.proposed(by: ada, ["shape": "team", "kind": "board-of-directors"])
    #expect(try await ada.get(path).text.contains("Proposed. Still awaited: Ada."))
    #expect(try await story.count("party") == 1)
  }
}

@Suite struct JoiningTests {
  @Test func `a partnership is active when every party has joined, and not before`() async throws {
    let (story, ada) = try await Story.begun()
    let path = try await story.proposed(by: ada)
    try await story.join(path, as: ada)
    let half = try await ada.get(path)
    #expect(half.text.contains("Proposed. Still awaited: Dunes."))
    #expect(half.text.contains("Shared boats"))
    let bo = try await story.account("bo@dunes.example")
    try await story.join(path, as: bo)
    #expect(try await ada.get(path).text.contains("Active since 2 March 2026."))
  }

  @Test func `joining needs the purpose, a benefit and the promise, and keeps what was written`() async throws {
    let (story, ada) = try await Story.begun()
    let path = try await story.proposed(by: ada)
    let page = try await story.join(path, as: ada, [("benefits", " \n \n")])
    #expect(page.status == .unprocessableContent)
    #expect(page.text.contains("To join, accept the purpose."))
    #expect(page.text.contains("Name at least one benefit"))
    #expect(page.text.contains("A partnership lives on trust."))
    let kept = try await story.join(path, as: ada, [("benefits", "Fewer wrecks")])
    #expect(kept.text.contains("Fewer wrecks"))
    #expect(try await story.count("hoped_benefit") == 0)
  }

  @Test func `a lead joins for the own party alone`() async throws {
    let (story, ada) = try await Story.begun()
    let path = try await story.proposed(by: ada)
    let bo = try await story.account("bo@dunes.example")
    let page = try await bo.get("\(path)/join")
    let party = page.hidden("party")
    try await ada.get("\(path)/join")
    let seen = await ada.last.hidden("seen")
    try await ada.post("\(path)/join", Story.joining + seen + party)
    let text = try await bo.get(path).text
    #expect(text.contains("Proposed. Still awaited: Dunes."))
  }

  @Test func `words that were changed meanwhile are not accepted`() async throws {
    let (story, ada) = try await Story.begun()
    let path = try await story.proposed(by: ada)
    let page = try await ada.get("\(path)/join")
    try await story.house.database.write { try $0.execute("UPDATE partnership SET purpose = 'Something else'") }
    let answer = try await ada.post("\(path)/join", Story.joining + page.hidden("party") + page.hidden("seen"))
    #expect(answer.status == .unprocessableContent)
    #expect(answer.text.contains("The purpose was changed after you opened this page."))
  }

  @Test func `a second yes changes nothing`() async throws {
    let (story, ada) = try await Story.begun()
    let path = try await story.proposed(by: ada)
    let page = try await ada.get("\(path)/join")
    let fields = Story.joining + page.hidden("party") + page.hidden("seen")
    try await ada.post("\(path)/join", fields)
    try await ada.get(path)
    let again = try await ada.submit("\(path)/join", fields)
    #expect(again.text.contains("That was done already."))
    #expect(try await story.count("hoped_benefit") == 2)
  }

  @Test func `outside, elsewhere and missing are the same page`() async throws {
    let (story, ada) = try await Story.begun()
    let path = try await story.proposed(by: ada)
    try await story.organisation("Cliffs", first: "Cy", "cy@cliffs.example")
    let cy = try await story.account("cy@cliffs.example")
    for place in ["", "/join", "/people", "/settings", "/end"] {
      let theirs = try await cy.get(path + place)
      let missing = try await cy.get("/partnerships/018f0000-0000-7000-8000-000000000000" + place)
      let nonsense = try await cy.get("/partnerships/%00" + place)
      #expect(theirs.status == .notFound, "\(place)")
      #expect(theirs.text == missing.text, "\(place)")
      #expect(theirs.text == nonsense.text, "\(place)")
    }
  }
}

extension Story {
  func count(_ table: String) async throws -> Int {
    try await house.database.read { connection in
      try connection.query("SELECT count(*) AS n FROM \(table)").first?.int("n") ?? -1
    }
  }

  /// The id of Ada's organisation.
  func harbour() async throws -> String {
    try await house.database.read { connection in
      try connection.query("SELECT id FROM organisation WHERE name = 'Harbour'").map { try $0.text("id") }[0]
    }
  }
}
