import CBlindSigning
import Foundation

/// A segment's private key in OpenSSL, which signs more than twice as fast as the library that made it.
///
/// OpenSSL blinds each signature with a random factor and takes the same time for all of them; the result is checked
/// before it is handed out, because one that a fault made wrong would give the key away. [RFC 9474 §4.3]
final class SegmentSigner: Sendable {
  // Only ever read: OpenSSL's keys may be used by many threads at once. A number, because a pointer cannot say so.
  private let address: UInt

  private var key: OpaquePointer? { OpaquePointer(bitPattern: address) }

  /// - Parameter der: PKCS #1.
  init(der: Data) throws(CredentialFailure) {
    let made = Array(der).withUnsafeBufferPointer { blind_signing_key_new($0.baseAddress, $0.count) }
    guard let made else { throw .unreadableKey }
    address = UInt(bitPattern: made)
  }

  deinit { blind_signing_key_free(key) }

  /// - Parameter message: as many bytes as the modulus has, a number below it.
  func sign(_ message: Data) throws(CredentialFailure) -> Data {
    let message = Array(message)
    var signature = [UInt8](repeating: 0, count: message.count)
    guard blind_signing_sign(key, message, &signature, message.count) == 1 else { throw .signing }
    return Data(signature)
  }
}
