import Foundation
import HTTPTypes
import Hummingbird
import Partnering

/// Signing in with an e-mail address and a password, and signing out.
extension PeopleRoutes {
  @Sendable func showSignIn(_ request: Request, _ context: PageContext) async throws -> Response {
    let visit = try context.visiting()
    guard try await store.isSetUp() else { return try visit.page("not-set-up", EmptyPage(), notSetUp(visit)) }
    return try signInPage(SignInPage(email: "", back: Self.local(visit.query["back"]), refusal: nil), visit)
  }

  @Sendable func signIn(_ request: Request, _ context: PageContext) async throws -> Response {
    let visit = try context.visiting()
    let (email, back) = (EmailAddress(visit.form["email"])?.text ?? "", Self.local(visit.form["back"]))
    let account = PasswordGuesses.Subject.account(email)
    let subjects = [account] + (context.place(request).map { [.place($0)] } ?? [])
    do {
      try await house.guesses.check(subjects, at: visit.now)
      let found = try await store.account(email)
      guard try await (found?.password ?? .ofNobody).matches(visit.form["password"]), let found else {
        try await house.guesses.wrong(subjects, at: visit.now)
        throw Refusal.because("people.wrong-password", status: .unprocessableContent)
      }
      try await house.guesses.right(account)
      return try await visit.signingIn(found.id, in: found.space, going: back)
    } catch Refusal.because(let key, let values, let status) {
      let refused = SignInPage(email: visit.form["email"], back: back, refusal: visit.words(key, values))
      return try signInPage(refused, visit, status: status)
    }
  }

  @Sendable func signOut(_ request: Request, _ context: PageContext) async throws -> Response {
    let visit = try context.visiting()
    let cookie = house.cookie("session")
    if let value = request.cookies[cookie]?.value { try await sessions.end(value) }
    var response = visit.redirect(to: "/sign-in", saying: "people.signed-out")
    response.setCookie(Cookie(name: cookie, value: "", maxAge: 0, path: "/", httpOnly: true, sameSite: .lax))
    return response
  }

  @Sendable func chooseLanguage(_ request: Request, _ context: PageContext) async throws -> Response {
    let visit = try context.visiting()
    guard let language = Language(rawValue: visit.form["language"]) else {
      throw Refusal.because("application.not-understood", status: .badRequest)
    }
    if let person = visit.person { try await store.choose(language, for: person) }
    var response = visit.redirect(to: Self.local(visit.form["back"]))
    response.setCookie(
      Cookie(name: "language", value: language.rawValue, maxAge: 31_536_000, path: "/", httpOnly: true, sameSite: .lax))
    return response
  }

  /// Only an address of this site, so that no link of another can send people on from here.
  static func local(_ address: String) -> String {
    let bytes = Array(address.utf8.prefix(2))
    let isLocal = bytes.first == UInt8(ascii: "/") && bytes.dropFirst().first != UInt8(ascii: "/")
    return isLocal && !address.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\\") }) ? address : "/"
  }

  private func notSetUp(_ visit: Visit) -> PageHead { PageHead(title: visit.words("people.not-set-up-title")) }

  private func signInPage(
    _ content: SignInPage, _ visit: Visit, status: HTTPResponse.Status = .ok
  ) throws -> Response {
    try visit.page(
      "sign-in", content, PageHead(title: visit.words("people.sign-in-title"), lead: nil), status: status)
  }
}

extension PageContext {
  /// Where a guess comes from. A proxy on this machine says for whom it asks; nobody else is believed.
  func place(_ request: Request) -> String? {
    guard let peer, peer == "127.0.0.1" || peer == "::1" else { return peer }
    let forwarded = HTTPField.Name("X-Forwarded-For").flatMap { request.headers[$0] }
    return forwarded?.split(separator: ",").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? peer
  }
}

/// A page that is words only.
struct EmptyPage: Sendable {}

struct SignInPage: Sendable {
  let email: String
  let back: String
  let refusal: String?
}

extension Visit {
  /// Starts a session and goes on.
  func signingIn(
    _ person: ID<Person>, in space: ID<Space>, only round: ID<Round>? = nil, until: CalendarDay? = nil,
    going path: String, saying notice: String? = nil
  ) async throws -> Response {
    let last = until ?? now.day.adding(days: SessionStore.days)
    let value = try await SessionStore(database: house.database)
      .start(for: person, in: space, only: round, on: now.day, until: last)
    var response = redirect(to: path, saying: notice)
    let seconds = (last.daysSince1970 - now.day.daysSince1970 + 1) * 86_400
    response.setCookie(
      Cookie(
        name: house.cookie("session"), value: value, maxAge: seconds, path: "/",
        secure: house.configuration.baseURL.isSecure, httpOnly: true, sameSite: .lax))
    return response
  }
}
