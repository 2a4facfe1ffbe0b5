import Ballots
import Database
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Partnering

/// Around every request: the security headers, refusals as pages with a sentence; of ordinary pages also a line and a
/// figure for the operator.
struct Answering: RouterMiddleware {
  typealias Context = BareContext

  let house: House

  func handle(
    _ request: Request, context: BareContext, next: (Request, BareContext) async throws -> Response
  ) async throws -> Response {
    let begun = ContinuousClock.now
    var response: Response
    do {
      response = try await next(request, context)
    } catch {
      response = refusing(request, context, error)
    }
    if response.status == .serviceUnavailable { response.headers[.retryAfter] = "5" }
    let headers = response.headers
    for (name, value) in house.securityHeaders where headers[name] == nil { response.headers[name] = value }
    if let route = context.endpointPath, !QuietRoutes.contain(route) {
      let duration = ContinuousClock.now - begun
      house.meter.page(response.status, took: duration)
      // The route and not the address, which may have secrets in it.
      house.logger.info(
        "page",
        metadata: [
          "request": "\(context.mark)", "method": "\(request.method)", "route": "\(route)",
          "status": "\(response.status.code)", "ms": "\(duration / .milliseconds(1))",
        ])
    }
    return response
  }

  private func refusing(_ request: Request, _ context: BareContext, _ error: any Error) -> Response {
    let language =
      Language(rawValue: request.cookies["language"]?.value ?? "")
      ?? Language(accepting: request.headers[.acceptLanguage])
    let nobody = Visit(
      house: house, now: house.clock.now, language: language, timeZone: .gmt, person: nil, form: .none, body: [],
      path: "/", query: .none, formToken: "", notice: nil)
    return nobody.refusing(request, error, in: context)
  }
}

extension Visit {
  /// An error as a page with a sentence. What is not yours and what is not there are the same bytes to one visitor.
  func refusing(_ request: Request, _ error: any Error, in context: some MarkedContext) -> Response {
    let refused = RefusedRequest(error, words: words)
    tell(error, of: refused, in: context)
    if let location = refused.location(for: request) {
      return Response(status: .seeOther, headers: [.location: location])
    }
    return page(refused, request)
  }

  /// What the operator must know: mistakes of the program, and what the program could not do.
  private func tell(_ error: any Error, of refused: RefusedRequest, in context: some MarkedContext) {
    // Whoever asked has gone away.
    guard !(error is CancellationError) else { return }
    if QuietRoutes.contain(context.endpointPath) {
      if refused.isFault { house.quietFaults.tell(error, to: house.logger) }
      return
    }
    let values: Logger.Metadata = [
      "request": "\(context.mark)", "route": "\(context.endpointPath ?? "")", "error": "\(String(reflecting: error))",
    ]
    if refused.isFault {
      house.logger.error("fault", metadata: values)
    } else if refused.status.code >= 500 {
      house.logger.warning("unavailable", metadata: values)
    }
  }

  private func page(_ refused: RefusedRequest, _ request: Request) -> Response {
    if AnonymousRoutes.speakJSON(request.uri.path) || request.headers[.accept]?.hasPrefix("application/json") ?? false,
      let response = try? Response.json(RefusedJSON(refused), status: refused.status)
    {
      return response
    }
    let page = try? self.refused.page(
      "refusal", RefusalPage(sentence: refused.sentence), PageHead(title: refused.title), status: refused.status)
    return page ?? Response(status: refused.status, body: .init(byteBuffer: ByteBuffer(string: refused.sentence)))
  }
}

struct RefusalPage: Sendable { let sentence: String }

struct RefusedJSON: Encodable {
  struct Reason: Encodable {
    let code: String
    let message: String
  }
  let error: Reason

  init(code: String, message: String) { error = Reason(code: code, message: message) }

  fileprivate init(_ refused: RefusedRequest) {
    error = Reason(code: refused.code, message: refused.sentence)
  }
}

/// The routes of collecting and answering.
enum AnonymousRoutes {
  /// Those that a script asks: a refusal is an object with a code and a sentence.
  static func speakJSON(_ path: String) -> Bool { path.hasPrefix("/answers/") || path.hasSuffix("/credential") }
}

/// An error as people read it.
private struct RefusedRequest {
  let status: HTTPResponse.Status
  let code: String
  let title: String
  let sentence: String
  let isFault: Bool

  init(_ error: any Error, words: Words) {
    let (status, code, values): (HTTPResponse.Status, String, [String: Named]) =
      switch error {
      case Refusal.notFound: (.notFound, "application.not-found", [:])
      case Refusal.signInFirst: (.unauthorized, "application.sign-in-first", [:])
      case Refusal.foreignForm: (.forbidden, "application.foreign-form", [:])
      case Refusal.tooLarge(let limit): (.contentTooLarge, "application.too-large", ["limit": .count(limit / 1_024)])
      case Refusal.tooSlow: (.requestTimeout, "application.too-slow", [:])
      case Refusal.because(let key, let values, let status): (status, key, values)
      case DatabaseFailure.full: (.init(code: 507), "application.disk-full", [:])
      case DatabaseFailure.damaged: (.internalServerError, "application.damaged", [:])
      case let failure as KeyFolderFailure where failure.isFull: (.init(code: 507), "application.disk-full", [:])
      case let failure where failure.isOutage: (.serviceUnavailable, "application.unavailable", [:])
      case let error as HTTPError where error.status == .notFound: (.notFound, "application.not-found", [:])
      case let error as HTTPError where error.status.code < 500: (error.status, "application.not-understood", [:])
      case let refusals as FieldRefusals:
        (
          .unprocessableContent, refusals.refusals.first?.key ?? "application.not-understood",
          refusals.refusals.first?.values ?? [:]
        )
      default: (.internalServerError, "application.fault", [:])
      }
    self.status = status
    self.code = String(code.split(separator: ".").last ?? "")
    sentence = words(code, values)
    title = words(status == .notFound ? "application.not-found-title" : "application.refused-title")
    isFault = status == .internalServerError
  }

  /// Where somebody who is not signed in is sent, to come back afterwards.
  func location(for request: Request) -> String? {
    guard status == .unauthorized, request.method == .get || request.method == .head else { return nil }
    let allowed = CharacterSet.urlPathAllowed.subtracting(CharacterSet(charactersIn: "&+=?"))
    return "/sign-in?back=" + (request.uri.string.addingPercentEncoding(withAllowedCharacters: allowed) ?? "/")
  }
}

extension House {
  var securityHeaders: [(HTTPField.Name, String)] {
    var headers: [(HTTPField.Name, String)] = [
      (
        .contentSecurityPolicy,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
          + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
      ),
      (.xContentTypeOptions, "nosniff"),
    ]
    if let name = HTTPField.Name("Referrer-Policy") { headers.append((name, "no-referrer")) }
    if configuration.baseURL.isSecure {
      headers.append((.strictTransportSecurity, "max-age=31536000; includeSubDomains"))
    }
    return headers
  }
}
