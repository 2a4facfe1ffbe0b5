import Mustache

/// The fields of a form as its page shows them again: `{{#fields.email}}{{value}}{{error}}{{/fields.email}}`.
struct FieldsOnPage: Sendable, MustacheParent {
  struct Field: Sendable {
    let name: String
    /// What was typed.
    let value: String
    /// One sentence, or `nil`.
    let error: String?
  }

  private let fields: [String: Field]
  /// The refused fields in order, for the summary at the top.
  let refused: [Field]

  init(_ fields: [Field]) {
    self.fields = Dictionary(fields.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    refused = fields.filter { $0.error != nil }
  }

  func child(named name: String) -> Any? {
    switch name {
    case "refused": refused
    case "hasRefused": !refused.isEmpty
    default: fields[name]
    }
  }
}

extension Visit {
  /// Fields with what was typed, and the sentence of each that was refused.
  func fields(_ typed: [(name: String, value: String)], _ refusals: FieldRefusals?) -> FieldsOnPage {
    FieldsOnPage(
      typed.map { name, value in
        let refused = refusals?.refusals.first { $0.field == name }
        return .init(name: name, value: value, error: refused.map { words($0.key, $0.values) })
      })
  }
}

extension FieldsOnPage {
  /// One field; empty if there is none of this name.
  subscript(name: String) -> Field { child(named: name) as? Field ?? Field(name: name, value: "", error: nil) }
}
