/// What somebody wrote on one or several lines: shows something, no controls but line ends, within a length.
public struct PlainText: Sendable, Hashable {
  /// With line feeds alone as line ends, blanks and empty lines at both ends taken away.
  public let text: String

  public enum Problem: Error, Equatable, Sendable {
    case empty
    case tooLong(most: Int)
    /// Controls, or signs that turn the direction of the text around them.
    case unreadable
  }

  /// - Parameter longest: the most Unicode scalars.
  /// - Throws: `Problem`.
  public init(_ typed: some StringProtocol, longest: Int) throws(Problem) {
    let scalars = typed.unicodeScalars.filter { $0 != "\r" }
    let start = scalars.drop(while: \.properties.isWhitespace)
    guard let last = start.lastIndex(where: { !$0.properties.isWhitespace }) else { throw .empty }
    let kept = start[...last]
    guard kept.count <= longest else { throw .tooLong(most: longest) }
    guard kept.contains(where: \.isVisible) else { throw .empty }
    guard kept.allSatisfy(Self.mayStand) else { throw .unreadable }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: kept)
    self.text = String(text)
  }

  private static func mayStand(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control: scalar == "\n" || scalar == "\t"
    case .surrogate: false
    default: !(0x202A...0x202E).contains(scalar.value) && !(0x2066...0x2069).contains(scalar.value)
    }
  }
}

/// The benefits that a party hopes for when it joins, one a line: at least one. [Characteristics 1-6]
public struct HopedBenefits: Sendable, Hashable {
  /// The most benefits that a party names.
  public static let most = 20
  /// The most Unicode scalars of one.
  public static let longest = 200

  public let benefits: [String]

  public enum Problem: Error, Equatable, Sendable {
    case none
    case tooMany(most: Int)
    /// Counted from 1.
    case line(Int, PlainText.Problem)
  }

  /// Empty lines are passed over, a benefit that stands twice is kept once.
  /// - Throws: `Problem`.
  public init(lines typed: some StringProtocol) throws(Problem) {
    var benefits: [String] = []
    let lines = String(typed).unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
    for (place, line) in lines.enumerated() {
      do throws(PlainText.Problem) {
        let benefit = try PlainText(String(line), longest: Self.longest).text
        if !benefits.contains(benefit) { benefits.append(benefit) }
      } catch .empty {
        continue
      } catch {
        throw .line(place + 1, error)
      }
      guard benefits.count <= Self.most else { throw .tooMany(most: Self.most) }
    }
    guard !benefits.isEmpty else { throw .none }
    self.benefits = benefits
  }
}
