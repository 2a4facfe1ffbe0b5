import Foundation
import Testing

@testable import Ballots

struct SealedBucketTests {
  static let place = SealedPlace(kind: .ratings, segment: 0, bucket: 0, page: 0)

  @Test func `a sealed value opens in its place and under its key only`() throws {
    let (key, round) = (SealingKey.generate(), try Story.round)
    let sealed = try key.seal(Data("secret".utf8), at: Self.place, of: round)
    #expect(try key.open(sealed, at: Self.place, of: round) == Data("secret".utf8))
    let other = try Story.found(RoundName("round-2"))
    #expect(throws: SealingFailure.notOurs(Self.place)) { try key.open(sealed, at: Self.place, of: other) }
    #expect(throws: SealingFailure.notOurs(Self.place)) {
      try SealingKey.generate().open(sealed, at: Self.place, of: round)
    }
    for moved in [
      SealedPlace(kind: .comments, segment: 0, bucket: 0, page: 0), SealedPlace(kind: .ratings, segment: 1, bucket: 0, page: 0),
      SealedPlace(kind: .ratings, segment: 0, bucket: 1, page: 0), SealedPlace(kind: .ratings, segment: 0, bucket: 0, page: 1),
    ] {
      #expect(throws: SealingFailure.notOurs(moved)) { try key.open(sealed, at: moved, of: round) }
    }
  }

  @Test func `a flipped bit anywhere, or a missing end, is noticed`() throws {
    let (key, round) = (SealingKey.generate(), try Story.round)
    let sealed = try key.seal(SealedBucket(kind: .ratings).bytes(ofPage: 0), at: Self.place, of: round)
    for place in sealed.indices {
      var changed = sealed
      changed[place] ^= UInt8(1 << (place % 8))
      #expect(throws: SealingFailure.notOurs(Self.place)) { try key.open(changed, at: Self.place, of: round) }
    }
    for length in [0, 1, 12, 27, 28, sealed.count - 1] {
      #expect(throws: SealingFailure.notOurs(Self.place)) {
        try key.open(sealed.prefix(length), at: Self.place, of: round)
      }
    }
  }

  @Test func `the same page sealed twice looks different`() throws {
    let (key, round) = (SealingKey.generate(), try Story.round)
    let page = SealedBucket(kind: .ratings).bytes(ofPage: 0)
    #expect(try key.seal(page, at: Self.place, of: round) != key.seal(page, at: Self.place, of: round))
  }

  @Test(arguments: [SealedKind.collected, .ratings, .comments, .receipts])
  func `every page of a kind has one size, however full it is`(kind: SealedKind) {
    var (bucket, sizes) = (SealedBucket(kind: kind), Set<Int>())
    for number in 0..<200 {
      _ = bucket.set(Array(repeating: 7, count: kind.payloadSize), for: Story.person(number))
      for page in 0..<bucket.pages { sizes.insert(bucket.bytes(ofPage: page).count) }
    }
    #expect(sizes.count == 1)
    #expect(bucket.pages == 4)
  }

  @Test func `a bucket comes back from its pages, and not from some of them or in another order`() throws {
    var bucket = SealedBucket(kind: .collected)
    for number in 0..<150 { _ = bucket.set(Story.person(number + 1).bytes, for: Story.person(number)) }
    let pages = (0..<bucket.pages).map(bucket.bytes)
    #expect(SealedBucket(kind: .collected, pages: pages) == bucket)
    #expect(SealedBucket(kind: .collected, pages: []) == nil)
    #expect(SealedBucket(kind: .collected, pages: Array(pages.dropLast())) == nil)
    #expect(SealedBucket(kind: .collected, pages: Array(pages.dropFirst())) == nil)
    #expect(SealedBucket(kind: .collected, pages: pages + [pages[2]]) == nil)
    #expect(SealedBucket(kind: .collected, pages: [pages[1], pages[0], pages[2]]) == nil)
    #expect(SealedBucket(kind: .receipts, pages: pages) == nil)
  }

  @Test func `hostile pages make no bucket and do no harm`() {
    var generator = Seeded(state: 3)
    let size = SealedBucket(kind: .receipts).bytes(ofPage: 0).count
    for length in [0, 3, 4, size - 1, size, size + 1] {
      for _ in 0..<50 {
        let page = Data((0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) })
        #expect(SealedBucket(kind: .receipts, pages: [page]) == nil)
      }
    }
  }

  @Test func `the order in which entries came is nowhere in a page`() {
    let people = (0..<60).map(Story.person)
    let pages = [people, people.reversed(), people.sorted()].map { order in
      var bucket = SealedBucket(kind: .receipts)
      for person in order { _ = bucket.set([], for: person) }
      return bucket.bytes(ofPage: 0)
    }
    #expect(Set(pages).count == 1)
  }

  @Test func `about 32 people share a bucket, and a roll of one has one`() {
    #expect([0, 1, 5, 40, 48].map { BucketLayout(roll: $0).buckets } == [1, 1, 1, 1, 1])
    #expect([49, 96, 97, 1_000].map { BucketLayout(roll: $0).buckets } == [2, 2, 4, 32])
    #expect(BucketLayout(roll: .max).buckets == 65_536)
    #expect(BucketLayout(roll: -1).buckets == 1)
    for roll in 49...5_000 {
      #expect((24.0...48.0).contains(Double(roll) / Double(BucketLayout(roll: roll).buckets)), "\(roll)")
    }
  }

  @Test func `a hash lies in the bucket that its leading bits name`() throws {
    let hash = try Story.found(Hash256(bytes: [0b1010_1100] + Array(repeating: 255, count: 31)))
    #expect(BucketLayout(roll: 10).bucket(of: hash) == 0)
    #expect(BucketLayout(roll: 96).bucket(of: hash) == 1)
    #expect(BucketLayout(roll: 192).bucket(of: hash) == 0b10)
    #expect(BucketLayout(roll: 48 * 16).bucket(of: hash) == 0b1010)
  }
}
