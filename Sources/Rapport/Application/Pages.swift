import Foundation
import Hummingbird
import Mustache
import NIOCore
import Partnering

/// What stands around every page.
struct PageFrame: Sendable {
  let title: String
  let lead: String?
  let language: String
  let speaksEnglish: Bool
  let speaksGerman: Bool
  let trail: [Crumb]
  let places: [Place]
  let person: Me?
  let formToken: String
  let path: String
  let notice: Notice?
  let icon: String
  let stylesheets: [String]
  let scripts: [String]

  /// One step of the way here; the last has no address.
  struct Crumb: Sendable {
    let label: String
    let href: String?
  }

  /// A place of a partnership: Now, Survey, People ...
  struct Place: Sendable {
    let label: String
    let href: String
    let current: Bool
  }

  struct Me: Sendable {
    let name: String
    /// False for somebody who came by a round's personal link: for them there are no pages but the survey.
    let hasAccount: Bool
  }
}

/// How a page is announced: its noun, its sentence, and where it stands.
struct PageHead: Sendable {
  var title: String
  var lead: String?
  var trail: [PageFrame.Crumb] = []
  var places: [PageFrame.Place] = []
  /// Names of script modules besides those of every page.
  var scripts: [String] = []
  /// Whether there are scripts at all: the page of a slip has none.
  var runsScripts = true
}

/// What a template sees: `page` (the frame), `w` (the words), and the page's own values.
private struct PageModel: MustacheParent {
  private let words: WordsBelow
  private let frame, content: Any?

  init(frame: PageFrame?, words: WordsBelow, content: some Sendable) {
    (self.words, self.frame, self.content) = (words, frame.flatMap(Reflected.wrap), Reflected.wrap(content))
  }

  func child(named name: String) -> Any? {
    switch name {
    case "page": frame
    case "w": words
    default: (content as? any MustacheParent)?.child(named: name)
    }
  }
}

private struct NoContent: Sendable {}

extension Visit {
  /// A whole page made of a template and its values.
  func page(
    _ template: String, _ content: some Sendable, _ head: PageHead, status: HTTPResponse.Status = .ok
  ) throws -> Response {
    .html(try rendered(template, content, head), status: status)
  }

  private func rendered(_ template: String, _ content: some Sendable, _ head: PageHead) throws -> String {
    let frame = PageFrame(
      title: head.title, lead: head.lead, language: language.rawValue,
      speaksEnglish: language == .en, speaksGerman: language == .de,
      trail: head.trail, places: head.places, person: person.map { .init(name: $0.name, hasAccount: $0.onlyRound == nil) },
      formToken: formToken, path: path, notice: notice,
      icon: house.assetPath("mark.svg"),
      stylesheets: ["rapport.css", "components.css", "charts.css", "answer.css", "report.css", "talk.css", "room.css", "assessment.css", "print.css"]
        .map(house.assetPath),
      scripts: head.runsScripts ? (["design.js"] + head.scripts).map(house.assetPath) : [])
    let model = PageModel(frame: frame, words: WordsBelow(words: words, prefix: ""), content: content)
    return try house.templates.render(template, with: model)
  }

  /// A page whose content is rendered anew only when something in it has changed since somebody read it in this language.
  func page(sharing template: String, _ content: some Equatable & Sendable, _ head: PageHead) throws -> Response {
    let html = try house.fragments.html(of: content, at: "\(language.rawValue) \(path)") {
      try house.templates.render(
        template,
        with: PageModel(frame: nil, words: WordsBelow(words: words, prefix: ""), content: content))
    }
    // What people write is escaped, so the mark stands here alone.
    let shell = try rendered("fragment", NoContent(), head)
    guard let mark = shell.range(of: "<!--fragment-->") else { throw TemplateFailure(name: "fragment", reason: "no mark") }
    return .html(shell.replacingCharacters(in: mark, with: html))
  }

  /// After a form was done: the next page, with one sentence about it.
  func redirect(to path: String, saying notice: String? = nil, _ values: [String: String] = [:]) -> Response {
    var response = Response(status: .seeOther, headers: [.location: path])
    if let notice {
      response.setCookie(
        Cookie(
          name: "notice", value: Notice.carrying(notice, values), maxAge: 60, path: "/", httpOnly: true,
          sameSite: .lax))
    }
    return response
  }
}

extension House {
  func assetPath(_ name: String) -> String { "/assets/\(assets.version)/\(name)" }
}

extension Notice {
  /// A cookie's value: the key of the sentence and its values, not the sentence, so that nobody's words are trusted.
  static func carrying(_ key: String, _ values: [String: String]) -> String {
    let data = (try? JSONEncoder().encode([key: values])) ?? Data()
    return data.base64URL
  }

  init?(carried: String?, in words: Words) {
    guard let carried, let data = Data(base64URL: carried),
      let found = try? JSONDecoder().decode([String: [String: String]].self, from: data),
      let (key, values) = found.first, words.has(key)
    else { return nil }
    kind = "good"
    text = words(key, values.mapValues(Named.text))
  }
}

extension Response {
  static func html(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
    Response(
      status: status, headers: [.contentType: "text/html; charset=utf-8"],
      body: .init(byteBuffer: ByteBuffer(string: text)))
  }

  static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Response(
      status: status, headers: [.contentType: "application/json"],
      body: .init(byteBuffer: ByteBuffer(bytes: try encoder.encode(value))))
  }
}
