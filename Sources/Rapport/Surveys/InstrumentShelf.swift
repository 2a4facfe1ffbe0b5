import Database
import Foundation
import Partnering
import Yams

/// The questionnaires that come with the program, in every language.
public struct InstrumentShelf: Sendable {
  private let instruments: [String: [Language: Instrument]]

  /// Reads the files beside the program, one for each instrument and language: `relational-survey.en.yaml`.
  /// - Throws: `ResourcesMissing`, or ``InstrumentFileFailure`` naming the file.
  public init(resources: Resources? = nil) throws {
    var instruments: [String: [Language: Instrument]] = [:]
    for language in Language.allCases {
      let resources = try resources ?? Resources(of: "Rapport")
      for file in try resources.files(endingIn: [".\(language.rawValue).yaml"])
      where file.deletingLastPathComponent().lastPathComponent == "Instruments" {
        let instrument = try Self.instrument(in: file)
        instruments[instrument.id, default: [:]][language] = instrument
      }
    }
    self.instruments = instruments
  }

  /// The ids of all instruments, sorted.
  public var ids: [String] { instruments.keys.sorted() }

  /// `nil` if there is none with this id in this language.
  public func instrument(_ id: String, in language: Language) -> Instrument? { instruments[id]?[language] }

  private static func instrument(in file: URL) throws -> Instrument {
    let name = file.lastPathComponent
    let text = try String(contentsOf: file, encoding: .utf8)
    guard let instrument = try? YAMLDecoder().decode(Instrument.self, from: text) else {
      throw InstrumentFileFailure(file: name, problems: [])
    }
    guard instrument.problems.isEmpty, name == "\(instrument.id).\(instrument.language).yaml" else {
      throw InstrumentFileFailure(file: name, problems: instrument.problems)
    }
    return instrument
  }
}

/// A file among the instruments is not a good one.
public struct InstrumentFileFailure: Error {
  public let file: String
  /// What is wrong with the items; empty if it could not be read at all or its name does not fit.
  public let problems: [Instrument.Problem]
}
