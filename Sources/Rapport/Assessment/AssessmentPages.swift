import Partnering

/// The ten questions, with the answers chosen so far.
struct QuestionsPage: Sendable {
  struct Question: Sendable {
    let id: String
    let number: Int
    let text: String
    let choices: [Choice]
    /// Why the page came back: this question has no answer yet.
    let refusal: String?
  }

  struct Choice: Sendable {
    let value: String
    let label: String
    let isChosen: Bool
  }

  /// What stands above the questions when some were left open.
  struct Refusal: Sendable {
    let sentence: String
    let id: String
    let toFirst: String
  }

  let questions: [Question]
  let refusal: Refusal?

  /// - Parameter open: the questions that the sent form left open; none if no form was sent.
  init(_ assessment: Assessment, refusing open: [Aspect] = [], _ words: Words) {
    questions = Aspect.allCases.map { aspect in
      Question(
        id: aspect.rawValue, number: aspect.number, text: words("assessment.aspect.\(aspect.rawValue).question"),
        choices: Assessment.Answer.allCases.map { answer in
          Choice(
            value: answer.rawValue, label: words("assessment.answer.\(answer.rawValue)"),
            isChosen: assessment[aspect] == answer)
        },
        refusal: open.contains(aspect) ? words("assessment.is-open") : nil)
    }
    refusal = open.first.map { first in
      Refusal(
        sentence: Self.sentence(open, words), id: first.rawValue,
        toFirst: words("assessment.to-first-open", ["number": .count(first.number)]))
    }
  }

  private static func sentence(_ open: [Aspect], _ words: Words) -> String {
    if open.count == Aspect.allCases.count { return words("assessment.all-open") }
    let numbers = open.map { String($0.number) }.joined(separator: ", ")
    return words("assessment.still-open", ["n": .count(open.count), "numbers": .text(numbers)])
  }
}

/// The verdict, what each missing aspect is for and the first thing to do, and what is there.
struct VerdictPage: Sendable {
  struct MissingAspect: Sendable {
    let number: Int
    let name: String
    let said: String
    let purpose: String
    let first: String
  }

  struct Answer: Sendable {
    let id: String
    let value: String
  }

  let verdict: String
  let count: String
  let rule: String?
  let unsure: String?
  let missing: [MissingAspect]
  let hasMissing: Bool
  let there: [String]
  let hasThere: Bool
  let answeredOn: String
  /// Where to start a partnership.
  let start: String?
  /// All ten, for whoever wants to change one.
  let answers: [Answer]

  init(_ verdict: Assessment.Verdict, of assessment: Assessment, startingAt start: String?, _ visit: Visit) {
    let words = visit.words
    let (yes, no) = (assessment.aspects(answered: .yes), assessment.missing)
    switch verdict {
    case .programme:
      self.verdict = words("assessment.verdict.some")
      rule = no.isEmpty ? nil : words("assessment.verdict.rule-some")
    case .noProgramme:
      self.verdict = words("assessment.verdict.none")
      rule = words("assessment.verdict.rule-none")
    }
    count = Self.count(there: yes.count, missing: no.count, words)
    let unsure = assessment.aspects(answered: .unsure).count
    self.unsure = unsure == 0 ? nil : words("assessment.verdict.unsure", ["n": .count(unsure)])
    missing = no.map { MissingAspect($0, said: assessment[$0] ?? .no, words) }
    hasMissing = !no.isEmpty
    there = yes.map { words("assessment.aspect.\($0.rawValue).name") }
    hasThere = !yes.isEmpty
    answeredOn = words("assessment.answered-on", ["day": .day(visit.now.day)])
    self.start = start
    answers = Aspect.allCases.compactMap { aspect in
      assessment[aspect].map { Answer(id: aspect.rawValue, value: $0.rawValue) }
    }
  }

  private static func count(there: Int, missing: Int, _ words: Words) -> String {
    switch there {
    case 10: words("assessment.verdict.all-there")
    case 1: words("assessment.verdict.only-one-there")
    case 0: words("assessment.verdict.none-there")
    default: words("assessment.verdict.missing", ["there": .count(there), "n": .count(missing)])
    }
  }
}

extension VerdictPage.MissingAspect {
  fileprivate init(_ aspect: Aspect, said: Assessment.Answer, _ words: Words) {
    let key = "assessment.aspect.\(aspect.rawValue)"
    number = aspect.number
    name = words("\(key).name")
    self.said = words("assessment.answer.\(said.rawValue)")
    purpose = words("\(key).purpose")
    first = words("\(key).first")
  }
}
