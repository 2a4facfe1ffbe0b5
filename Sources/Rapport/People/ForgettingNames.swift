import Database
import Foundation
import Partnering

extension PeopleStore {
  /// Takes the names of erased people out of the opening document of a round that has ended; its digest stays as it
  /// was. A round that closes or is withdrawn calls this in its own write; while it is open, everybody on the roll
  /// checks the document against the digest, so it must not change.
  static func forgetNames(
    ofErasedIn round: ID<Round>, in space: ID<Space>, _ connection: any Connection
  ) throws {
    let erased = try connection.query(
      """
      SELECT person_id
      FROM roll_entry
      JOIN person ON person.space_id = roll_entry.space_id AND person.id = roll_entry.person_id
      WHERE roll_entry.space_id = $1 AND round_id = $2 AND erased_at IS NOT NULL
      """,
      [.id(space), .id(round)]
    ).map { try $0.text("person_id") }
    guard !erased.isEmpty, let bytes = try OpeningDocumentStore.bytes(of: round, in: space, connection),
      let forgetful = ForgetfulDocument(bytes, without: Set(erased))
    else { return }
    try OpeningDocumentStore.keep(forgetful.bytes, of: round, in: space, connection)
  }
}

/// An opening document in which some people's names are `null`.
struct ForgetfulDocument {
  let bytes: [UInt8]

  /// Wherever an object has one of the ids as its `person`, its `name` goes. `nil` if the bytes are no JSON.
  init?(_ bytes: [UInt8], without people: Set<String>) {
    guard let value = try? JSONSerialization.jsonObject(with: Data(bytes)),
      let forgotten = try? JSONSerialization.data(
        withJSONObject: Self.forgetting(value, people), options: [.sortedKeys, .withoutEscapingSlashes])
    else { return nil }
    self.bytes = Array(forgotten)
  }

  private static func forgetting(_ value: Any, _ people: Set<String>) -> Any {
    if let values = value as? [Any] { return values.map { forgetting($0, people) } }
    guard var object = value as? [String: Any] else { return value }
    if let person = object["person"] as? String, people.contains(person) { object["name"] = NSNull() }
    return object.mapValues { forgetting($0, people) }
  }
}
