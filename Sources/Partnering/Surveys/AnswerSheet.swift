/// The answers of one round as a spreadsheet has them: a row for each person, a column for each item.
public struct AnswerSheet: Sendable, Equatable {
  /// The rows of one party, or all rows where parties are not told apart.
  public struct Part: Sendable, Equatable {
    /// `nil` where parties are not told apart.
    public let party: String?
    /// Where the party is first named.
    public let place: SheetPlace
    /// How many people: rows, those without any rating included.
    public internal(set) var rows = 0
    /// The line of each row with a rating, in order: one for each ballot.
    public internal(set) var ballotLines: [Int] = []
    /// One for each item, in the order of the instrument.
    public internal(set) var answers: [Histogram]

    /// A party that was asked but has no row.
    public static func absent(_ party: String, itemCount: Int) -> Part {
      Part(
        party: party, place: SheetPlace(line: 1, column: 1),
        answers: Array(repeating: Histogram(), count: max(0, itemCount)))
    }
  }

  /// A column that nothing was read from.
  public struct UnreadColumn: Sendable, Equatable {
    /// Counted from 1.
    public let number: Int
    public let name: String
  }

  /// In the order in which they first appear.
  public let parts: [Part]
  public let unread: [UnreadColumn]

  /// Reads comma-, semicolon- or tab-separated text with a header line.
  ///
  /// Items are columns named by number (`1`, `q1`, `item 1`) or by id. A rating is a digit from 1 to 5, blanks around
  /// it allowed; an empty cell is no answer.
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - partyColumn: the name of the column with each person's party, if parties are told apart.
  /// - Throws: ``SheetFaults`` with everything that is wrong, in the order of the file.
  public init(
    _ bytes: [UInt8], for instrument: Instrument, partyColumn: String? = nil
  ) throws(SheetFaults) {
    var reader = SheetReader(bytes, instrument: instrument, partyColumn: partyColumn)
    reader.readRows()
    if let faults = SheetFaults(reader.faults, total: reader.faultCount) { throw faults }
    parts = reader.parts
    unread = reader.unread
  }
}

/// A place in a sheet: the line of the file and the column in fields, both counted from 1.
public struct SheetPlace: Sendable, Hashable {
  public let line: Int
  public let column: Int

  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }
}

/// Something in a sheet that cannot be read, and where.
public struct SheetFault: Sendable, Equatable {
  public enum Kind: Sendable, Equatable {
    case noHeader
    case notUTF8
    case quoteNeverClosed
    case textAfterQuote
    case wrongFieldCount(Int, expected: Int)
    case itemMissing(number: Int, id: String)
    case itemRepeated(number: Int, firstColumn: Int)
    case columnMissing(String)
    case columnRepeated(String, firstColumn: Int)
    case notARating(String, item: Int)
    case partyMissing
  }

  public let place: SheetPlace
  public let kind: Kind
}

/// Everything that is wrong with a sheet.
public struct SheetFaults: Error, Sendable, Equatable {
  /// The first of them, at most ``kept``, in the order of the file.
  public let first: [SheetFault]
  /// How many there are in all.
  public let total: Int

  /// How many are told one by one.
  public static let kept = 20

  init?(_ first: [SheetFault], total: Int) {
    guard total > 0 else { return nil }
    self.first = first
    self.total = total
  }
}
