import Crypto
import CryptoExtras
import Foundation
import Testing

@testable import Ballots

struct CredentialTests {
  static let segmentKey = try? SegmentKey.generate()

  @Test(arguments: try RFC9474.vectors())
  func `blind signing gives the published signature`(vector: RFC9474) throws {
    #expect(try vector.signer().blindSign(blinded: vector.blinded) == vector.blindSignature)
  }

  @Test func `the published signature of the variant in use is valid and one of another message is not`() throws {
    let vector = try #require(try RFC9474.vectors().first { $0.name == "RSABSSA-SHA384-PSS-Deterministic" })
    let key = try vector.signer().publicKey.key
    #expect(key.isValidSignature(.init(rawRepresentation: vector.signature), for: key.prepare(vector.message)))
    #expect(!key.isValidSignature(.init(rawRepresentation: vector.signature), for: key.prepare(vector.message + [0])))
  }

  @Test func `a holder's finished signature is valid for its serial and for no other`() throws {
    let key = try #require(Self.segmentKey)
    let holder = try Story.holder(of: key)
    let signature = try holder.finish(signature: key.blindSign(blinded: holder.blinded))
    #expect(key.publicKey.isValid(signature: signature, serial: holder.serial.bytes))
    #expect(!key.publicKey.isValid(signature: signature, serial: Data(repeating: 1, count: 32)))
    #expect(try key.publicKey.verify(serial: holder.serial, signature: signature).serial == holder.serial)
  }

  @Test func `the same blinded value gets the same signature again`() throws {
    let key = try #require(Self.segmentKey)
    let blinded = try Story.holder(of: key).blinded
    #expect(try key.blindSign(blinded: blinded) == key.blindSign(blinded: blinded))
  }

  @Test func `the signature of one segment is refused by another`() throws {
    let (key, other) = (try #require(Self.segmentKey), try SegmentKey.generate())
    let holder = try Story.holder(of: key)
    #expect(throws: CredentialFailure.notSigned) {
      try holder.finish(signature: other.blindSign(blinded: key.publicKey.modulus.map { _ in 1 }.data))
    }
    let signature = try holder.finish(signature: key.blindSign(blinded: holder.blinded))
    #expect(throws: CredentialFailure.notSigned) {
      try other.publicKey.verify(serial: holder.serial, signature: signature)
    }
  }

  @Test(arguments: [0, 1, 255, 257, 4_096])
  func `a blinded value of another length is refused`(length: Int) throws {
    let key = try #require(Self.segmentKey)
    #expect(throws: CredentialFailure.blindedLength(length)) {
      try key.blindSign(blinded: Data(repeating: 1, count: length))
    }
  }

  @Test func `a blinded value of zero, of the modulus or above is refused and one below is signed`() throws {
    let key = try #require(Self.segmentKey)
    var below = key.publicKey.modulus
    below[255] -= 1  // the modulus is odd
    #expect(try key.blindSign(blinded: below).count == 256)
    for value in [Data(count: 256), key.publicKey.modulus, Data(repeating: 255, count: 256)] {
      #expect(throws: CredentialFailure.blindedOutOfRange) { try key.blindSign(blinded: value) }
    }
  }

  @Test(arguments: [0, 1, 255, 256, 257, 10_000])
  func `no bytes of any length pass for a signature`(length: Int) throws {
    let key = try #require(Self.segmentKey).publicKey
    for byte: UInt8 in [0, 1, 255] {
      #expect(!key.isValid(signature: Data(repeating: byte, count: length), serial: Data(count: 32)))
    }
    #expect(!key.isValid(signature: Data(repeating: 1, count: 256), serial: Data(count: length)))
  }

  @Test func `a key comes back from its DER and its JSON`() throws {
    let key = try #require(Self.segmentKey)
    #expect(try SegmentKey(der: key.der).publicKey == key.publicKey)
    let json = try JSONEncoder().encode(key.publicKey)
    #expect(try JSONDecoder().decode(SegmentPublicKey.self, from: json) == key.publicKey)
    #expect(key.publicKey.e == "AQAB")
  }

  @Test(arguments: ["", "AQAB", "!", "////", String(repeating: "A", count: 342)])
  func `what is no modulus makes no key`(n: String) {
    #expect(throws: CredentialFailure.unreadableKey) { try SegmentPublicKey(n: n, e: "AQAB") }
    #expect(throws: CredentialFailure.unreadableKey) { try SegmentKey(der: Data(n.utf8)) }
  }

  @Test func `base64url reads only what it writes`() {
    for length in 0..<70 {
      let bytes = Data((0..<length).map { UInt8(truncatingIfNeeded: $0 * 89 + length * 7 + 250) })
      #expect(Data(base64URL: bytes.base64URL) == bytes)
    }
    for text in ["A", "AA=", "AA==", "AB", "+A", "/A", "A A", "AA\n", "é", "AAAAA"] {
      #expect(Data(base64URL: text) == nil, "\(text)")
    }
  }
}

extension [UInt8] { var data: Data { Data(self) } }

/// One vector of RFC 9474, appendix A, as the library's own tests have it.
struct RFC9474: Decodable, Sendable, CustomTestStringConvertible {
  let name, p, q, n, e, d, salt: String
  let prepared_msg, inv, blinded_msg, blind_sig, sig: String

  var testDescription: String { name }
  var message: Data { Data(hex: prepared_msg) }
  var blinded: Data { Data(hex: blinded_msg) }
  var blindSignature: Data { Data(hex: blind_sig) }
  var signature: Data { Data(hex: sig) }

  func signer() throws -> SegmentKey {
    try SegmentKey(key: .init(
      n: Data(hex: n), e: Data(hex: e), d: Data(hex: d), p: Data(hex: p), q: Data(hex: q),
      parameters: .RSABSSA_SHA384_PSS_Deterministic))
  }

  static func vectors(file: String = #filePath) throws -> [RFC9474] {
    var folder = URL(filePath: file).deletingLastPathComponent()
    while folder.path() != "/" {
      let vectors = folder.appending(path: ".build/checkouts/swift-crypto/Tests/CryptoExtrasVectors/rfc9474.json")
      if let json = try? Data(contentsOf: vectors) { return try JSONDecoder().decode([RFC9474].self, from: json) }
      folder.deleteLastPathComponent()
    }
    throw CocoaError(.fileNoSuchFile)
  }
}

extension Data {
  init(hex: String) {
    let digits = hex.utf8.compactMap { UInt8(String(decoding: [$0], as: UTF8.self), radix: 16) }
    self.init(stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] })
  }
}
