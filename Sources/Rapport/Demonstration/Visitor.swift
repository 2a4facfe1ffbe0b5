import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOConcurrencyHelpers
import NIOCore

/// A person at a browser, inside the program: keeps cookies, fills in forms, follows links. The demonstration's
/// people use Rapport through this, by the same pages as everybody, and so do the tests.
actor Visitor {
  private let responder: any HTTPResponder<BareContext>
  private let logger: Logger
  private let place: String?
  private var cookies: [String: String] = [:]
  private(set) var last = Page(status: .ok, headers: [:], body: ByteBuffer())
  /// Of the last page that had forms: a redirect or a refusal in between has none.
  private var formToken = ""

  struct Page: Sendable {
    let status: HTTPResponse.Status
    let headers: HTTPFields
    let body: ByteBuffer

    var text: String { String(buffer: body) }

    /// Where a redirect leads.
    var location: String? { headers[.location] }

    /// The value that the page's forms must carry.
    var formToken: String {
      guard let name = text.range(of: "name=\"form-token\" value=\"") else { return "" }
      return String(text[name.upperBound...].prefix { $0 != "\"" })
    }
  }

  /// - Parameters:
  ///   - place: the network address of the browser; there is none inside the program.
  ///   - logger: gets the lines that the requests leave.
  init(
    to responder: any HTTPResponder<BareContext>, from place: String? = nil,
    logger: Logger = Logger(label: "inside") { _ in SwiftLogNoOpLogHandler() }
  ) { (self.responder, self.place, self.logger) = (responder, place, logger) }

  /// Comes with a cookie from elsewhere.
  func bring(cookie name: String, value: String) { cookies[name] = value }

  @discardableResult
  func get(_ path: String, headers: HTTPFields = [:]) async throws -> Page {
    try await send(.get, path, headers: headers, body: "")
  }

  /// Sends a form with the token of the last page that had one.
  @discardableResult
  func post(_ path: String, _ fields: [(String, String)]) async throws -> Page {
    var allowed = CharacterSet.alphanumerics
    allowed.insert(charactersIn: "-._~")
    let token = formToken.isEmpty ? [] : [("form-token", formToken)]
    let pairs: [String] = (fields + token).map { name, value in
      name + "=" + (value.addingPercentEncoding(withAllowedCharacters: allowed) ?? "")
    }
    let body: String = pairs.joined(separator: "&")
    return try await send(
      .post, path,
      headers: [.contentType: "application/x-www-form-urlencoded", .secFetchSite: "same-origin"], body: body)
  }

  /// Sends a form and follows the redirect that a done form answers with.
  @discardableResult
  func submit(_ path: String, _ fields: [(String, String)]) async throws -> Page {
    let answer = try await post(path, fields)
    guard answer.status == .seeOther, let location = answer.location else { return answer }
    return try await get(location)
  }

  @discardableResult
  func send(
    _ method: HTTPRequest.Method, _ path: String, headers: HTTPFields, body: String, withCookies: Bool = true
  ) async throws -> Page {
    try await send(method, path, headers: headers, bytes: Data(body.utf8), withCookies: withCookies)
  }

  @discardableResult
  func send(
    _ method: HTTPRequest.Method, _ path: String, headers: HTTPFields, bytes: Data, withCookies: Bool = true
  ) async throws -> Page {
    var headers = headers
    if withCookies, !cookies.isEmpty {
      let pairs: [String] = cookies.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
      headers[.cookie] = pairs.joined(separator: "; ")
    }
    let request = Request(
      head: HTTPRequest(method: method, scheme: "http", authority: "rapport", path: path, headerFields: headers),
      body: RequestBody(buffer: ByteBuffer(bytes: bytes)))
    let context = BareContext(inside: .init(logger: logger, peer: place))
    let response = try await responder.respond(to: request, context: context)
    keep(response.headers[values: .setCookie])
    let page = Page(status: response.status, headers: response.headers, body: try await Self.body(of: response))
    if withCookies {
      last = page
      if !page.formToken.isEmpty { formToken = page.formToken }
    }
    return page
  }

  private func keep(_ lines: [String]) {
    for line in lines {
      guard let pair = line.split(separator: ";").first, let equals = pair.firstIndex(of: "=") else { continue }
      let (name, value) = (String(pair[..<equals]), String(pair[pair.index(after: equals)...]))
      cookies[name] = value.isEmpty ? nil : value
    }
  }

  private static func body(of response: Response) async throws -> ByteBuffer {
    let collected = NIOLockedValueBox(ByteBuffer())
    try await response.body.write(CollectingWriter(collected: collected))
    return collected.withLockedValue { $0 }
  }
}

private struct CollectingWriter: ResponseBodyWriter {
  let collected: NIOLockedValueBox<ByteBuffer>

  mutating func write(_ buffer: ByteBuffer) async throws {
    collected.withLockedValue { _ = $0.writeImmutableBuffer(buffer) }
  }

  consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
