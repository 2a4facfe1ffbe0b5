import Ballots
import Foundation
import Hummingbird
import Partnering

/// The sheets of slips for those who answer on paper. A lead prints them for the own party, once the round is open.
extension RoundRoutes {
  @Sendable func showSlips(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope, round) = try await led(context, in: .open, otherwise: "rounds.not-open")
    let sheets = try await sheets(of: round, for: scope.partnership.leads)
    let head = visit.roundHead(
      in: scope.partnership, title: visit.words("slips.title"), lead: visit.words("slips.lead"),
      below: (visit.roundName(round), round.path))
    return try visit.page("slips", SlipsPage(sheets, round, visit), head)
  }

  /// Makes the codes and answers with the sheet itself: it is shown this once, and the codes are kept nowhere.
  @Sendable func printSlips(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope, round) = try await led(context, in: .open, otherwise: "rounds.not-open")
    let (party, printing) = (try ownParty(visit.form, scope), try Self.printing(visit.form))
    guard let sheet = try await sheets(of: round, for: [party]).first else { throw Refusal.because("slips.nobody-on-paper") }
    var generator = SystemRandomNumberGenerator()
    let codes = sheet.people.map { _ in SlipCode(using: &generator) }
    try await change(sheet, .print(codes), printing, in: round)
    let name = try await store.slipRound(round.id)?.partnership ?? ""
    let content = SlipSheetPage(codes, sheet, printing, round, name, visit)
    return try visit.page("slip-sheet", content, PageHead(title: visit.words("slips.sheet-title", ["party": .text(sheet.name)])))
  }

  @Sendable func handOutSlips(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope, round) = try await led(context, in: .open, otherwise: "rounds.not-open")
    let (party, printing) = (try ownParty(visit.form, scope), try Self.printing(visit.form))
    guard let sheet = try await sheets(of: round, for: [party]).first else { throw Refusal.because("slips.nobody-on-paper") }
    try await change(sheet, .handOut, printing, in: round)
    return visit.redirect(to: "\(round.path)/slips", saying: "slips.handed-out-now")
  }

  /// The sheets of those parties that have people on paper.
  private func sheets(of round: RoundRecord, for parties: [ID<Party>]) async throws -> [PartySheet] {
    let (open, sealed): (OpenRound, SealedRound)
    do {
      (open, sealed) = (try await house.sealedRounds.open(round.id), try await house.sealedRounds.sealed(of: round.id))
    } catch let closed as RoundClosed { throw closed.refusal }
    return try await store.parties(of: round).compactMap { party in
      guard parties.contains(party.id), !party.paper.isEmpty else { return nil }
      let segment = open.document.segment(ofParty: party.name)
      return PartySheet(
        party: party.id, name: party.name, marker: PartyMarker(seat: party.place), segment: segment,
        people: party.paper.map { $0.name ?? "" },
        state: sealed.sheet(SheetOfSlips.hash(of: party.id), segment: segment))
    }
  }

  private func change(
    _ sheet: PartySheet, _ act: SheetOfSlips.Act, _ printing: UInt8, in round: RoundRecord
  ) async throws {
    let change = SheetOfSlips(party: sheet.party, segment: sheet.segment, printing: printing, act: act)
    do { _ = try await house.sealedRounds.take(.slipSheet(change), in: round.id) } catch let closed as RoundClosed {
      throw closed.refusal
    } catch let refusal as SlipRefusal {
      throw Refusal.because(refusal.sheetSentence)
    }
  }

  /// The number that the form carries, so that a page that is loaded again does not spoil the sheet in somebody's hand.
  private static func printing(_ form: Form) throws -> UInt8 {
    guard let printing = UInt8(form["printing"]) else { throw Refusal.because("slips.printed-meanwhile") }
    return printing
  }
}

extension House {
  /// Whether a party's sheet of slips waits to be printed or handed out; not in a round that takes no answers any more.
  func awaitsSlips(of party: ID<Party>, named name: String, in round: ID<Round>) async throws -> Bool {
    do {
      let open = try await sealedRounds.open(round)
      let segment = open.document.segment(ofParty: name)
      return try await sealedRounds.sealed(of: round).sheet(SheetOfSlips.hash(of: party), segment: segment) != .handedOut
    } catch is RoundClosed { return false }
  }
}

/// One party's sheet of slips.
struct PartySheet: Sendable {
  let party: ID<Party>
  let name: String
  let marker: PartyMarker
  let segment: Int
  /// The names of those who answer on paper: as many slips are on it.
  let people: [String]
  let state: SlipSheet
}

extension SlipRefusal {
  fileprivate var sheetSentence: String {
    switch self {
    case .handedOut: "slips.handed-out-before"
    case .tooManyPrintings: "slips.too-many-printings"
    case .printedMeanwhile, .unknown, .notHandedOut, .void, .spent, .serialTaken: "slips.printed-meanwhile"
    }
  }
}
