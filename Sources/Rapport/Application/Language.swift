import Foundation

/// A language that the interface speaks.
public enum Language: String, Sendable, Codable, CaseIterable {
  case en, de

  /// The best of the two for a browser's `Accept-Language` (RFC 9110 §12.5.4); English if it asks for neither.
  init(accepting header: String?) {
    let wishes = (header ?? "").split(separator: ",").map { wish -> (tag: String, weight: Double) in
      let parts = wish.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
      let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) }
      return (parts.first?.lowercased() ?? "", weight ?? 1)
    }
    let known = wishes.sorted { $0.weight > $1.weight }
      .compactMap { wish in wish.weight > 0 ? Language(rawValue: String(wish.tag.prefix(2))) : nil }
    self = known.first ?? .en
  }
}
