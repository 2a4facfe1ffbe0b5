import Foundation
import Partnering
import Testing

@testable import Database
@testable import Rapport

@Suite struct RoundTellingTests {
  @Test(arguments: [0, 3, 10])
  func `whoever was not told of a report before a crash is told after it, and nobody twice`(told count: Int) async throws {
    let (told, round) = try await RoundStory.opened()
    try await told.close(round)
    let before = try await told.messages()
    #expect(Set(before) == Set(told.everybody.map(\.id.text)) && before.count == told.everybody.count)
    let left = before.sorted().dropFirst(count)
    try await told.story.house.database.write { connection in
      let space = try #require(try connection.first("SELECT space_id FROM round WHERE id = $1", [.id(round)])).text("space_id")
      for person in left {
        try connection.execute("DELETE FROM message WHERE kind = 'results' AND person_id = $1", [.text(person)])
      }
      try connection.execute(
        "INSERT INTO round_to_tell (space_id, round_id, kind, told_up_to) VALUES ($1, $2, 'results', $3)",
        [.text(space), .id(round), .text(before.sorted().prefix(count).last ?? "")])
    }
    let house = try await told.story.restarted()
    try await house.sweepKeys()
    try await house.sweepKeys()
    #expect(try await told.messages().sorted() == before.sorted())
    #expect(try await house.roundStore.toTell().isEmpty)
  }

  @Test func `sealed values that a crash left of a round that is over are removed`() async throws {
    let (told, round) = try await RoundStory.opened()
    let kept = try await told.sealedRows()
    #expect(!kept.isEmpty)
    try await told.close(round)
    #expect(try await told.sealedRows().isEmpty)
    try await told.story.house.database.write { connection in
      for row in kept {
        try connection.execute(
          """
          INSERT INTO sealed_value (space_id, round_id, kind, segment, bucket, page, value)
          VALUES ($1, $2, $3, $4, $5, $6, $7)
          """,
          ["space_id", "round_id", "kind", "segment", "bucket", "page", "value"].map { try row.value($0) })
      }
    }
    try await told.story.restarted().sweepKeys()
    #expect(try await told.sealedRows().isEmpty)
  }
}

extension RoundStory {
  fileprivate func messages() async throws -> [String] {
    try await story.house.database.read { connection in
      try connection.query("SELECT person_id FROM message WHERE kind = 'results'").map { try $0.text("person_id") }
    }
  }

  fileprivate func sealedRows() async throws -> [Row] {
    try await story.house.database.read { try $0.query("SELECT * FROM sealed_value") }
  }
}
