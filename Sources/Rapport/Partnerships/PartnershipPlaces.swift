import Partnering

/// The places of a partnership, always in this order; a place appears when it exists.
enum PartnershipPlace: String, Sendable, CaseIterable {
  case now, survey, actions, people

  func path(in partnership: ID<Partnership>) -> String {
    switch self {
    case .now: "/partnerships/\(partnership)"
    case .survey: "/partnerships/\(partnership)/rounds"
    case .actions: "/partnerships/\(partnership)/actions"
    case .people: "/partnerships/\(partnership)/people"
    }
  }
}

extension Visit {
  /// The head of a page inside a partnership: the way here, and its places with this one marked.
  /// - Parameter trail: the steps below the partnership; the last without an address.
  func head(
    in scope: PartnershipScope, at place: PartnershipPlace, title: String, lead: String? = nil,
    trail: [PageFrame.Crumb] = [], scripts: [String] = []
  ) -> PageHead {
    let way = [
      PageFrame.Crumb(label: words("portfolio.title"), href: "/portfolio"),
      PageFrame.Crumb(label: scope.name, href: trail.isEmpty ? nil : PartnershipPlace.now.path(in: scope.partnership)),
    ]
    let places = PartnershipPlace.allCases.map { each in
      PageFrame.Place(
        label: words("places.\(each.rawValue)"), href: each.path(in: scope.partnership), current: each == place)
    }
    return PageHead(title: title, lead: lead, trail: way + trail, places: places, scripts: scripts)
  }
}
