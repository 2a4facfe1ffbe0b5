import NIOConcurrencyHelpers

/// Parts of pages that look the same to many readers, as they were rendered last. What is kept is used only while everything in
/// it is equal, so nobody needs to say that something has changed.
final class Fragments: Sendable {
  private struct Kept: Sendable {
    let content: any Equatable & Sendable
    let html: String
    var used: Int
  }

  private struct State: Sendable {
    var kept: [String: Kept] = [:]
    var turn = 0
  }

  /// How many are kept: a report takes some hundred kilobytes.
  static let most = 32
  private let state = NIOLockedValueBox(State())

  /// - Parameter place: where it stands, and in which language.
  func html<Content: Equatable & Sendable>(
    of content: Content, at place: String, render: () throws -> String
  ) rethrows -> String {
    let before = state.withLockedValue { state -> String? in
      guard let kept = state.kept[place], kept.content as? Content == content else { return nil }
      state.turn += 1
      state.kept[place]?.used = state.turn
      return kept.html
    }
    if let before { return before }
    let html = try render()
    state.withLockedValue { state in
      state.turn += 1
      state.kept[place] = Kept(content: content, html: html, used: state.turn)
      guard state.kept.count > Self.most, let oldest = state.kept.min(by: { $0.value.used < $1.value.used }) else { return }
      state.kept[oldest.key] = nil
    }
    return html
  }
}
