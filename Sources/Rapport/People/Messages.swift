import Database
import Partnering

/// What a waiting message is about.
enum MessageKind: String, Sendable, CaseIterable {
  /// To make an account.
  case invitation
  /// To choose a new password, for whoever asked for it. In no outbox: the link is a key to the account.
  case password
  /// A round has opened, or opened again after an interruption.
  case opening
  /// A round is still open; to everybody on its roll alike.
  case reminder
  /// A round closes later than was said.
  case `extension`
  case withdrawal
  case interruption
  /// A round has closed and its report is there.
  case results
  /// The talk about a report has a date, or another one.
  case talk
  /// Somebody who looks after mail tries whether it arrives.
  case test
  /// Actions of the person's own come due, or are overdue.
  case actionsDue = "actions-due"

  /// Whether somebody can do without it: what a person must know to come in, to answer, or to know what became of the
  /// own answers, is not optional.
  var isOptional: Bool {
    switch self {
    case .reminder, .results, .talk, .actionsDue: true
    case .invitation, .password, .opening, .extension, .withdrawal, .interruption, .test: false
    }
  }

  /// Waiting messages about the same round that nobody needs any more once this one waits.
  var supersedes: [MessageKind] {
    switch self {
    case .invitation: [.invitation]
    case .password: [.password]
    case .talk: [.talk]
    case .test: [.test]
    case .actionsDue: [.actionsDue]
    case .reminder: [.reminder]
    case .extension: [.extension, .reminder]
    case .opening, .interruption, .withdrawal, .results: [.opening, .reminder, .extension, .interruption]
    }
  }
}

/// Somebody to invite.
struct Newcomer: Sendable {
  let name: PersonName
  let email: EmailAddress
  var isManager = false
  var isHead = false
}

/// Why somebody cannot be invited.
enum InvitationRefusal: Error, Sendable {
  /// The address belongs to somebody of another organisation.
  case addressElsewhere(EmailAddress)
}

/// For every capability: inside its own write, so that a message waits exactly if what it tells has happened.
extension PeopleStore {
  /// The person with this address in the organisation. If there is none yet, makes one without a password, with an
  /// invitation waiting in the outbox; somebody who is there already stays as they are.
  /// - Throws: `InvitationRefusal.addressElsewhere`.
  static func invite(
    _ newcomer: Newcomer, to organisation: ID<Organisation>, in space: ID<Space>, by inviter: ID<Person>?,
    partnership: ID<Partnership>? = nil, at now: Instant, _ connection: any Connection
  ) throws -> ID<Person> {
    let found = try connection.first(
      "SELECT id, space_id, organisation_id FROM person WHERE email = $1 AND erased_at IS NULL",
      [.text(newcomer.email.text)])
    if let found {
      guard try found.text("space_id") == space.text, try found.text("organisation_id") == organisation.text else {
        throw InvitationRefusal.addressElsewhere(newcomer.email)
      }
      return try found.id("id")
    }
    let person: ID<Person> = Randomness.id(at: now)
    try connection.execute(
      """
      INSERT INTO person (space_id, id, organisation_id, name, email, manager, head, created_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
      """,
      [
        .id(space), .id(person), .id(organisation), .text(newcomer.name.text), .text(newcomer.email.text),
        Value(newcomer.isManager), Value(newcomer.isHead), .instant(now),
      ])
    try queue(.invitation, for: [person], in: space, partnership: partnership, by: inviter, at: now, connection)
    return person
  }

  /// Puts a message to each person into the outbox. It holds no link and no text: both are made when it is shown.
  /// Erased people get none, and those who want only what they must know get no other.
  static func queue(
    _ kind: MessageKind, for people: [ID<Person>], in space: ID<Space>, partnership: ID<Partnership>? = nil,
    round: ID<Round>? = nil, by sender: ID<Person>? = nil, at now: Instant, _ connection: any Connection
  ) throws {
    let superseded = kind.supersedes
    if !superseded.isEmpty {
      // Person by person: of a list PostgreSQL may think that it is quicker to look through all messages of the space, each time.
      let kinds: [Value] = superseded.map { .text($0.rawValue) }
      for person in people {
        try connection.execute(
          """
          DELETE FROM message
          WHERE space_id = $1 AND person_id = $2 AND coalesce(round_id, '') = $3 AND kind IN (\(places(kinds.count, from: 4)))
          """, [.id(space), .id(person), .text(round?.text ?? "")] + kinds)
      }
    }
    for some in portions(of: people) {
      let hearers = try connection.query(
        """
        SELECT id FROM person
        WHERE space_id = $1 AND erased_at IS NULL AND (quiet = 0 OR $2 = 0) AND id IN (\(places(some.count, from: 3)))
        ORDER BY id
        """, [.id(space), Value(kind.isOptional)] + some.map { .id($0) })
      guard !hearers.isEmpty else { continue }
      let rows = hearers.indices.map { "($1, $\(7 + 2 * $0), $\(8 + 2 * $0), $2, $3, $4, $5, $6)" }
      try connection.execute(
        """
        INSERT INTO message (space_id, id, person_id, kind, partnership_id, round_id, invited_by, created_at)
        VALUES \(rows.joined(separator: ", "))
        """,
        [.id(space), .text(kind.rawValue), .id(partnership), .id(round), .id(sender), .instant(now)]
          + hearers.flatMap { [.id(Randomness.id(at: now) as ID<Message>), try $0.value("id")] })
    }
  }

  /// As many as one statement takes: a close tells everybody on the roll.
  private static func portions(of people: [ID<Person>]) -> [ArraySlice<ID<Person>>] {
    stride(from: 0, to: people.count, by: 200).map { people[$0..<min($0 + 200, people.count)] }
  }

  /// `$4, $5, $6`
  private static func places(_ count: Int, from first: Int) -> String {
    (first..<first + count).map { "$\($0)" }.joined(separator: ", ")
  }

  /// `a former member of X`, for wherever the name of somebody who was erased would stand.
  static func formerMember(of organisation: String, in words: Words) -> String {
    words("people.former-member", ["organisation": .text(organisation)])
  }
}
