import Database
import Partnering

/// Something that happened in a partnership, as the front page tells it to everybody.
struct Happening: Sendable {
  /// The key of its sentence, which may name {person}, {party} and {note}: "partnerships.joined".
  let kind: String
  var person: ID<Person>?
  var party: ID<Party>?
  var round: ID<Round>?
  /// Free text that belongs to it: a reason, a name.
  var note: String?

  /// Keeps it, inside the write that makes it so. Hardly anything happens that leaves a partnership where it was in a portfolio.
  func keep(
    in partnership: ID<Partnership>, of space: ID<Space>, at now: Instant, _ connection: any Connection
  ) throws {
    try connection.execute(
      """
      INSERT INTO event (space_id, id, partnership_id, kind, person_id, party_id, round_id, note, happened_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
      """,
      [
        .id(space), .id(Randomness.id(at: now) as ID<Event>), .id(partnership), .text(kind), .id(person), .id(party),
        .id(round), Value(note), .instant(now),
      ])
    try StandingStore.mark(partnership, in: space, connection)
  }
}
