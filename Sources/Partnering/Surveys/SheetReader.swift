/// Reads a sheet from top to bottom and remembers what is wrong.
struct SheetReader {
  private(set) var parts: [AnswerSheet.Part] = []
  private(set) var unread: [AnswerSheet.UnreadColumn] = []
  private(set) var faults: [SheetFault] = []
  private(set) var faultCount = 0

  private var text: DelimitedText
  private let itemCount: Int
  private let isUTF8: Bool
  private var columnCount = 0
  /// What each column is read as.
  private var uses: [Use] = []
  private let splits: Bool
  private var partOf: [String: Int] = [:]

  private enum Use: Equatable {
    case nothing, party
    /// The item in this place, counted from 0.
    case item(Int)
  }

  init(_ bytes: [UInt8], instrument: Instrument, partyColumn: String?) {
    text = DelimitedText(bytes)
    itemCount = instrument.items.count
    isUTF8 = String(validating: bytes, as: UTF8.self) != nil
    splits = partyColumn != nil
    guard let header = text.nextRow() else { note(.noHeader, 1, 1); return }
    columnCount = header.count
    check(header)
    assign(names(of: header), line: header[0].line, instrument: instrument, partyColumn: partyColumn)
    if !splits { parts = [part(named: nil, at: SheetPlace(line: 1, column: 1))] }
  }

  mutating func readRows() {
    while columnCount > 0, let row = text.nextRow() { read(row) }
  }

  private mutating func note(_ kind: SheetFault.Kind, _ line: Int, _ column: Int) {
    faultCount += 1
    guard faults.count < SheetFaults.kept else { return }
    faults.append(SheetFault(place: SheetPlace(line: line, column: column), kind: kind))
  }

  private mutating func check(_ row: [DelimitedText.Field]) {
    for (offset, field) in row.enumerated() {
      switch field.fault {
      case .quoteNeverClosed: note(.quoteNeverClosed, field.line, offset + 1)
      case .textAfterQuote: note(.textAfterQuote, field.line, offset + 1)
      case nil: if !isUTF8, string(field) == nil { note(.notUTF8, field.line, offset + 1) }
      }
    }
  }

  // MARK: The header

  private func names(of header: [DelimitedText.Field]) -> [String] {
    header.map { String(decoding: trimmed(text.content(of: $0)), as: UTF8.self) }
  }

  private mutating func assign(_ names: [String], line: Int, instrument: Instrument, partyColumn: String?) {
    var columns = ItemColumns(instrument)
    var partyAt: Int?
    for (offset, name) in names.enumerated() {
      if let partyColumn, name == partyColumn {
        if let partyAt { note(.columnRepeated(name, firstColumn: partyAt), line, offset + 1) }
        partyAt = partyAt ?? offset + 1
        uses.append(.party)
      } else if let place = columns.place(of: name) {
        if let first = columns.claim(place, for: offset + 1) {
          note(.itemRepeated(number: place + 1, firstColumn: first), line, offset + 1)
        }
        uses.append(.item(place))
      } else {
        uses.append(.nothing)
        unread.append(AnswerSheet.UnreadColumn(number: offset + 1, name: name))
      }
    }
    for item in columns.missing { note(.itemMissing(number: item.number, id: item.id), line, 1) }
    if let partyColumn, partyAt == nil { note(.columnMissing(partyColumn), line, 1) }
  }

  // MARK: Rows

  private mutating func read(_ row: [DelimitedText.Field]) {
    let before = faultCount
    check(row)
    guard faultCount == before else { return }
    guard row.count == columnCount else {
      // Nobody can say which cell is the missing one, so none is read.
      note(.wrongFieldCount(row.count, expected: columnCount), row[0].line, min(row.count, columnCount + 1))
      return
    }
    var ratings: [(place: Int, rating: Int)] = []
    var part = splits ? nil : parts.indices.first
    for (offset, field) in row.enumerated() {
      switch uses[offset] {
      case .nothing: continue
      case .party: part = partIndex(field, column: offset + 1)
      case .item(let place): readRating(field, column: offset + 1, place: place, into: &ratings)
      }
    }
    if let part { count(ratings, in: part, line: row[0].line) }
  }

  private mutating func readRating(
    _ field: DelimitedText.Field, column: Int, place: Int, into ratings: inout [(place: Int, rating: Int)]
  ) {
    let content = trimmed(text.content(of: field))
    guard let digit = content.first else { return }
    guard content.count == 1, (UInt8(ascii: "1")...UInt8(ascii: "5")).contains(digit) else {
      note(.notARating(String(decoding: content, as: UTF8.self), item: place + 1), field.line, column)
      return
    }
    ratings.append((place, Int(digit - UInt8(ascii: "0"))))
  }

  private mutating func partIndex(_ field: DelimitedText.Field, column: Int) -> Int? {
    let name = String(decoding: trimmed(text.content(of: field)), as: UTF8.self)
    guard !name.isEmpty else { note(.partyMissing, field.line, column); return nil }
    if let known = partOf[name] { return known }
    parts.append(part(named: name, at: SheetPlace(line: field.line, column: column)))
    partOf[name] = parts.count - 1
    return parts.count - 1
  }

  private func part(named name: String?, at place: SheetPlace) -> AnswerSheet.Part {
    AnswerSheet.Part(party: name, place: place, answers: Array(repeating: Histogram(), count: itemCount))
  }

  private mutating func count(_ ratings: [(place: Int, rating: Int)], in part: Int, line: Int) {
    parts[part].rows += 1
    if !ratings.isEmpty { parts[part].ballotLines.append(line) }
    for (place, rating) in ratings { _ = parts[part].answers[place].add(rating) }
  }

  // MARK: Cells

  private func string(_ field: DelimitedText.Field) -> String? {
    String(validating: text.content(of: field), as: UTF8.self)
  }

  private func trimmed(_ content: [UInt8]) -> ArraySlice<UInt8> {
    let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
    let rest = content.drop(while: isBlank)
    return rest.prefix(rest.count - rest.reversed().prefix(while: isBlank).count)
  }
}

/// Which column holds which item.
private struct ItemColumns {
  private let items: [Instrument.Item]
  private let places: [String: Int]
  private var columns: [Int: Int] = [:]

  init(_ instrument: Instrument) {
    items = instrument.items
    var places: [String: Int] = [:]
    for (place, item) in instrument.items.enumerated() {
      for name in ["\(item.number)", "q\(item.number)", "item \(item.number)", item.id] { places[name] = place }
    }
    self.places = places
  }

  func place(of name: String) -> Int? { places[name] ?? places[name.lowercased()] }

  /// The column that already holds the item, if one does.
  mutating func claim(_ place: Int, for column: Int) -> Int? {
    if let first = columns[place] { return first }
    columns[place] = column
    return nil
  }

  var missing: [Instrument.Item] { items.enumerated().filter { columns[$0.offset] == nil }.map(\.element) }
}
