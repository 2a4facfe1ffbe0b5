import CPostgres
import Foundation

/// A value as it travels to PostgreSQL: numbers and texts in letters, bytes as they are.
struct BoundValue {
  /// The type's number in pg_type; 0 leaves it to the place where the value stands.
  let type: Oid
  fileprivate let format: Int32
  fileprivate let bytes: [UInt8]?

  /// - Throws: `DatabaseFailure.constraint` for a text with a NUL, which PostgreSQL cannot hold.
  init(_ value: Value) throws {
    switch value {
    case .null: (type, format, bytes) = (0, 0, nil)
    case .integer(let number): (type, format, bytes) = (PostgresType.int8, 1, number.bigEndian.bytes)
    case .double(let number): (type, format, bytes) = (PostgresType.float8, 1, number.bitPattern.bigEndian.bytes)
    case .text(let text):
      let letters = Array(text.utf8)
      guard !letters.contains(0) else { throw DatabaseFailure.constraint("a text holds a NUL") }
      (type, format, bytes) = (PostgresType.text, 1, letters)
    case .bytes(let octets): (type, format, bytes) = (PostgresType.bytea, 1, octets)
    }
  }
}

extension [BoundValue] {
  typealias Pointers = UnsafePointer<UnsafePointer<CChar>?>
  typealias Numbers = UnsafePointer<Int32>

  /// The three arrays that libpq takes.
  func withPointers<Result>(_ body: (Pointers?, Numbers?, Numbers?) -> Result) -> Result {
    let lengths = map { Int32(clamping: $0.bytes?.count ?? 0) }
    let formats = map(\.format)
    // One block for all, since nesting a closure for each value would not end.
    var block: [CChar] = []
    var offsets: [Int?] = []
    block.reserveCapacity(reduce(0) { $0 + ($1.bytes?.count ?? 0) + 1 })
    for value in self {
      guard let bytes = value.bytes else {
        offsets.append(nil)
        continue
      }
      offsets.append(block.count)
      bytes.withUnsafeBytes { block.append(contentsOf: $0.bindMemory(to: CChar.self)) }
      // libpq takes a null pointer for NULL, so that an empty value too needs a place.
      block.append(0)
    }
    return block.withUnsafeBufferPointer { buffer in
      let pointers = offsets.map { offset in offset.flatMap { place in buffer.baseAddress.map { $0 + place } } }
      return pointers.withUnsafeBufferPointer { values in
        lengths.withUnsafeBufferPointer { lengths in
          formats.withUnsafeBufferPointer { body(values.baseAddress, lengths.baseAddress, $0.baseAddress) }
        }
      }
    }
  }
}

/// The types that Rapport's statements give and get, by their numbers in pg_type.
enum PostgresType {
  static let bool: Oid = 16
  static let bytea: Oid = 17
  static let int8: Oid = 20
  static let int2: Oid = 21
  static let int4: Oid = 23
  static let text: Oid = 25
  static let float8: Oid = 701
  static let varchar: Oid = 1043
  static let name: Oid = 19
  static let unknown: Oid = 705
}

/// What PostgreSQL answered, in its binary form.
struct PostgresResult {
  private let result: OpaquePointer

  init(_ result: OpaquePointer) { self.result = result }

  /// How many rows a statement changed.
  var changed: Int { Int(String(cString: PQcmdTuples(result))) ?? 0 }

  /// - Throws: `DatabaseFailure.column` for a column of a type that no statement of the shared SQL gives.
  func rows() throws -> [Row] {
    let columns = (0..<PQnfields(result)).map { column in
      (name: String(cString: PQfname(result, column)), type: PQftype(result, column))
    }
    let names = columns.map(\.name)
    return try (0..<PQntuples(result)).map { row in
      let values = try columns.enumerated().map { place, column in
        guard let value = value(row, Int32(place), column.type) else { throw DatabaseFailure.column(column.name) }
        return value
      }
      return Row(names: names, values: values)
    }
  }

  private func value(_ row: Int32, _ column: Int32, _ type: Oid) -> Value? {
    guard PQgetisnull(result, row, column) == 0 else { return .null }
    guard let start = PQgetvalue(result, row, column) else { return nil }
    let bytes = UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, row, column)))
    return switch type {
    case PostgresType.text, PostgresType.varchar, PostgresType.name, PostgresType.unknown:
      .text(String(decoding: bytes, as: UTF8.self))
    case PostgresType.bytea: .bytes(Array(bytes))
    case PostgresType.int8: bytes.number(Int64.self).map { .integer($0) }
    case PostgresType.int4: bytes.number(Int32.self).map { .integer(Int64($0)) }
    case PostgresType.int2: bytes.number(Int16.self).map { .integer(Int64($0)) }
    case PostgresType.bool: .integer(bytes.first == 0 ? 0 : 1)
    case PostgresType.float8: bytes.number(UInt64.self).map { .double(Double(bitPattern: $0)) }
    default: nil
    }
  }
}

extension FixedWidthInteger {
  fileprivate var bytes: [UInt8] { withUnsafeBytes(of: self) { Array($0) } }
}

extension UnsafeRawBufferPointer {
  /// The number in network order that these bytes are; `nil` if they are too many or too few.
  fileprivate func number<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
    guard count == MemoryLayout<Number>.size else { return nil }
    return Number(bigEndian: loadUnaligned(as: Number.self))
  }
}
