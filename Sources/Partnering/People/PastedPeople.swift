/// A list of people as somebody pasted it: one a line, `Name, address` or `Name, address, role`, with commas,
/// semicolons or tabs. `Name <address>`, as mail programs copy it, is read too.
public struct PastedPeople: Sendable, Equatable {
  /// One person of the list.
  public struct Entry: Sendable, Hashable {
    /// Counted from 1, empty lines included.
    public let line: Int
    public let name: PersonName
    public let email: EmailAddress
    /// What stands after the address, as typed; `nil` if nothing does.
    public let role: String?
  }

  /// Why one line is not understood.
  public struct Problem: Error, Sendable, Equatable {
    /// Counted from 1, empty lines included.
    public let line: Int
    public let reason: Reason
  }

  public enum Reason: Sendable, Equatable {
    /// Nothing on the line looks like an address.
    case noAddress
    /// No name before the address, or one that `PersonName` refuses.
    case name
    /// More than one thing after the address.
    case tooMuch
    /// The same address stands on an earlier line.
    case repeats(line: Int)
    /// The list has more lines than are taken at once.
    case tooMany(most: Int)
  }

  /// The most people taken at once.
  public static let most = 1_000

  /// In the order of the lines.
  public let entries: [Entry]
  /// One for each line that is not understood, in order.
  public let problems: [Problem]

  /// Reads every line, so that all problems are told at once; never throws, whatever the bytes.
  public init(_ text: some StringProtocol) {
    var entries: [Entry] = []
    var problems: [Problem] = []
    var lineOf: [EmailAddress: Int] = [:]
    for (number, line) in Self.lines(text) {
      guard entries.count + problems.count < Self.most else {
        problems.append(Problem(line: number, reason: .tooMany(most: Self.most)))
        break
      }
      switch Self.entry(line, number) {
      case .failure(let problem): problems.append(problem)
      case .success(let entry):
        if let earlier = lineOf[entry.email] {
          problems.append(Problem(line: number, reason: .repeats(line: earlier)))
        } else {
          lineOf[entry.email] = number
          entries.append(entry)
        }
      }
    }
    self.entries = entries
    self.problems = problems
  }

  private typealias Scalars = Substring.UnicodeScalarView

  private static func lines(_ text: some StringProtocol) -> [(Int, Scalars)] {
    // By scalar: as a Character, a carriage return and its line feed are one and no line feed.
    let scalars = Substring(text).unicodeScalars.filter { $0 != "\r" }
    return Scalars(scalars)
      .split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\u{2028}" }
      .enumerated().map { ($0.offset + 1, trimmed($0.element)) }
      .filter { !$0.1.isEmpty }
  }

  private static func entry(_ line: Scalars, _ number: Int) -> Result<Entry, Problem> {
    func refused(_ reason: Reason) -> Result<Entry, Problem> { .failure(Problem(line: number, reason: reason)) }
    let fields = fields(of: line)
    guard let place = fields.firstIndex(where: { $0.contains("@") }),
      let (nameInField, address) = nameAndAddress(fields[place]), let email = EmailAddress(Substring(address))
    else { return refused(.noAddress) }
    // A name may hold the comma: "Byron, Ada, ada@example.org".
    let before = (fields[..<place].map { String(Substring($0)) } + nameInField).filter { !$0.isEmpty }
    guard let name = PersonName(before.joined(separator: ", ")) else { return refused(.name) }
    let after = fields[(place + 1)...].filter { !$0.isEmpty }
    guard after.count <= 1 else { return refused(.tooMuch) }
    return .success(Entry(line: number, name: name, email: email, role: after.first.map { String(Substring($0)) }))
  }

  private static func fields(of line: Scalars) -> [Scalars] {
    let separators: [Unicode.Scalar] = ["\t", ";", ","]
    let separator = separators.first { line.contains($0) } ?? ","
    return line.split(separator: separator, omittingEmptySubsequences: false).map { unquoted(trimmed($0)) }
  }

  private static func nameAndAddress(_ field: Scalars) -> (name: [String], address: Scalars)? {
    guard let open = field.firstIndex(of: "<") else { return ([], field) }
    guard field.last == ">" else { return nil }
    let name = unquoted(trimmed(field[..<open]))
    return ([String(Substring(name))], trimmed(field[field.index(after: open)...].dropLast()))
  }

  private static func unquoted(_ field: Scalars) -> Scalars {
    guard field.count >= 2, field.first == "\"", field.last == "\"" else { return field }
    return trimmed(field.dropFirst().dropLast())
  }

  private static func trimmed(_ field: Scalars) -> Scalars {
    let start = field.drop(while: \.properties.isWhitespace)
    guard let last = start.lastIndex(where: { !$0.properties.isWhitespace }) else { return start.prefix(0) }
    return start[...last]
  }
}
