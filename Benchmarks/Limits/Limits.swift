import Ballots
import Database
import Foundation
import Logging
import Partnering
import Rapport

/// What the machine allows without a server around it, as JSON.
///
///     limits sign                     blind signatures and their checks on one core
///     limits commit FOLDER [ADDRESS]  commits of sealed pages, alone and many together
///     limits close FOLDER [ADDRESS]   how long the installation in this folder takes to close its open rounds, until people are told and sealed
///                                   values removed; `script/bench --only closing` says when the report is there
///
/// An address is that of a PostgreSQL database; without one, SQLite in the folder is used.
@main
struct Limits {
  static func main() async throws {
    let arguments = CommandLine.arguments.dropFirst()
    let address = arguments.dropFirst(2).first
    switch (arguments.first, arguments.dropFirst().first) {
    case ("sign", _): print(json(try signing()))
    case ("commit", let folder?): print(json(try await committing(in: URL(fileURLWithPath: folder), address)))
    case ("close", let folder?): print(json(try await closing(URL(fileURLWithPath: folder), address)))
    default: print("limits sign | limits commit FOLDER [ADDRESS] | limits close FOLDER [ADDRESS]")
    }
  }

  private static func signing() throws -> [(String, Double)] {
    let key = try SegmentKey.generate()
    let digest = OpeningDigest(of: Data("digest".utf8))
    let holders = try (0..<50).map { _ in
      try BallotHolder(ballotKey: BallotKey(), digest: digest, segment: key.publicKey)
    }
    let signatures = try holders.map { try $0.finish(signature: key.blindSign(blinded: $0.blinded)) }
    let sign = try perSecond { try (0..<50).forEach { _ = try key.blindSign(blinded: holders[$0].blinded) } } * 50
    let verify =
      try perSecond {
        for (holder, signature) in zip(holders, signatures) {
          _ = try key.publicKey.verify(serial: holder.serial, signature: signature)
        }
      } * 50
    return [("sign", sign), ("verify", verify), ("both", 1 / (1 / sign + 1 / verify))]
  }

  /// The pages that one ballot rewrites: comments, ratings, receipts, slips. Each page is another row, as in a hundred
  /// rounds at once.
  private static func committing(in folder: URL, _ address: String?) async throws -> [(String, Double)] {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let database: any Database =
      if let address { try await PostgresDatabase(address) } else {
        try SQLiteDatabase(path: folder.appendingPathComponent("commits.sqlite").path)
      }
    try await database.write { connection in
      try connection.execute(
        "CREATE TABLE page (place BIGINT, kind BIGINT, value BYTEA NOT NULL, PRIMARY KEY (place, kind))")
    }
    let sizes = [66_208, 4_448, 2_080, 4_192]
    var found: [(String, Double)] = []
    for (name, kinds, together) in [
      ("one_page", 1, 1), ("one_page_of_32", 1, 32), ("ballot", 4, 1), ("ballot_of_32", 4, 32),
    ] {
      var turn = 0
      let commits = try await perSecondAsync {
        let first = turn
        turn += together
        try await database.write { connection in
          for place in first..<first + together {
            for kind in 0..<kinds {
              let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: place), count: sizes[kind])
              try connection.execute(
                """
                INSERT INTO page (place, kind, value) VALUES ($1, $2, $3)
                ON CONFLICT (place, kind) DO UPDATE SET value = excluded.value
                """, [Value(place % 100), Value(kind), .bytes(bytes)])
            }
          }
        }
      }
      found.append((name, commits * Double(together)))
    }
    try database.close()
    return found
  }

  private static func closing(_ folder: URL, _ address: String?) async throws -> [(String, Double)] {
    guard let base = BaseURL("http://127.0.0.1:8080") else { return [] }
    let data = try DataFolder(folder)
    defer { withExtendedLifetime(data) {} }
    let configuration = Configuration(data: folder, database: address, baseURL: base, isDemonstration: true)
    let database = try await data.openDatabase(of: configuration)
    let later = Clock.system.now + .hours(25)
    let house = try await House(
      configuration: configuration, database: database, clock: Clock { later }, logger: Logger(label: "limits"))
    let begun = DispatchTime.now().uptimeNanoseconds
    let closed = try await house.closeDueRounds()
    let milliseconds = Double(DispatchTime.now().uptimeNanoseconds - begun) / 1e6
    try database.close()
    return [("closed", Double(closed)), ("milliseconds", milliseconds)]
  }

  private static func perSecond(_ work: () throws -> Void) rethrows -> Double {
    let begun = DispatchTime.now().uptimeNanoseconds
    var turns = 0.0
    while DispatchTime.now().uptimeNanoseconds - begun < 1_500_000_000 {
      try work()
      turns += 1
    }
    return turns / (Double(DispatchTime.now().uptimeNanoseconds - begun) / 1e9)
  }

  private static func perSecondAsync(_ work: () async throws -> Void) async rethrows -> Double {
    let begun = DispatchTime.now().uptimeNanoseconds
    var turns = 0.0
    while DispatchTime.now().uptimeNanoseconds - begun < 1_500_000_000 {
      try await work()
      turns += 1
    }
    return turns / (Double(DispatchTime.now().uptimeNanoseconds - begun) / 1e9)
  }

  private static func json(_ values: [(String, Double)]) -> String {
    "{" + values.map { "\"\($0.0)\":\(String(format: "%.1f", $0.1))" }.joined(separator: ",") + "}"
  }
}
