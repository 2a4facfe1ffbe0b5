import Database
import Foundation
import Mustache
import Partnering
import Yams

/// A value that a sentence names: `{name}` stands for it in the word file.
enum Named: Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
  case text(String)
  /// A number that a plural form may depend on; written with the language's separators.
  case count(Int)
  /// A date, written as the language does.
  case day(CalendarDay)

  init(stringLiteral value: String) { self = .text(value) }
  init(integerLiteral value: Int) { self = .count(value) }
}

/// Every sentence of the product in every language, read from the capabilities' word files.
struct WordBook: Sendable {
  private let languages: [Language: Words]

  /// Reads `words.en.yaml`, `answer.words.de.yaml` and their like from the program's folder.
  /// - Throws: `ResourcesMissing`, or `WordFileFailure` naming the file.
  init(resources: Resources) throws {
    var languages: [Language: Words] = [:]
    for language in Language.allCases {
      var sentences: [String: Sentence] = [:]
      for file in try resources.files(endingIn: ["words.\(language.rawValue).yaml"]) {
        let text = try String(contentsOf: file, encoding: .utf8)
        guard let node = try Yams.compose(yaml: text) else { continue }
        try Self.collect(node, under: "", from: file.lastPathComponent, into: &sentences)
      }
      languages[language] = Words(language: language, sentences: sentences)
    }
    self.languages = languages
  }

  func words(in language: Language) -> Words {
    languages[language] ?? Words(language: language, sentences: [:])
  }

  private static func collect(
    _ node: Node, under prefix: String, from file: String, into sentences: inout [String: Sentence]
  ) throws {
    switch node {
    case .scalar(let scalar):
      try add(Sentence(one: nil, other: scalar.string), as: prefix, from: file, to: &sentences)
    case .mapping(let mapping):
      if let other = mapping["other"]?.string {
        try add(Sentence(one: mapping["one"]?.string, other: other), as: prefix, from: file, to: &sentences)
        return
      }
      for (key, value) in mapping {
        guard let name = key.string else { throw WordFileFailure(file: file, key: prefix) }
        try collect(value, under: prefix.isEmpty ? name : "\(prefix).\(name)", from: file, into: &sentences)
      }
    case .sequence, .alias:
      throw WordFileFailure(file: file, key: prefix)
    }
  }

  private static func add(
    _ sentence: Sentence, as key: String, from file: String, to sentences: inout [String: Sentence]
  ) throws {
    guard sentences.updateValue(sentence, forKey: key) == nil else {
      throw WordFileFailure(file: file, key: key)
    }
  }
}

/// A word file holds something that is no sentence, or a key twice.
struct WordFileFailure: Error {
  let file: String
  let key: String
}

struct Sentence: Sendable {
  /// For exactly one; `nil` where the sentence has no plural forms.
  let one: String?
  let other: String
}

/// The sentences of one language.
struct Words: Sendable {
  let language: Language
  let sentences: [String: Sentence]

  /// The sentence with its named values; its form for one or many follows the value named `n`.
  /// A key that no word file has reads as itself in brackets, which a test looks for.
  func callAsFunction(_ key: String, _ values: [String: Named] = [:]) -> String {
    guard let sentence = sentences[key] else { return "[\(key)]" }
    var form = sentence.other
    if case .count(1) = values["n"], let one = sentence.one { form = one }
    return filling(form, with: values)
  }

  /// Whether a word file has this key.
  func has(_ key: String) -> Bool { sentences[key] != nil }

  private func filling(_ form: String, with values: [String: Named]) -> String {
    guard form.utf8.contains(UInt8(ascii: "{")) else { return form }
    var result = ""
    var rest = form[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      result += rest[..<open]
      let name = String(rest[rest.index(after: open)..<close])
      switch values[name] {
      case .text(let text): result += text
      case .count(let number): result += Formats(language: language).number(number)
      case .day(let day): result += Formats(language: language).day(day)
      case nil: result += "{\(name)}"
      }
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }
}

/// `{{w.surveys.title}}` in a template: the words below a key.
struct WordsBelow: MustacheParent, MustacheCustomRenderable {
  let words: Words
  let prefix: String

  func child(named name: String) -> Any? {
    WordsBelow(words: words, prefix: prefix.isEmpty ? name : "\(prefix).\(name)")
  }

  var renderText: String { words(prefix) }
  var isNull: Bool { false }
}
