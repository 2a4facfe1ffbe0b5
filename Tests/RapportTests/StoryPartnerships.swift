import Foundation
import Partnering
import Testing

@testable import Database
@testable import Rapport

/// The cast's partnerships: Ada's Harbour starts one, Bo's Dunes is asked to join.
extension Story {
  /// What Ada's form says when Harbour proposes a partnership to Dunes, which is new here.
  static let proposal: [(String, String)] = [
    ("kind", "strategic-alliance"), ("name", "Lighthouse"), ("purpose", "Keep ships off the rocks.\nTogether."),
    ("shape", "parties"), ("own-party", "Harbour"), ("others", "1"), ("organisation-1", "new"),
    ("party-1", "Dunes"), ("lead-1", "Bo"), ("email-1", "bo@dunes.example"),
  ]

  static let joining: [(String, String)] = [
    ("purpose", "yes"), ("benefits", "Fewer wrecks\nShared boats"), ("trust", "yes"),
  ]

  /// A partnership of Harbour and Dunes that nobody has joined yet; its address.
  func proposed(by ada: Visitor, _ changes: [String: String] = [:]) async throws -> String {
    let fields = Self.proposal.map { ($0.0, changes[$0.0] ?? $0.1) }
    try await ada.get("/partnerships/new")
    let made = try await ada.post("/partnerships/new", fields)
    let path = try #require(made.location)
    return String(path.dropLast("/join".utf8.count))
  }

  /// The same, joined by both: Ada leads Harbour, Bo leads Dunes.
  func active(by ada: Visitor) async throws -> (path: String, bo: Visitor) {
    let path = try await proposed(by: ada)
    try await join(path, as: ada)
    let bo = try await account("bo@dunes.example")
    try await join(path, as: bo)
    return (path, bo)
  }

  @discardableResult
  func join(
    _ path: String, as visitor: Visitor, _ fields: [(String, String)] = Story.joining
  ) async throws -> Visitor.Page {
    let page = try await visitor.get("\(path)/join")
    return try await visitor.post("\(path)/join", fields + page.hidden("party") + page.hidden("seen"))
  }

  /// The person with this address, given a password and signed in.
  func account(_ email: String) async throws -> Visitor {
    let hash = try await PasswordHash(of: Self.password)
    try await house.database.write { connection in
      try connection.execute(
        "UPDATE person SET password = $2 WHERE email = $1", [.text(email), .text(hash.text)])
    }
    let visitor = visitor()
    try await visitor.get("/sign-in")
    try await visitor.submit("/sign-in", [("email", email), ("password", Self.password), ("back", "/")])
    return visitor
  }
}

extension Visitor.Page {
  /// A hidden field of the page, as a form sends it back.
  func hidden(_ name: String) -> [(String, String)] {
    guard let start = text.range(of: "name=\"\(name)\" value=\"") else { return [] }
    return [(name, String(text[start.upperBound...].prefix { $0 != "\"" }))]
  }
}
