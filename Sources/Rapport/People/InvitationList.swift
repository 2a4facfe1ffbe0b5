import Partnering

/// A pasted list as the organisation's page reads it: everybody, or what is wrong with which line.
struct InvitationList: Sendable {
  enum Problem: Sendable, Equatable {
    case nobody
    case line(PastedPeople.Problem)
    case role(line: Int, typed: String)
    case taken(line: Int, email: String)
  }

  let newcomers: [Newcomer]
  /// The line of each newcomer.
  let lines: [Int]
  let problems: [Problem]

  init(_ text: String, roles: RoleWords) {
    let pasted = PastedPeople(text)
    var problems: [(line: Int, problem: Problem)] = pasted.problems.map { ($0.line, .line($0)) }
    var newcomers: [Newcomer] = []
    for entry in pasted.entries {
      var newcomer = Newcomer(name: entry.name, email: entry.email)
      switch entry.role.map(roles.role) {
      case nil: break
      case .manager?: newcomer.isManager = true
      case .head?: newcomer.isHead = true
      case .unknown(let typed)?: problems.append((entry.line, .role(line: entry.line, typed: typed)))
      }
      newcomers.append(newcomer)
    }
    self.newcomers = newcomers
    lines = pasted.entries.map(\.line)
    self.problems = problems.sorted { $0.line < $1.line }.map(\.problem)
  }
}

/// The words by which a list may name a role, in every language of the product.
struct RoleWords: Sendable {
  enum Role: Sendable, Equatable {
    case manager, head
    case unknown(String)
  }

  private let roles: [String: Role]

  init(_ book: WordBook) {
    var roles: [String: Role] = [:]
    for words in Language.allCases.map(book.words) {
      for (key, role) in [("people.list-manager", Role.manager), ("people.list-head", .head)] {
        for word in words(key).split(separator: "|") { roles[String(word).lowercased()] = role }
      }
    }
    self.roles = roles
  }

  func role(_ typed: String) -> Role { roles[typed.lowercased()] ?? .unknown(String(typed.unicodeScalars.prefix(40))) }
}

extension InvitationList.Problem {
  func sentence(in words: Words) -> String {
    switch self {
    case .nobody: words("people.list-nobody")
    case .role(let line, let typed): words("people.list-role", ["line": .count(line), "role": .text(typed)])
    case .taken(let line, let email): words("people.list-taken", ["line": .count(line), "email": .text(email)])
    case .line(let problem): Self.sentence(problem, words)
    }
  }

  private static func sentence(_ problem: PastedPeople.Problem, _ words: Words) -> String {
    let line = Named.count(problem.line)
    return switch problem.reason {
    case .noAddress: words("people.list-no-address", ["line": line])
    case .name: words("people.list-name", ["line": line])
    case .tooMuch: words("people.list-too-much", ["line": line])
    case .repeats(let earlier): words("people.list-repeats", ["line": line, "earlier": .count(earlier)])
    case .tooMany(let most): words("people.list-too-many", ["line": line, "most": .count(most)])
    }
  }
}
