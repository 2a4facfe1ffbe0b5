/// A questionnaire in one language: what is asked, on which scale, and what each item speaks to.
///
/// It is read from a data file; ``problems`` says what is wrong with one.
public struct Instrument: Codable, Sendable, Equatable {
  /// `relational-survey`: lower-case letters, digits and hyphens.
  public let id: String
  /// Grows when an item changes its meaning; rounds are compared within one version only.
  public let version: String
  /// `en` or `de`.
  public let language: String
  public let name: String
  /// What a respondent reads before the first item.
  public let instruction: String
  public let scale: RatingScale
  /// In the order in which they are asked.
  public let items: [Item]

  public init(
    id: String, version: String, language: String, name: String, instruction: String,
    scale: RatingScale, items: [Item]
  ) {
    self.id = id
    self.version = version
    self.language = language
    self.name = name
    self.instruction = instruction
    self.scale = scale
    self.items = items
  }

  /// One question of an instrument.
  public struct Item: Codable, Sendable, Equatable, Identifiable {
    /// Counted from 1, in the order of the instrument.
    public let number: Int
    /// Stays the same in every language and version.
    public let id: String
    /// The item of the white paper that this one stands for: `survey/7`.
    public let source: String
    /// What the item speaks to.
    public let tags: [Tag]
    public let text: String

    public init(number: Int, id: String, source: String, tags: [Tag], text: String) {
      self.number = number
      self.id = id
      self.source = source
      self.tags = tags
      self.text = text
    }
  }

  /// What an item speaks to: trust, or one of the four benefits of partnering. [Executive Summary]
  public enum Tag: String, Codable, Sendable, CaseIterable {
    case trust, openness, creativity, agility, resiliency
  }
}

/// The scale of ratings: whole numbers from 1 to 5, with words at both ends. [Survey]
public struct RatingScale: Codable, Sendable, Equatable {
  /// The ratings there are. Every figure counts on these five.
  public static let ratings = 1...5

  /// The words beside 1.
  public let low: String
  /// The words beside 5.
  public let high: String

  public init(low: String, high: String) {
    self.low = low
    self.high = high
  }
}

extension Instrument {
  /// Something in a data file that would make a report wrong.
  public enum Problem: Equatable, Sendable {
    case noItems
    /// The item in this place does not carry this number.
    case misnumbered(place: Int)
    case sameID(String)
  }

  /// What is wrong with this instrument; empty for a good one.
  public var problems: [Problem] {
    var seen: Set<String> = []
    var found: [Problem] = items.isEmpty ? [.noItems] : []
    for (offset, item) in items.enumerated() {
      if item.number != offset + 1 { found.append(.misnumbered(place: offset + 1)) }
      if !seen.insert(item.id).inserted { found.append(.sameID(item.id)) }
    }
    return found
  }
}
