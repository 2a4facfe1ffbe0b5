import Partnering

/// What the form of an action says, as typed.
struct ActionForm: Sendable {
  /// The most Unicode scalars that say what is done.
  static let longest = 400
  /// How far ahead an action may be due, in days.
  static let furthest = 3 * 366

  let what, due: String
  /// By party's id: a person's id, `sought`, or nothing.
  let owners: [String: String]
  let round, item: String

  init(_ form: Form, parties: [PartyOfOwners]) {
    (what, due) = (form["what"], form["due"])
    owners = Dictionary(parties.map { ($0.id.text, form["owner-\($0.id)"]) }, uniquingKeysWith: { $1 })
    (round, item) = (form["round"], form["item"])
  }

  /// An empty form, for the item of a report if one caused it.
  init(round: String, item: String) { (what, due, owners, self.round, self.item) = ("", "", [:], round, item) }

  init(_ action: ActionRecord) {
    (what, due) = (action.what, action.due.description)
    owners = Dictionary(
      action.owners.map { ($0.party.text, $0.person?.text ?? "sought") }, uniquingKeysWith: { $1 })
    (round, item) = (action.round?.text ?? "", action.item.map(String.init) ?? "")
  }

  /// - Parameter before: the action as it is, when it is changed: a day that has passed may stay.
  /// - Throws: `FieldRefusals`.
  func plan(for parties: [PartyOfOwners], today: CalendarDay, changing before: ActionRecord? = nil) throws -> ActionPlan {
    var refusals = FieldRefusals()
    let what = refusals.text(what, in: "what", longest: Self.longest)
    let day = CalendarDay(due)
    if day == nil { refusals.refuse("due", "actions.due-missing") }
    if let day, day != before?.due, day < today { refusals.refuse("due", "actions.due-past") }
    if let day, day > today.adding(days: Self.furthest) { refusals.refuse("due", "actions.due-far") }
    var chosen: [ID<Party>: ActionPlan.Ownership] = [:]
    for party in parties {
      let typed = owners[party.id.text] ?? ""
      if typed == "sought" {
        chosen[party.id] = .sought
      } else if let person = ID<Person>(typed) {
        chosen[party.id] = .person(person)
      }
    }
    if chosen.isEmpty { refusals.refuse("owner-\(parties.first?.id.text ?? "")", "actions.owner-missing") }
    try refusals.check()
    guard let what, let day else { throw refusals }
    return ActionPlan(what: what, due: day, owners: chosen, cause: ReportedItem(round: round, item: item))
  }
}
