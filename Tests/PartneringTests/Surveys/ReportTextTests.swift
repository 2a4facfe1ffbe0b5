import Foundation
import Testing

@testable import Partnering

@Suite struct ReportTextTests {
  private func report(_ parties: [PartyTally]) throws -> SurveyReport {
    try SurveyReport(of: .of(items: 1, trust: [1]), parties: parties, thresholds: .usual)
  }

  @Test func `JSON has its fields in order, numbers unrounded`() throws {
    let report = try report([.answering("Har\"bour\u{1}", [1, 2, 3, 4, 3]), .answering("Meadow", [4, 5, 4, 3, 4, 5])])
    #expect(report.json == """
      {
        "instrument": "relational-survey",
        "instrument_version": "1",
        "roll": 11,
        "answers": 11,
        "minimum_group": 5,
        "hidden": null,
        "split": {
          "hidden": null,
          "parties": [
            {"party": "Har\\"bour\\u0001", "roll": 5, "answers": 5},
            {"party": "Meadow", "roll": 6, "answers": 6}
          ]
        },
        "items": [
          {
            "item": 1,
            "id": "id-1",
            "hidden": null,
            "n": 11,
            "mean": 3.4545454545454546,
            "distribution": [1, 1, 3, 4, 2],
            "verdict": "not for discussion",
            "firm": true,
            "range": [3.4545454545454546, 3.4545454545454546],
            "divided": false,
            "split": {
              "hidden": null,
              "parties": [
                {"party": "Har\\"bour\\u0001", "n": 5, "mean": 2.6},
                {"party": "Meadow", "n": 6, "mean": 4.2}
              ],
              "gap": 1.6,
              "clear": true
            },
            "change": null
          }
        ],
        "for_discussion": [],
        "strengths": [1],
        "health": 3.4545454545454546,
        "trust": 3.4545454545454546
      }

      """)
  }

  @Test func `JSON of a hidden round has the count and nulls`() throws {
    let text = try report([.answering("All", [1, 2], roll: 3)]).json
    let object = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(object["answers"] as? Int == 2)
    #expect(object["hidden"] as? String == "too few answers")
    #expect((object["items"] as? [Any])?.isEmpty == true)
    for key in ["split", "for_discussion", "strengths", "health", "trust"] { #expect(object[key] is NSNull, "\(key)") }
  }

  @Test func `CSV quotes what it must, and no cell begins with a name that somebody typed`() throws {
    let lines = try report([.answering("=1+1", [1, 2, 3, 4, 3]), .answering("Mea,dow", [4, 5, 4, 3, 4, 5])]).csv
      .components(separatedBy: "\r\n")
    #expect(lines.count == 3)
    #expect(lines[0].contains("n: =1+1,mean: =1+1,\"n: Mea,dow\",\"mean: Mea,dow\",gap"))
    #expect(lines[1] == "11,11,,1,id-1,11,3.4545454545454546,1,1,3,4,2,not for discussion,true,3.4545454545454546,3.4545454545454546,false,,5,2.6,6,4.2,1.6,true,,,")
  }

  @Test func `CSV of a hidden round has the count and why`() throws {
    let lines = try report([.answering("All", [1, 2], roll: 3)]).csv.components(separatedBy: "\r\n")
    #expect(lines[1].hasPrefix("3,2,too few answers,,,"))
    #expect(lines[0].split(separator: ",").count == lines[1].filter { $0 == "," }.count + 1)
  }
}
