import Partnering

/// What the form of a celebration says, as typed.
struct CelebrationForm: Sendable {
  /// The most Unicode scalars that say what is celebrated, and how.
  static let longest = 400
  /// How far ahead one may be planned, in days.
  static let furthest = 2 * 366

  let what, day, round, item: String

  init(_ form: Form) { (what, day, round, item) = (form["what"], form["day"], form["round"], form["item"]) }

  /// An empty form, for the item of a report if one is celebrated.
  init(round: String, item: String) { (what, day, self.round, self.item) = ("", "", round, item) }

  init(_ celebration: CelebrationRecord) {
    (what, day) = (celebration.what, celebration.plannedFor.description)
    (round, item) = (celebration.round?.text ?? "", celebration.item.map(String.init) ?? "")
  }

  /// - Parameter before: the celebration as it is, when it is changed: a day that has passed may stay.
  /// - Throws: `FieldRefusals`.
  func plan(today: CalendarDay, changing before: CelebrationRecord? = nil) throws -> CelebrationPlan {
    var refusals = FieldRefusals()
    let what = refusals.text(what, in: "what", longest: Self.longest)
    let planned = CalendarDay(day)
    if planned == nil { refusals.refuse("day", "celebrations.day-missing") }
    if let planned, planned != before?.plannedFor, planned < today { refusals.refuse("day", "celebrations.day-past") }
    if let planned, planned > today.adding(days: Self.furthest) { refusals.refuse("day", "celebrations.day-far") }
    try refusals.check()
    guard let what, let planned else { throw refusals }
    return CelebrationPlan(what: what, day: planned, cause: ReportedItem(round: round, item: item))
  }
}

/// What the form "it was held" says, as typed.
struct HoldingForm: Sendable {
  /// How long ago a celebration may have been held, in days.
  static let longestAgo = 2 * 366

  let day, note, sharedWith: String

  init(_ form: Form) { (day, note, sharedWith) = (form["held-on"], form["note"], form["shared-with"]) }

  init(_ celebration: CelebrationRecord, today: CalendarDay) {
    day = (celebration.holding?.day ?? min(today, celebration.plannedFor)).description
    (note, sharedWith) = (celebration.holding?.note ?? "", celebration.holding?.sharedWith ?? "")
  }

  /// - Throws: `FieldRefusals`.
  func holding(today: CalendarDay) throws -> CelebrationRecord.Holding {
    var refusals = FieldRefusals()
    let held = CalendarDay(day)
    if held == nil { refusals.refuse("held-on", "celebrations.day-missing") }
    if let held, held > today { refusals.refuse("held-on", "celebrations.held-in-future") }
    if let held, held < today.adding(days: -Self.longestAgo) { refusals.refuse("held-on", "celebrations.held-long-ago") }
    let note = refusals.textIfAny(note, in: "note", longest: 2_000)
    let sharedWith = refusals.textIfAny(sharedWith, in: "shared-with", longest: 300)
    try refusals.check()
    guard let held else { throw refusals }
    return .init(day: held, note: note, sharedWith: sharedWith)
  }
}
