import Hummingbird

/// The router of pages: handlers see who visits.
typealias Pages = RouterGroup<PageContext>

extension House {
  /// Every route of the product; a new capability is one line here.
  func router() -> Router<BareContext> {
    let router = Router(context: BareContext.self)
    router.add(middleware: Answering(house: self))
    AssetRoutes(assets: assets).add(to: router)
    MonitoringRoutes(house: self).add(to: router)
    AnswerRoutes(house: self).add(to: router)
    SlipRoutes(house: self).add(to: router)
    CalendarRoutes(house: self).add(to: router)
    let pages = router.group(context: PageContext.self)
    let _ = pages.add(middleware: Visiting(house: self))
    HomeRoutes(house: self).add(to: pages)
    PartnershipRoutes(house: self).add(to: pages)
    PeopleRoutes(house: self).add(to: pages)
    InstrumentRoutes(house: self).add(to: pages)
    ReportRoutes(house: self).add(to: pages)
    ExplanationRoutes(house: self).add(to: pages)
    AssessmentRoutes(house: self).add(to: pages)
    RoundRoutes(house: self).add(to: pages)
    ActionRoutes(house: self).add(to: pages)
    CalendarRoutes(house: self).add(to: pages)
    CelebrationRoutes(house: self).add(to: pages)
    DiscussionRoutes(house: self).add(to: pages)
    MailRoutes(house: self).add(to: pages)
    DemonstrationRoutes(house: self).add(to: pages)
    return router
  }

  /// Every route as "GET /path", sorted; what an address names stands in braces.
  public var routeList: [String] { router().routes.map { "\($0.method) \($0.path)" }.sorted() }
}

/// Style sheets and scripts: the address names a version, so it never changes.
struct AssetRoutes: Sendable {
  let assets: Assets

  func add(to router: Router<BareContext>) {
    router.get("/assets/:version/:name") { _, context in
      guard let asset = assets[context.parameters.get("name") ?? ""] else { throw Refusal.notFound }
      return Response(
        status: .ok,
        headers: [.contentType: asset.type, .cacheControl: "public, max-age=31536000, immutable"],
        body: .init(byteBuffer: ByteBuffer(bytes: asset.bytes)))
    }
  }
}
