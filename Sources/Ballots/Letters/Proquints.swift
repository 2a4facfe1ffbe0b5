/// Words that can be said aloud: 16 bits become five letters, consonants and vowels in turn.
/// [Wilkerson, "A Proposal for Proquints", arXiv:0901.4016]
public enum Proquints {
  private static let consonants = Array("bdfghjklmnprstvz".utf8)
  private static let vowels = Array("aiou".utf8)

  /// The five letters of one number: `0x7f00` is "lusab".
  public static func word(_ number: UInt16) -> String {
    let bits = Int(number)
    let letters = [
      consonants[bits >> 12 & 15], vowels[bits >> 10 & 3], consonants[bits >> 6 & 15],
      vowels[bits >> 4 & 3], consonants[bits & 15],
    ]
    return String(decoding: letters, as: UTF8.self)
  }

  /// One word for each pair of bytes, the higher byte first; an odd last byte has no word.
  public static func words(_ bytes: some Sequence<UInt8>) -> [String] {
    let bytes = Array(bytes)
    return stride(from: 0, to: bytes.count - 1, by: 2).map { place in
      word(UInt16(bytes[place]) << 8 | UInt16(bytes[place + 1]))
    }
  }
}
