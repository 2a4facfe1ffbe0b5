import Partnering

/// One thing that waits for the reader, as a page shows it.
struct TaskOnPage: Sendable {
  let title: String
  let why: String
  let button: String
  let href: String
}

extension Visit {
  /// - Parameter naming: whether the partnership's name is said; on its own page everybody knows it.
  func task(_ waiting: Waiting) -> TaskOnPage {
    let name = waiting.partnershipName
    let base = "/partnerships/\(waiting.partnership)"
    switch waiting.what {
    case .answer(let round, let closesAt):
      return task("answer", ["name": .text(name), "when": .text(formats.moment(closesAt))], "/rounds/\(round)/answer")
    case .handOut(let round, _, let party, let slips):
      return task(
        "hand-out", ["name": .text(name), "party": .text(party), "n": .count(slips)], "\(base)/rounds/\(round)/slips")
    case .join(let party, let partyName, let isTeam):
      return task(
        isTeam ? "accept" : "join", ["name": .text(name), "party": .text(partyName)], "\(base)/join?party=\(party)")
    case .agree:
      return task("agree", ["name": .text(name)], "\(base)/settings")
    case .restart(let round):
      return task("restart", ["name": .text(name)], "\(base)/rounds/\(round)")
    case .confirm(let round):
      return task("confirm", ["name": .text(name)], "\(base)/rounds/\(round)")
    case .read(let round, let closedAt):
      return task(
        "read", ["name": .text(name), "when": .text(formats.day(closedAt))], "\(base)/rounds/\(round)/report")
    case .act(let action, let what, let due):
      return task(
        "act", ["name": .text(name), "what": .text(what), "when": .text(formats.day(due))], "\(base)/actions/\(action)")
    case .prepare(let due):
      return task("prepare", ["name": .text(name), "when": .text(formats.day(due))], "\(base)/rounds/new")
    }
  }

  private func task(_ key: String, _ values: [String: Named], _ href: String) -> TaskOnPage {
    TaskOnPage(
      title: words("waiting.\(key)", values), why: words("waiting.\(key)-why", values),
      button: words("waiting.\(key)-button"), href: href)
  }
}
