import Partnering

/// The talk's own page: when it is, what it goes through, and what people want to talk about.
struct TalkPage: Sendable {
  struct Entry: Sendable {
    let title: String
    let average: String?
    let minutes: String
    let href: String?
    let state: String?
    let stateWord: String?
  }
  struct Topic: Sendable { let name, text: String }
  struct Setting: Sendable {
    let fields: FieldsOnPage
    let isOpen: Bool
    let submit, summary: String
  }
  struct Saying: Sendable { let fields: FieldsOnPage }

  let path: String
  let finding: String
  let place: String?
  let calendar: String?
  let entries: [Entry]
  let begin: String?
  let topics: [Topic]
  let hasTopics: Bool
  let before: [ReviewOnPage]
  let saying: Saying?
  let setting: Setting?
  let hold: String?
  let unhold: String?

  init(
    _ whole: WholeDiscussion, _ items: [ReportItemOnPage], _ form: TalkForm, _ refusals: FieldRefusals?,
    _ scope: RoundScope, _ visit: Visit
  ) {
    let (words, talk) = (visit.words, whole.discussion)
    let mayLead = scope.partnership.isLead && !scope.partnership.hasEnded
    let takesPart = scope.partnership.takesPart && !scope.partnership.hasEnded
    path = whole.round.talkPath
    finding = Self.finding(talk, visit)
    place = talk?.place
    calendar = talk.map { _ in "\(whole.round.talkPath)/calendar.ics" }
    entries = whole.agenda.entries.map { Self.entry($0, whole, items, visit) }
    begin = (whole.report.forDiscussion + whole.report.strengths).first.map { "\(whole.round.talkPath)/items/\($0)" }
    topics = whole.topics.map { Topic(name: $0.name ?? words("actions.former"), text: $0.text) }
    hasTopics = !whole.topics.isEmpty
    before = whole.toReview.map { ReviewOnPage($0, whole, refusals, scope, visit) }
    let own = whole.topics.first { $0.person == scope.person.id }?.text ?? ""
    saying =
      takesPart && talk?.heldAt == nil
      ? Saying(fields: visit.fields([("topic", visit.form.has("topic") ? visit.form["topic"] : own)], refusals)) : nil
    let isRefused = refusals != nil && visit.form.has("starts")
    setting =
      mayLead && talk?.heldAt == nil
      ? Setting(
        fields: visit.fields([("starts", form.starts), ("minutes", form.minutes), ("place", form.place)], isRefused ? refusals : nil),
        isOpen: talk == nil || isRefused, submit: words(talk == nil ? "talk.set" : "talk.move"),
        summary: words(talk == nil ? "talk.set-title" : "talk.move-title")) : nil
    let isOver = talk.map { $0.startsAt <= visit.now } ?? false
    hold = mayLead && isOver && talk?.heldAt == nil ? "\(path)/holding" : nil
    unhold = mayLead && talk?.heldAt != nil ? "\(path)/holding" : nil
  }

  private static func finding(_ talk: DiscussionRecord?, _ visit: Visit) -> String {
    guard let talk else { return visit.words("talk.none-yet") }
    if let held = talk.heldAt { return visit.words("talk.held-on", ["day": .text(visit.formats.day(held))]) }
    return visit.words("talk.is-on", ["moment": .text(visit.formats.moment(talk.startsAt)), "n": .count(talk.minutes)])
  }

  private static func entry(
    _ entry: Agenda.Entry, _ whole: WholeDiscussion, _ items: [ReportItemOnPage], _ visit: Visit
  ) -> Entry {
    let words = visit.words
    let minutes = words("talk.minutes", ["n": .count(entry.minutes)])
    func item(_ number: Int) -> ReportItemOnPage? { items.first { $0.number == number } }
    switch entry.part {
    case .openActions(let count):
      return Entry(
        title: words("talk.agenda-actions", ["n": .count(count)]), average: nil, minutes: minutes, href: "#before",
        state: nil, stateWord: nil)
    case .weakness(let number):
      let isSettled = whole.isSettled(number)
      return Entry(
        title: item(number)?.text ?? "", average: item(number)?.average, minutes: minutes,
        href: "\(whole.round.talkPath)/items/\(number)", state: isSettled ? "closed" : "discuss",
        stateWord: words(isSettled ? "talk.settled" : "talk.unsettled"))
    case .strength(let number):
      return Entry(
        title: item(number)?.text ?? "", average: item(number)?.average, minutes: minutes,
        href: "\(whole.round.talkPath)/items/\(number)", state: "strength", stateWord: words("talk.strength"))
    case .closing:
      return Entry(
        title: words("talk.agenda-closing"), average: nil, minutes: minutes,
        href: "/partnerships/\(whole.round.partnership)/celebrations", state: nil, stateWord: nil)
    }
  }
}
