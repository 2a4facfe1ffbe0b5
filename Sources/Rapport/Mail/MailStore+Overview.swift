import Database
import Partnering

/// How mail does in a space, for those who look after it: numbers of messages, never to whom.
struct MailOverview: Sendable {
  /// Of the messages that nobody has handed over: not mailed yet, mailed, and given up.
  let waiting, sent, bounced: Int
  let handedOver: Int
  /// The last try that did not get through, of the messages that still have not.
  let failure: MailProgress?
  /// The last test message to whoever asks.
  let test: MailProgress?
}

extension MailStore {
  func overview(for scope: HostScope) async throws -> MailOverview {
    try await database.read { connection in
      guard let counts = try connection.first(Self.countsSQL, [.id(scope.space)]) else { throw Refusal.notFound }
      return MailOverview(
        waiting: try counts.int("waiting"), sent: try counts.int("sent"), bounced: try counts.int("bounced"),
        handedOver: try counts.int("handed_over"),
        failure: try connection.first(Self.failureSQL, [.id(scope.space), .id(scope.organisation)]).map(MailProgress.init),
        test: try connection.first(Self.testSQL, [.id(scope.space), .id(scope.person.id)]).map(MailProgress.init))
    }
  }

  /// Puts a test message to whoever asks into the outbox, in the place of an earlier one.
  func queueTest(for scope: HostScope, at now: Instant) async throws {
    try await database.write { connection in
      try PeopleStore.queue(
        .test, for: [scope.person.id], in: scope.space, by: scope.person.id, at: now, connection)
    }
  }

  private static let countsSQL = """
    SELECT
      count(CASE WHEN mail_state = 'waiting' AND shown_at IS NULL THEN 1 END) AS waiting,
      count(CASE WHEN mail_state = 'sent' THEN 1 END) AS sent,
      count(CASE WHEN mail_state = 'bounced' AND shown_at IS NULL THEN 1 END) AS bounced,
      count(CASE WHEN mail_state <> 'sent' AND shown_at IS NOT NULL THEN 1 END) AS handed_over
    FROM message
    WHERE space_id = $1
    """

  /// The server's own sentence may name an address: only where it is one of the own organisation, and never who asked
  /// for a password.
  private static let failureSQL = """
    SELECT message.mail_state, message.tries, message.next_try_at, message.tried_at, message.trouble,
      CASE WHEN person.organisation_id = $2 AND message.kind <> 'password' THEN message.answer END AS answer
    FROM message
    JOIN person ON person.space_id = message.space_id AND person.id = message.person_id
    WHERE message.space_id = $1 AND message.trouble IS NOT NULL AND message.shown_at IS NULL
    ORDER BY message.tried_at DESC, message.id
    LIMIT 1
    """

  private static let testSQL = """
    SELECT mail_state, tries, next_try_at, tried_at, trouble, answer
    FROM message
    WHERE space_id = $1 AND person_id = $2 AND kind = 'test'
    """
}
