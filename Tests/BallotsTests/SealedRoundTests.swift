import Foundation
import Testing

@testable import Ballots

struct SealedRoundTests {
  static func round(rolls: [Int] = [6, 6]) throws -> SealedRound {
    try SealedRound(name: Story.round, items: 3, rolls: rolls)
  }

  @Test func `a person collects once, gets the same again, and cannot collect with another value`() throws {
    var round = try Self.round()
    #expect(!round.hasCollected(person: Story.person(1), segment: 0))
    let page = SealedPlace(kind: .collected, segment: 0, bucket: 0, page: 0)
    #expect(try round.collect(person: Story.person(1), blinded: Story.blinded(1), segment: 0) == .first(changed: [page]))
    #expect(try round.collect(person: Story.person(1), blinded: Story.blinded(1), segment: 0) == .again)
    #expect(try round.collect(person: Story.person(1), blinded: Story.blinded(2), segment: 0) == .otherValue)
    #expect(try round.collect(person: Story.person(1), blinded: Story.blinded(1), segment: 0) == .again)
    #expect(round.hasCollected(person: Story.person(1), segment: 0))
  }

  @Test func `a higher send replaces, the same is acknowledged, an older or a different one is refused`() throws {
    var round = try Self.round()
    let one = try Story.credential(1)
    let pages = [SealedKind.ratings, .comments, .receipts, .slips].map { SealedPlace(kind: $0, segment: 0, bucket: 0, page: 0) }
    #expect(try round.answer(Story.answer(from: 1, [4, 4, 4]), by: one, segment: 0) == .stored(changed: pages))
    #expect(try round.answer(Story.answer(from: 1, [4, 4, 4]), by: one, segment: 0) == .repeated)
    #expect(try round.answer(Story.answer(from: 1, [5, 4, 4]), by: one, segment: 0) == .older(than: 1))
    #expect(try round.answer(Story.answer(from: 1, [4, 4, 4], comment: "x"), by: one, segment: 0) == .older(than: 1))
    #expect(
      try round.answer(Story.answer(from: 1, [2, nil, 2], send: 7), by: one, segment: 0) == .replaced(changed: pages))
    #expect(try round.answer(Story.answer(from: 1, [4, 4, 4], send: 3), by: one, segment: 0) == .older(than: 7))
    var generator = Seeded(state: 1)
    #expect(round.tally(shufflingWith: &generator).ballots == [[[2, nil, 2]], []])
    #expect(round.tally(shufflingWith: &generator).receipts == [try Story.receipt(1)])
  }

  @Test func `an answer rewrites the same pages with and without a comment`() throws {
    var round = try Self.round()
    let silent = try round.answer(Story.answer(from: 1), by: Story.credential(1), segment: 0)
    let telling = try round.answer(Story.answer(from: 2, comment: "Thank you"), by: Story.credential(2), segment: 0)
    #expect(silent == telling)
  }

  @Test func `a second receipt of one credential is refused and changes nothing`() throws {
    var round = try Self.round()
    _ = try round.answer(Story.answer(from: 1), by: Story.credential(1), segment: 0)
    let before = round
    let other = try Story.answer(from: 2, [1, 1, 1], send: 2)
    #expect(throws: SealedRoundRefusal.otherReceipt) { try round.answer(other, by: Story.credential(1), segment: 0) }
    #expect(round.segments == before.segments)
  }

  @Test(arguments: [-1, 2, Int.max, Int.min])
  func `a segment that is not there is refused`(segment: Int) throws {
    var round = try Self.round()
    #expect(throws: SealedRoundRefusal.unknownSegment(segment)) {
      try round.answer(Story.answer(from: 1), by: Story.credential(1), segment: segment)
    }
    #expect(throws: SealedRoundRefusal.unknownSegment(segment)) {
      try round.collect(person: Story.person(1), blinded: Story.blinded(1), segment: segment)
    }
    #expect(!round.hasCollected(person: Story.person(1), segment: segment))
    #expect(round.ballots(ofSegment: segment) == 0)
  }

  @Test func `what is no answer is refused with what is wrong`() throws {
    let receipt = try Story.receipt(1)
    func answer(_ ratings: [Int?], _ comment: String = "", send: UInt32 = 1) throws -> Answer {
      try Answer(ratings: ratings, items: 3, comment: comment, receipt: receipt, send: send)
    }
    #expect(throws: AnswerRefusal.itemCount(expected: 3, sent: 2)) { try answer([1, 2]) }
    #expect(throws: AnswerRefusal.itemCount(expected: 3, sent: 0)) { try answer([]) }
    for wrong in [0, 6, -1, 256, Int.max, Int.min] {
      #expect(throws: AnswerRefusal.ratingOutOfRange(item: 2)) { try answer([1, wrong, nil]) }
    }
    #expect(throws: AnswerRefusal.sendNumber) { try answer([1, 2, 3], send: 0) }
    #expect(throws: AnswerRefusal.commentTooLong(bytes: 1_002)) { try answer([1, 2, 3], String(repeating: "é", count: 501)) }
    #expect(try answer([1, 2, 3], String(repeating: "é", count: 500)).comment.utf8.count == 1_000)
    #expect(try answer([nil, nil, nil], "a\r\nb\u{0}\tc\u{301}").comment == "a\nb\tc\u{301}")
    var round = try SealedRound(name: Story.round, items: 4, rolls: [5])
    #expect(throws: SealedRoundRefusal.otherInstrument(items: 4)) {
      try round.answer(answer([1, 2, 3]), by: Story.credential(1), segment: 0)
    }
  }

  @Test func `a round comes back from its rows and not when one is missing, moved or of another key`() throws {
    var round = try Self.round(rolls: [100, 6])
    for number in 0..<300 {
      _ = try round.collect(person: Story.person(number), blinded: Story.blinded(number), segment: 0)
      _ = try round.answer(Story.answer(from: number, comment: "c\(number)"), by: Story.credential(number), segment: 0)
    }
    let key = SealingKey.generate()
    func load(_ rows: [SealedPlace: Data], _ key: SealingKey, rolls: [Int] = [100, 6], items: Int = 3) throws -> SealedRound {
      try SealedRound(name: Story.round, items: items, rolls: rolls, rows: rows, key: key)
    }
    let rows = try Dictionary(uniqueKeysWithValues: round.places.map { ($0, try round.sealed(at: $0, under: key)) })
    #expect(rows.keys.contains { $0.page > 0 })
    #expect(try load(rows, key).segments == round.segments)
    #expect(throws: SealingFailure.self) { try load(rows, .generate()) }
    #expect(throws: SealingFailure.self) { try load(rows, key, rolls: [6, 6]) }
    #expect(throws: SealingFailure.self) { try load(rows, key, items: 4) }
    for place in rows.keys {
      #expect(throws: SealingFailure.self, "\(place)") { try load(rows.filter { $0.key != place }, key) }
    }
  }

  @Test func `an old page among new ones is noticed when entries were added since`() throws {
    var round = try Self.round(rolls: [6])
    for number in 0..<100 { _ = try round.collect(person: Story.person(number), blinded: Story.blinded(number), segment: 0) }
    let key = SealingKey.generate()
    let second = SealedPlace(kind: .collected, segment: 0, bucket: 0, page: 1)
    let old = try round.sealed(at: second, under: key)
    _ = try round.collect(person: Story.person(100), blinded: Story.blinded(100), segment: 0)
    var rows = try Dictionary(uniqueKeysWithValues: round.places.map { ($0, try round.sealed(at: $0, under: key)) })
    rows[second] = old
    #expect(throws: SealingFailure.self) {
      try SealedRound(name: Story.round, items: 3, rolls: [6], rows: rows, key: key)
    }
  }

  @Test(arguments: (0..<20).map { _ in UInt64.random(in: 0...UInt64.max) })
  func `any history ends as a plain dictionary says, and its changed pages are all that changed`(seed: UInt64) throws {
    var (generator, round) = (Seeded(state: seed), try Self.round(rolls: [seed % 2 == 0 ? 120 : 40, 10]))
    var model: [[Int: (send: UInt32, ratings: [UInt8?], comment: String)]] = [[:], [:]]
    var collected: [[Int: Int]] = [[:], [:]]
    for _ in 0..<400 {
      let (before, segment) = (round, Int.random(in: 0...1, using: &generator))
      let number = Int.random(in: 0..<(segment == 0 ? 150 : 10), using: &generator) + segment * 1_000
      var changed: [SealedPlace] = []
      if Bool.random(using: &generator) {
        let value = Int.random(in: 0...1, using: &generator)
        switch try round.collect(person: Story.person(number), blinded: Story.blinded(value), segment: segment) {
        case .first(let pages): (changed, collected[segment][number]) = (pages, value)
        case .again: #expect(collected[segment][number] == value)
        case .otherValue: #expect(collected[segment][number] == 1 - value)
        }
      } else {
        let ratings = (0..<3).map { _ in [nil, 1, 2, 3, 4, 5].randomElement(using: &generator) ?? nil }
        let comment = ["", "fine", "so so"].randomElement(using: &generator) ?? ""
        let send = UInt32.random(in: 1...4, using: &generator)
        let answer = try Story.answer(from: number, ratings, comment: comment, send: send)
        let stood = model[segment][number]
        switch try round.answer(answer, by: Story.credential(number), segment: segment) {
        case .stored(let pages):
          #expect(stood == nil)
          (changed, model[segment][number]) = (pages, (send, answer.ratings, comment))
        case .replaced(let pages):
          #expect((stood?.send ?? .max) < send)
          (changed, model[segment][number]) = (pages, (send, answer.ratings, comment))
        case .repeated: #expect(stood?.ratings == answer.ratings && stood?.comment == comment && stood?.send == send)
        case .older(let other): #expect(stood?.send == other && other >= send)
        }
      }
      #expect(differing(before, round).isSubset(of: changed), "seed \(seed)")
    }
    let tally = round.tally(shufflingWith: &generator)
    for segment in 0...1 {
      #expect(histogram(tally.ballots[segment]) == histogram(model[segment].values.map(\.ratings)), "seed \(seed)")
      #expect(round.ballots(ofSegment: segment) == model[segment].count)
    }
    #expect(tally.comments.sorted() == model.flatMap { $0.values.map(\.comment) }.filter { $0 != "" }.sorted())
    #expect(tally.receipts == (try model.flatMap { try $0.keys.map(Story.receipt) }.sorted()))
  }

  @Test func `comments are shuffled and ballots are not in the order of their serials`() throws {
    var round = try Self.round(rolls: [40])
    for number in 0..<40 {
      _ = try round.answer(
        Story.answer(from: number, [number % 5 + 1, 1, 1], comment: "c\(number)"), by: Story.credential(number), segment: 0)
    }
    var (one, other) = (Seeded(state: 1), Seeded(state: 2))
    #expect(round.tally(shufflingWith: &one).comments != round.tally(shufflingWith: &other).comments)
    let first = round.tally(shufflingWith: &one).ballots[0].map { $0[0] ?? 0 }
    #expect(first == first.sorted())
  }

  private func histogram(_ ballots: [[UInt8?]]) -> [[UInt8?]: Int] { Dictionary(ballots.map { ($0, 1) }, uniquingKeysWith: +) }

  private func differing(_ before: SealedRound, _ after: SealedRound) -> Set<SealedPlace> {
    func page(_ place: SealedPlace, of round: SealedRound) -> Data? {
      guard let bucket = round.segments[place.segment][place.kind, bucket: place.bucket], place.page < bucket.pages else { return nil }
      return bucket.bytes(ofPage: place.page)
    }
    return Set(after.places.filter { page($0, of: before) != page($0, of: after) })
  }
}
