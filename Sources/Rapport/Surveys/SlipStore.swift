import Ballots
import Database
import Foundation
import Partnering

/// What the page of a slip tells about its round: it is asked by nobody in particular.
struct SlipRound: Sendable {
  let round: RoundRecord
  let partnership: String
  /// The space's, as the page knows no reader.
  let timeZone: TimeZone
}

extension RoundStore {
  /// A round that has been opened, by its id alone; `nil` for any other.
  func slipRound(_ id: ID<Round>) async throws -> SlipRound? {
    try await database.read { connection in
      let found = try connection.first(
        """
        SELECT round.space_id AS space_id, partnership.name AS name, time_zone
        FROM round
        JOIN partnership ON partnership.space_id = round.space_id AND partnership.id = round.partnership_id
        JOIN space ON space.id = round.space_id
        WHERE round.id = $1 AND state NOT IN ('draft', 'opening')
        """, [.id(id)])
      guard let found else { return nil }
      return SlipRound(
        round: try Self.round(id, in: try found.id("space_id"), connection), partnership: try found.text("name"),
        timeZone: TimeZone(identifier: try found.text("time_zone")) ?? .gmt)
    }
  }
}

/// Something that is done with one party's sheet of slips.
struct SheetOfSlips: Sendable {
  enum Act: Sendable {
    case print([SlipCode])
    case handOut
  }

  let party: ID<Party>
  let segment: Int
  /// From 1; for handing out, that of the sheet in hand.
  let printing: UInt8
  let act: Act

  /// What stands for a party's sheet among the sealed slips.
  static func hash(of party: ID<Party>) -> Hash256 { Hash256(of: "sheet \(party)") }

  func apply(to sealed: inout SealedRound) throws -> [SealedPlace] {
    let sheet = Self.hash(of: party)
    switch act {
    case .print(let codes):
      return try sealed.printSheet(sheet, codes: codes.map(\.hash), printing: printing, segment: segment)
    case .handOut: return try sealed.handOut(sheet, printing: printing, segment: segment)
    }
  }
}
