import Hummingbird
import Partnering

/// The sixty-second assessment, for anybody and without an account. The verdict is the reply to the form, so that no answer
/// is ever kept or stands in an address. [Assessment]
struct AssessmentRoutes: Sendable {
  let house: House

  func add(to pages: Pages) {
    pages.get("/assessment", use: showQuestions)
    pages.post("/assessment", use: assess)
  }

  @Sendable func showQuestions(_ request: Request, _ context: PageContext) async throws -> Response {
    let visit = try context.visiting()
    return try visit.page("assessment", QuestionsPage(Assessment(), visit.words), head(visit))
  }

  @Sendable func assess(_ request: Request, _ context: PageContext) async throws -> Response {
    let visit = try context.visiting()
    let assessment = Assessment(visit.form)
    if visit.form.has("change") {
      return try visit.page("assessment", QuestionsPage(assessment, visit.words), head(visit))
    }
    guard let verdict = assessment.verdict else {
      let page = QuestionsPage(assessment, refusing: assessment.open, visit.words)
      return try visit.page("assessment", page, head(visit), status: .unprocessableContent)
    }
    let page = VerdictPage(verdict, of: assessment, startingAt: try await startingPlace(visit), visit)
    return try visit.page("assessment-verdict", page, PageHead(title: visit.words("assessment.title")))
  }

  private func head(_ visit: Visit) -> PageHead {
    PageHead(title: visit.words("assessment.title"), lead: visit.words("assessment.lead"))
  }

  /// Where this visitor can start a partnership; `nil` for those whom somebody else has to take into one.
  private func startingPlace(_ visit: Visit) async throws -> String? {
    if let person = visit.person { return person.isManager && person.onlyRound == nil ? "/partnerships/new" : nil }
    return try await PeopleStore(database: house.database).isSetUp() ? "/partnerships/new" : "/"
  }
}

extension Assessment {
  /// What a form says, each aspect's answer under the aspect's id; anything else than the three answers is none.
  init(_ form: Form) {
    var answers: [Aspect: Answer] = [:]
    for aspect in Aspect.allCases { answers[aspect] = Answer(rawValue: form[aspect.rawValue]) }
    self.init(answers)
  }
}
