import Database
import Partnering

/// The wrong passwords of the last minutes, shared by all servers; each is forgotten once it no longer counts.
struct PasswordGuesses: Sendable {
  /// What a guess counts against.
  enum Subject: Hashable, Sendable {
    /// An address as typed, whether or not it has an account.
    case account(String)
    /// The other end of the connection.
    case place(String)

    var limit: GuessLimit {
      switch self {
      case .account: .ofOneAccount
      case .place: .ofOnePlace
      }
    }

    /// What stands for it in the database.
    fileprivate var key: Value {
      switch self {
      case .account(let address): .bytes(hashed(secret: "account \(address)"))
      case .place(let place): .bytes(hashed(secret: "place \(place)"))
      }
    }
  }

  let database: any Database

  /// - Throws: `Refusal.because` with the minutes to wait, if one of the subjects guessed too often.
  func check(_ subjects: [Subject], at now: Instant) async throws {
    let ends = try await database.read { connection in
      try subjects.compactMap { subject in
        let guesses = try connection.query(
          "SELECT guessed_at FROM guess WHERE subject = $1 AND guessed_at > $2 ORDER BY guessed_at",
          [subject.key, .instant(now - subject.limit.span)]
        ).map { try $0.instant("guessed_at") }
        return subject.limit.end(after: guesses, at: now)
      }
    }
    guard let end = ends.max() else { return }
    let minutes = Int((end.since(now).milliseconds + 59_999) / 60_000)
    throw Refusal.because("people.too-many-guesses", ["n": .count(max(1, minutes))], status: .tooManyRequests)
  }

  func wrong(_ subjects: [Subject], at now: Instant) async throws {
    let longest = [GuessLimit.ofOneAccount, .ofOnePlace].map(\.span).max() ?? .minutes(15)
    try await database.write { connection in
      try connection.execute("DELETE FROM guess WHERE guessed_at <= $1", [.instant(now - longest)])
      for subject in subjects {
        try connection.execute(
          "INSERT INTO guess (id, subject, guessed_at) VALUES ($1, $2, $3)",
          [.text(Randomness.token()), subject.key, .instant(now)])
      }
    }
  }

  func right(_ subject: Subject) async throws {
    try await database.write { try $0.execute("DELETE FROM guess WHERE subject = $1", [subject.key]) }
  }
}
