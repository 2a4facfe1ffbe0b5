import Testing

@testable import Partnering

@Suite struct AnswerSheetTests {
  private let two = Instrument.of(items: 2)

  private func sheet(_ text: String, by column: String? = nil) throws -> AnswerSheet {
    try AnswerSheet(Array(text.utf8), for: two, partyColumn: column)
  }

  private func faults(_ text: String, by column: String? = nil) -> [SheetFault] { faults(Array(text.utf8), by: column) }

  private func faults(_ bytes: [UInt8], by column: String? = nil) -> [SheetFault] {
    do throws(SheetFaults) {
      _ = try AnswerSheet(bytes, for: two, partyColumn: column)
      return []
    } catch { return error.first }
  }

  private func fault(_ line: Int, _ column: Int, _ kind: SheetFault.Kind) -> SheetFault {
    SheetFault(place: SheetPlace(line: line, column: column), kind: kind)
  }

  @Test(arguments: ["1,2\n4,5\n", "1;2\r\n4;5\r\n", "1\t2\n4\t5", "\u{FEFF}q1,Q2\n4,5\n", "item 1,id-2\n 4 ,\t5\n", "\"1\",\"2\"\n\"4\",\"5\"\n", "\n1,2\n\n4,5\n\n"])
  func `the same answers are read from every form of the file`(text: String) throws {
    let sheet = try sheet(text)
    #expect(sheet.parts.count == 1)
    #expect(sheet.parts[0].rows == 1)
    #expect(sheet.parts[0].answers == [Histogram([4]), Histogram([5])])
  }

  @Test func `a row without a rating is somebody who did not answer`() throws {
    let sheet = try sheet("1,2,note\n4,,x\n,,away\n , ,\n")
    #expect(sheet.parts[0].rows == 3)
    #expect(sheet.parts[0].ballotLines == [2])
    #expect(sheet.parts[0].answers == [Histogram([4]), Histogram()])
    #expect(sheet.unread == [AnswerSheet.UnreadColumn(number: 3, name: "note")])
  }

  @Test func `parties are told apart by their column`() throws {
    let sheet = try sheet("party,1,2\nHarbour,4,5\n\"Meadow, \"\"the\"\"\",1,\n Harbour ,3,3\n", by: "party")
    #expect(sheet.parts.map(\.party) == ["Harbour", "Meadow, \"the\""])
    #expect(sheet.parts.map(\.rows) == [2, 1])
    #expect(sheet.parts[0].answers == [Histogram([4, 3]), Histogram([5, 3])])
    #expect(sheet.parts[1].place == SheetPlace(line: 3, column: 1))
  }

  @Test(arguments: ["six", "6", "0", "3.5", "NA", "-1", "１", "1 2", "\u{00A0}3", "3\u{0301}", "3\r4"])
  func `what is no rating is refused where it stands`(cell: String) {
    #expect(faults("1,2\n4,5\n3,\(cell)\n") == [fault(3, 2, .notARating(cell, item: 2))])
  }

  @Test func `lines are lines of the file, line breaks within quotes too`() {
    #expect(faults("note,1,2\n\"a\nb\r\nc\",4,x\n,7,1\n") == [
      fault(4, 3, .notARating("x", item: 2)), fault(5, 2, .notARating("7", item: 1)),
    ])
  }

  @Test func `items must be there, once`() {
    #expect(faults("1,q1\n3,4\n") == [
      fault(1, 2, .itemRepeated(number: 1, firstColumn: 1)), fault(1, 1, .itemMissing(number: 2, id: "id-2")),
    ])
    #expect(faults("") == [fault(1, 1, .noHeader)])
    #expect(faults("\n\n") == [fault(1, 1, .noHeader)])
  }

  @Test func `the party's column must be there, once, and filled`() {
    #expect(faults("1,2\n3,4\n", by: "party") == [fault(1, 1, .columnMissing("party"))])
    #expect(faults("party,1,2,party\n", by: "party") == [fault(1, 4, .columnRepeated("party", firstColumn: 1))])
    #expect(faults("party,1,2\n ,3,4\n", by: "party") == [fault(2, 1, .partyMissing)])
  }

  @Test func `a row with more or fewer fields than the header is refused`() {
    #expect(faults("1,2\n3\n4,5,\n") == [
      fault(2, 1, .wrongFieldCount(1, expected: 2)), fault(3, 3, .wrongFieldCount(3, expected: 2)),
    ])
  }

  @Test func `a quote that never closes is told where it opens`() {
    #expect(faults("1,2\n3,\"4\n5,1\n") == [fault(2, 2, .quoteNeverClosed)])
    #expect(faults("1,2\n\"3\"x,4\n") == [fault(2, 1, .textAfterQuote)])
  }

  @Test func `bytes that are no text are told where they stand`() {
    #expect(faults(Array("1,2,note\n3,4,".utf8) + [0xE4] + Array("\n".utf8)) == [fault(2, 3, .notUTF8)])
    #expect(faults([0xFF, 0xFE, 0x31, 0x00]).first?.kind == .notUTF8)
  }

  @Test func `of many faults twenty are told and all are counted`() {
    let text = "1,2\n" + String(repeating: "x,y\n", count: 30)
    let thrown = #expect(throws: SheetFaults.self) { try sheet(text) }
    #expect(thrown?.first.count == 20)
    #expect(thrown?.total == 60)
  }

  @Test(arguments: [UInt64(1), 2, 3, 4])
  func `hostile bytes are refused or read, never a crash`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed &* 0x9E37_79B9)
    let alphabet = Array("1,2\"\r\n;\t x5".utf8) + [0, 0xEF, 0xBB, 0xBF, 0xFF, 0xC3]
    for _ in 0..<1_000 {
      var bytes = Bool.random(using: &generator) ? Array("1,2\n".utf8) : []
      for _ in 0..<Int.random(in: 0...40, using: &generator) {
        bytes.append(alphabet[Int.random(in: 0..<alphabet.count, using: &generator)])
      }
      if let sheet = try? AnswerSheet(bytes, for: two) {
        let answers = sheet.parts[0].answers.map(\.n)
        #expect(answers.allSatisfy { $0 <= sheet.parts[0].ballotLines.count }, "seed \(seed): \(bytes)")
      }
    }
  }
}
