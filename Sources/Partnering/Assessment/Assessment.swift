/// What somebody says about the ten aspects of one partnership, and what follows from it. [Assessment]
public struct Assessment: Sendable, Equatable {
  /// What somebody says about one aspect.
  public enum Answer: String, Sendable, CaseIterable {
    case yes, no
    /// Counts as no: what nobody knows of helps nobody.
    case unsure
  }

  /// Whether there is a programme of partnership relationship management.
  public enum Verdict: Sendable, Equatable {
    case programme, noProgramme
  }

  /// From this many missing aspects on there is no programme. [Assessment]
  public static let tooManyMissing = 3

  private let answers: [Aspect: Answer]

  /// - Parameter answers: those given so far.
  public init(_ answers: [Aspect: Answer] = [:]) { self.answers = answers }

  /// What was said about an aspect; `nil` if nothing was.
  public subscript(aspect: Aspect) -> Answer? { answers[aspect] }

  /// The aspects without an answer, in their order.
  public var open: [Aspect] { Aspect.allCases.filter { answers[$0] == nil } }

  /// The aspects with this answer, in their order.
  public func aspects(answered answer: Answer) -> [Aspect] { Aspect.allCases.filter { answers[$0] == answer } }

  /// The aspects that were answered *no* or *not sure*, in their order.
  public var missing: [Aspect] {
    Aspect.allCases.filter { aspect in answers[aspect].map { $0 != .yes } ?? false }
  }

  /// `nil` before all ten are answered, even where the answers given so far would settle it. [Assessment]
  public var verdict: Verdict? {
    guard open.isEmpty else { return nil }
    return missing.count >= Self.tooManyMissing ? .noProgramme : .programme
  }
}
