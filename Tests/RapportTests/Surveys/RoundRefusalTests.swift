import Ballots
import Foundation
import HTTPTypes
import Partnering
import Testing

@testable import Database
@testable import Rapport

/// Whatever is refused of a round leaves the whole database and the key folder as they were, and says why in a sentence of the
/// reader's language.
@Suite struct RoundRefusalTests {
  @Test(arguments: RefusedAct.all)
  func `a refused act changes nothing and says why in both languages`(act: RefusedAct) async throws {
    let scene = try await act.scene()
    let sentences = try await refusals(scene.told, scene.who, act.status, "\(act)") {
      Self.sentence(try await scene.who.visitor.post(scene.path, scene.fields).checked(act.status))
    }
    #expect(sentences[0].hasPrefix(act.says), "\(act.testDescription): \(sentences[0])")
  }

  /// Why nothing is signed for somebody, and the code that names it.
  struct Uncollected: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let code: String
    let status: HTTPResponse.Status
    let prepare: @Sendable (RoundStory, ID<Round>) async throws -> Void
    let body: String

    init(
      _ what: String, _ code: String, _ status: HTTPResponse.Status = .conflict, body: String = Self.usual,
      _ prepare: @escaping @Sendable (RoundStory, ID<Round>) async throws -> Void = { _, _ in }
    ) {
      (testDescription, self.code, self.status, self.body, self.prepare) = (what, code, status, body, prepare)
    }

    static let usual = #"{"segment":"Harbour","blinded":"\#(Data(repeating: 1, count: 256).base64URL)"}"#
  }

  static let uncollected: [Uncollected] = [
    Uncollected("somebody on paper", "on-paper") { told, round in try await told.putOnPaper(told.harbour[1], in: round) },
    Uncollected("whoever collected with another key", "collected-with-another-key") { told, round in
      _ = try await told.collect(round, by: told.harbour[1])
    },
    Uncollected("the other party's segment", "unknown-segment", .unprocessableContent, body: Uncollected.usual.replacing("Harbour", with: "Meadow")),
    Uncollected("what cannot be signed", "not-signable", .unprocessableContent, body: #"{"segment":"Harbour","blinded":"AAAA"}"#),
    Uncollected("what is no wish", "not-understood", .badRequest, body: "please"),
    Uncollected("a closed round", "round-closed", .gone) { told, round in try await told.close(round) },
    Uncollected("a round whose time is over", "round-closed", .gone) { told, _ in told.story.wait(.days(14)) },
    Uncollected("a withdrawn round", "round-withdrawn", .gone) { told, round in
      try await told.withdraw(round, by: told.harbour[0])
    },
    Uncollected("an interrupted round", "round-interrupted") { told, round in try await told.interrupt(round) },
    Uncollected("whoever is not on the list", "not-found", .notFound) { told, round in
      _ = try await told.story.house.database.write { connection in
        try connection.execute(
          "DELETE FROM roll_entry WHERE round_id = $1 AND person_id = $2", [.id(round), .id(told.harbour[1].id)])
      }
    },
  ]

  @Test(arguments: uncollected)
  func `whoever gets no ballot is told why, and nothing changes`(case: Uncollected) async throws {
    let (told, round) = try await RoundStory.opened()
    try await `case`.prepare(told, round)
    let person = told.harbour[1]
    _ = try await refusals(told, person, `case`.status, `case`.testDescription) {
      let reason = try Reason(try await told.ask(round, by: person, body: `case`.body).checked(`case`.status))
      #expect(reason.code == `case`.code)
      return reason.message
    }
  }

  /// The same refusal in English and in German; checks that each is a sentence and leaves everything as it was.
  private func refusals(
    _ told: RoundStory, _ who: Respondent, _ status: HTTPResponse.Status, _ what: String,
    _ act: () async throws -> String
  ) async throws -> [String] {
    var sentences: [String] = []
    for language in [Language.en, .de] {
      try await told.speak(language, to: who)
      let before = try await told.everythingKept()
      sentences.append(try await act())
      #expect(try await told.everythingKept() == before, "\(what)")
    }
    #expect(sentences[0] != sentences[1], "\(what)")
    for sentence in sentences {
      #expect(sentence.count > 20 && sentence.hasSuffix("."), "\(what): \(sentence)")
      for trace in ["[", "{", "Optional", "Error", "()"] { #expect(!sentence.contains(trace), "\(what): \(sentence)") }
    }
    return sentences
  }

  /// What a refusing page says: beside a field, or instead of the page.
  private static func sentence(_ page: Visitor.Page) -> String {
    for mark in ["<p class=\"error\" id=\"", "<main"] {
      guard let start = page.text.range(of: mark) else { continue }
      let rest = page.text[start.upperBound...]
      guard let open = rest.range(of: mark == "<main" ? "<p>" : ">"), let close = rest.range(of: "</p>") else { continue }
      return String(rest[open.upperBound..<close.lowerBound])
    }
    return ""
  }
}

extension Visitor.Page {
  /// Itself, after a look at its status.
  fileprivate func checked(_ expected: HTTPResponse.Status) -> Visitor.Page {
    #expect(status == expected)
    return self
  }
}
