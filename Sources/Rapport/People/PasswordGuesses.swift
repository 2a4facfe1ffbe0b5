import Partnering

/// The wrong passwords of the last minutes, in memory: a restart forgives them, and none is written down.
actor PasswordGuesses {
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
  }

  /// More subjects than this are not remembered, so that guessing cannot fill the memory.
  private static let mostSubjects = 20_000
  private var guesses: [Subject: [Instant]] = [:]

  /// - Throws: `Refusal.because` with the minutes to wait, if one of the subjects guessed too often.
  func check(_ subjects: [Subject], at now: Instant) throws {
    let ends = subjects.compactMap { subject in guesses[subject].flatMap { subject.limit.end(after: $0, at: now) } }
    guard let end = ends.max() else { return }
    let minutes = Int((end.since(now).milliseconds + 59_999) / 60_000)
    throw Refusal.because("people.too-many-guesses", ["n": .count(max(1, minutes))], status: .tooManyRequests)
  }

  func wrong(_ subjects: [Subject], at now: Instant) {
    if guesses.count >= Self.mostSubjects { forget(at: now) }
    for subject in subjects {
      guesses[subject] = subject.limit.counting(guesses[subject] ?? [], at: now).suffix(subject.limit.most - 1) + [now]
    }
  }

  func right(_ subject: Subject) { guesses[subject] = nil }

  private func forget(at now: Instant) {
    guesses = guesses.filter { !$0.key.limit.counting($0.value, at: now).isEmpty }
    if guesses.count >= Self.mostSubjects { guesses.removeAll() }
  }
}
