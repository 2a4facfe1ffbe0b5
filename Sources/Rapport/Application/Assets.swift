import Crypto
import Database
import Foundation

/// Style sheets, scripts and icons, read once; every address carries a version, so that browsers keep them.
struct Assets: Sendable {
  struct Asset: Sendable {
    let bytes: [UInt8]
    let type: String
  }

  private let assets: [String: Asset]
  /// Changes when any asset changes.
  let version: String

  private static let types = [
    "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
    "png": "image/png", "ico": "image/x-icon",
  ]

  /// - Throws: `ResourcesMissing`.
  init(resources: Resources) throws {
    var assets: [String: Asset] = [:]
    var hash = SHA256()
    for file in try resources.files(endingIn: Self.types.keys.map { ".\($0)" }) {
      let bytes = Array(try Data(contentsOf: file))
      hash.update(data: bytes)
      guard let type = Self.types[file.pathExtension] else { continue }
      assets[file.lastPathComponent] = Asset(bytes: bytes, type: type)
    }
    self.assets = assets
    version = hash.finalize().prefix(6).map { String($0, radix: 16) }.joined()
  }

  subscript(name: String) -> Asset? { assets[name] }
}
