import Partnering

/// One file of answers and the roll that goes with it.
struct ScoreInput: Sendable {
  let name: String
  let bytes: [UInt8]
  let rolls: Rolls
}

/// From files of answers to a report: bytes in, figures or faults out.
struct Scoring: Sendable {
  let instrument: Instrument
  let thresholds: DisclosureThresholds
  let partyColumn: String?
  let answers: ScoreInput
  let previous: ScoreInput?

  /// - Throws: ``ScoreFaults`` of all files.
  func score() throws(ScoreFaults) -> Score {
    var faults = ScoreFaults()
    let now = tally(answers, by: partyColumn, &faults)
    let before = previous.flatMap { tally($0, by: columnOfPrevious, &faults) }
    guard faults.isEmpty, let now else { throw faults }
    let earlier = before.flatMap { before in
      report(before.parties, since: nil).map {
        PreviousRound(report: $0, rollChange: RollChange(sizes: now.roll, before.roll))
      }
    }
    guard let report = report(now.parties, since: earlier) else { throw faults }
    return Score(instrument: instrument, report: report, sheets: [now] + (before.map { [$0] } ?? []))
  }

  /// Of the round before, only the whole is compared; its parties are read where the option names them.
  private var columnOfPrevious: String? {
    if case .ofParties = previous?.rolls { partyColumn } else { nil }
  }

  private func report(_ parties: [PartyTally], since previous: PreviousRound?) -> SurveyReport? {
    try? SurveyReport(of: instrument, parties: parties, thresholds: thresholds, since: previous)
  }

  private func tally(_ input: ScoreInput, by column: String?, _ faults: inout ScoreFaults) -> TalliedSheet? {
    do throws(SheetFaults) {
      let sheet = try AnswerSheet(input.bytes, for: instrument, partyColumn: column)
      let unread = sheet.unread.filter { $0.name != partyColumn }
      let parties = tallies(of: sheet, input, &faults)
      return TalliedSheet(file: input.name, parties: parties, unread: unread, isRollAssumed: input.rolls == .asRows)
    } catch {
      faults.add(error.first.map { .inSheet($0) }, total: error.total, file: input.name)
      return nil
    }
  }

  private func tallies(of sheet: AnswerSheet, _ input: ScoreInput, _ faults: inout ScoreFaults) -> [PartyTally] {
    var parts = sheet.parts.map { (part: $0, roll: $0.rows) }
    switch input.rolls {
    case .asRows: break
    case .whole(let roll): parts = sheet.parts.map { ($0, roll) }
    case .ofParties(let rolls):
      let known = Set(rolls.map(\.name))
      for part in sheet.parts where !known.contains(part.party ?? "") {
        faults.add(.partyWithoutRoll(part.party ?? "", part.place), file: input.name)
      }
      parts = rolls.map { roll in
        (sheet.parts.first { $0.party == roll.name } ?? .absent(roll.name, itemCount: instrument.items.count), roll.size)
      }
    }
    return parts.compactMap { part, roll in tally(of: part, roll: roll, file: input.name, &faults) }
  }

  private func tally(of part: AnswerSheet.Part, roll: Int, file: String, _ faults: inout ScoreFaults) -> PartyTally? {
    let ballots = part.ballotLines.count
    if ballots > roll {
      let place = SheetPlace(line: part.ballotLines[roll], column: part.place.column)
      faults.add(.moreAnswersThanRoll(party: part.party, answers: ballots, roll: roll, place), file: file)
    }
    return try? PartyTally(name: part.party ?? "", roll: roll, ballots: ballots, answers: part.answers)
  }
}

/// A sheet, counted.
struct TalliedSheet: Sendable {
  let file: String
  let parties: [PartyTally]
  let unread: [AnswerSheet.UnreadColumn]
  /// No roll was given, so the number of rows stands for it.
  let isRollAssumed: Bool

  var roll: Int { parties.reduce(0) { $0 + $1.roll } }
}

/// What `rapport score` found out.
struct Score: Sendable {
  let instrument: Instrument
  let report: SurveyReport
  /// The answers, and those of the round before if there are any.
  let sheets: [TalliedSheet]

  var isRollAssumed: Bool { sheets.contains(where: \.isRollAssumed) }
}

/// Everything that is wrong with the files.
struct ScoreFaults: Error, Sendable {
  enum Kind: Equatable, Sendable {
    case inSheet(SheetFault)
    case partyWithoutRoll(String, SheetPlace)
    case moreAnswersThanRoll(party: String?, answers: Int, roll: Int, SheetPlace)
  }

  /// The first of them, at most twenty.
  private(set) var first: [(file: String, kind: Kind)] = []
  private(set) var total = 0

  var isEmpty: Bool { total == 0 }

  mutating func add(_ kind: Kind, file: String) { add([kind], total: 1, file: file) }

  mutating func add(_ kinds: [Kind], total: Int, file: String) {
    first += kinds.prefix(max(0, SheetFaults.kept - first.count)).map { (file, $0) }
    self.total += total
  }
}
