import Foundation
import Hummingbird
import Partnering
import Testing

@testable import Rapport

@Suite struct ReportTests {
  @Test func `the page, the print, the table and the figures for programs say the same`() async throws {
    let story = try await ReportStory()
    let page = try await story.get(story.path(1, "report")).text
    let print = try await story.get(story.path(1, "report/print")).text
    let table = try await story.get(story.path(1, "report.csv")).text
    let figures = try await story.get(story.path(1, "report.json")).text
    let json = try #require(try JSONSerialization.jsonObject(with: Data(figures.utf8)) as? [String: Any])
    let items = try #require(json["items"] as? [[String: Any]])
    let lines = table.components(separatedBy: "\r\n").dropFirst().map { $0.components(separatedBy: ",") }
    #expect(json["partnership"] as? String == "Harbour and Meadow")
    #expect(json["closed_at"] as? String == "2026-09-18T12:00:00Z")
    #expect(json["opened_at"] is NSNull)
    #expect(items.count == 15)
    #expect(Self.count("class=\"item\"", in: page) == 15)
    for (place, item) in items.enumerated() {
      let mean = try #require(item["mean"] as? Double)
      let shown = String(format: "%.1f", mean)
      let row = try #require(Self.between("id=\"item-\(place + 1)\"", "</li>\n", in: page))
      #expect(row.contains("<span class=\"item-average\">\(shown)</span>"))
      #expect(abs((Double(lines[place][6]) ?? 0) - mean) < 1e-9)
      if let gap = (item["split"] as? [String: Any])?["gap"] as? Double, gap > 0 { #expect(row.contains("\(gap) apart")) }
    }
    let averages = Self.all("<td class=\"average\">", "</td>", in: print)
    let order = try #require(json["for_discussion"] as? [Int])
    #expect(averages.count == 15)
    #expect(averages.prefix(order.count) == order.map { String(format: "%.1f", items[$0 - 1]["mean"] as? Double ?? 0) }[...])
  }

  @Test func `the first sentence says what needs a talk, who answered, and where trust went`() async throws {
    let story = try await ReportStory()
    let page = try await story.get(story.path(1, "report"))
    #expect(page.status == .ok)
    #expect(page.text.contains("Four of fifteen need a talk. Seventeen of 22 answered. Trust: 3.2 in March, 3.5 now."))
    let german = try await story.get(story.path(1, "report"), .de).text
    #expect(german.contains("Vier von fünfzehn Aussagen brauchen ein Gespräch. Siebzehn von 22 haben geantwortet. Vertrauen: 3,2 im März, jetzt 3,5."))
  }

  @Test func `in German every figure that people read has a comma`() async throws {
    let story = try await ReportStory()
    for rest in ["report", "report/print"] {
      let page = try await story.get(story.path(1, rest), .de).text
      let main = try #require(Self.between("<main", "</main>", in: page))
      let read = Self.withoutTags(main)
      #expect(!read.contains(/[0-9]\.[0-9](?![0-9]{2})/), "\(read.firstMatch(of: /.{20}[0-9]\.[0-9](?![0-9]{2}).{10}/)?.output ?? "")")
    }
  }

  @Test(arguments: ["draft", "opening", "open", "interrupted", "withdrawn"])
  func `before the close nobody sees a figure`(state: String) async throws {
    let story = try await ReportStory(told: [.init(state: state)])
    for rest in ["report", "report/print", "report.csv", "report.json"] {
      let page = try await story.get(story.path(0, rest))
      #expect(page.status == .notFound)
      #expect(!page.text.contains("item-average"))
    }
    let page = try await story.get(story.path(0, "report")).text
    #expect(page.contains(state == "withdrawn" ? "destroyed before anybody" : state == "interrupted" ? "interrupted" : "18 September 2026"))
  }

  @Test func `a round of another partnership is not there`() async throws {
    let (mine, other) = (try await ReportStory(), try await ReportStory())
    let missing = try await mine.get("/partnerships/\(mine.partnership)/rounds/\(other.rounds[0])/report")
    let foreign = try await mine.get(other.path(0, "report"))
    #expect(missing.status == .notFound)
    #expect(foreign.status == .notFound)
    #expect(missing.text == foreign.text)
  }

  @Test func `a round with too few answers says how many came, and nothing else`() async throws {
    let few = ReportStory.Told.party("Harbour", roll: 12, ballots: 3, Array(repeating: "111", count: 15))
    let story = try await ReportStory(told: [.init(parties: [few], comments: nil)])
    let page = try await story.get(story.path(0, "report"))
    #expect(page.status == .ok)
    #expect(page.text.contains("Three of 12 answered. Nothing more is shown."))
    #expect(!page.text.contains("item-row"))
    #expect(page.text.contains("/rounds/\(story.rounds[0])/receipts"))
    #expect(try await story.get(story.path(0, "report/print")).status == .ok)
    let line = try await story.get(story.path(0, "report.csv")).text.components(separatedBy: "\r\n")[1]
    #expect(line.hasPrefix("12,3,too few answers,,"))
    #expect(!line.contains("1.0"))
  }

  @Test func `hostile names stay text, and never reach a header`() async throws {
    let name = "\"\u{301}<script>alert(1)</script>"
    let parties = [
      ReportStory.Told.party("=cmd()", roll: 6, ballots: 6, Array(repeating: "112345", count: 15)),
      ReportStory.Told.party("<b>\"\u{301}", roll: 6, ballots: 6, Array(repeating: "123455", count: 15)),
    ]
    let story = try await ReportStory(named: name, told: [.init(parties: parties)])
    for rest in ["report", "report/print"] {
      let page = try await story.get(story.path(0, rest)).text
      #expect(!page.utf8.contains(sequence: Array("<script>alert".utf8)))
      #expect(!page.utf8.contains(sequence: Array("<b>".utf8)))
      #expect(!page.utf8.contains(sequence: Array("\"\u{301}".utf8)))
      #expect(page.contains("&lt;script&gt;"))
    }
    let table = try await story.get(story.path(0, "report.csv"))
    #expect(table.headers[.contentDisposition] == "attachment; filename=\"rapport-2026-09-18.csv\"")
    #expect(table.text.contains("n: =cmd()"))
    let figures = try await story.get(story.path(0, "report.json"))
    let json = try #require(try JSONSerialization.jsonObject(with: Data(figures.text.utf8)) as? [String: Any])
    #expect(json["partnership"] as? String == name)
  }

  @Test func `comments stand apart, keep their lines, and say why there are none`() async throws {
    let told: [ReportStory.Told] = [
      .init(closedAt: ReportStory.Told.march, comments: nil), .init(comments: ["First line\nsecond <line>"]),
      .init(closedAt: ReportStory.Told.september + .days(1), comments: []),
    ]
    let story = try await ReportStory(told: told)
    #expect(try await story.get(story.path(0, "report")).text.contains("Comments are shown from ten answers on."))
    #expect(try await story.get(story.path(1, "report")).text.contains("<blockquote>First line\nsecond &lt;line&gt;</blockquote>"))
    #expect(try await story.get(story.path(2, "report")).text.contains("Nobody added anything this time."))
    let json = try await story.get(story.path(1, "report.json")).text
    #expect(json.contains("\"comments\": [\"First line\\nsecond <line>\"]"))
  }

  private static func count(_ part: String, in text: String) -> Int { text.components(separatedBy: part).count - 1 }

  private static func between(_ start: String, _ end: String, in text: String) -> String? {
    guard let from = text.range(of: start), let to = text[from.upperBound...].range(of: end) else { return nil }
    return String(text[from.lowerBound..<to.lowerBound])
  }

  private static func all(_ start: String, _ end: String, in text: String) -> [String] {
    text.components(separatedBy: start).dropFirst().compactMap { $0.components(separatedBy: end).first }
  }

  private static func withoutTags(_ text: String) -> String {
    text.replacingOccurrences(of: "<[^>]*>", with: " ", options: .regularExpression)
  }
}

extension Sequence where Element == UInt8 {
  fileprivate func contains(sequence: [UInt8]) -> Bool {
    let all = Array(self)
    guard all.count >= sequence.count else { return false }
    return (0...(all.count - sequence.count)).contains { all[$0..<($0 + sequence.count)].elementsEqual(sequence) }
  }
}
