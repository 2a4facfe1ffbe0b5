import Database
import Foundation
import Mustache
import Testing

@testable import Rapport

/// Every variable of every template is given text that tries to leave its place. [architecture, Templates]
@Suite struct TemplateTests {
  /// Quotes and brackets that a combining mark, a joiner or a selector makes part of a longer Character.
  static let hostile = "\"\u{301}<\u{200D}>\u{FE0F}'\u{338}&\u{20DD}"

  @Test func `no text leaves its place, in whatever template it stands`() throws {
    let resources = try Resources(of: "Rapport")
    let templates = try Templates(resources: resources)
    #expect(templates.names.count > 10)
    for name in templates.names { try Self.check(try templates.render(name, with: Hostile()), name) }
  }

  @Test func `nor in what a template shows when something is absent`() throws {
    let templates = try Templates(files: Self.files().map { ($0.name, Self.withNothingAbsent($0.text)) })
    for name in templates.names { try Self.check(try templates.render(name, with: Hostile()), name) }
  }

  @Test func `every attribute that a template fills in stands in double quotes`() throws {
    for file in try Self.files() {
      #expect(!file.text.contains(/=\s*'?\{\{/), "\(file.name)")
      #expect(!file.text.contains("{{{") && !file.text.contains("{{&"), "\(file.name) switches escaping off")
    }
  }

  @Test func `no template has a script, a style or a handler of its own`() throws {
    for file in try Self.files() {
      #expect(!file.text.contains(/<script(?![^>]*src=)/), "\(file.name)")
      #expect(!file.text.contains(/<style|\sstyle=|\son[a-z]+=|javascript:/), "\(file.name)")
    }
  }

  static func files() throws -> [(name: String, text: String)] {
    try Resources(of: "Rapport").files(endingIn: [".mustache"]).map {
      ($0.deletingPathExtension().lastPathComponent, try String(contentsOf: $0, encoding: .utf8))
    }
  }

  /// Turns `{{^a}}..{{/a}}` into `{{#a}}..{{/a}}`, so that what stands for absence is rendered too.
  private static func withNothingAbsent(_ text: String) -> String {
    text.replacing(/\{\{\^([A-Za-z.-]+)\}\}/) { "{{#\($0.output.1)}}" }
  }

  private static func check(_ page: String, _ name: String) throws {
    let bytes = Array(page.utf8)
    for mark in ["\"\u{301}", "<\u{200D}", ">\u{FE0F}", "'\u{338}", "&\u{20DD}"] {
      let found = bytes.indices.contains { bytes[$0...].starts(with: mark.utf8) }
      #expect(!found, "\(name) lets \(mark.unicodeScalars.map(\.value)) through")
    }
  }
}

/// Whatever a template asks for: text where it shows it, something that is there where it asks.
private struct Hostile: MustacheParent, MustacheCustomRenderable, MustacheTransformable {
  func child(named name: String) -> Any? { Hostile() }
  func transform(_ name: String) -> Any? { name == "empty" ? false : Hostile() as Any }
  var renderText: String { TemplateTests.hostile }
  var isNull: Bool { false }
}
