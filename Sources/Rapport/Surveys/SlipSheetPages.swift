import Ballots
import Partnering

/// Where a lead prints the own party's slips, and says that they are handed out.
struct SlipsPage: Sendable {
  struct Sheet: Sendable {
    let id, name, count, state: String
    let marker: PartyMarker
    let people: [String]
    /// The number that the next printing will have; `nil` once handed out.
    let next: String?
    let printLabel: String
    /// The printing that can be handed out.
    let handsOut: String?
  }

  let sheets: [Sheet]
  let print, handOut, form, keyIn: String

  init(_ sheets: [PartySheet], _ round: RoundRecord, _ visit: Visit) {
    print = "\(round.path)/slips"
    handOut = "\(round.path)/slips/handing-out"
    (form, keyIn) = ("/slips/\(round.id)/form", "/slips/\(round.id)")
    self.sheets = sheets.map { Self.sheet($0, visit.words) }
  }

  private static func sheet(_ sheet: PartySheet, _ words: Words) -> Sheet {
    let (next, handsOut, state): (UInt8?, UInt8?, String) =
      switch sheet.state {
      case .notPrinted: (1, nil, "not-printed")
      case .printed(let printing): (printing < SlipSheet.mostPrintings ? printing + 1 : nil, printing, "printed")
      case .handedOut: (nil, nil, "handed-out")
      }
    return Sheet(
      id: sheet.party.text, name: sheet.name, count: words("slips.count", ["n": .count(sheet.people.count)]),
      state: words("slips.state-\(state)"), marker: sheet.marker, people: sheet.people, next: next.map(String.init),
      printLabel: words(sheet.state == .notPrinted ? "slips.print" : "slips.print-again"), handsOut: handsOut.map(String.init))
  }
}

/// The sheet itself, to be printed and cut.
struct SlipSheetPage: Sendable {
  let slips: [String]
  let address: String
  let code: QRCode?
  let round: String
  let digestWords: [String]
  let closes, sheet, back: String

  init(
    _ codes: [SlipCode], _ party: PartySheet, _ printing: UInt8, _ round: RoundRecord, _ partnership: String, _ visit: Visit
  ) {
    // Sorted, so that the sheet has no order but that of chance.
    slips = codes.map(\.letters).sorted()
    address = visit.house.configuration.baseURL.link("/slips/\(round.id)")
    code = QRCode(address)
    self.round = visit.words("slips.round", ["partnership": .text(partnership), "n": .count(round.number)])
    digestWords = round.digest?.words ?? []
    closes = visit.words("slips.closes", ["closes": .text(visit.formats.moment(round.closesAt))])
    sheet = visit.words("slips.sheet", ["party": .text(party.name), "printing": .count(Int(printing))])
    back = "\(round.path)/slips"
  }
}
