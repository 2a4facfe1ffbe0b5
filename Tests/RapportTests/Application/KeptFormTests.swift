import Foundation
import Partnering
import Testing

@testable import Database
@testable import Rapport

/// Nobody types twice what a form refused.
@Suite struct KeptFormTests {
  /// Forms that hold something that cannot be taken, and what they show again.
  struct Typed: Sendable, CustomTestStringConvertible {
    let path: String
    let fields: [(String, String)]
    let kept: [String]
    var testDescription: String { path }

    init(_ path: String, _ fields: [(String, String)], keeps kept: [String]) {
      (self.path, self.fields, self.kept) = (path, fields, kept)
    }
  }

  static let long = String(repeating: "a long story ", count: 400)

  static let typed: [Typed] = [
    Typed("/sign-in", [("email", "ada@harbour.example"), ("password", "not hers"), ("back", "/account")],
      keeps: ["value=\"ada@harbour.example\"", "value=\"/account\""]),
    Typed("/account", [("name", long)], keeps: [long.trimmingCharacters(in: .whitespaces)]),
    Typed("/people/{ada}", [("name", "Ada Loch")], keeps: ["value=\"Ada Loch\""]),
    Typed("/organisation/people", [("name", "Cleo Kai"), ("email", "cleo@")], keeps: ["value=\"Cleo Kai\"", "value=\"cleo@\""]),
    Typed("/organisation/people/list", [("list", "Cleo Kai, cleo@")], keeps: ["Cleo Kai, cleo@</textarea>"]),
    Typed("/partnerships/new", Story.proposal.map { ($0.0, $0.0 == "email-1" ? "bo@" : $0.1) },
      keeps: ["value=\"Lighthouse\"", "Keep ships off the rocks.", "value=\"Dunes\"", "value=\"Bo\"", "value=\"bo@\""]),
    Typed("{partnership}/settings", [("name", "Beacon"), ("purpose", "Burn brighter."), ("cadence", "25")],
      keeps: ["value=\"Beacon\"", "Burn brighter.</textarea>", "value=\"25\""]),
    Typed("{partnership}/end", [("because", long)], keeps: ["\(long.trimmingCharacters(in: .whitespaces))</textarea>"]),
    Typed("{partnership}/people/list", [("party", "{party}"), ("list", "Cleo Kai, cleo@harbour.example, king")],
      keeps: ["Cleo Kai, cleo@harbour.example, king</textarea>"]),
    Typed("{partnership}/people/facilitators", [("email", "cy@nowhere.example")], keeps: ["value=\"cy@nowhere.example\""]),
    Typed("{partnership}/rounds", [("closes", "soon"), ("latest", "2026-04-01T09:00"), ("minimum-group", "7"), ("comment-threshold", "12")],
      keeps: ["value=\"soon\"", "value=\"2026-04-01T09:00\"", "value=\"7\"", "value=\"12\""]),
  ]

  @Test(arguments: typed)
  func `a form that is refused shows again what was typed`(typed: Typed) async throws {
    let (story, ada) = try await Story.begun()
    let (partnership, _) = try await story.active(by: ada)
    let party = try await ada.get("\(partnership)/people").hidden("party").first?.1 ?? ""
    let person = try await story.person("ada@harbour.example").text
    let filled = { (text: String) in
      text.replacing("{partnership}", with: partnership).replacing("{party}", with: party).replacing("{ada}", with: person)
    }
    let page = try await ada.post(filled(typed.path), typed.fields.map { ($0.0, filled($0.1)) })
    #expect(page.status == .unprocessableContent)
    for kept in typed.kept { #expect(page.text.contains(kept), "\(typed.path) lost \(kept.prefix(40))") }
    #expect(page.text.contains("role=\"alert\""))
    #expect(!page.text.contains("not hers"))
  }

  @Test func `an end of a round that is refused shows the reason again`() async throws {
    let (open, lost) = (try await RoundStory.opened(), try await RoundStory.interrupted())
    for ((told, round), act) in [(open, "withdrawal"), (lost, "giving-up")] {
      let page = try await told.harbour[0].visitor.post("\(told.place(of: round))/\(act)", [("reason", Self.long)])
      #expect(page.status == .unprocessableContent)
      #expect(page.text.contains(Self.long.trimmingCharacters(in: .whitespaces)), "\(act)")
    }
    let again = [("closes", "soon"), ("latest", "2026-04-01T09:00")]
    let page = try await lost.0.harbour[0].visitor.post("\(lost.0.place(of: lost.1))/restart", again)
    for (_, value) in again { #expect(page.text.contains("value=\"\(value)\"")) }
  }
}
