import Database
import Foundation
import Partnering

/// A message that this program has taken on to send now.
struct ClaimedMessage: Sendable {
  let lease: String
  let space: ID<Space>
  let shown: ShownMessage
  let mailID: String
  let sender: String
  /// Where the person can say that such messages are not wanted; `nil` for what one must know.
  let unsubscribe: String?
  let language: Language
  let timeZone: TimeZone
}

/// The outbox as mail leaves it. A claim is a lease on a row, taken by compare-and-set, so that two servers never send
/// the same message at once; a server that was killed leaves a lease that ends.
struct MailStore: Sendable {
  let database: any Database

  /// Takes on the message that is due first, and makes its links.
  func claim(domain: String, at now: Instant) async throws -> ClaimedMessage? {
    let times: [Value] = [
      .instant(now), .instant(now - MailPatience.fresh), .instant(now - MailPatience.password),
      .text(DueAction.last(at: now).description),
    ]
    // The search goes through all that wait, so it is not in the way of those who write.
    while let due = try await database.read({ try $0.first(Self.dueSQL + Self.first, times) }) {
      let (id, space): (ID<Message>, ID<Space>) = (try due.id("id"), try due.id("space_id"))
      let claimed = try await database.write { connection -> ClaimedMessage? in
        guard try connection.first(Self.dueSQL + Self.this, times + [.id(space), .id(id)]) != nil else { return nil }
        return try Self.claim(id, in: space, domain: domain, at: now, connection)
      }
      // Another server was quicker, or it is due no more: on to the next.
      if let claimed { return claimed }
    }
    return nil
  }

  /// Takes on one message, due or not, unless somebody else is sending it.
  static func claim(
    _ id: ID<Message>, in space: ID<Space>, domain: String, at now: Instant, _ connection: any Connection
  ) throws -> ClaimedMessage? {
    let lease = Randomness.token()
    let taken = try connection.execute(
      """
      UPDATE message
      SET lease = $3, leased_until = $4, mail_id = coalesce(mail_id, $5), tries = tries + 1, tried_at = $6,
        next_try_at = coalesce(next_try_at, $6)
      WHERE space_id = $1 AND id = $2 AND mail_state = 'waiting' AND (leased_until IS NULL OR leased_until <= $6)
      """,
      [
        .id(space), .id(id), .text(lease), .instant(now + MailPatience.lease), .text("\(id)@\(domain)"), .instant(now),
      ])
    guard taken == 1 else { return nil }
    return try claimed(id, in: space, lease: lease, at: now, connection)
  }

  private static func claimed(
    _ id: ID<Message>, in space: ID<Space>, lease: String, at now: Instant, _ connection: any Connection
  ) throws -> ClaimedMessage? {
    let key: [Value] = [.id(space), .id(id)]
    guard
      let row = try connection.first(WaitingMessage.sql + " WHERE message.space_id = $1 AND message.id = $2", key),
      let around = try connection.first(aroundSQL, key), let message = try WaitingMessage(row)
    else { return nil }
    return ClaimedMessage(
      lease: lease, space: space,
      shown: try message.shown(in: space, earlierLinks: .keep, at: now, connection),
      mailID: try around.text("mail_id"), sender: try around.textIfAny("sender") ?? message.spaceName,
      unsubscribe: message.kind.isOptional
        ? try PeopleStore.makeLink(
          .unsubscribe, for: message.person, in: space, message: id, earlierLinks: .keep, until: now + .days(365),
          at: now, connection) : nil,
      language: try around.textIfAny("language").flatMap(Language.init) ?? .en,
      timeZone: TimeZone(identifier: try around.text("time_zone")) ?? .gmt)
  }

  /// Keeps what became of it; nothing if the lease has ended, or the message is gone.
  func keep(_ delivery: Delivery, of claimed: ClaimedMessage, at now: Instant) async throws {
    let (space, message) = (claimed.space, claimed.shown.message.id)
    let tries = claimed.shown.message.mail.tries
    let outcome = MailOutcome(delivery, tries: tries, at: now)
    try await database.write { connection in
      try connection.execute(
        """
        UPDATE message
        SET mail_state = $4, next_try_at = $5, trouble = $6, answer = $7, lease = NULL, leased_until = NULL
        WHERE space_id = $1 AND id = $2 AND lease = $3
        """,
        [
          .id(space), .id(message), .text(claimed.lease), .text(outcome.state.rawValue), .instant(outcome.nextTryAt),
          Value(outcome.trouble?.rawValue), Value(outcome.answer),
        ])
    }
  }

  /// Nothing goes out of a demonstration, nothing that was handed over by hand, and nothing that has become untrue or
  /// too old to be asked for still.
  private static let dueSQL = """
    SELECT message.space_id, message.id
    FROM message
    JOIN space ON space.id = message.space_id
    JOIN person ON person.space_id = message.space_id AND person.id = message.person_id
    LEFT JOIN round ON round.space_id = message.space_id AND round.id = message.round_id
    WHERE message.mail_state = 'waiting' AND message.shown_at IS NULL
      AND (message.leased_until IS NULL OR message.leased_until <= $1)
      AND (message.next_try_at <= $1 OR (message.next_try_at IS NULL AND message.created_at > $2))
      AND space.demonstration = 0 AND person.erased_at IS NULL
      AND (message.kind NOT IN ('opening', 'extension', 'reminder') OR (round.state = 'open' AND round.closes_at > $1))
      AND (message.kind <> 'password' OR message.created_at > $3)
      AND (message.kind <> 'actions-due' OR EXISTS (\(DueAction.sql) AND owner.space_id = message.space_id
          AND owner.person_id = message.person_id AND action.due <= $4))
    """
  private static let first = " ORDER BY coalesce(message.next_try_at, message.created_at), message.id LIMIT 1"
  private static let this = " AND message.space_id = $5 AND message.id = $6"

  /// A person without a language of their own is written to in that of whoever brought them here.
  private static let aroundSQL = """
    SELECT message.mail_id, space.time_zone, sender.name AS sender,
      coalesce(person.language, sender.language, drafter.language) AS language
    FROM message
    JOIN space ON space.id = message.space_id
    JOIN person ON person.space_id = message.space_id AND person.id = message.person_id
    LEFT JOIN person AS sender ON sender.space_id = message.space_id AND sender.id = message.invited_by
    LEFT JOIN round ON round.space_id = message.space_id AND round.id = message.round_id
    LEFT JOIN person AS drafter ON drafter.space_id = round.space_id AND drafter.id = round.drafted_by
    WHERE message.space_id = $1 AND message.id = $2
    """
}

/// What a delivery means for the message.
struct MailOutcome: Sendable {
  let state: MailProgress.State
  let nextTryAt: Instant?
  let trouble: MailTrouble?
  let answer: String?

  init(_ delivery: Delivery, tries: Int, at now: Instant) {
    let next = MailPatience.pause(after: tries).map { now + $0 }
    switch delivery {
    case .accepted: (state, nextTryAt, trouble, answer) = (.sent, nil, nil, nil)
    case .refused(let sentence): (state, nextTryAt, trouble, answer) = (.bounced, nil, .refused, sentence)
    case .deferred(let sentence):
      (state, nextTryAt, trouble, answer) = (next == nil ? .bounced : .waiting, next, .deferred, sentence)
    case .unreachable(let why, let sentence):
      (state, nextTryAt, trouble, answer) = (next == nil ? .bounced : .waiting, next, why, sentence)
    }
  }
}
