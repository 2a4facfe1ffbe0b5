import Hummingbird
import Partnering

/// What anybody may read without an account: how the figures are made, and what anonymous means here.
struct ExplanationRoutes: Sendable {
  let house: House

  func add(to pages: Pages) {
    pages.get("/how-it-is-computed", use: showComputing)
    pages.get("/what-anonymous-means", use: showAnonymity)
  }

  @Sendable func showComputing(_ request: Request, _ context: PageContext) async throws -> Response {
    let visit = try context.visiting()
    let head = PageHead(title: visit.words("computed.title"), lead: visit.words("computed.lead"))
    return try visit.page("how-it-is-computed", ComputingPage(words: visit.words), head)
  }

  @Sendable func showAnonymity(_ request: Request, _ context: PageContext) async throws -> Response {
    let visit = try context.visiting()
    let head = PageHead(title: visit.words("anonymous.title"), lead: visit.words("anonymous.lead"))
    return try visit.page("what-anonymous-means", AnonymityPage(words: visit.words), head)
  }
}

/// One figure: what it says, and its formula.
struct ExplainedFigure: Sendable {
  let id: String
  let title: String
  let sentences: String
  let formula: String?
}

struct ComputingPage: Sendable {
  struct Part: Sendable {
    let id: String
    let title: String
    let lead: String?
    let figures: [ExplainedFigure]
  }

  let parts: [Part]
  /// What is never computed.
  let never: [String]

  init(words: Words) {
    parts = [
      ("item", ["average", "discuss", "range", "divided", "strengths"]),
      ("compare", ["gap", "change", "roll"]),
      ("whole", ["health", "trust"]),
    ].map { part, figures in
      Part(
        id: part, title: words("computed.\(part).title"),
        lead: words.has("computed.\(part).lead") ? words("computed.\(part).lead") : nil,
        figures: figures.map { ExplainedFigure($0, words: words) })
    }
    never = ["people", "row", "late"].map { words("computed.never.\($0)") }
  }
}

extension ExplainedFigure {
  fileprivate init(_ name: String, words: Words) {
    id = name
    title = words("computed.\(name).name")
    sentences = words("computed.\(name).says")
    formula = words.has("computed.\(name).formula") ? words("computed.\(name).formula") : nil
  }
}

struct AnonymityPage: Sendable {
  let promises: [String]
  let remains: [String]
  let rules: [String]
  let steps: [String]
  let checks: [Check]

  /// What anybody can check without trusting this server's word.
  struct Check: Sendable {
    let title: String
    let sentence: String
  }

  init(words: Words) {
    func list(_ key: String, _ names: [String]) -> [String] { names.map { words("anonymous.\(key).\($0)") } }
    promises = list("promise", ["nobody", "once", "change", "nothing-before", "groups", "same-moment"])
    remains = list("remains", ["program", "device", "comment", "unanimous", "others"])
    rules = list("rule", ["round", "item", "party", "unanimous", "distribution", "comments", "one-split", "same"])
    steps = list("step", ["opening", "ticket", "answer", "sealed", "close"])
    checks = ["words", "receipt", "protocol", "attack"].map {
      Check(title: words("anonymous.check.\($0).title"), sentence: words("anonymous.check.\($0).says"))
    }
  }
}
