import Crypto
import CryptoExtras
import Foundation

/// What a respondent's device does, in Swift: for the demonstration, tests and benchmarks.
///
/// Serial and receipt are those that the browser derives from the same ballot key. The blinding is fresh each
/// time, as the library chooses it itself, so a holder must be kept until its signature has come.
public struct BallotHolder {
  public let serial: Serial
  public let receipt: Receipt
  /// What is handed in to be signed.
  public let blinded: Data

  private let segment: SegmentPublicKey
  private let inverse: _RSA.BlindSigning.BlindingInverse

  /// - Throws: ``CredentialFailure/unreadableKey`` if nothing can be blinded for this key.
  public init(ballotKey: BallotKey, digest: OpeningDigest, segment: SegmentPublicKey) throws(CredentialFailure) {
    let derivation = BallotDerivation(ballotKey: ballotKey, digest: digest)
    serial = try Serial(derivation.bytes(Serial.byteCount, for: .serial))
    guard let receipt = Receipt(bytes: derivation.bytes(TypedCode.byteCount, for: .receipt)) else {
      throw .unreadableKey
    }
    self.receipt = receipt
    self.segment = segment
    do {
      let blinding = try segment.key.blind(segment.key.prepare(serial.bytes))
      (blinded, inverse) = (blinding.blindedMessage, blinding.inverse)
    } catch {
      throw .unreadableKey
    }
  }

  /// The signature over the serial, made from the one over the blinded value and checked.
  /// - Throws: ``CredentialFailure/notSigned`` if the segment's key did not sign what was blinded.
  public func finish(signature: Data) throws(CredentialFailure) -> Data {
    do {
      return try segment.key.finalize(
        .init(rawRepresentation: signature), for: segment.key.prepare(serial.bytes), blindingInverse: inverse
      ).rawRepresentation
    } catch {
      throw .notSigned
    }
  }
}

/// Everything that a ballot key stands for in one round. [RFC 5869]
struct BallotDerivation {
  enum Purpose: String { case serial, receipt }

  let ballotKey: BallotKey
  let digest: OpeningDigest

  func bytes(_ count: Int, for purpose: Purpose) -> [UInt8] {
    HKDF<SHA256>.deriveKey(
      inputKeyMaterial: SymmetricKey(data: ballotKey.bytes),
      info: Data("rapport ballot \(purpose.rawValue) ".utf8) + Data(digest.bytes), outputByteCount: count
    ).withUnsafeBytes { Array($0) }
  }
}
