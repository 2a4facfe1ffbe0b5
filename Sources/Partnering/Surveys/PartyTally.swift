/// One party's answers of a round, counted. A round without a split has one tally for everybody.
public struct PartyTally: Sendable, Equatable {
  public let name: String
  /// How many of the party are on the roll.
  public let roll: Int
  /// How many ballots came.
  public let ballots: Int
  /// One for each item, in the order of the instrument.
  public let answers: [Histogram]

  /// Counts ballots, each a rating or a blank (`nil`) for every item in the order of the instrument.
  /// - Throws: ``TallyRefusal``
  @specialized(where Rating == UInt8)
  public init<Rating: BinaryInteger>(
    name: String, roll: Int, ballots: [[Rating?]], itemCount: Int
  ) throws(TallyRefusal) {
    var answers = Array(repeating: Histogram(), count: max(0, itemCount))
    for ballot in ballots {
      guard ballot.count == answers.count else { throw .itemsMissing(expected: itemCount, found: ballot.count) }
      for (place, rating) in ballot.enumerated() {
        guard let rating else { continue }
        guard let rating = Int(exactly: rating), answers[place].add(rating) else {
          throw .ratingOutOfRange(item: place + 1)
        }
      }
    }
    try self.init(name: name, roll: roll, ballots: ballots.count, answers: answers)
  }

  /// - Throws: ``TallyRefusal`` if there are more ballots than people, or more answers than ballots.
  public init(name: String, roll: Int, ballots: Int, answers: [Histogram]) throws(TallyRefusal) {
    guard (0...Histogram.largestCount).contains(roll) else { throw .rollOutOfRange(roll) }
    guard (0...roll).contains(ballots) else { throw .moreBallotsThanRoll(party: name, ballots: ballots, roll: roll) }
    if let place = answers.firstIndex(where: { $0.n > ballots }) { throw .moreAnswersThanBallots(item: place + 1) }
    self.name = name
    self.roll = roll
    self.ballots = ballots
    self.answers = answers
  }
}

/// Why answers cannot be counted.
public enum TallyRefusal: Error, Equatable, Sendable {
  /// A roll holds from 0 to 1,000,000,000 people.
  case rollOutOfRange(Int)
  case moreBallotsThanRoll(party: String, ballots: Int, roll: Int)
  case moreAnswersThanBallots(item: Int)
  case itemsMissing(expected: Int, found: Int)
  /// Ratings are from 1 to 5.
  case ratingOutOfRange(item: Int)
}
