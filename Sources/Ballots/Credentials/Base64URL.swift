import Foundation

extension Data {
  /// Base64url without padding; `nil` for any other letter, or bits left over. [RFC 4648 §5]
  public init?(base64URL text: some StringProtocol) {
    var letters: [UInt8] = []
    for unit in text.utf8 {
      switch unit {
      case UInt8(ascii: "-"): letters.append(UInt8(ascii: "+"))
      case UInt8(ascii: "_"): letters.append(UInt8(ascii: "/"))
      case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): return nil
      default: letters.append(unit)
      }
    }
    letters += Array(repeating: UInt8(ascii: "="), count: (4 - letters.count % 4) % 4)
    guard let data = Data(base64Encoded: Data(letters)), data.base64URL == String(text) else { return nil }
    self = data
  }

  /// Base64url without padding. [RFC 4648 §5]
  public var base64URL: String {
    let letters: [UInt8] = base64EncodedData().compactMap { unit in
      switch unit {
      case UInt8(ascii: "+"): UInt8(ascii: "-")
      case UInt8(ascii: "/"): UInt8(ascii: "_")
      case UInt8(ascii: "="): nil
      default: unit
      }
    }
    return String(decoding: letters, as: UTF8.self)
  }
}
