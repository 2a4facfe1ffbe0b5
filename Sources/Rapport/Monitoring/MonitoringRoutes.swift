import HTTPTypes
import Hummingbird
import NIOCore

/// For whatever starts, watches and measures the program: no session, no page, no line in the log.
struct MonitoringRoutes: Sendable {
  let house: House

  func add(to router: Router<BareContext>) {
    router.get("/livez") { _, _ in Response.plain("alive\n") }
    router.get("/readyz", use: sendReadiness)
    router.get("/metrics", use: sendMetrics)
  }

  @Sendable private func sendReadiness(_ request: Request, _ context: BareContext) async -> Response {
    let readiness = await house.readiness()
    guard readiness != .ready else { return .plain("ready\n") }
    return .plain("not ready: \(readiness.rawValue)\n", status: .serviceUnavailable)
  }

  /// Without a token, there is no such page.
  @Sendable private func sendMetrics(_ request: Request, _ context: BareContext) async throws -> Response {
    guard let token = house.configuration.metricsToken else { throw Refusal.notFound }
    guard token.isIn(request.headers[.authorization]) else {
      var response = Response.plain("a bearer token is needed\n", status: .unauthorized)
      response.headers[.wwwAuthenticate] = "Bearer"
      return response
    }
    return .plain(await house.metrics(), type: "text/plain; version=0.0.4; charset=utf-8")
  }
}

extension Response {
  fileprivate static func plain(
    _ text: String, status: HTTPResponse.Status = .ok, type: String = "text/plain; charset=utf-8"
  ) -> Response {
    Response(
      status: status, headers: [.contentType: type, .cacheControl: "no-store"],
      body: .init(byteBuffer: ByteBuffer(string: text)))
  }
}
