import Hummingbird

/// Why a request is not done, in the words of the word files.
enum Refusal: Error {
  /// Not there, or not yours: one answer for both.
  case notFound
  /// Not signed in: the visitor is sent to sign in and comes back.
  case signInFirst
  /// The form did not come from a page of this session.
  case foreignForm
  /// The body is larger than this page takes, in bytes.
  case tooLarge(limit: Int)
  /// The body did not arrive in time.
  case tooSlow
  /// A sentence of a capability, with the status that tells programs the same.
  case because(_ key: String, _ values: [String: Named] = [:], status: HTTPResponse.Status = .conflict)
}

/// What was typed and cannot be taken, field by field; the page is shown again with it.
struct FieldRefusals: Error {
  /// Word keys with their values, by field name, in the order found.
  private(set) var refusals: [(field: String, key: String, values: [String: Named])] = []

  var isEmpty: Bool { refusals.isEmpty }

  mutating func refuse(_ field: String, _ key: String, _ values: [String: Named] = [:]) {
    guard !refusals.contains(where: { $0.field == field }) else { return }
    refusals.append((field, key, values))
  }

  /// - Throws: itself, if anything was refused.
  func check() throws { if !isEmpty { throw self } }
}
