import Foundation
import Partnering
import Testing

@testable import Database
@testable import Rapport

@Suite struct SigningInTests {
  @Test func `before the set-up, the sign-in page says so`() async throws {
    let story = try await Story()
    #expect(try await story.visitor().get("/sign-in").text.contains("Not set up yet"))
  }

  @Test func `an unknown address and a wrong password get the same answer`() async throws {
    let (story, _) = try await Story.begun()
    let wrong = try await story.visitor().post("/sign-in", [("email", "ada@harbour.example"), ("password", "not hers at all")])
    let unknown = try await story.visitor().post("/sign-in", [("email", "eve@harbour.example"), ("password", "not hers at all")])
    #expect(wrong.status == .unprocessableContent)
    #expect(wrong.text.replacingOccurrences(of: "ada@", with: "eve@") == unknown.text)
  }

  @Test func `after ten wrong passwords even the right one waits, and then it works`() async throws {
    let (story, _) = try await Story.begun()
    let eve = story.visitor()
    for _ in 1...10 { try await eve.post("/sign-in", [("email", "ada@harbour.example"), ("password", "wrong")]) }
    let right = [("email", "Ada@Harbour.example"), ("password", Story.password)]
    let page = try await story.visitor().post("/sign-in", right)
    #expect(page.status == .tooManyRequests)
    #expect(page.text.contains("Wait 15 minutes"))
    story.wait(.minutes(15))
    #expect(try await story.visitor().post("/sign-in", right).status == .seeOther)
  }

  @Test func `an address with a password typed in two ways is one account`() async throws {
    let (story, ada) = try await Story.begun()
    try await ada.post("/account/password", [("old-password", Story.password), ("password", "Gru\u{308}ne Wiese")])
    let page = try await story.visitor().post("/sign-in", [("email", "ada@harbour.example"), ("password", "Gr\u{FC}ne Wiese")])
    #expect(page.status == .seeOther)
  }

  @Test func `a set-up that is refused keeps what was typed`() async throws {
    let story = try await Story()
    let path = try story.path(try #require(try await story.house.setupLink()))
    let visitor = story.visitor()
    let page = try await visitor.post(
      path, [("space", "Coast"), ("organisation", ""), ("name", "Ada"), ("email", "ada@"), ("password", "short"), ("time-zone", "Europe/Berlin")])
    #expect(page.status == .unprocessableContent)
    #expect(page.text.contains("value=\"Coast\""))
    #expect(page.text.contains("value=\"ada@\""))
    #expect(page.text.contains("value=\"Europe/Berlin\""))
    #expect(page.text.components(separatedBy: "class=\"error\"").count == 4)
    #expect(try await visitor.get(path).status == .ok)
  }
}

@Suite struct AccountTests {
  @Test func `a new password needs the old one and ends every other sign-in`() async throws {
    let (story, ada) = try await Story.begun()
    let other = story.visitor()
    try await other.post("/sign-in", [("email", "ada@harbour.example"), ("password", Story.password)])
    let refused = try await ada.post("/account/password", [("old-password", "wrong"), ("password", "another long one")])
    #expect(refused.status == .unprocessableContent)
    #expect(refused.text.contains("not your password until now"))
    try await ada.post("/account/password", [("old-password", Story.password), ("password", "another long one")])
    #expect(try await ada.get("/account").status == .ok)
    #expect(try await other.get("/account").status == .seeOther)
    #expect(try await story.visitor().post("/sign-in", [("email", "ada@harbour.example"), ("password", Story.password)]).status == .unprocessableContent)
  }

  @Test func `name and language are changed, and a refused name is kept on the page`() async throws {
    let (_, ada) = try await Story.begun()
    let refused = try await ada.post("/account", [("name", ""), ("language", "de")])
    #expect(refused.status == .unprocessableContent)
    let page = try await ada.submit("/account", [("name", "Ada L."), ("language", "de")])
    #expect(page.text.contains("Ihre Änderungen sind gespeichert"))
    #expect(page.text.contains("value=\"Ada L.\""))
  }

  @Test func `signing out everywhere ends every sign-in`() async throws {
    let (story, ada) = try await Story.begun()
    let other = story.visitor()
    try await other.post("/sign-in", [("email", "ada@harbour.example"), ("password", Story.password)])
    try await ada.post("/account/sign-out-everywhere", [])
    #expect(try await ada.get("/account").status == .seeOther)
    #expect(try await other.get("/account").status == .seeOther)
  }

  @Test func `the operator's link gives a new password once, within a day`() async throws {
    let (story, ada) = try await Story.begun()
    #expect(try await story.house.passwordLink(for: "nobody@harbour.example") == nil)
    let first = try story.path(try #require(try await story.house.passwordLink(for: "ADA@harbour.example")))
    let link = try story.path(try #require(try await story.house.passwordLink(for: "ada@harbour.example")))
    #expect(try await story.visitor().get(first).status == .gone)
    let visitor = story.visitor()
    #expect(try await visitor.get(link).status == .ok)
    #expect(try await visitor.post(link, [("password", "short")]).status == .unprocessableContent)
    #expect(try await visitor.post(link, [("password", "a brand new one")]).status == .seeOther)
    #expect(try await ada.get("/account").status == .seeOther)
    #expect(try await story.visitor().get(link).status == .gone)
    let late = try story.path(try #require(try await story.house.passwordLink(for: "ada@harbour.example")))
    story.wait(.days(1))
    #expect(try await story.visitor().get(late).status == .gone)
  }

  @Test(arguments: ["/invitation/x", "/password/x", "/r/x", "/invitation/%00", "/r/..%2f"])
  func `a link that nobody made says that it does not work`(path: String) async throws {
    let (story, _) = try await Story.begun()
    let visitor = story.visitor()
    #expect(try await visitor.get(path).status == .gone)
    #expect(try await visitor.post(path, [("name", "X"), ("password", Story.password)]).status == .gone)
  }
}
