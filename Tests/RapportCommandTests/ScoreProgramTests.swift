import Foundation
import Testing

/// `rapport score` as a shell meets it: what it takes, where it writes, and with what it ends.
@Suite struct ScoreProgramTests {
  struct Ended: Sendable {
    let status: Int32
    let output, errors: String
  }

  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)

  init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

  @Test func `a sound file ends with 0, its report on standard output and what was not read beside it`() throws {
    let file = try write("answers.csv", "team,\(Self.header)\n" + Self.rows(4, 4, 2, 5, 3).map { "North,\($0)" }.joined())
    let ended = try score([file, "--roll", "9", "--format", "json"])
    #expect(ended.status == 0)
    let report = try #require(try JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [String: Any])
    #expect(report["roll"] as? Int == 9 && report["answers"] as? Int == 5)
    #expect(report["split"] is NSNull)
    #expect((report["items"] as? [[String: Any]])?.first?["mean"] as? Double == 3.6)
    #expect(ended.errors == "\(file): not read: \"team\"\n")
  }

  @Test func `text in a pipe has no colours and begins by saying that the file is not anonymous`() throws {
    let file = try write("answers.csv", "\(Self.header)\n" + Self.rows(4, 4, 2, 5, 3).joined())
    let english = try score([file])
    #expect(english.output.hasPrefix("not anonymous: whoever has this file sees every row\n"))
    #expect(english.output.contains("The number of people asked was not given") && english.errors.isEmpty)
    #expect(!english.output.contains("\u{1B}"))
    let german = try score([file, "--language", "de"])
    #expect(german.output.hasPrefix("nicht anonym: wer diese Datei hat sieht jede Zeile\n"))
    #expect(try score([file], environment: ["LANG": "de_DE.UTF-8"]).output == german.output)
  }

  @Test func `the CSV has its warning, one header and a line for each statement`() throws {
    let file = try write("answers.csv", "\(Self.header)\n" + Self.rows(4, 4, 2, 5, 3, 1, 2, 2).joined())
    let ended = try score([file, "--roll", "9", "--format", "csv"])
    #expect(ended.status == 0 && ended.errors.isEmpty)
    let lines = ended.output.components(separatedBy: "\r\n")
    #expect(lines.count == 18 && lines.last == "")
    #expect(lines[0] == "not anonymous: whoever has this file sees every row")
    #expect(lines[1].hasPrefix("roll,answers,hidden,item,id,n,mean,rated_1,rated_2,rated_3,rated_4,rated_5,verdict,firm,"))
    let first = lines[2].components(separatedBy: ",")
    #expect(first[0...3] == ["9", "8", "", "1"])
    #expect(first[5...12] == ["8", "2.875", "1", "3", "1", "2", "1", "for discussion"])
    #expect(lines[2...16].allSatisfy { $0.components(separatedBy: ",").count == lines[1].components(separatedBy: ",").count })
  }

  @Test func `the CSV of too few answers shows nothing but the counts`() throws {
    let file = try write("answers.csv", "\(Self.header)\n" + Self.rows(1, 1, 1, 1).joined())
    let lines = try score([file, "--roll", "9", "--format", "csv"]).output.components(separatedBy: "\r\n")
    #expect(lines.count == 4)
    #expect(lines[2].replacing(",", with: " ").split(separator: " ") == ["9", "4", "too", "few", "answers"])
  }

  @Test func `parties have a roll each, and one number for all of them is refused`() throws {
    let rows = Self.rows(4, 4, 2, 5, 3, 1, 1, 2, 1, 1).enumerated().map { "\($0 < 5 ? "Harbour" : "Meadow"),\($1)" }.joined()
    let file = try write("answers.csv", "party,\(Self.header)\n\(rows)")
    let split = try score([file, "--by", "party", "--roll", "Harbour=6", "--roll", "Meadow=7", "--format", "json"])
    #expect(split.status == 0 && split.errors.isEmpty)
    let report = try #require(try JSONSerialization.jsonObject(with: Data(split.output.utf8)) as? [String: Any])
    let parties = try #require((report["split"] as? [String: Any])?["parties"] as? [[String: Any]])
    #expect(parties.map { $0["party"] as? String } == ["Harbour", "Meadow"])
    #expect(parties.map { $0["roll"] as? Int } == [6, 7] && parties.map { $0["answers"] as? Int } == [5, 5])
    #expect(report["roll"] as? Int == 13)
    let whole = try score([file, "--by", "party", "--roll", "13"])
    #expect(whole.status == 64 && whole.output.isEmpty)
    #expect(whole.errors.contains("With --by, give --roll NAME=N for each party."))
  }

  @Test(arguments: [
    ([], "file"), (["--roll", "x", "answers.csv"], "--roll"), (["--roll", "0", "answers.csv"], "--roll"),
    (["--roll", "A=5", "answers.csv"], "--by"), (["--minimum-group", "3", "answers.csv"], "--minimum-group"),
    (["--previous-roll", "5", "answers.csv"], "--previous"), (["--format", "xml", "answers.csv"], "--format"),
    (["--language", "fr", "answers.csv"], "--language"), (["--instrument", "horoscope", "answers.csv"], "horoscope"),
    (["-", "--previous", "-"], "standard input"), (["--rolls", "5", "answers.csv"], "--rolls"), (["a.csv", "b.csv"], "b.csv"),
  ] as [([String], String)])
  func `a wrong option ends with 64 and is named`(options: [String], named: String) throws {
    _ = try write("answers.csv", "\(Self.header)\n" + Self.rows(4, 4, 2, 5, 3).joined())
    let ended = try score(options)
    #expect(ended.status == 64 && ended.output.isEmpty)
    #expect(ended.errors.contains(named), "\(ended.errors)")
  }

  @Test func `wrong cells end with 65, twenty of them told and the others counted`() throws {
    let bad = Array(repeating: "six", count: 15).joined(separator: ",") + "\n"
    let file = try write("answers.csv", "\(Self.header)\n" + Self.rows(4).joined() + bad + bad)
    let ended = try score([file])
    #expect(ended.status == 65 && ended.output.isEmpty)
    let lines = ended.errors.split(separator: "\n")
    #expect(lines.count == 21)
    #expect(lines[0] == "\(file):3:1: \"six\" is not a rating from 1 to 5 (item 1)")
    #expect(lines[15] == "\(file):4:1: \"six\" is not a rating from 1 to 5 (item 1)")
    #expect(lines[20] == "and 10 more")
  }

  @Test func `standard input is read for a dash, and more answers than the roll end with 65`() throws {
    let text = "\(Self.header)\n" + Self.rows(4, 4, 2, 5, 3).joined()
    #expect(try score(["-", "--roll", "5", "--format", "json"], input: text).status == 0)
    let ended = try score(["-", "--roll", "4"], input: text)
    #expect(ended.status == 65 && ended.output.isEmpty)
    #expect(ended.errors == "-:6:1: 5 people answered, more than the 4 on the roll\n")
  }

  @Test func `a file that cannot be read ends with 66, also if it is the previous one`() throws {
    let file = try write("answers.csv", "\(Self.header)\n" + Self.rows(4, 4, 2, 5, 3).joined())
    for (options, sentence) in [
      (["missing.csv"], "missing.csv: there is no such file\n"), ([folder.path], "\(folder.path): this is a folder, not a file\n"),
      ([file, "--previous", "missing.csv"], "missing.csv: there is no such file\n"),
    ] {
      let ended = try score(options)
      #expect(ended.status == 66 && ended.output.isEmpty && ended.errors == sentence, "\(ended.errors)")
    }
    #expect(try score(["missing.csv", "--language", "de"]).errors == "missing.csv: diese Datei gibt es nicht\n")
  }

  // MARK: Running

  private static let header = (1...15).map { "q\($0)" }.joined(separator: ",")

  /// So many rows, each with the same rating for every item.
  private static func rows(_ ratings: Int...) -> [String] {
    ratings.map { rating in Array(repeating: "\(rating)", count: 15).joined(separator: ",") + "\n" }
  }

  /// - Returns: its name in the folder where the program runs.
  private func write(_ name: String, _ text: String) throws -> String {
    try Data(text.utf8).write(to: folder.appendingPathComponent(name))
    return name
  }

  /// Runs the program that was built beside these tests.
  private func score(_ options: [String], input: String = "", environment: [String: String] = [:]) throws -> Ended {
    let (process, output, errors, sent) = (Process(), Pipe(), Pipe(), Pipe())
    process.executableURL = try #require(Bundle.main.executableURL).deletingLastPathComponent().appendingPathComponent("rapport")
    process.arguments = ["score"] + options
    process.environment = environment
    process.currentDirectoryURL = folder
    (process.standardOutput, process.standardError, process.standardInput) = (output, errors, sent)
    try process.run()
    try sent.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try sent.fileHandleForWriting.close()
    let written = (output.fileHandleForReading.readDataToEndOfFile(), errors.fileHandleForReading.readDataToEndOfFile())
    process.waitUntilExit()
    return Ended(
      status: process.terminationStatus, output: String(decoding: written.0, as: UTF8.self),
      errors: String(decoding: written.1, as: UTF8.self))
  }
}
