import Database
import Partnering
import Testing

@testable import Rapport

@Suite struct InstrumentLibraryTests {
  @Test func `the Relational Survey has fifteen items in both languages`() throws {
    let library = try InstrumentLibrary(resources: Resources(of: "Rapport"))
    for language in Language.allCases {
      let survey = try #require(library.newest(InstrumentLibrary.usual, in: language))
      #expect(survey.items.count == 15)
      #expect(survey.items.map(\.source) == (1...15).map { "survey/\($0)" })
      #expect(survey.items.filter { $0.tags.contains(.trust) }.map(\.number) == [1, 9, 10, 13])
      #expect(library.instrument(survey.id, version: survey.version, in: language) == survey)
    }
  }

  @Test func `the newest version goes by number, not by letter`() throws {
    let files = ["9", "10"].flatMap { version in
      Language.allCases.map { (name: "\(version).\($0)", text: Self.file(version: version, language: $0.rawValue)) }
    }
    let library = try InstrumentLibrary(files)
    #expect(library.newest("small", in: .de)?.version == "10")
  }

  @Test func `a file that would make a report wrong is named`() throws {
    #expect(Self.reason(["id: [", Self.file()]) != nil)
    #expect(Self.reason([Self.file(language: "fr")]) == .unknownLanguage("fr"))
    #expect(Self.reason([Self.file(number: 2)]) == .problem(.misnumbered(place: 1)))
    #expect(Self.reason([Self.file(), Self.file()]) == .twice)
    #expect(Self.reason([Self.file()]) == .languageMissing)
    #expect(Self.reason([Self.file(), Self.file(language: "de", item: "other")]) == .asksOtherThings)
  }

  private static func reason(_ files: [String]) -> InstrumentFailure.Reason? {
    do {
      _ = try InstrumentLibrary(files.map { (name: "a file", text: $0) })
      return nil
    } catch { return (error as? InstrumentFailure)?.reason }
  }

  private static func file(
    version: String = "1", language: String = "en", number: Int = 1, item: String = "one"
  ) -> String {
    """
    id: small
    version: "\(version)"
    language: \(language)
    name: Small
    instruction: Say.
    scale: {low: little, high: much}
    items: [{number: \(number), id: \(item), source: survey/1, tags: [trust], text: How?}]
    """
  }
}
