/// Thirty-two digits and letters for codes that people copy by hand: no I, L, O or U. What is easily
/// mistaken is read as meant (o is 0, i and l are 1); case, blanks and hyphens do not count.
enum TypedLetters {
  private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

  /// The first `bits` of `bytes` as letters in groups of four; `bits` is a multiple of five.
  static func grouped(bits: Int, of bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    for place in 0..<min(bits, bytes.count * 8) / 5 {
      if place > 0, place % 4 == 0 { text.append(UInt8(ascii: "-")) }
      text.append(alphabet[(place * 5..<place * 5 + 5).reduce(0) { $0 << 1 | bit($1, of: bytes) }])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The `bits` that were typed, the rest of the last byte zero; `nil` if letters are missing, too many or
  /// unknown.
  static func bits(_ bits: Int, typed text: some StringProtocol) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: (bits + 7) / 8)
    var place = 0
    for unit in text.utf8 where !isBetweenGroups(unit) {
      guard place < bits, let value = value(of: unit) else { return nil }
      for shift in stride(from: 4, through: 0, by: -1) {
        bytes[place / 8] |= UInt8(value >> shift & 1) << UInt8(7 - place % 8)
        place += 1
      }
    }
    return place == bits ? bytes : nil
  }

  private static func bit(_ place: Int, of bytes: [UInt8]) -> Int {
    Int(bytes[place / 8] >> UInt8(7 - place % 8)) & 1
  }

  private static func isBetweenGroups(_ unit: UInt8) -> Bool {
    unit == UInt8(ascii: "-") || unit == UInt8(ascii: " ") || (9...13).contains(unit)
  }

  private static func value(of unit: UInt8) -> Int? {
    let upper = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(unit) ? unit - 32 : unit
    return switch upper {
    case UInt8(ascii: "O"): 0
    case UInt8(ascii: "I"), UInt8(ascii: "L"): 1
    default: alphabet.firstIndex(of: upper)
    }
  }
}
