import Crypto
import Database
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Partnering

/// Before a page's handler runs: reads the body within its limits, finds the session, and refuses a
/// form that another site sent.
struct Visiting: RouterMiddleware {
  typealias Context = PageContext

  let house: House
  /// The most that a page without a picture takes, in bytes; a pasted list of people is the largest.
  static let bodyLimit = 256 * 1_024
  static let bodyDeadline = Duration.seconds(20)

  func handle(
    _ request: Request, context: PageContext,
    next: (Request, PageContext) async throws -> Response
  ) async throws -> Response {
    var context = context
    let now = house.clock.now
    let cookies = request.cookies
    let session = try await sessions.find(cookies[house.cookie("session")]?.value, on: now.day)
    // Whoever is not signed in brings no picture.
    let isUpload = session != nil && PictureUpload.isSent(to: request.uri.path)
    let body = try await BodyReader(
      limit: isUpload ? PictureUpload.limit : Self.bodyLimit, deadline: isUpload ? PictureUpload.deadline : Self.bodyDeadline
    ).read(request)
    let form = Self.form(body, request.headers[.contentType] ?? "", mayHoldFiles: isUpload)
    let formToken = session.map { FormToken.make(for: $0.token) } ?? ""
    if request.method != .get && request.method != .head {
      try Self.checkOrigin(request, house.configuration.baseURL)
      let sent = request.headers[FormToken.header] ?? form[FormToken.field]
      guard session == nil || FormToken.isSame(sent, formToken) else { throw Refusal.foreignForm }
    }
    let language =
      session?.language ?? Language(rawValue: cookies["language"]?.value ?? "")
      ?? Language(accepting: request.headers[.acceptLanguage])
    let visit = Visit(
      house: house, now: now, language: language,
      timeZone: TimeZone(identifier: session?.timeZone ?? "") ?? .gmt,
      person: session?.person, form: form, body: body, path: request.uri.string,
      query: Form(urlEncoded: (request.uri.query ?? "").utf8), formToken: formToken,
      notice: Notice(carried: cookies["notice"]?.value, in: house.wordBook.words(in: language)))
    context.visit = visit
    var response: Response
    do { response = try await next(request, context) } catch {
      response = visit.refusing(request, error, in: context)
    }
    // A script that follows a redirect shows nobody the sentence: it stays for the page that comes next.
    let isSeen = request.headers[HTTPField.Name.secFetchDest] != "empty"
    if cookies["notice"] != nil, response.status == .ok, isSeen {
      response.setCookie(Cookie(name: "notice", value: "", maxAge: 0, path: "/", httpOnly: true, sameSite: .lax))
    }
    if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
    return response
  }

  private static func form(_ body: [UInt8], _ contentType: String, mayHoldFiles: Bool) -> Form {
    if contentType.hasPrefix("application/x-www-form-urlencoded") { return Form(urlEncoded: body) }
    guard mayHoldFiles else { return .none }
    return MultipartForm(contentType: contentType, body: body).map(Form.init) ?? .none
  }

  private var sessions: SessionStore { SessionStore(database: house.database) }

  /// The browser says where a form comes from; `Sec-Fetch-Site` where it can, else `Origin`.
  private static func checkOrigin(_ request: Request, _ baseURL: BaseURL) throws {
    if let site = request.headers[HTTPField.Name.secFetchSite] {
      guard site == "same-origin" || site == "none" else { throw Refusal.foreignForm }
    } else if let origin = request.headers[.origin] {
      guard origin == baseURL.description else { throw Refusal.foreignForm }
    }
  }
}

extension HTTPField.Name {
  static var secFetchDest: HTTPField.Name { HTTPField.Name("Sec-Fetch-Dest") ?? .origin }
  static var secFetchSite: HTTPField.Name { HTTPField.Name("Sec-Fetch-Site") ?? .origin }
}

/// The value that ties a form to the session whose page it stands on.
enum FormToken {
  static let field = "form-token"
  static var header: HTTPField.Name { HTTPField.Name("X-Form-Token") ?? .origin }

  static func make(for session: [UInt8]) -> String {
    let code = HMAC<SHA256>.authenticationCode(for: Data("form".utf8), using: SymmetricKey(data: session))
    return Data(code.prefix(18)).base64URL
  }

  /// Compares in a time that does not depend on where they differ.
  static func isSame(_ one: String, _ other: String) -> Bool {
    let (one, other) = (Array(one.utf8), Array(other.utf8))
    guard one.count == other.count else { return false }
    return zip(one, other).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }
}

/// Reads a body whole, or says that it is too large or too slow.
struct BodyReader {
  let limit: Int
  let deadline: Duration

  func read(_ request: Request) async throws -> [UInt8] {
    if request.method == .get || request.method == .head { return [] }
    if let length = request.headers[.contentLength].flatMap(Int.init), length > limit {
      throw Refusal.tooLarge(limit: limit)
    }
    return try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
      group.addTask { [limit] in
        do {
          return Array(buffer: try await request.body.collect(upTo: limit))
        } catch is NIOTooManyBytesError {
          throw Refusal.tooLarge(limit: limit)
        }
      }
      group.addTask { [deadline] in
        try await Task.sleep(for: deadline)
        return nil
      }
      defer { group.cancelAll() }
      guard let first = try await group.next(), let body = first else { throw Refusal.tooSlow }
      return body
    }
  }
}

extension House {
  /// `__Host-` keeps other hosts and plain http from setting it; over loopback http browsers refuse the prefix.
  func cookie(_ name: String) -> String { configuration.baseURL.isSecure ? "__Host-\(name)" : name }
}
