import Foundation
import Testing

@testable import Ballots

struct SlipTests {
  static let sheet = Hash256(of: "Harbour's sheet")

  static func codes(_ numbers: Range<Int>) -> [Hash256] { numbers.map { Hash256(of: "slip \($0)") } }

  /// A round of two segments, in the first of which so many slips have been handed out.
  static func round(slips: Int = 3, rolls: [Int] = [6, 6]) throws -> SealedRound {
    var round = try SealedRoundTests.round(rolls: rolls)
    _ = try round.printSheet(sheet, codes: codes(0..<slips), printing: 1, segment: 0)
    _ = try round.handOut(sheet, printing: 1, segment: 0)
    return round
  }

  static func serial(_ number: Int) throws -> Serial { try Serial(Hash256(of: "slip serial \(number)").bytes) }

  static func answer(_ serial: Serial, _ ratings: [Int?] = [4, 4, 4], comment: String = "") throws -> Answer {
    try Answer(ratings: ratings, items: 3, comment: comment, receipt: serial.slipReceipt, send: 1)
  }

  @Test func `a slip counts once, and the same serial replaces what it sent`() throws {
    var round = try Self.round()
    let (one, other) = (try Self.serial(1), try Self.serial(2))
    guard case .stored = try round.answer(Self.answer(one), slip: Self.codes(0..<1)[0], serial: one) else {
      return #expect(Bool(false), "the first answer was not stored")
    }
    let before = round.segments
    #expect(throws: SlipRefusal.spent) { try round.answer(Self.answer(other), slip: Self.codes(0..<1)[0], serial: other) }
    #expect(try round.answer(Self.answer(one), slip: Self.codes(0..<1)[0], serial: one) == .repeated)
    #expect(round.segments == before)
    guard case .replaced = try round.answer(Self.answer(one, [1, nil, 5]), slip: Self.codes(0..<1)[0], serial: one) else {
      return #expect(Bool(false), "the second answer did not replace the first")
    }
    var generator = Seeded(state: 1)
    #expect(round.tally(shufflingWith: &generator).ballots == [[[1, nil, 5]], []])
    #expect(round.tally(shufflingWith: &generator).receipts == [one.slipReceipt])
    #expect(BallotRecord(try #require(round.segments[0][.ratings, one.hash]))?.send == 2)
  }

  @Test func `a code that is none, a sheet's own entry and a serial of another slip are refused`() throws {
    var round = try Self.round()
    let (one, codes) = (try Self.serial(1), Self.codes(0..<3))
    _ = try round.answer(Self.answer(one), slip: codes[0], serial: one)
    let before = round.segments
    #expect(throws: SlipRefusal.unknown) { try round.answer(Self.answer(one), slip: Hash256(of: "no slip"), serial: one) }
    #expect(throws: SlipRefusal.unknown) { try round.answer(Self.answer(one), slip: Self.sheet, serial: one) }
    #expect(throws: SlipRefusal.serialTaken) { try round.answer(Self.answer(one, [1, 1, 1]), slip: codes[1], serial: one) }
    #expect(throws: SealedRoundRefusal.otherInstrument(items: 3)) {
      let short = try Answer(ratings: [1], items: 1, comment: "", receipt: one.slipReceipt, send: 1)
      return try round.answer(short, slip: codes[1], serial: one)
    }
    #expect(round.segments == before)
  }

  @Test func `slips of a sheet that is not handed out, or was printed anew, cannot be used`() throws {
    var round = try SealedRoundTests.round()
    let (one, spoilt, good) = (try Self.serial(1), Self.codes(0..<3), Self.codes(3..<6))
    _ = try round.printSheet(Self.sheet, codes: spoilt, printing: 1, segment: 0)
    #expect(throws: SlipRefusal.notHandedOut) { try round.answer(Self.answer(one), slip: spoilt[0], serial: one) }
    _ = try round.printSheet(Self.sheet, codes: good, printing: 2, segment: 0)
    _ = try round.handOut(Self.sheet, printing: 2, segment: 0)
    #expect(throws: SlipRefusal.void) { try round.answer(Self.answer(one), slip: spoilt[0], serial: one) }
    #expect(round.ballots(ofSegment: 0) == 0)
    _ = try round.answer(Self.answer(one), slip: good[0], serial: one)
    #expect(round.ballots(ofSegment: 0) == 1)
  }

  @Test func `a sheet is printed once under each number, and never after it was handed out`() throws {
    var round = try SealedRoundTests.round()
    func print(_ printing: UInt8) throws { _ = try round.printSheet(Self.sheet, codes: Self.codes(0..<3), printing: printing, segment: 0) }
    #expect(throws: SlipRefusal.printedMeanwhile) { try print(2) }
    #expect(throws: SlipRefusal.printedMeanwhile) { _ = try round.handOut(Self.sheet, printing: 1, segment: 0) }
    try print(1)
    #expect(throws: SlipRefusal.printedMeanwhile) { try print(1) }
    #expect(throws: SlipRefusal.printedMeanwhile) { try print(0) }
    for printing in 2...SlipSheet.mostPrintings { try print(printing) }
    #expect(throws: SlipRefusal.tooManyPrintings) { try print(SlipSheet.mostPrintings + 1) }
    #expect(throws: SlipRefusal.printedMeanwhile) { _ = try round.handOut(Self.sheet, printing: 1, segment: 0) }
    _ = try round.handOut(Self.sheet, printing: SlipSheet.mostPrintings, segment: 0)
    #expect(round.sheet(Self.sheet, segment: 0) == .handedOut)
    #expect(throws: SlipRefusal.handedOut) { try print(1) }
    #expect(throws: SlipRefusal.handedOut) { _ = try round.handOut(Self.sheet, printing: SlipSheet.mostPrintings, segment: 0) }
  }

  @Test(arguments: [-1, 2, Int.max, Int.min])
  func `no slips are printed for a segment that is not there`(segment: Int) throws {
    var round = try SealedRoundTests.round()
    #expect(throws: SlipRefusal.unknown) { try round.printSheet(Self.sheet, codes: [], printing: 1, segment: segment) }
    #expect(throws: SlipRefusal.printedMeanwhile) { try round.handOut(Self.sheet, printing: 1, segment: segment) }
  }

  @Test func `two parties of one segment have sheets of their own, and once handed out nothing tells them apart`() throws {
    var round = try SealedRoundTests.round(rolls: [8])
    let (harbour, meadow) = (Hash256(of: "Harbour"), Hash256(of: "Meadow"))
    _ = try round.printSheet(harbour, codes: Self.codes(0..<2), printing: 1, segment: 0)
    _ = try round.printSheet(meadow, codes: Self.codes(2..<4), printing: 1, segment: 0)
    _ = try round.handOut(harbour, printing: 1, segment: 0)
    #expect(throws: SlipRefusal.notHandedOut) {
      try round.answer(Self.answer(Self.serial(2)), slip: Self.codes(2..<3)[0], serial: Self.serial(2))
    }
    _ = try round.handOut(meadow, printing: 1, segment: 0)
    #expect(Set(Self.codes(0..<4).compactMap { round.segments[0][.slips, $0] }).count == 1)
  }

  @Test func `a browser's answer and a slip's rewrite the same kinds of pages, all of one size`() throws {
    var round = try Self.round()
    let one = try Self.serial(1)
    guard case .stored(let byBrowser) = try round.answer(Story.answer(from: 1), by: Story.credential(1), segment: 0),
      case .stored(let bySlip) = try round.answer(Self.answer(one, comment: "Thank you"), slip: Self.codes(0..<1)[0], serial: one)
    else { return #expect(Bool(false), "an answer was not stored") }
    #expect(Set(byBrowser) == Set(bySlip))
  }

  @Test func `the sealed pages are as many and as long whether slips were used or not`() throws {
    let key = SealingKey.generate()
    func sizes(_ round: SealedRound) throws -> [SealedPlace: Int] {
      try Dictionary(uniqueKeysWithValues: round.places.map { ($0, try round.sealed(at: $0, under: key).count) })
    }
    let (none, unused) = (try SealedRoundTests.round(), try Self.round())
    var used = unused
    for (number, code) in Self.codes(0..<3).enumerated() {
      let serial = try Self.serial(number)
      _ = try used.answer(Self.answer(serial, comment: "c"), slip: code, serial: serial)
    }
    #expect(try sizes(unused) == sizes(none))
    #expect(try sizes(used) == sizes(none))
  }

  @Test func `slips come back from their rows, on several pages too`() throws {
    var round = try Self.round(slips: 90, rolls: [45])
    let (key, serial) = (SealingKey.generate(), try Self.serial(1))
    _ = try round.answer(Self.answer(serial), slip: Self.codes(70..<71)[0], serial: serial)
    let rows = try Dictionary(uniqueKeysWithValues: round.places.map { ($0, try round.sealed(at: $0, under: key)) })
    #expect(rows.keys.contains { $0.kind == .slips && $0.page == 1 })
    var loaded = try SealedRound(name: Story.round, items: 3, rolls: [45], rows: rows, key: key)
    #expect(loaded.segments == round.segments)
    #expect(throws: SlipRefusal.spent) {
      try loaded.answer(Self.answer(Self.serial(2)), slip: Self.codes(70..<71)[0], serial: Self.serial(2))
    }
  }

  @Test func `a serial reads back from its letters, and its receipt is another code`() throws {
    for _ in 0..<50 {
      let serial = Serial.random()
      #expect(Serial(typed: serial.letters.lowercased().replacingOccurrences(of: "-", with: " ")) == serial)
      #expect(serial.letters.count == 52 + 12)
      #expect(!serial.letters.replacingOccurrences(of: "-", with: "").hasPrefix(serial.slipReceipt.letters.replacingOccurrences(of: "-", with: "")))
    }
    #expect(Serial(typed: String(repeating: "0", count: 51)) == nil)
    #expect(Serial(typed: String(repeating: "0", count: 53)) == nil)
    #expect(Serial(typed: String(repeating: "0", count: 51) + "1") == nil)
    #expect(Serial(typed: "") == nil)
  }

  @Test(arguments: [6, 255, 42] as [UInt8])
  func `a slip whose record is none of ours does not open`(kind: UInt8) {
    #expect(SlipRecord([kind] + [UInt8](repeating: 0, count: 32)) == nil)
    #expect(SlipRecord([1] + [UInt8](repeating: 9, count: 32)) == nil)
    #expect(SlipRecord([1]) == nil)
  }
}
