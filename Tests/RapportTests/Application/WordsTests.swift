import Database
import Foundation
import Testing

@testable import Rapport

@Suite struct WordsTests {
  private let english: Words
  private let german: Words

  init() throws {
    let book = try WordBook(resources: Resources(of: "Rapport"))
    (english, german) = (book.words(in: .en), book.words(in: .de))
  }

  @Test func `both languages say the same things`() {
    let (one, other) = (Set(english.sentences.keys), Set(german.sentences.keys))
    #expect(one.subtracting(other).sorted() == [])
    #expect(other.subtracting(one).sorted() == [])
  }

  @Test func `both languages name the same values, in the singular too`() {
    for (key, sentence) in english.sentences {
      guard let translated = german.sentences[key] else { continue }
      #expect((sentence.one == nil) == (translated.one == nil), "\(key)")
      let named = Self.names(in: sentence.other).union(Self.names(in: sentence.one ?? ""))
      let inGerman = Self.names(in: translated.other).union(Self.names(in: translated.one ?? ""))
      #expect(named == inGerman, "\(key)")
    }
  }

  @Test func `no sentence is empty or begins and ends with a blank`() {
    for (key, sentence) in english.sentences.merging(german.sentences, uniquingKeysWith: { $1 }) {
      let trimmed = sentence.other.trimmingCharacters(in: .whitespacesAndNewlines)
      #expect(!trimmed.isEmpty && trimmed == sentence.other, "\(key)")
    }
  }

  @Test func `every sentence that a template asks for is there`() throws {
    for file in try TemplateTests.files() {
      for match in file.text.matches(of: /\{\{[#^]?w\.([a-z0-9.-]+)\}\}/) {
        #expect(english.has(String(match.output.1)), "\(match.output.1) in \(file.name)")
      }
    }
  }

  @Test func `every sentence that the code asks for is there`() throws {
    let capabilities = Set(english.sentences.keys.compactMap { $0.split(separator: ".").first.map(String.init) })
    for (name, text) in try Self.sources() {
      let code = text.replacing(/(?m)^\s*\/\/.*$/, with: "")
      for match in code.matches(of: /"([a-z-]+)\.([a-z0-9.-]*[a-z0-9])"/) where capabilities.contains(String(match.output.1)) {
        let key = "\(match.output.1).\(match.output.2)"
        #expect(english.has(key) || Self.isFile(key) || hasBelow(key), "\(key) in \(name)")
      }
    }
  }

  @Test func `templates hold no sentences`() throws {
    for file in try TemplateTests.files() {
      let bare = file.text.replacing(/\{\{![^}]*\}\}/, with: "").replacing(/\{\{[^}]*\}\}/, with: "")
      let spoken = bare.matches(of: /(?:alt|title|placeholder|aria-label|aria-description)="([^"]*)"/).map { String($0.output.1) }
      let shown = bare.replacing(/<!--.*?-->/.dotMatchesNewlines(), with: "").replacing(/<[^>]*>/, with: " ")
        .replacing(/[a-z-]+="[^"]*"/, with: " ")
      for text in spoken + [shown] {
        let words = text.matches(of: /\p{L}{2,}/).map { String($0.output) }.filter { !["nbsp", "middot", "ndash"].contains($0) }
        #expect(words == [], "\(file.name)")
      }
    }
  }

  private func hasBelow(_ key: String) -> Bool { english.sentences.keys.contains { $0.hasPrefix(key + ".") } }

  private static func isFile(_ key: String) -> Bool {
    ["js", "css", "svg", "csv", "json", "yaml", "mustache", "sqlite"].contains { key.hasSuffix(".\($0)") }
  }

  private static func names(in sentence: String) -> Set<String> {
    Set(sentence.matches(of: /\{([A-Za-z-]+)\}/).map { String($0.output.1) })
  }

  private static func sources() throws -> [(name: String, text: String)] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Sources/Rapport")
    return try FileManager.default.subpathsOfDirectory(atPath: root.path).filter { $0.hasSuffix(".swift") }.sorted()
      .map { ($0, try String(contentsOf: root.appendingPathComponent($0), encoding: .utf8)) }
  }
}
