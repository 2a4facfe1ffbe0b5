import Database
import Foundation
import Mustache

/// The pages' templates, each escaping what it is given.
struct Templates: Sendable {
  private let library: MustacheLibrary
  /// Their names, for the tests that visit them all.
  let names: [String]

  /// - Throws: `ResourcesMissing`, or `TemplateFailure` naming the file.
  init(resources: Resources) throws {
    try self.init(
      files: resources.files(endingIn: [".mustache"]).map { file in
        (file.deletingPathExtension().lastPathComponent, try String(contentsOf: file, encoding: .utf8))
      })
  }

  /// - Throws: `TemplateFailure` naming the file.
  init(files: [(name: String, text: String)]) throws {
    MustacheContentTypes.register(EscapedHTML(), named: "RAPPORT")
    var library = MustacheLibrary()
    for (name, text) in files {
      guard library.getTemplate(named: name) == nil else { throw TemplateFailure(name: name, reason: "there are two") }
      do {
        // The library's own escaping goes by Character and lets a quote with a combining mark through.
        let template = try MustacheTemplate(string: "{{% CONTENT_TYPE:RAPPORT}}" + text)
        library.register(template, named: name)
      } catch {
        throw TemplateFailure(name: name, reason: String(describing: error))
      }
    }
    self.library = library
    names = files.map(\.name)
  }

  /// - Throws: `TemplateFailure` if there is no such template.
  func render(_ name: String, with object: Any) throws -> String {
    guard let page = library.render(Reflected.wrap(object) ?? object, withTemplate: name) else {
      throw TemplateFailure(name: name, reason: "there is none")
    }
    return page
  }
}

struct TemplateFailure: Error {
  let name: String
  let reason: String
}

/// Escapes byte by byte, so that no combining mark or joiner can hide a quote or a bracket.
struct EscapedHTML: MustacheContentType {
  func escapeText(_ text: String) -> String {
    var escaped: [UInt8] = []
    escaped.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "&"): escaped += "&amp;".utf8
      case UInt8(ascii: "<"): escaped += "&lt;".utf8
      case UInt8(ascii: ">"): escaped += "&gt;".utf8
      case UInt8(ascii: "\""): escaped += "&quot;".utf8
      case UInt8(ascii: "'"): escaped += "&#39;".utf8
      case 0: escaped += "\u{FFFD}".utf8
      default: escaped.append(byte)
      }
    }
    return String(decoding: escaped, as: UTF8.self)
  }
}
