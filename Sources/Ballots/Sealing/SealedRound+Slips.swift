import Crypto
import Foundation

extension SealedRound {
  /// How far one party's sheet of slips has come.
  public func sheet(_ sheet: Hash256, segment: Int) -> SlipSheet {
    guard segments.indices.contains(segment), let entry = segments[segment][.slips, sheet],
      case .sheet(let sheet) = SlipRecord(entry)
    else { return .notPrinted }
    return sheet
  }

  /// Takes the codes of a sheet that is about to be shown; those of an earlier printing count no longer.
  ///
  /// They cannot be used before ``handOut(_:segment:)``, so a sheet that was spoilt may be printed again without anybody
  /// learning how many slips have been used.
  /// - Parameters:
  ///   - sheet: stands for the party.
  ///   - codes: the hashes, one for each person of the party who answers on paper.
  ///   - printing: which printing this is, from 1: the same number does not print twice.
  public mutating func printSheet(
    _ sheet: Hash256, codes: [Hash256], printing: UInt8, segment: Int
  ) throws(SlipRefusal) -> [SealedPlace] {
    guard segments.indices.contains(segment) else { throw .unknown }
    switch self.sheet(sheet, segment: segment) {
    case .handedOut: throw .handedOut
    case .notPrinted: guard printing == 1 else { throw .printedMeanwhile }
    case .printed(let last):
      guard printing <= SlipSheet.mostPrintings else { throw .tooManyPrintings }
      guard printing > last, printing - last == 1 else { throw .printedMeanwhile }
    }
    var changed: [SealedPlace] = []
    for spoilt in waiting(of: sheet, segment) { changed += set(SlipRecord.void.bytes, for: spoilt, .slips, segment) }
    for code in codes { changed += set(SlipRecord.waiting(sheet).bytes, for: code, .slips, segment) }
    return changed + set(SlipRecord.sheet(.printed(printing)).bytes, for: sheet, .slips, segment)
  }

  /// From now on the slips of the last printing can be used, and nobody can print others. Which sheet they were on is
  /// forgotten.
  public mutating func handOut(_ sheet: Hash256, printing: UInt8, segment: Int) throws(SlipRefusal) -> [SealedPlace] {
    switch self.sheet(sheet, segment: segment) {
    case .handedOut: throw .handedOut
    case .printed(printing): break
    case .notPrinted, .printed: throw .printedMeanwhile
    }
    var changed: [SealedPlace] = []
    for code in waiting(of: sheet, segment) { changed += set(SlipRecord.valid.bytes, for: code, .slips, segment) }
    return changed + set(SlipRecord.sheet(.handedOut).bytes, for: sheet, .slips, segment)
  }

  /// Stores what came with a slip and spends it, or replaces what the same slip and serial sent before. The number of the
  /// send is counted here: paper has none.
  /// - Parameter receipt: what is in `answer`, made from the serial.
  public mutating func answer(
    _ answer: Answer, slip code: Hash256, serial: Serial
  ) throws -> SlipAnswering {
    guard answer.ratings.count == items else { throw SealedRoundRefusal.otherInstrument(items: items) }
    guard let segment = segments.indices.first(where: { segments[$0][.slips, code] != nil }),
      let record = segments[segment][.slips, code].flatMap(SlipRecord.init)
    else { throw SlipRefusal.unknown }
    let before = segments[segment][.ratings, serial.hash].flatMap(BallotRecord.init)
    switch record {
    case .sheet: throw SlipRefusal.unknown
    case .waiting: throw SlipRefusal.notHandedOut
    case .void: throw SlipRefusal.void
    case .valid: guard before == nil else { throw SlipRefusal.serialTaken }
    case .spent(let other): guard other == serial.hash else { throw SlipRefusal.spent }
    }
    let numbered = answer.numbered((before?.send ?? 0) &+ 1)
    if let before, before.ratings == answer.ratings,
      segments[segment][.comments, serial.hash] == CommentRecord(of: answer).bytes
    {
      return .repeated
    }
    let changed =
      set(SlipRecord.spent(serial.hash).bytes, for: code, .slips, segment)
      + store(numbered, under: serial.hash, segment)
    return before == nil ? .stored(changed: changed) : .replaced(changed: changed)
  }

  private func waiting(of sheet: Hash256, _ segment: Int) -> [Hash256] {
    segments[segment].entries(.slips).filter { SlipRecord($0.payload(of: .slips)) == .waiting(sheet) }.map(\.hash)
  }
}

/// How far a party's sheet of slips has come.
public enum SlipSheet: Sendable, Hashable {
  case notPrinted
  /// Printed so many times; only the last one's slips can be handed out.
  case printed(UInt8)
  case handedOut

  /// Each printing leaves its spoilt slips in the sealed values.
  public static let mostPrintings: UInt8 = 9
}

/// What became of an answer that came with a slip.
public enum SlipAnswering: Sendable, Hashable {
  /// A first ballot: acknowledge it once these pages are durably written.
  case stored(changed: [SealedPlace])
  /// A newer one: acknowledge it once these pages are durably written.
  case replaced(changed: [SealedPlace])
  /// The very same was there already: acknowledge it, nothing changed.
  case repeated
}

/// Why a slip was not taken, or not printed. Nothing was changed.
public enum SlipRefusal: Error, Sendable, Hashable {
  /// No slip of this round has this code.
  case unknown
  /// Its sheet was printed, and not handed out yet.
  case notHandedOut
  /// Its sheet was printed anew.
  case void
  /// Somebody used it with another serial.
  case spent
  /// Another slip was used with this serial.
  case serialTaken
  /// The sheet was handed out before, so it is not printed again.
  case handedOut
  /// Another printing came in between.
  case printedMeanwhile
  /// The sheet was printed too often.
  case tooManyPrintings
}

extension Serial {
  /// A fresh one from the machine's random source, for somebody who has no ballot key.
  public static func random() -> Serial {
    var generator = SystemRandomNumberGenerator()
    return Serial(checked: Data((0..<byteCount).map { _ in UInt8.random(in: 0...255, using: &generator) }))
  }

  /// A serial as somebody typed it, 52 letters; `nil` if it is none.
  public init?(typed text: some StringProtocol) {
    guard let bytes = TypedLetters.bits(Self.letterBits, typed: text), bytes.last == 0 else { return nil }
    self.init(checked: Data(bytes.dropLast()))
  }

  /// 52 letters in thirteen groups of four.
  public var letters: String { TypedLetters.grouped(bits: Self.letterBits, of: bytes + [0]) }

  /// The receipt of a ballot that came with a slip. Whoever has the receipt cannot make the serial from it.
  public var slipReceipt: Receipt {
    Receipt(code: TypedCode(hash: Hash256(of: Data("rapport slip receipt ".utf8) + bytes)))
  }

  /// The 256 bits filled up to whole letters of five.
  private static let letterBits = 260
}

/// The sealed form of a slip or a sheet: what it is (1 byte), and whose.
enum SlipRecord: Hashable {
  /// Printed on this sheet, and not handed out.
  case waiting(Hash256)
  case valid
  /// By the serial with this hash.
  case spent(Hash256)
  case void
  case sheet(SlipSheet)

  static let byteCount = 1 + Hash256.byteCount

  var bytes: [UInt8] {
    switch self {
    case .waiting(let sheet): [0] + sheet.bytes
    case .valid: [1] + Self.zeros
    case .spent(let serial): [2] + serial.bytes
    case .void: [3] + Self.zeros
    case .sheet(.printed(let printing)): [4, printing] + Self.zeros.dropLast()
    case .sheet(.handedOut), .sheet(.notPrinted): [5] + Self.zeros
    }
  }

  init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.byteCount, let hash = Hash256(bytes: bytes.dropFirst()) else { return nil }
    switch bytes[0] {
    case 0: self = .waiting(hash)
    case 1: self = .valid
    case 2: self = .spent(hash)
    case 3: self = .void
    case 4: self = .sheet(.printed(bytes[1]))
    case 5: self = .sheet(.handedOut)
    default: return nil
    }
    guard self.bytes == bytes else { return nil }
  }

  private static let zeros = [UInt8](repeating: 0, count: Hash256.byteCount)
}
