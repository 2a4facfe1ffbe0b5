import Partnering

/// The meeting about a closed round's report.
struct DiscussionRecord: Sendable {
  let startsAt: Instant
  /// How long it is meant to last.
  let minutes: Int
  /// A room, or an address to call.
  let place: String
  /// How often its time was changed, for calendars.
  let sequence: Int
  let heldAt: Instant?

  var endsAt: Instant { startsAt + .minutes(Int64(minutes)) }
}

/// What a member wants to talk about.
struct TopicRecord: Sendable {
  let person: ID<Person>
  /// `nil` once erased.
  let name: String?
  let text: String
}

/// One note about one item of a report.
struct ConclusionRecord: Sendable {
  /// The raw values are those of the database.
  enum Kind: String, Sendable {
    /// Why it is so.
    case conclusion
    /// Why nothing is done about it.
    case noAction = "no-action"
  }

  let id: ID<Conclusion>
  let item: Int
  let kind: Kind
  let text: String
  /// The weak item that this strength could help.
  let helps: Int?
  /// One more at each change.
  let version: Int
  /// `nil` once erased.
  let writtenBy: String?
  let writtenAt: Instant
}

/// "I think we are wrong about this", with what was answered.
struct ChallengeRecord: Sendable {
  struct Answer: Sendable {
    let id: ID<ChallengeAnswer>
    let name: String?
    let text: String
    let writtenAt: Instant
  }

  let id: ID<Challenge>
  let conclusion: ID<Conclusion>?
  let action: ID<Action>?
  let name: String?
  let text: String
  let writtenAt: Instant
  let answers: [Answer]

  var subject: ChallengeSubject? { conclusion.map(ChallengeSubject.conclusion) ?? action.map(ChallengeSubject.action) }
}

/// Everything that a talk's pages tell.
struct WholeDiscussion: Sendable {
  let round: RoundRecord
  let report: SurveyReport
  let discussion: DiscussionRecord?
  let topics: [TopicRecord]
  let conclusions: [ConclusionRecord]
  /// All actions of the partnership.
  let actions: [ActionRecord]
  let challenges: [ChallengeRecord]
  let reviews: [ID<Action>: [ReviewRecord]]
  /// When the round before this one closed.
  let previousClose: Instant?

  func conclusions(on item: Int) -> [ConclusionRecord] {
    conclusions.filter { $0.item == item && $0.kind == .conclusion }
  }
  func reasonsForNoAction(on item: Int) -> [ConclusionRecord] {
    conclusions.filter { $0.item == item && $0.kind == .noAction }
  }
  func actions(for item: Int) -> [ActionRecord] { actions.filter { $0.round == round.id && $0.item == item } }

  /// The actions that were decided before this round closed and are not closed yet.
  var openFromBefore: [ActionRecord] {
    actions.filter { $0.state.isRunning && $0.round != round.id && $0.decidedAt < (round.closedAt ?? round.closesAt) }
  }

  /// The actions that this talk keeps, changes or drops: those that are open from before, and those that were closed
  /// since the last report, whose effect this one may show.
  var toReview: [ActionRecord] {
    let closed = round.closedAt ?? round.closesAt
    return openFromBefore
      + actions.filter { action in
        guard action.round != round.id, action.decidedAt < closed, let end = action.closedAt else { return false }
        return review(of: action.id) != nil || previousClose.map { end > $0 } ?? true
      }
  }

  func review(of action: ID<Action>) -> ReviewRecord? { reviews[action]?.last { $0.round == round.id } }

  var agenda: Agenda {
    Agenda(
      weaknesses: report.forDiscussion, strengths: report.strengths, openActions: openFromBefore.count,
      minutes: discussion?.minutes ?? Agenda.usualLength)
  }

  /// Whether the talk has said why, and what is done or why nothing is.
  func isSettled(_ item: Int) -> Bool {
    !conclusions(on: item).isEmpty && (!actions(for: item).isEmpty || !reasonsForNoAction(on: item).isEmpty)
  }
}

extension Words {
  /// A note as a later report tells it.
  func concluded(_ note: ConclusionRecord) -> String {
    switch note.kind {
    case .conclusion: note.text
    case .noAction: self("talk.not-done-because", ["text": .text(note.text)])
    }
  }
}
