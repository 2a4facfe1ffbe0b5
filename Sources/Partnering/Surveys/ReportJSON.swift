extension SurveyReport {
  /// The report as JSON (RFC 8259), with its keys in a fixed order and its numbers unrounded. Fields are added
  /// in later versions, never renamed.
  public var json: String { JSONText(self).text(indent: 0) + "\n" }

  /// The same, begun with what the figures are about and ended with the comments.
  /// - Parameters:
  ///   - heading: names and dates; an unknown one is null.
  ///   - comments: `nil` where there were too few ballots to show any. [D6]
  public func json(heading: KeyValuePairs<String, String?>, comments: [String]?) -> String {
    guard case .object(let figures) = JSONText(self) else { return json }
    let comments: JSONText = comments.map { .array($0.map { JSONText($0) }) } ?? .null
    let all = heading.map { ($0.key, JSONText($0.value)) } + figures + [("comments", comments)]
    return JSONText.object(all).text(indent: 0) + "\n"
  }
}

/// JSON with its keys in the order in which they were written.
private indirect enum JSONText {
  case null
  /// Digits as they stand.
  case number(String)
  case bool(Bool)
  case string(String)
  case array([JSONText])
  case object([(String, JSONText)])

  init(_ number: Double?) { self = number.map { .number("\($0)") } ?? .null }
  init(_ number: Int) { self = .number("\(number)") }
  init(_ bool: Bool?) { self = bool.map { .bool($0) } ?? .null }
  init(_ string: String?) { self = string.map { .string($0) } ?? .null }
  init(tenths: Int) { self = .number("\(tenths / 10).\(tenths % 10)") }
  init(_ numbers: [Int]) { self = .array(numbers.map { JSONText($0) }) }
}

extension JSONText {
  init(_ report: SurveyReport) {
    let isHidden = report.hidden != nil
    self = .object([
      ("instrument", JSONText(report.instrument)),
      ("instrument_version", JSONText(report.instrumentVersion)),
      ("roll", JSONText(report.roll)),
      ("answers", JSONText(report.answers)),
      ("minimum_group", JSONText(report.minimumGroup)),
      ("hidden", JSONText(report.hidden?.rawValue)),
      ("split", report.split.map { JSONText($0) } ?? .null),
      ("items", .array(report.items.map { JSONText($0, rollChanged: report.rollChanged ?? false) })),
      ("for_discussion", isHidden ? .null : JSONText(report.forDiscussion)),
      ("strengths", isHidden ? .null : JSONText(report.strengths)),
      ("health", JSONText(report.health?.value)),
      ("trust", JSONText(report.trust?.value)),
    ])
  }

  private init(_ split: BallotSplit) {
    switch split {
    case .hidden(let reason):
      self = .object([("hidden", JSONText(reason.rawValue)), ("parties", .array([]))])
    case .shown(let parties):
      let shown = parties.map { party in
        JSONText.object([
          ("party", JSONText(party.party)), ("roll", JSONText(party.roll)), ("answers", JSONText(party.answers)),
        ])
      }
      self = .object([("hidden", .null), ("parties", .array(shown))])
    }
  }

  private init(_ item: ItemReport, rollChanged: Bool) {
    let figures = item.figures
    let hidden: HiddenBecause? = figures == nil ? .tooFewAnswers : nil
    self = .object([
      ("item", JSONText(item.number)),
      ("id", JSONText(item.id)),
      ("hidden", JSONText(hidden?.rawValue)),
      ("n", figures.map { JSONText($0.n) } ?? .null),
      ("mean", JSONText(figures?.mean.value)),
      ("distribution", figures?.distribution.map { JSONText($0.counts) } ?? .null),
      ("verdict", JSONText(figures?.verdict.rawValue)),
      ("firm", JSONText(figures?.isFirm)),
      ("range", figures.map { .array([JSONText($0.range.low.value), JSONText($0.range.high.value)]) } ?? .null),
      ("divided", JSONText(figures?.isDivided)),
      ("split", figures?.split.map { JSONText($0) } ?? .null),
      ("change", figures?.change.map { JSONText($0, rollChanged: rollChanged) } ?? .null),
    ])
  }

  private init(_ split: ItemSplit) {
    switch split {
    case .hidden(let reason):
      self = .object([
        ("hidden", JSONText(reason.rawValue)), ("parties", .array([])), ("gap", .null), ("clear", .null),
      ])
    case .shown(let means):
      let parties = means.parties.map { party in
        JSONText.object([
          ("party", JSONText(party.party)), ("n", JSONText(party.n)), ("mean", JSONText(tenths: party.tenths)),
        ])
      }
      self = .object([
        ("hidden", .null), ("parties", .array(parties)), ("gap", JSONText(tenths: means.gapTenths)),
        ("clear", JSONText(means.isClear)),
      ])
    }
  }

  private init(_ change: Change, rollChanged: Bool) {
    self = .object([
      ("previous_mean", JSONText(change.before.value)),
      ("direction", JSONText(change.direction?.rawValue)),
      ("roll_changed", JSONText(rollChanged)),
    ])
  }
}

extension JSONText {
  /// Objects with an object or a list of objects in them take a line for each key; others stand on one line.
  func text(indent: Int) -> String {
    switch self {
    case .null: "null"
    case .number(let digits): digits
    case .bool(let bool): bool ? "true" : "false"
    case .string(let string): Self.quoted(string)
    case .array(let values): Self.list(values.map { $0.text(indent: indent + 2) }, in: ("[", "]"), isFlat, indent)
    case .object(let pairs):
      Self.list(
        pairs.map { "\(Self.quoted($0.0)): \($0.1.text(indent: indent + 2))" }, in: ("{", "}"), isFlat, indent)
    }
  }

  private var isFlat: Bool {
    switch self {
    case .null, .number, .bool, .string: true
    case .array(let values): !values.contains { $0.isObject }
    case .object(let pairs): !pairs.contains { $0.1.isObject || !$0.1.isFlat }
    }
  }

  private var isObject: Bool {
    if case .object = self { true } else { false }
  }

  private static func list(_ parts: [String], in ends: (String, String), _ isFlat: Bool, _ indent: Int) -> String {
    guard !isFlat else { return ends.0 + parts.joined(separator: ", ") + ends.1 }
    let margin = "\n" + String(repeating: " ", count: indent)
    return ends.0 + parts.map { "\(margin)  \($0)" }.joined(separator: ",") + margin + ends.1
  }

  private static func quoted(_ string: String) -> String {
    var text = "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"", "\\": text += "\\\(scalar)"
      case "\n": text += "\\n"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }
}
