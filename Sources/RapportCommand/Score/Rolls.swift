import ArgumentParser
import Partnering

/// How many people were asked, as `--roll` says it.
enum Rolls: Equatable, Sendable {
  /// Not said: the number of rows stands for it.
  case asRows
  case whole(Int)
  /// In the order of the options.
  case ofParties([DisclosureOutlook.PartyRoll])

  /// - Throws: `ValidationError` naming the option.
  init(_ values: [String], option: String) throws {
    guard !values.isEmpty else { self = .asRows; return }
    if values.count == 1, let number = Self.number(values[0]) { self = .whole(number); return }
    var parties: [DisclosureOutlook.PartyRoll] = []
    for value in values {
      // The last equals sign, since a name may hold one.
      guard let sign = value.lastIndex(of: "="), let size = Self.number(value[value.index(after: sign)...]) else {
        throw ValidationError("\(option) takes a number of people, or NAME=N once for each party; \(value.shown) is neither.")
      }
      let name = value[..<sign].trimmed
      guard !name.isEmpty, !parties.contains(where: { $0.name == name }) else {
        throw ValidationError("\(option) takes each party once, by its name: \(value.shown)")
      }
      parties.append(DisclosureOutlook.PartyRoll(name: name, size: size))
    }
    self = .ofParties(parties)
  }

  private static func number(_ text: some StringProtocol) -> Int? {
    guard text.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains), let number = Int(text),
      (1...Histogram.largestCount).contains(number)
    else { return nil }
    return number
  }
}

extension StringProtocol {
  /// Without blanks at the ends, as cells are read.
  fileprivate var trimmed: String {
    let isBlank = { (scalar: Unicode.Scalar) in scalar == " " || scalar == "\t" }
    var scalars = Substring(self).unicodeScalars.drop(while: isBlank)
    while let last = scalars.last, isBlank(last) { scalars.removeLast() }
    return String(scalars)
  }
}
