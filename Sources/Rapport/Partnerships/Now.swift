import Hummingbird
import Partnering

/// A partnership's front page: how things stand, what waits for the reader, what changed.
extension PartnershipRoutes {
  @Sendable func showNow(_ request: Request, _ context: PageContext) async throws -> Response {
    let visit = try context.visiting()
    let scope = try await context.partnership()
    let record = try await store.record(in: scope)
    let rounds = try await store.rounds(in: scope)
    let waiting = try await house.waiting(for: scope.person, in: scope.partnership, at: visit.now)
    let timeline = try await store.timeline(in: scope, most: 12, visit.words)
    let content = NowPage(record, rounds, waiting, timeline, scope, visit)
    return try visit.page("now", content, visit.head(in: scope, at: .now, title: record.name))
  }
}

/// What the front page shows.
struct NowPage: Sendable {
  struct PartyOnPage: Sendable {
    let name: String
    let marker: PartyMarker
    let organisation: String?
    let joined: String
    let isAwaited: Bool
    let benefits: [String]
  }

  struct Flagged: Sendable {
    let text: String
    let average: String
    let href: String
  }

  struct Past: Sendable {
    let sentence: String
    let when: String
    let machine: String
  }

  struct Facts: Sendable {
    let kind, cadence: String
    let nextDue: String?
    let settings: String?
  }

  let state: StateOnPage
  let finding: String
  let because: String?
  let first: TaskOnPage?
  let tasks: [TaskOnPage]
  let purpose: [String]
  let parties: [PartyOnPage]
  let flagged: [Flagged]
  let hasFlagged: Bool
  let report: String?
  let talk: String?
  /// Where invitations wait to be shown, while somebody is awaited.
  let outbox: String?
  let past: [Past]
  let facts: Facts

  init(
    _ record: PartnershipRecord, _ rounds: RoundsSoFar, _ waiting: [Waiting], _ timeline: [TimelineEntry],
    _ scope: PartnershipScope, _ visit: Visit
  ) {
    let words = visit.words
    state = StateOnPage(record.state, words)
    finding = Self.finding(record, rounds, visit)
    because = record.endedBecause
    let all = waiting.map { visit.task($0) }
    first = all.first
    tasks = Array(all.dropFirst())
    purpose = record.purpose.paragraphs
    parties = record.parties.enumerated().map { seat, party in Self.party(party, seat: seat, visit) }
    flagged = Self.flagged(rounds.last, scope, visit)
    hasFlagged = !flagged.isEmpty
    talk = rounds.last.map { "/partnerships/\(scope.partnership)/rounds/\($0.id)/talk" }
    report = rounds.last.map { "/partnerships/\(scope.partnership)/rounds/\($0.id)/report" }
    outbox = record.state == .proposed && scope.isLead ? "/outbox" : nil
    past = timeline.compactMap { Self.past($0, visit) }
    facts = Self.facts(record, rounds, scope, visit)
  }

  /// How things stand, in a sentence.
  private static func finding(_ record: PartnershipRecord, _ rounds: RoundsSoFar, _ visit: Visit) -> String {
    let words = visit.words
    switch record.state {
    case .ended:
      return words("now.ended", ["when": .text(record.endedAt.map(visit.formats.day) ?? "")])
    case .proposed:
      return words("now.proposed", ["who": .text(words.list(record.awaited))])
    case .active:
      if let running = rounds.running, running.state == "open" {
        return words("now.open", ["when": .text(visit.formats.moment(running.closesAt))])
      }
      if rounds.running?.state == "interrupted" { return words("now.interrupted") }
      guard let last = rounds.last else {
        return words("now.no-round", ["when": .text(record.activeAt.map(visit.formats.day) ?? "")])
      }
      return lastRound(last, visit)
    }
  }

  private static func lastRound(_ last: LastRound, _ visit: Visit) -> String {
    let words = visit.words
    let day = Named.text(visit.formats.day(last.closedAt))
    guard let health = last.report.health else { return words("now.closed-hidden", ["when": day]) }
    let count = last.unsettled.count
    return words(
      count == 0 ? "now.closed-calm" : "now.closed",
      ["when": day, "health": .text(visit.formats.tenths(health.tenths)), "n": .count(count)])
  }

  private static func party(_ party: PartyRecord, seat: Int, _ visit: Visit) -> PartyOnPage {
    let words = visit.words
    let joined = party.joinedAt.map { words("now.joined", ["when": .text(visit.formats.day($0))]) }
    return PartyOnPage(
      name: party.name, marker: PartyMarker(seat: seat),
      organisation: party.organisationName == party.name ? nil : party.organisationName,
      joined: joined ?? words("now.awaited"), isAwaited: joined == nil, benefits: party.benefits)
  }

  /// The items of the last round that wait for a talk; they stand here for every party alike.
  private static func flagged(_ last: LastRound?, _ scope: PartnershipScope, _ visit: Visit) -> [Flagged] {
    guard let last,
      let instrument = visit.house.instruments.instrument(
        last.instrument, version: last.instrumentVersion, in: visit.language)
    else { return [] }
    return last.unsettled.compactMap { number in
      guard let item = instrument.items.first(where: { $0.number == number }),
        let mean = last.report.item(number)?.figures?.mean
      else { return nil }
      return Flagged(
        text: item.text, average: visit.words("now.average", ["value": .text(visit.formats.tenths(mean.tenths))]),
        href: "/partnerships/\(scope.partnership)/rounds/\(last.id)/talk/items/\(number)")
    }
  }

  /// Kinds that no word file knows are passed over.
  private static func past(_ entry: TimelineEntry, _ visit: Visit) -> Past? {
    guard visit.words.has(entry.kind) else { return nil }
    return Past(
      sentence: visit.words(
        entry.count > 1 ? "\(entry.kind)-several" : entry.kind,
        [
          "person": .text(entry.person), "party": .text(entry.party), "note": .text(entry.note),
          "n": .count(entry.count),
        ]),
      when: visit.formats.day(entry.happenedAt), machine: visit.formats.machine(entry.happenedAt))
  }

  private static func facts(
    _ record: PartnershipRecord, _ rounds: RoundsSoFar, _ scope: PartnershipScope, _ visit: Visit
  ) -> Facts {
    let words = visit.words
    let due =
      record.state == .active && rounds.running == nil
      ? record.activeAt.map {
        record.cadence.nextDue(afterClose: rounds.last?.closedAt.day, activeSince: $0.day)
      } : nil
    return Facts(
      kind: words("kinds.\(record.kind.rawValue)"), cadence: words("now.every", ["n": .count(record.cadence.months)]),
      nextDue: due.map { day in
        words(day < visit.now.day ? "now.overdue" : "now.due", ["when": .text(visit.formats.day(day))])
      },
      settings: scope.isMember ? "/partnerships/\(scope.partnership)/settings" : nil)
  }
}

/// A state as word and shape.
struct StateOnPage: Sendable {
  let word: String
  let shape: String

  init(_ state: PartnershipState, _ words: Words) {
    word = words("states.\(state.rawValue)")
    shape = state.rawValue
  }
}

extension Words {
  /// Names one after the other, as people say them: "Harbour, Coast and Dunes".
  func list(_ names: [String]) -> String {
    guard let first = names.first else { return "" }
    guard let last = names.last, names.count > 1 else { return first }
    let before = names.dropFirst().dropLast().reduce(first) {
      self("list.comma", ["before": .text($0), "next": .text($1)])
    }
    return self("list.and", ["before": .text(before), "last": .text(last)])
  }
}
