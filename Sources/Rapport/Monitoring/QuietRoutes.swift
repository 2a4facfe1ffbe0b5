/// The routes of which no request leaves a trace with the operator: no line, no figure, not even in a total.
///
/// Besides collecting and answering these are the steps right before and after them, since a person goes from one to the
/// next; and addresses that are secrets of a person.
enum QuietRoutes {
  /// - Parameter route: as the router knows it, `/rounds/{round}/answer`; `nil`, or a word of the router's, for what
  ///   does not exist.
  static func contain(_ route: String?) -> Bool {
    // What does not exist counts neither: an address that misses one of these by a letter is as telling.
    guard let route, route.hasPrefix("/") else { return true }
    return beginnings.contains { route.hasPrefix($0) }
  }

  private static let beginnings = [
    "/answers/", "/slips", "/rounds/", "/r/", "/calendar/", "/assets/", "/livez", "/readyz", "/metrics",
  ]
}
