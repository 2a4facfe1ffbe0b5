import Foundation
import Partnering
import Testing

@testable import Database
@testable import Rapport

@Suite struct PartnershipPeopleTests {
  @Test func `a lead adds the own party's people by a list, and the other party sees them`() async throws {
    let (story, ada) = try await Story.begun()
    let (path, bo) = try await story.active(by: ada)
    let party = try await ada.get("\(path)/people").hidden("party")
    try await ada.post(
      "\(path)/people/list",
      party + [("list", "Cleo, cleo@harbour.example, sponsor\nDan; dan@harbour.example")])
    let text = try await bo.get("\(path)/people").text
    #expect(text.contains("Cleo"))
    #expect(text.contains("Sponsor"))
    #expect(text.contains("Dan"))
    let dan = try await story.account("dan@harbour.example")
    #expect(try await dan.get(path).status == .ok)
  }

  @Test func `a list with one wrong line adds nobody and says which`() async throws {
    let (story, ada) = try await Story.begun()
    let (path, _) = try await story.active(by: ada)
    let party = try await ada.get("\(path)/people").hidden("party")
    let page = try await ada.post(
      "\(path)/people/list", party + [("list", "Cleo, cleo@harbour.example\nDan, dan@harbour.example, king")])
    #expect(page.status == .unprocessableContent)
    #expect(page.text.contains("Line 2: write lead"))
    #expect(page.text.contains("cleo@harbour.example"))
    #expect(try await story.count("person") == 2)
    let elsewhere = try await ada.post(
      "\(path)/people/list", party + [("list", "Cleo, cleo@harbour.example\nBo, bo@dunes.example")])
    #expect(elsewhere.text.contains("Line 2: this address belongs to somebody of another organisation."))
    #expect(try await story.count("person") == 2)
  }

  @Test func `nobody names people of another party`() async throws {
    let (story, ada) = try await Story.begun()
    let (path, bo) = try await story.active(by: ada)
    let dunes = try await bo.get("\(path)/people").hidden("party")
    try await ada.get("\(path)/people")
    let page = try await ada.post("\(path)/people/list", dunes + [("list", "Eve, eve@harbour.example")])
    #expect(page.status == .notFound)
    #expect(try await story.count("person") == 2)
  }

  @Test func `the last lead stays until another is named`() async throws {
    let (story, ada) = try await Story.begun()
    let (path, _) = try await story.active(by: ada)
    let seat = try #require(try await ada.get("\(path)/people").seats(in: path).first)
    try await ada.get(seat)
    let refused = try await ada.post("\(seat)/leaving", [])
    #expect(refused.text.contains("Name another lead first"))
    let demoted = try await ada.post(seat, [("role", "observer")])
    #expect(demoted.status == .unprocessableContent)
    let party = try await ada.get("\(path)/people").hidden("party")
    try await ada.post("\(path)/people/list", party + [("list", "Cleo, cleo@harbour.example, Leitung")])
    try await ada.get(seat)
    try await ada.post("\(seat)/leaving", [])
    #expect(try await ada.get(path).status == .notFound)
    let cleo = try await story.account("cleo@harbour.example")
    #expect(try await cleo.get(path).text.contains("Ada left."))
  }

  @Test func `a facilitator is of no party and sees the partnership`() async throws {
    let (story, ada) = try await Story.begun()
    let (path, _) = try await story.active(by: ada)
    try await story.organisation("Cliffs", first: "Cy", "cy@cliffs.example")
    let cy = try await story.account("cy@cliffs.example")
    #expect(try await cy.get(path).status == .notFound)
    try await ada.get("\(path)/people")
    try await ada.post("\(path)/people/facilitators", [("email", "cy@cliffs.example")])
    #expect(try await cy.get(path).status == .ok)
    #expect(try await cy.post("\(path)/settings", [("name", "Mine")]).status == .forbidden)
  }
}

@Suite struct PartnershipChangesTests {
  private static let change = [("name", "Lighthouse"), ("purpose", "Light the whole coast."), ("cadence", "3")]

  @Test func `a change is in force when the other party has agreed, and not before`() async throws {
    let (story, ada) = try await Story.begun()
    let (path, bo) = try await story.active(by: ada)
    try await ada.get("\(path)/settings")
    try await ada.post("\(path)/settings", Self.change)
    #expect(try await ada.get(path).text.contains("Keep ships off the rocks."))
    #expect(try await bo.get("/").text.contains("Say what you think of a change in Lighthouse"))
    let page = try await bo.get("\(path)/settings")
    try await bo.post("\(path)/settings/proposal", page.hidden("proposal") + [("answer", "yes")])
    let text = try await ada.get(path).text
    #expect(text.contains("Light the whole coast."))
    #expect(text.contains("every 3 months"))
  }

  @Test func `a change that a lead takes off the table leaves everything as it was`() async throws {
    let (story, ada) = try await Story.begun()
    let (path, bo) = try await story.active(by: ada)
    try await ada.get("\(path)/settings")
    try await ada.post("\(path)/settings", Self.change)
    let page = try await bo.get("\(path)/settings")
    try await bo.post("\(path)/settings/proposal", page.hidden("proposal") + [("answer", "no")])
    #expect(try await ada.get(path).text.contains("Keep ships off the rocks."))
    #expect(try await ada.get("\(path)/settings").text.contains("Propose the change"))
  }

  @Test func `an ended partnership is read and not written`() async throws {
    let (story, ada) = try await Story.begun()
    let (path, bo) = try await story.active(by: ada)
    try await ada.get("\(path)/end")
    #expect(try await ada.post("\(path)/end", [("because", " ")]).status == .unprocessableContent)
    try await ada.get("\(path)/end")
    try await ada.post("\(path)/end", [("because", "The lighthouse stands.")])
    let text = try await bo.get(path).text
    #expect(text.contains("This partnership ended on 2 March 2026."))
    #expect(text.contains("The lighthouse stands."))
    #expect(try await bo.post("\(path)/settings", Self.change).status == .conflict)
    #expect(try await bo.get("\(path)/people").status == .ok)
  }

  @Test(arguments: ["0", "25", "", "six", "99999999999999999999"])
  func `a cadence outside 1 to 24 months is refused`(months: String) async throws {
    let (story, ada) = try await Story.begun()
    let (path, _) = try await story.active(by: ada)
    try await ada.get("\(path)/settings")
    let page = try await ada.post("\(path)/settings", [("name", "X"), ("purpose", "Y"), ("cadence", months)])
    #expect(page.status == .unprocessableContent)
    #expect(page.text.contains("Write a number of months from 1 to 24."))
  }
}

@Suite struct PortfolioTests {
  @Test func `what is due stands first, and a search finds by name`() async throws {
    let (story, ada) = try await Story.begun()
    let (path, _) = try await story.active(by: ada)
    _ = try await story.proposed(by: ada, ["name": "Aardvark", "organisation-1": try await story.harbour(), "email-1": "di@harbour.example"])
    story.wait(.days(20))
    let text = try await ada.get("/portfolio").text
    let (first, second) = (try #require(text.range(of: ">Aardvark<")), try #require(text.range(of: ">Lighthouse<")))
    #expect(first.lowerBound < second.lowerBound)
    story.wait(.days(20))
    let later = try await story.account("ada@harbour.example")
    #expect(try await later.get("/").text.contains("Prepare the next round in Lighthouse"))
    let due = try await later.get("/portfolio").text
    let (lighthouse, aardvark) = (try #require(due.range(of: ">Lighthouse<")), try #require(due.range(of: ">Aardvark<")))
    #expect(lighthouse.lowerBound < aardvark.lowerBound)
    let found = try await later.get("/portfolio?name=light&sort=-name").text
    #expect(found.contains(path))
    #expect(!found.contains(">Aardvark<"))
  }

  @Test(arguments: ["?sort=nothing", "?page=0", "?page=99999999999999999999", "?kind=x&state=y&organisation=z", "?name=%00%22"])
  func `an odd wish is answered without harm`(query: String) async throws {
    let (story, ada) = try await Story.begun()
    _ = try await story.proposed(by: ada)
    #expect(try await ada.get("/portfolio" + query).status == .ok)
  }

  @Test func `nobody who is not signed in sees more than the welcome`() async throws {
    let (story, ada) = try await Story.begun()
    let path = try await story.proposed(by: ada)
    let nobody = story.visitor()
    #expect(try await nobody.get("/").text.contains("How is the relationship?"))
    #expect(try await nobody.get("/portfolio").location?.hasPrefix("/sign-in?back=") == true)
    #expect(try await nobody.get(path).location?.hasPrefix("/sign-in?back=") == true)
  }
}

extension Visitor.Page {
  /// The seats that the reader may change, by address.
  fileprivate func seats(in path: String) -> [String] {
    text.components(separatedBy: "href=\"\(path)/people/").dropFirst().map { rest in
      "\(path)/people/" + String(rest.prefix { $0 != "\"" })
    }
  }
}
