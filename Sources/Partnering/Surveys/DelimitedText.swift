/// Rows and fields of comma-separated text (RFC 4180), each field with the line on which it begins.
///
/// Our own reader, since a fault must be named by line and field of the file, and a line break within quotes, a
/// quote that never closes and bytes that are no text must neither shift those numbers nor stop the program.
struct DelimitedText {
  struct Field: Equatable {
    /// Counted from 1, in lines of the file.
    let line: Int
    /// The bytes between delimiters, quotes excluded.
    fileprivate let range: Range<Int>
    fileprivate let isQuoted: Bool
    let fault: Fault?
  }

  enum Fault: Equatable {
    case quoteNeverClosed
    case textAfterQuote
  }

  private let bytes: [UInt8]
  private let delimiter: UInt8
  private var place: Int
  private var line = 1

  /// The delimiter is the one of comma, semicolon and tab that the first line has most often outside quotes.
  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    place = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    delimiter = Self.delimiter(of: bytes[place...])
  }

  /// The next row that is not an empty line; `nil` at the end.
  mutating func nextRow() -> [Field]? {
    while place < bytes.count {
      var row = [nextField()]
      while place < bytes.count, bytes[place] == delimiter {
        place += 1
        row.append(nextField())
      }
      skipLineBreak()
      if row.count > 1 || row[0].isQuoted || !row[0].range.isEmpty { return row }
    }
    return nil
  }

  /// What stands in a field, doubled quotes made single.
  func content(of field: Field) -> [UInt8] {
    guard field.isQuoted else { return Array(bytes[field.range]) }
    var content: [UInt8] = []
    var isSecondQuote = false
    for byte in bytes[field.range] {
      isSecondQuote = byte == Self.quote && !isSecondQuote
      if byte != Self.quote || isSecondQuote { content.append(byte) }
    }
    return content
  }

  private static let quote = UInt8(ascii: "\"")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  private static func delimiter(of text: ArraySlice<UInt8>) -> UInt8 {
    var counts: [UInt8: Int] = [:]
    var isQuoted = false
    for byte in text {
      if byte == quote { isQuoted.toggle() }
      if byte == lineFeed, !isQuoted { break }
      if !isQuoted { counts[byte, default: 0] += 1 }
    }
    var best = UInt8(ascii: ",")
    for candidate in [UInt8(ascii: ";"), UInt8(ascii: "\t")]
    where counts[candidate, default: 0] > counts[best, default: 0] { best = candidate }
    return best
  }

  private mutating func nextField() -> Field {
    if place < bytes.count, bytes[place] == Self.quote { return quotedField() }
    let (start, startLine) = (place, line)
    skipToEndOfField()
    return Field(line: startLine, range: start..<place, isQuoted: false, fault: nil)
  }

  private mutating func quotedField() -> Field {
    let (start, startLine) = (place + 1, line)
    place += 1
    while place < bytes.count {
      if bytes[place] == Self.lineFeed { line += 1 }
      if bytes[place] == Self.quote {
        guard place + 1 < bytes.count, bytes[place + 1] == Self.quote else { break }
        place += 1
      }
      place += 1
    }
    let content = start..<max(start, min(place, bytes.count))
    guard place < bytes.count else {
      return Field(line: startLine, range: content, isQuoted: true, fault: .quoteNeverClosed)
    }
    place += 1
    let end = place
    skipToEndOfField()
    return Field(line: startLine, range: content, isQuoted: true, fault: place == end ? nil : .textAfterQuote)
  }

  private mutating func skipToEndOfField() {
    while place < bytes.count, bytes[place] != delimiter, !isAtLineBreak { place += 1 }
  }

  /// A line feed, or a carriage return before one or at the very end.
  private var isAtLineBreak: Bool {
    if bytes[place] == Self.lineFeed { return true }
    guard bytes[place] == Self.carriageReturn else { return false }
    return place + 1 == bytes.count || bytes[place + 1] == Self.lineFeed
  }

  private mutating func skipLineBreak() {
    guard place < bytes.count else { return }
    if bytes[place] == Self.carriageReturn { place += 1 }
    if place < bytes.count, bytes[place] == Self.lineFeed { place += 1 }
    line += 1
  }
}
