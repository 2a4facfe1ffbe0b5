import CArgon2
import Foundation
import NIOPosix

/// A password's argon2id hash in its usual text form (RFC 9106), with 19 MiB and two passes.
struct PasswordHash: Sendable {
  let text: String

  /// The least number of characters that a new password has.
  static let shortest = 10
  /// The most, in Unicode scalars.
  static let longest = 512

  /// Refuses a new password that is too short or too long.
  static func check(_ password: String, _ refusals: inout FieldRefusals) {
    let count = password.unicodeScalars.count
    if count < shortest { refusals.refuse("password", "people.password-short", ["n": .count(shortest)]) }
    if count > longest { refusals.refuse("password", "people.password-long", ["n": .count(longest)]) }
  }

  /// A hash that no password has, for the time it takes: an unknown address answers no sooner than a known one.
  static let ofNobody = PasswordHash(
    text: "$argon2id$v=19$m=19456,t=2,p=1$" + String(repeating: "A", count: 22) + "$"
      + String(repeating: "A", count: 43))

  init(text: String) { self.text = text }

  /// Two ways to type one letter are one password.
  private static func bytes(_ password: String) -> [UInt8] { Array(password.precomposedStringWithCanonicalMapping.utf8) }

  /// Hashes a new password on a thread of its own, so that no event loop waits.
  /// - Throws: `PasswordFailure` if the library refuses.
  init(of password: String) async throws {
    text = try await NIOThreadPool.singleton.runIfActive {
      var encoded = [CChar](repeating: 0, count: 128)
      let salt = Randomness.bytes(16)
      let bytes = Self.bytes(password)
      let code = argon2id_hash_encoded(
        2, 19 * 1_024, 1, bytes, bytes.count, salt, salt.count, 32, &encoded, encoded.count)
      guard code == ARGON2_OK.rawValue else { throw PasswordFailure(code: code) }
      return String(decoding: encoded.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }

  /// Whether this is the hash of `password`.
  func matches(_ password: String) async throws -> Bool {
    try await NIOThreadPool.singleton.runIfActive { [text] in
      let bytes = Self.bytes(password)
      return argon2id_verify(text, bytes, bytes.count) == ARGON2_OK.rawValue
    }
  }
}

struct PasswordFailure: Error { let code: Int32 }
