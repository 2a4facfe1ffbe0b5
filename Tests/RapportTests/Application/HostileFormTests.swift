import Foundation
import Testing

@testable import Database
@testable import Rapport

/// Whatever a form holds, nobody gets a page that says it is our fault.
@Suite struct HostileFormTests {
  private static let values = [
    "\u{0}", "\u{301}\"'><script>alert(1)</script>", "-1", "99999999999999999999999", "2026-02-30T25:61", "\r\nSet-Cookie: a=b",
    String(repeating: "x,y@z.example\n", count: 6_000), "' OR 1=1 --", "\u{202E}\u{FEFF}\u{200D}",
  ]

  @Test(arguments: AccessTable.rows.filter { $0.route.hasPrefix("POST ") })
  func `no form brings the server to a fault`(row: AccessTable.Row) async throws {
    let world = try await AccessWorld()
    let names = try Self.fieldNames()
    #expect(names.count > 20)
    for value in Self.values {
      let page = try await world.send(row, by: .lead, to: .own, fields: names.map { ($0, value) })
      #expect(Outcome(page) != .fault, "\(row.route) with \(value.prefix(20).debugDescription) ended with \(page.status)")
      #expect(!page.text.contains("<script>alert"))
    }
  }

  /// Every name that a field of any page has.
  private static func fieldNames() throws -> [String] {
    var names: Set<String> = []
    for file in try Resources(of: "Rapport").files(endingIn: [".mustache"]) {
      let text = try String(contentsOf: file, encoding: .utf8)
      for match in text.matches(of: /name="([a-z-]+)"/) { names.insert(String(match.output.1)) }
    }
    return names.subtracting(["viewport", "referrer", "color-scheme", "form-token"]).sorted()
  }
}
