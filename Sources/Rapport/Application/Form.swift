import Foundation
import Partnering

/// What a browser's form sent: names and values, as typed.
struct Form: Sendable {
  private let values: [String: [String]]
  private let files: [String: [UInt8]]

  static let none = Form(values: [:])

  private init(values: [String: [String]], files: [String: [UInt8]] = [:]) { (self.values, self.files) = (values, files) }

  /// A form with a file in it.
  init(_ form: MultipartForm) { self.init(values: form.texts, files: form.files) }

  /// Reads `application/x-www-form-urlencoded`; broken escapes stand for themselves.
  init(urlEncoded body: some Collection<UInt8>) {
    var values: [String: [String]] = [:]
    for pair in body.split(separator: UInt8(ascii: "&")) {
      let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = parts.first else { continue }
      values[Self.decoded(name), default: []].append(parts.count > 1 ? Self.decoded(parts[1]) : "")
    }
    self.init(values: values)
  }

  /// The value with the blanks around it taken away; empty if there is none.
  subscript(name: String) -> String {
    (values[name]?.first ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// The bytes of a file that was chosen, if this name has one.
  func file(_ name: String) -> [UInt8]? { files[name] }

  /// All values of this name, in order.
  func all(_ name: String) -> [String] { values[name] ?? [] }

  /// Everything, sorted by name.
  var fields: [(name: String, value: String)] {
    values.sorted { $0.key < $1.key }.flatMap { name, values in values.map { (name, $0) } }
  }

  func has(_ name: String) -> Bool { values[name] != nil }

  func id<Thing>(_ name: String, of: Thing.Type = Thing.self) -> ID<Thing>? { ID(self[name]) }

  func number(_ name: String) -> Int? { Int(self[name]) }

  private static func decoded(_ text: some Collection<UInt8>) -> String {
    var bytes: [UInt8] = []
    var rest = text[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "+") {
        bytes.append(UInt8(ascii: " "))
      } else if byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16),
        rest.prefix(2).count == 2
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
