import Partnering

/// What the form of a talk's date says, as typed.
struct TalkForm: Sendable {
  let starts, minutes, place: String

  init(_ form: Form) { (starts, minutes, place) = (form["starts"], form["minutes"], form["place"]) }

  init(_ talk: DiscussionRecord?, _ visit: Visit) {
    starts = talk.map { visit.formats.fieldValue($0.startsAt) } ?? ""
    minutes = String(talk?.minutes ?? Agenda.usualLength)
    place = talk?.place ?? ""
  }

  /// - Throws: `FieldRefusals`.
  func plan(_ visit: Visit, changing before: DiscussionRecord?) throws -> TalkPlan {
    var refusals = FieldRefusals()
    let start = visit.formats.instant(fromField: starts)
    if start == nil { refusals.refuse("starts", "talk.starts-missing") }
    if let start, start < visit.now, start != before?.startsAt { refusals.refuse("starts", "talk.starts-past") }
    if let start, start > visit.now + .days(366) { refusals.refuse("starts", "talk.starts-far") }
    let length = Int(minutes).flatMap { Agenda.lengths.contains($0) ? $0 : nil }
    if length == nil {
      refusals.refuse(
        "minutes", "talk.minutes-range", ["least": .count(Agenda.lengths.lowerBound), "most": .count(Agenda.lengths.upperBound)])
    }
    let place = refusals.text(place, in: "place", longest: 300)
    try refusals.check()
    guard let start, let length, let place else { throw refusals }
    return TalkPlan(startsAt: start, minutes: length, place: place)
  }
}
