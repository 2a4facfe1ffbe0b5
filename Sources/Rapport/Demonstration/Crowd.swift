import Ballots
import Database
import Foundation
import Logging
import NIOConcurrencyHelpers
import Partnering

/// A demonstration space with as many people, rounds and partnerships as a measurement needs, and everything that a load
/// generator sends on their behalf. `rapport demo` tells a story; this one only has size.
public struct Crowd: Sendable {
  /// Open rounds of one size: `100x40` is a hundred rounds of forty people each.
  public struct Rounds: Sendable {
    public enum Way: String, Sendable, CaseIterable {
      /// Everybody has a session and an answer that is ready to be sent.
      case browser
      /// Everybody has a slip and a form that is ready to be sent.
      case paper
      /// Everybody has answered, with a slip.
      case answered
    }

    public let count: Int
    public let people: Int
    public let way: Way

    /// `100x40`, `1x5000:paper` or `1x100000:answered`; `nil` for anything else.
    public init?(_ text: String) {
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      let sizes = (parts.first ?? "").split(separator: "x").compactMap { Int($0) }
      guard parts.count <= 2, sizes.count == 2, (1...10_000).contains(sizes[0]), (10...200_000).contains(sizes[1]),
        let way = parts.count == 2 ? Way(rawValue: String(parts[1])) : .browser
      else { return nil }
      (count, people, self.way) = (sizes[0], sizes[1], way)
    }
  }

  public let rounds: [Rounds]
  /// Partnerships besides those of the open rounds, each with so many closed rounds.
  public let partnerships: Int
  public let history: Int
  /// Other spaces in the same database, each with ten partnerships of one closed round.
  public let otherSpaces: Int
  /// When the answered rounds close, counted from when everything is there.
  public let answeredClose: Span

  public init(rounds: [Rounds], partnerships: Int, history: Int, otherSpaces: Int = 0, answeredClose: Span) {
    (self.rounds, self.partnerships, self.history) = (rounds, partnerships, history)
    (self.otherSpaces, self.answeredClose) = (otherSpaces, answeredClose)
  }

  /// Fills an empty folder, or an empty database with the keys in that folder, and writes beside it what is to be sent:
  /// `head` has the cookie of somebody who may see everything, `closes` the closing time of the answered rounds in Unix
  /// milliseconds; then there is one file for each kind of rounds, with a line for each person.
  /// - Throws: `OperationFailure.notEmpty`, `DataFolderFailure`, `DatabaseFailure`.
  public func fill(_ folder: URL, database address: String? = nil, visits: URL, at now: Instant, logger: Logger)
    async throws
  {
    try Backup.mustBeEmpty(folder)
    guard let base = BaseURL("http://127.0.0.1:8080") else { return }
    let data = try DataFolder(folder)
    // The folder's lock lasts as long as this value.
    defer { withExtendedLifetime(data) {} }
    let configuration = Configuration(data: folder, database: address, baseURL: base, isDemonstration: true)
    let database = try await data.openDatabase(of: configuration)
    // Ten thousand rounds would take half an hour to make keys for; these are no secrets that anybody trusts.
    let pairs = try (0..<4).map { _ in try SegmentKey.generate() }
    let turn = NIOLockedValueBox(0)
    let house = try await House(
      configuration: configuration, database: database, logger: logger,
      segmentKeys: SegmentKeyMaker {
        turn.withLockedValue { turn in
          turn += 1
          return pairs[turn % pairs.count]
        }
      })
    try FileManager.default.createDirectory(at: visits, withIntermediateDirectories: true)
    for _ in 0..<otherSpaces {
      let other = Gathering(house: house, now: now)
      try await other.begin()
      try await other.remember(partnerships: 10, rounds: 1)
    }
    let gathering = Gathering(house: house, now: now)
    try await gathering.begin()
    try Data((await gathering.headCookie + "\n").utf8).write(to: visits.appendingPathComponent("head"))
    for (place, kind) in rounds.enumerated() {
      let lines = try await gathering.open(kind)
      try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: visits.appendingPathComponent("\(place + 1)"))
    }
    try await gathering.remember(partnerships: partnerships, rounds: history)
    let closes = Clock.system.now + answeredClose
    try await gathering.closeAnswered(at: closes)
    try Data("\(closes.milliseconds)\n".utf8).write(to: visits.appendingPathComponent("closes"))
    try database.close()
  }
}
