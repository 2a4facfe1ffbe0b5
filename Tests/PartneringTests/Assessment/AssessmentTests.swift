import Testing

@testable import Partnering

@Suite struct AssessmentTests {
  /// So many times yes, then no, then not sure; the rest stays open.
  private static func assessment(yes: Int = 0, no: Int = 0, unsure: Int = 0) -> Assessment {
    let said = Array(repeating: Assessment.Answer.yes, count: yes) + Array(repeating: .no, count: no)
      + Array(repeating: .unsure, count: unsure)
    return Assessment(Dictionary(uniqueKeysWithValues: zip(Aspect.allCases, said)))
  }

  @Test(arguments: [
    (10, 0, 0, Assessment.Verdict.programme), (8, 2, 0, .programme), (8, 1, 1, .programme), (8, 0, 2, .programme),
    (7, 3, 0, .noProgramme), (7, 2, 1, .noProgramme), (7, 0, 3, .noProgramme), (0, 10, 0, .noProgramme),
    (0, 0, 10, .noProgramme),
  ])
  func `three aspects answered no or not sure mean that there is no programme`(
    yes: Int, no: Int, unsure: Int, verdict: Assessment.Verdict
  ) {
    #expect(Self.assessment(yes: yes, no: no, unsure: unsure).verdict == verdict)
  }

  @Test func `there is no verdict before ten answers, however clear it is already`() {
    #expect(Assessment().verdict == nil)
    #expect(Self.assessment(yes: 9).verdict == nil)
    #expect(Self.assessment(no: 9).verdict == nil)
    #expect(Self.assessment(yes: 9).open == [.symbols])
    #expect(Assessment().open.count == 10)
  }

  @Test func `not sure is missing, and an open question is not`() {
    let assessment = Assessment([.framework: .yes, .needs: .unsure, .trust: .no])
    #expect(assessment.missing == [.needs, .trust])
    #expect(assessment.aspects(answered: .unsure) == [.needs])
    #expect(assessment.open.contains(.benefits) && !assessment.open.contains(.needs))
  }

  @Test func `which of the ten are missing makes no difference to the verdict`() {
    for one in Aspect.allCases {
      for other in Aspect.allCases where other != one {
        for third in Aspect.allCases where third != one && third != other {
          var said = Dictionary(uniqueKeysWithValues: Aspect.allCases.map { ($0, Assessment.Answer.yes) })
          (said[one], said[other]) = (.no, .unsure)
          #expect(Assessment(said).verdict == .programme)
          said[third] = .no
          #expect(Assessment(said).verdict == .noProgramme)
        }
      }
    }
  }

  @Test func `the ten aspects stand for the ten questions, one for one and in their order`() {
    #expect(Aspect.allCases.map(\.number) == Array(1...10))
    #expect(Aspect.trust.source == "assessment/8")
    #expect(
      Aspect.allCases.map(\.rawValue) == [
        "strategic-framework", "shared-needs", "measured-benefits", "relational-expectations", "partnership-agreement",
        "sponsor-meetings", "relationship-measured", "trust-indicator", "trained-teams", "joint-symbols",
      ])
  }
}
