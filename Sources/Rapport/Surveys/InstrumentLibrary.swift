import Database
import Foundation
import Partnering
import Yams

/// The questionnaires that come with the program, each in every language that Rapport speaks.
public struct InstrumentLibrary: Sendable {
  private let instruments: [Edition: [Language: Instrument]]

  private struct Edition: Hashable {
    let id: String
    let version: String
  }

  /// Reads the data files beside the program.
  /// - Throws: `ResourcesMissing`, or ``InstrumentFailure`` naming the file that cannot be used.
  public init() throws { try self.init(resources: Resources(of: "Rapport")) }

  /// Reads the data files among the resources.
  /// - Throws: `ResourcesMissing`, or ``InstrumentFailure`` naming the file that cannot be used.
  public init(resources: Resources) throws {
    let files = try resources.files(endingIn: [".yaml"])
      .filter { $0.deletingLastPathComponent().lastPathComponent == "Instruments" }
    try self.init(files.map { ($0.lastPathComponent, try String(contentsOf: $0, encoding: .utf8)) })
  }

  /// - Parameter files: each file's name and text.
  init(_ files: [(name: String, text: String)]) throws {
    var instruments: [Edition: [Language: Instrument]] = [:]
    for file in files {
      let instrument = try Self.instrument(in: file.text, of: file.name)
      guard let language = Language(rawValue: instrument.language) else {
        throw InstrumentFailure(file: file.name, reason: .unknownLanguage(instrument.language))
      }
      let edition = Edition(id: instrument.id, version: instrument.version)
      if let sibling = instruments[edition]?.values.first, !instrument.asksTheSame(as: sibling) {
        throw InstrumentFailure(file: file.name, reason: .asksOtherThings)
      }
      guard instruments[edition, default: [:]].updateValue(instrument, forKey: language) == nil else {
        throw InstrumentFailure(file: file.name, reason: .twice)
      }
    }
    for (edition, languages) in instruments where languages.count < Language.allCases.count {
      throw InstrumentFailure(file: edition.id, reason: .languageMissing)
    }
    self.instruments = instruments
  }

  /// The instrument as it reads in a language; `nil` if there is none with this id and version.
  public func instrument(_ id: String, version: String, in language: Language) -> Instrument? {
    instruments[Edition(id: id, version: version)]?[language]
  }

  /// The newest version of an instrument; `nil` if there is none with this id.
  public func newest(_ id: String, in language: Language) -> Instrument? {
    instruments.keys.filter { $0.id == id }
      .max { $0.version.compare($1.version, options: .numeric) == .orderedAscending }
      .flatMap { instruments[$0]?[language] }
  }

  /// The newest version of every instrument, in the order of their ids.
  public func newest(in language: Language) -> [Instrument] {
    ids.compactMap { newest($0, in: language) }
  }

  /// The ids of all instruments, sorted.
  public var ids: [String] { Set(instruments.keys.map(\.id)).sorted() }

  private static func instrument(in text: String, of file: String) throws -> Instrument {
    let instrument: Instrument
    do { instrument = try YAMLDecoder().decode(Instrument.self, from: text) } catch {
      throw InstrumentFailure(file: file, reason: .unreadable(String(describing: error)))
    }
    if let problem = instrument.problems.first { throw InstrumentFailure(file: file, reason: .problem(problem)) }
    return instrument
  }
}

extension InstrumentLibrary {
  /// The id of the survey that every new round proposes.
  public static let usual = "relational-survey"
}

/// A questionnaire's data file that would make a round or a report wrong.
public struct InstrumentFailure: Error, Equatable {
  public enum Reason: Equatable, Sendable {
    case unreadable(String)
    case unknownLanguage(String)
    case problem(Instrument.Problem)
    /// Another language of the same version has other items or tags.
    case asksOtherThings
    case twice
    /// It is not there in every language.
    case languageMissing
  }

  public let file: String
  public let reason: Reason
}

extension Instrument {
  fileprivate func asksTheSame(as other: Instrument) -> Bool {
    items.map(\.id) == other.items.map(\.id) && items.map(\.tags) == other.items.map(\.tags)
  }
}
