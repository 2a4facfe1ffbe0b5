import Crypto
import CryptoExtras
import Foundation

/// The private key that signs, without seeing them, the ballots of one segment of one round: RSA of 2,048
/// bits, RSABSSA-SHA384-PSS-Deterministic. [RFC 9474]
public struct SegmentKey: Sendable {
  typealias BlindSigning = _RSA.BlindSigning

  /// The half that stands in the opening document.
  public let publicKey: SegmentPublicKey

  private let key: BlindSigning.PrivateKey<SHA384>
  private let signer: SegmentSigner

  /// A fresh key pair. Takes about a tenth of a second.
  /// - Throws: ``CredentialFailure/keyGeneration`` if the machine has no randomness to give.
  public static func generate() throws(CredentialFailure) -> SegmentKey {
    do {
      return try SegmentKey(key: .init(keySize: .bits2048, parameters: .RSABSSA_SHA384_PSS_Deterministic))
    } catch {
      throw .keyGeneration
    }
  }

  /// A key that was kept.
  /// - Throws: ``CredentialFailure/unreadableKey`` if it is no RSA key of 2,048 bits or more.
  public init(der: Data) throws(CredentialFailure) {
    do {
      try self.init(key: .init(derRepresentation: der, parameters: .RSABSSA_SHA384_PSS_Deterministic))
    } catch {
      throw .unreadableKey
    }
  }

  init(key: BlindSigning.PrivateKey<SHA384>) throws(CredentialFailure) {
    self.key = key
    signer = try SegmentSigner(der: key.derRepresentation)
    publicKey = try SegmentPublicKey(key: key.publicKey)
  }

  /// The key in PKCS #1 DER, to be sealed: it must never lie anywhere in the clear.
  public var der: Data { key.derRepresentation }

  /// Signs a blinded value; the same value always gets the same signature.
  /// - Throws: ``CredentialFailure/blindedLength(_:)`` or ``CredentialFailure/blindedOutOfRange`` if it is not
  ///   256 bytes that make a number from 1 to less than the modulus; nothing was signed then. [RFC 9474 §4.3]
  public func blindSign(blinded: Data) throws(CredentialFailure) -> Data {
    let modulus = publicKey.modulus
    guard blinded.count == modulus.count else { throw .blindedLength(blinded.count) }
    // Zero signs to zero, which is a signature of nothing.
    guard blinded.contains(where: { $0 != 0 }), blinded.lexicographicallyPrecedes(modulus) else {
      throw .blindedOutOfRange
    }
    return try signer.sign(blinded)
  }
}

/// Why a key, a blinded value or a signature was refused.
public enum CredentialFailure: Error, Sendable, Hashable {
  /// No key could be made.
  case keyGeneration
  /// The bytes are no key of ours.
  case unreadableKey
  /// The blinded value has so many bytes instead of 256.
  case blindedLength(Int)
  /// The blinded value is zero, or not less than the key's modulus.
  case blindedOutOfRange
  /// The library did not sign, or found its own signature wrong.
  case signing
  /// The serial has so many bytes instead of 32.
  case serialLength(Int)
  /// The signature is not one of this key over this serial.
  case notSigned
}
