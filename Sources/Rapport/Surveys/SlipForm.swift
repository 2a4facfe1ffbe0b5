import Ballots
import Partnering

/// What was typed on the page of a slip.
struct SlipForm: Sendable {
  let code, serial, kept, comment: String
  /// By item, from 1: `1` to `5`, `none`, or nothing.
  let marks: [String]

  init(_ form: Form, items: Int) {
    (code, serial, kept, comment) = (form["code"], form["serial"], form["kept"], form["comment"])
    marks = (0..<items).map { form["item-\($0 + 1)"] }
  }

  /// An empty form with a serial of its own.
  init(items: Int) {
    (code, serial, kept, comment) = ("", Serial.random().letters, "", "")
    marks = Array(repeating: "", count: items)
  }

  private init(_ other: SlipForm, serial: String) {
    (code, kept, comment, marks) = (other.code, other.kept, other.comment, other.marks)
    self.serial = serial
  }

  /// The same form with a serial that nobody has used, if its own cannot be used.
  func renewed(if isNeeded: Bool) -> SlipForm {
    isNeeded || Serial(typed: serial) == nil ? SlipForm(self, serial: Serial.random().letters) : self
  }

  /// - Throws: `FieldRefusals` with everything that is missing or wrong.
  func sent() throws -> SentSlip {
    var refusals = FieldRefusals()
    let code = SlipCode(typed: code)
    if code == nil { refusals.refuse("code", "slips.code-form") }
    // Somebody who answered before types the serial of then.
    let serial = kept.isEmpty ? Serial(typed: serial) : Serial(typed: kept)
    if serial == nil { refusals.refuse(kept.isEmpty ? "code" : "kept", kept.isEmpty ? "slips.form-incomplete" : "slips.kept-form") }
    // A mark that was left out by mistake would count as no answer for ever: "no answer" is a mark of its own.
    for (place, mark) in marks.enumerated() where !Self.marks.contains(mark) {
      refusals.refuse("item-\(place + 1)", mark.isEmpty ? "slips.item-missing" : "slips.item-unknown", ["item": .count(place + 1)])
    }
    var answer: Answer?
    if let serial {
      do {
        answer = try Answer(
          ratings: marks.map { Int($0) }, items: marks.count, comment: comment, receipt: serial.slipReceipt, send: 1)
      } catch AnswerRefusal.commentTooLong(let bytes) {
        refusals.refuse(
          "comment", "slips.comment-too-long", ["n": .count(bytes - Answer.largestComment), "most": .count(Answer.largestComment)])
      } catch {}
    }
    try refusals.check()
    guard let code, let serial, let answer else { throw refusals }
    return SentSlip(code: code.hash, serial: serial, answer: answer)
  }

  private static let marks: Set = ["1", "2", "3", "4", "5", "none"]
}

/// A form that can be taken.
struct SentSlip: Sendable {
  let code: Hash256
  let serial: Serial
  let answer: Answer
}
