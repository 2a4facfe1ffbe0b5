import Ballots
import Database
import Partnering

/// A message in the outbox, with what its text needs.
struct WaitingMessage: Sendable {
  let id: ID<Message>
  let kind: MessageKind
  let person: ID<Person>
  let name, email: String
  let language: Language?
  let hasPassword: Bool
  let organisation, spaceName: String
  let partnership: ID<Partnership>?
  let partnershipName: String?
  let round: ID<Round>?
  let roundNumber: Int?
  let closesAt, latestCloseAt: Instant?
  let withdrawnBecause: String?
  /// When and where the talk about the round's report is.
  let talk: (startsAt: Instant, place: String)?
  let digest: OpeningDigest?
  /// Whether the person answers the round on paper.
  let isOnPaper: Bool
  let createdAt: Instant
  /// When its link was last made by hand; `nil` while it waits.
  let shownAt: Instant?
  let mail: MailProgress

  /// Whether showing it makes a link that is a secret of the person.
  var hasSecret: Bool {
    switch kind {
    case .opening, .extension, .reminder: !hasPassword && !isOnPaper
    case .invitation, .results, .talk, .actionsDue: !hasPassword
    case .password: true
    case .withdrawal, .interruption, .test: false
    }
  }

  /// What every sentence about it may name.
  var values: [String: Named] {
    [
      "organisation": .text(organisation), "space": .text(spaceName), "partnership": .text(partnershipName ?? spaceName),
      "number": .count(roundNumber ?? 1), "because": .text(withdrawnBecause ?? ""),
    ]
  }
}

/// A message with the address it leads to, which is kept nowhere.
struct ShownMessage: Sendable {
  let message: WaitingMessage
  let path: String
  /// Whether the path is a secret of the person.
  let isSecret: Bool
  /// Until when the path works or the round is open.
  let until: Instant?
  /// What the person has taken on and is due, if that is what the message is about.
  var dueActions: [DueAction] = []
}

/// Managers see what waits for their organisation's people, leads what waits for their party's people about that
/// partnership, and everybody the invitations they sent. Nobody finds messages to themselves there.
extension PeopleStore {
  /// The most that one page lists.
  private static let page = 200

  /// The latest messages, those that wait first, and how many more there are.
  func messages(for scope: OrganisationScope) async throws -> (messages: [WaitingMessage], more: Int) {
    try await database.read { connection in
      let rows = try connection.query(
        Self.messagesSQL + " ORDER BY CASE WHEN shown_at IS NULL AND mail_state <> 'sent' THEN 0 ELSE 1 END, message.created_at DESC, message.id",
        Self.values(scope, message: nil))
      return (try rows.prefix(Self.page).compactMap(WaitingMessage.init), max(0, rows.count - Self.page))
    }
  }

  func hasMessages(for scope: OrganisationScope) async throws -> Bool {
    try await database.read { connection in
      try !connection.query(Self.messagesSQL + " LIMIT 1", Self.values(scope, message: nil)).isEmpty
    }
  }

  /// Makes the message's link, so that one shown before stops working, and records that it was shown.
  func showing(_ id: ID<Message>, for scope: OrganisationScope, at now: Instant) async throws -> ShownMessage? {
    try await database.write { connection in
      guard let row = try connection.first(Self.messagesSQL, Self.values(scope, message: id)),
        let message = try WaitingMessage(row)
      else { return nil }
      try connection.execute(
        "UPDATE message SET shown_at = $3 WHERE space_id = $1 AND id = $2",
        [.id(scope.space), .id(id), .instant(now)])
      return try message.shown(in: scope.space, at: now, connection)
    }
  }

  /// Puts a message that did not get through back into line, with all its tries before it.
  /// - Returns: whether it is in line: not one that somebody has handed over, or that goes out just now. `nil` if
  ///   there is no such message.
  func mailAgain(_ id: ID<Message>, for scope: OrganisationScope, at now: Instant) async throws -> Bool? {
    try await database.write { connection in
      guard try connection.first(Self.messagesSQL, Self.values(scope, message: id)) != nil else { return nil }
      return try connection.execute(
        """
        UPDATE message
        SET mail_state = 'waiting', tries = 0, next_try_at = $3
        WHERE space_id = $1 AND id = $2 AND mail_state <> 'sent' AND trouble IS NOT NULL AND shown_at IS NULL
          AND (leased_until IS NULL OR leased_until <= $3)
        """, [.id(scope.space), .id(id), .instant(now)]) == 1
    }
  }

  private static func values(_ scope: OrganisationScope, message: ID<Message>?) -> [Value] {
    [
      .id(scope.space), .id(scope.organisation), Value(scope.person.isManager), .id(scope.person.id),
      .text(message?.text ?? ""),
    ]
  }

  private static let messagesSQL = WaitingMessage.sql + """

    WHERE message.space_id = $1 AND person.erased_at IS NULL AND person.id <> $4
      AND message.kind NOT IN ('password', 'test')
      AND ($5 = '' OR message.id = $5)
      AND (
        ($3 = 1 AND person.organisation_id = $2)
        OR (message.kind = 'invitation' AND message.invited_by = $4)
        OR EXISTS (
          SELECT 1
          FROM member AS theirs
          JOIN member AS mine ON mine.space_id = theirs.space_id AND mine.party_id = theirs.party_id
          WHERE theirs.space_id = message.space_id AND theirs.person_id = message.person_id
            AND theirs.left_at IS NULL
            AND (message.partnership_id IS NULL OR theirs.partnership_id = message.partnership_id)
            AND mine.person_id = $4 AND mine.role = 'lead' AND mine.left_at IS NULL))
    """
}

extension WaitingMessage {
  /// Messages with what their texts need; the caller says which.
  static let sql = """
    SELECT message.id, message.kind, message.person_id, message.created_at, message.shown_at, message.partnership_id,
      message.round_id, message.mail_state, message.tries, message.next_try_at, message.tried_at, message.trouble,
      message.answer, person.name, person.email, person.language,
      CASE WHEN person.password IS NULL THEN 0 ELSE 1 END AS has_password,
      organisation.name AS organisation_name, space.name AS space_name, partnership.name AS partnership_name,
      round.number, round.closes_at, round.latest_close_at, round.withdrawn_because, round.digest,
      discussion.starts_at AS talk_starts_at, discussion.place AS talk_place, coalesce(roll_entry.paper, 0) AS paper
    FROM message
    JOIN person ON person.space_id = message.space_id AND person.id = message.person_id
    JOIN organisation ON organisation.space_id = person.space_id AND organisation.id = person.organisation_id
    JOIN space ON space.id = message.space_id
    LEFT JOIN partnership ON partnership.space_id = message.space_id AND partnership.id = message.partnership_id
    LEFT JOIN round ON round.space_id = message.space_id AND round.id = message.round_id
    LEFT JOIN discussion ON discussion.space_id = message.space_id AND discussion.round_id = message.round_id
    LEFT JOIN roll_entry ON roll_entry.space_id = message.space_id AND roll_entry.round_id = message.round_id
      AND roll_entry.person_id = message.person_id
    """

  /// `nil` for a kind that this program does not know.
  init?(_ row: Row) throws {
    guard let kind = MessageKind(rawValue: try row.text("kind")) else { return nil }
    self.init(
      id: try row.id("id"), kind: kind, person: try row.id("person_id"), name: try row.text("name"),
      email: try row.text("email"), language: try row.textIfAny("language").flatMap(Language.init),
      hasPassword: try row.flag("has_password"), organisation: try row.text("organisation_name"),
      spaceName: try row.text("space_name"), partnership: try row.idIfAny("partnership_id"),
      partnershipName: try row.textIfAny("partnership_name"), round: try row.idIfAny("round_id"),
      roundNumber: try row.integerIfAny("number").map { Int(clamping: $0) },
      closesAt: try row.instantIfAny("closes_at"), latestCloseAt: try row.instantIfAny("latest_close_at"),
      withdrawnBecause: try row.textIfAny("withdrawn_because"),
      talk: try row.instantIfAny("talk_starts_at").map { ($0, try row.textIfAny("talk_place") ?? "") },
      digest: try row.bytesIfAny("digest").flatMap { OpeningDigest(bytes: $0) }, isOnPaper: try row.flag("paper"),
      createdAt: try row.instant("created_at"), shownAt: try row.instantIfAny("shown_at"),
      mail: try MailProgress(row))
  }

  /// Somebody without a password gets a link of their own: to make an account, or, while a round is open, to answer it.
  func shown(
    in space: ID<Space>, earlierLinks: EarlierLinks = .end, at now: Instant, _ connection: any Connection
  ) throws -> ShownMessage {
    func secret(_ link: PersonalLinkKind, until end: Instant, says until: Instant?) throws -> ShownMessage {
      let path = try PeopleStore.makeLink(
        link, for: person, in: space, round: link == .round ? round : nil, message: id, earlierLinks: earlierLinks,
        until: end, at: now, connection)
      return ShownMessage(message: self, path: path, isSecret: true, until: until)
    }
    func place(_ path: String) -> ShownMessage {
      ShownMessage(message: self, path: path, isSecret: false, until: closesAt)
    }
    let partnershipPath = partnership.map { "/partnerships/\($0)" }
    let roundPath = partnershipPath.flatMap { path in round.map { "\(path)/rounds/\($0)" } }
    let end = now + .days(14)
    switch kind {
    case .invitation:
      return hasPassword ? place(partnershipPath ?? "/") : try secret(.invitation, until: end, says: end)
    case .password:
      return try secret(.password, until: now + .hours(1), says: now + .hours(1))
    case .opening, .extension, .reminder:
      guard !isOnPaper else { return place(roundPath ?? "/") }
      guard !hasPassword else { return place(round.map { "/rounds/\($0)/answer" } ?? "/") }
      return try secret(.round, until: latestCloseAt ?? end, says: closesAt)
    case .results:
      return hasPassword ? place(roundPath.map { "\($0)/report" } ?? "/") : try secret(.invitation, until: end, says: end)
    case .talk:
      return hasPassword ? place(roundPath.map { "\($0)/talk" } ?? "/") : try secret(.invitation, until: end, says: end)
    case .actionsDue:
      var shown = hasPassword ? place("/") : try secret(.invitation, until: end, says: end)
      shown.dueActions = try DueAction.ofOwner(person, in: space, at: now, connection)
      return shown
    case .withdrawal, .interruption:
      return place(roundPath ?? "/")
    case .test:
      return place("/mail")
    }
  }
}
