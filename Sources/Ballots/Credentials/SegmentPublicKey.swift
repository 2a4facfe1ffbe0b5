import Crypto
import CryptoExtras
import Foundation

/// The public key of one segment of one round, as it stands in the opening document.
///
/// Its JSON is a JSON Web Key of the type RSA: `{"e":"AQAB","kty":"RSA","n":"..."}`. [RFC 7517, RFC 7518 §6.3]
public struct SegmentPublicKey: Sendable {
  let key: _RSA.BlindSigning.PublicKey<SHA384>
  let modulus: Data
  private let exponent: Data

  init(key: _RSA.BlindSigning.PublicKey<SHA384>) throws(CredentialFailure) {
    guard let primitives = try? key.getKeyPrimitives() else { throw .unreadableKey }
    self.key = key
    (modulus, exponent) = (primitives.modulus, primitives.publicExponent)
  }

  /// - Parameters:
  ///   - n: the modulus, base64url without padding.
  ///   - e: the public exponent, likewise.
  /// - Throws: ``CredentialFailure/unreadableKey`` if this is no RSA key of 2,048 bits or more.
  public init(n: String, e: String) throws(CredentialFailure) {
    guard let modulus = Data(base64URL: n), let exponent = Data(base64URL: e) else { throw .unreadableKey }
    do {
      try self.init(key: .init(n: modulus, e: exponent, parameters: .RSABSSA_SHA384_PSS_Deterministic))
    } catch {
      throw .unreadableKey
    }
  }

  /// The modulus, base64url without padding.
  public var n: String { modulus.base64URL }

  /// The public exponent, base64url without padding.
  public var e: String { exponent.base64URL }

  /// Whether `signature` is this segment's signature over `serial`. Anything may be asked: what has the wrong
  /// length is no signature.
  public func isValid(signature: Data, serial: Data) -> Bool {
    guard serial.count == Serial.byteCount, signature.count == modulus.count else { return false }
    return key.isValidSignature(.init(rawRepresentation: signature), for: key.prepare(serial))
  }

  /// What entitles to answer: there is no other way to a ``VerifiedCredential``.
  /// - Throws: ``CredentialFailure/notSigned``.
  public func verify(serial: Serial, signature: Data) throws(CredentialFailure) -> VerifiedCredential {
    guard isValid(signature: signature, serial: serial.bytes) else { throw .notSigned }
    return VerifiedCredential(serial: serial)
  }
}

extension SegmentPublicKey: Codable {
  private enum Member: String, CodingKey { case e, kty, n }

  public init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: Member.self)
    guard try members.decode(String.self, forKey: .kty) == "RSA" else { throw CredentialFailure.unreadableKey }
    try self.init(n: members.decode(String.self, forKey: .n), e: members.decode(String.self, forKey: .e))
  }

  public func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: Member.self)
    try members.encode(e, forKey: .e)
    try members.encode("RSA", forKey: .kty)
    try members.encode(n, forKey: .n)
  }
}

extension SegmentPublicKey: Hashable {
  public static func == (left: SegmentPublicKey, right: SegmentPublicKey) -> Bool {
    left.modulus == right.modulus && left.exponent == right.exponent
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(modulus) }
}

/// The number that is signed in place of a person: 32 bytes that only the holder of the ballot key can make.
public struct Serial: Sendable, Hashable {
  static let byteCount = 32

  public let bytes: Data

  /// - Throws: ``CredentialFailure/serialLength(_:)``.
  public init(_ bytes: some Sequence<UInt8>) throws(CredentialFailure) {
    let bytes = Data(bytes)
    guard bytes.count == Self.byteCount else { throw .serialLength(bytes.count) }
    self.bytes = bytes
  }

  /// `bytes` are 32.
  init(checked bytes: Data) { self.bytes = bytes }

  /// Under what a ballot is kept.
  var hash: Hash256 { Hash256(of: bytes) }
}

/// A serial whose signature has been checked against the key of its segment.
public struct VerifiedCredential: Sendable, Hashable {
  let serial: Serial
}
