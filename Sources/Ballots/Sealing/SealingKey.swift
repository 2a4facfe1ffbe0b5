import Crypto
import Foundation

/// The random 256-bit key under which everything of one open round is encrypted. It lies in a file outside
/// the database and its backups; once it is destroyed, no copy of the database tells anything.
public struct SealingKey: Sendable {
  static let byteCount = 32
  private let key: SymmetricKey

  /// A fresh key from the machine's random source.
  public static func generate() -> SealingKey { SealingKey(key: SymmetricKey(size: .bits256)) }

  /// `nil` unless there are 32 bytes.
  init?(bytes: Data) {
    guard bytes.count == Self.byteCount else { return nil }
    key = SymmetricKey(data: bytes)
  }

  private init(key: SymmetricKey) { self.key = key }

  var bytes: Data { key.withUnsafeBytes { Data($0) } }

  /// AES-GCM with a fresh random nonce: nonce (12 bytes), the encrypted bytes, tag (16).
  /// - Throws: ``SealingFailure/notSealed``.
  public func seal(_ plain: Data, at place: SealedPlace, of round: RoundName) throws(SealingFailure) -> Data {
    do {
      let box = try AES.GCM.seal(plain, using: key, authenticating: place.associatedData(in: round))
      guard let sealed = box.combined else { throw SealingFailure.notSealed(place) }
      return sealed
    } catch {
      throw .notSealed(place)
    }
  }

  /// What was sealed for this place under this key.
  /// - Throws: ``SealingFailure/notOurs(_:)`` if a bit differs, or key, place or round are others.
  public func open(_ sealed: Data, at place: SealedPlace, of round: RoundName) throws(SealingFailure) -> Data {
    do {
      let box = try AES.GCM.SealedBox(combined: sealed)
      return try AES.GCM.open(box, using: key, authenticating: place.associatedData(in: round))
    } catch {
      throw .notOurs(place)
    }
  }
}

/// Why a sealed value could not be made or read.
public enum SealingFailure: Error, Sendable, Hashable {
  /// The library did not encrypt.
  case notSealed(SealedPlace)
  /// The value was changed, moved or sealed under another key.
  case notOurs(SealedPlace)
  /// The value opened, but does not have the form that this program writes.
  case unreadable(SealedPlace)
  /// A value is missing.
  case missing(SealedPlace)
}
