import Foundation
import Testing

@testable import Ballots

struct LettersTests {
  // The examples of Wilkerson's proposal: IP addresses in words.
  @Test(arguments: [
    ([127, 0, 0, 1], "lusab-babad"), ([63, 84, 220, 193], "gutih-tugad"), ([63, 118, 7, 35], "gutuk-bisog"),
    ([140, 98, 193, 141], "mudof-sakat"), ([64, 255, 6, 200], "haguz-biram"), ([147, 67, 119, 2], "natag-lisaf"),
    ([212, 58, 253, 68], "tibup-zujah"), ([216, 35, 68, 215], "tobog-higil"), ([198, 81, 129, 136], "sinid-makam"),
    ([12, 110, 110, 204], "budov-kuras"),
  ] as [([UInt8], String)])
  func `an address reads as published`(bytes: [UInt8], words: String) {
    #expect(Proquints.words(bytes).joined(separator: "-") == words)
  }

  @Test func `every number has a word of its own`() {
    #expect(Set((0...UInt16.max).map(Proquints.word)).count == 65_536)
  }

  // SHA-256 of "abc" is ba7816bf 8f01cfea ... [FIPS 180-2]
  @Test func `a document's digest has three words and 64 digits`() {
    let digest = OpeningDigest(of: Data("abc".utf8))
    #expect(digest.hexadecimal == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(digest.words == Proquints.words([0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01]))
    #expect(digest.words.count == 3)
  }

  @Test func `a ballot key comes back from its letters, however they are typed`() throws {
    var generator = Seeded(state: 7)
    for _ in 0..<200 {
      let key = BallotKey(using: &generator)
      #expect(key.letters.utf8.count == 34)
      #expect(BallotKey(typed: key.letters) == key)
      let sloppy = key.letters.lowercased().replacing("-", with: "  ").replacing("0", with: "o").replacing("1", with: "l")
      #expect(BallotKey(typed: "\t\(sloppy)\n") == key)
    }
  }

  @Test func `a ballot key with one letter changed or two neighbours swapped is noticed`() throws {
    var generator = Seeded(state: 8)
    let letters = Array(BallotKey(using: &generator).letters.replacing("-", with: "").utf8)
    var unnoticed = 0
    for place in letters.indices {
      for other in "0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8 where other != letters[place] {
        var changed = letters
        changed[place] = other
        if BallotKey(typed: String(decoding: changed, as: UTF8.self)) != nil { unnoticed += 1 }
      }
      guard place > 0, letters[place] != letters[place - 1] else { continue }
      var swapped = letters
      swapped.swapAt(place, place - 1)
      if BallotKey(typed: String(decoding: swapped, as: UTF8.self)) != nil { unnoticed += 1 }
    }
    #expect(unnoticed <= 2)  // of 895, each noticed with a chance of 4,095 in 4,096
  }

  @Test(arguments: ["", "-", "0", "nothing like a receipt", "0000-0000-0000-000", "0000-0000-0000-00000", "000U-0000-0000-0000",
    "0000-0000-0000-000\u{301}", "０000-0000-0000-0000", "\u{0}000-0000-0000-0000"])
  func `what is no receipt is none`(text: String) {
    #expect(Receipt(typed: text) == nil)
    #expect(SlipCode(typed: text) == nil)
    #expect(BallotKey(typed: text) == nil)
  }

  // Worked out by an implementation of HKDF of its own in Tests/browser/test_ballot_crypto.py.
  @Test func `a ballot key stands for the same serial and receipt as in the browser`() throws {
    let key = try #require(BallotKey(bytes: 0..<16))
    let holder = try BallotHolder(ballotKey: key, digest: Story.digest, segment: SegmentKey.generate().publicKey)
    #expect(holder.serial.bytes == Data(hex: "bc54b07fd010f63e596b49fec127afb252adcf4c3c378ca42facfc36d93907f0"))
    #expect(holder.receipt.letters == "HEX5-EM6W-J21F-SD1V")
    #expect(key.letters == "000G-40R4-0M30-E209-185G-R38E-1XDK")
    #expect(Story.digest.words.joined(separator: " ") == "kaluf miruz muvuk")
  }

  @Test func `a receipt reads as its bits, five by five`() throws {
    let receipt = try #require(Receipt(bytes: [0x00, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6, 0x35, 0xcf]))
    #expect(receipt.letters == "0123-4567-89AB-CDEF")
    #expect(Receipt(typed: "0123456789abcdef") == receipt)
    #expect(Receipt(typed: "olz3 4567 89ab cdef") != receipt)
  }
}
