import Partnering

/// Something that went well and is celebrated: planned for a day, then held.
struct CelebrationRecord: Sendable {
  /// What became of it.
  struct Holding: Sendable {
    let day: CalendarDay
    let note: String?
    /// In words.
    let sharedWith: String?
  }

  let id: ID<Celebration>
  /// The round whose report showed the strength, and the item's number.
  let round: ID<Round>?
  let item: Int?
  let what: String
  let plannedFor: CalendarDay
  let planner: ID<Person>
  /// The planner's name; `nil` once erased.
  let plannedBy: String?
  let plannedAt: Instant
  /// `nil` until somebody says that it was held.
  let holding: Holding?
  /// What its picture shows, in words; `nil` without a picture.
  let picture: String?
  /// One more at each change.
  let version: Int
}

/// A celebration as it is planned or changed.
struct CelebrationPlan: Sendable {
  let what: String
  let day: CalendarDay
  /// The report's item that is celebrated.
  let cause: ReportedItem?
}
