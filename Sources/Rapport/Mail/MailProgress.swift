import Database
import Partnering

/// What became of mailing a message so far.
struct MailProgress: Sendable {
  enum State: String, Sendable { case waiting, sent, bounced }

  let state: State
  let tries: Int
  /// `nil` until the first try.
  let nextTryAt, triedAt: Instant?
  let trouble: MailTrouble?
  /// The mail server's own sentence.
  let answer: String

  init(_ row: Row) throws {
    state = State(rawValue: try row.text("mail_state")) ?? .waiting
    tries = try row.int("tries")
    nextTryAt = try row.instantIfAny("next_try_at")
    triedAt = try row.instantIfAny("tried_at")
    trouble = try row.textIfAny("trouble").flatMap(MailTrouble.init)
    answer = try row.textIfAny("answer") ?? ""
  }
}

/// When a message that did not get through is tried again.
enum MailPatience {
  /// After the first, the second ... try; after as many the message has bounced, three days and more after the first.
  static let pauses: [Span] = [
    .minutes(1), .minutes(5), .minutes(30), .hours(2), .hours(6), .days(1), .days(1), .days(1),
  ]

  /// How long to wait after so many tries; `nil` once it is no use.
  static func pause(after tries: Int) -> Span? { pauses.indices.contains(tries - 1) ? pauses[tries - 1] : nil }

  /// A message that waited longer than this before its first try is no news: whoever turns mail on later sends it by hand.
  static let fresh = Span.days(3)
  /// Nobody waits longer for the link to a new password; they ask again.
  static let password = Span.hours(1)
  /// Longer than the longest conversation.
  static let lease = Span.minutes(2)
  /// When no message gets through, the next one waits.
  static let rest = Span.minutes(1)
}
