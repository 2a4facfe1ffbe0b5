import Database
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Partnering

/// One request to a page: who asks, in which language, and what the form said.
struct Visit: Sendable {
  let house: House
  let now: Instant
  let language: Language
  let timeZone: TimeZone
  /// `nil` if nobody is signed in.
  let person: SignedInPerson?
  let form: Form
  /// The body as it came, for requests that are no forms.
  let body: [UInt8]
  /// The address without scheme and host.
  let path: String
  let query: Form
  /// What a form of this session must carry; empty if nobody is signed in.
  let formToken: String
  /// One sentence about what was just done, carried over one redirect.
  let notice: Notice?

  /// Today where the reader is.
  var today: CalendarDay { formats.calendarDay(now) }

  /// The same visit, as if to the start page, and without what was done before: for a refusal.
  var refused: Visit {
    Visit(
      house: house, now: now, language: language, timeZone: timeZone, person: person, form: form, body: body, path: "/",
      query: query, formToken: formToken, notice: nil)
  }

  var words: Words { house.wordBook.words(in: language) }
  var formats: Formats { Formats(language: language, timeZone: timeZone) }
}

/// The person behind a session.
struct SignedInPerson: Sendable {
  let space: ID<Space>
  let id: ID<Person>
  let organisation: ID<Organisation>
  let name: String
  let isManager: Bool
  let isHead: Bool
  /// Signed in by the personal link of this round only.
  let onlyRound: ID<Round>?
}

/// A sentence shown once on the next page.
struct Notice: Sendable {
  /// `good` or `problem`: what the style sheet shows as shape and colour.
  let kind: String
  let text: String
}

/// Kinds of things that have ids.
enum Space {}
enum Organisation {}
enum Person {}
enum Partnership {}
enum Party {}
enum Member {}
enum Round {}
enum Message {}
enum Event {}
enum Conclusion {}
enum Action {}
enum ActionComment {}
enum Challenge {}
enum ChallengeAnswer {}
enum Celebration {}
