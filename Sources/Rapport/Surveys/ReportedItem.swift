import Database
import Foundation
import Partnering

/// An item of a closed round's report, as the cause of an action or a celebration.
struct ReportedItem: Sendable {
  let round: ID<Round>
  /// Its number.
  let item: Int

  /// As a form carries it; `nil` without a cause.
  init?(round: String, item: String) {
    guard let round = ID<Round>(round), let item = Int(item) else { return nil }
    (self.round, self.item) = (round, item)
  }

  /// - Throws: `Refusal.notFound` for a round that is none of this partnership's closed ones, and for an item that its
  ///   report does not show.
  func mustBe(in scope: PartnershipScope, _ connection: any Connection) throws {
    let found = try connection.first(
      "SELECT report FROM round WHERE space_id = $1 AND id = $2 AND partnership_id = $3 AND state = 'closed'",
      [.id(scope.space), .id(round), .id(scope.partnership)])
    guard let text = try found?.textIfAny("report"),
      try JSONDecoder().decode(SurveyReport.self, from: Data(text.utf8)).item(item)?.figures != nil
    else { throw Refusal.notFound }
  }
}
