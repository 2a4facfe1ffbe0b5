import Ballots
import Database
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Partnering

/// The page of a slip: answering without account, session or script, and keying in what came on paper. Like the way of a
/// browser's answer it knows nobody: no cookie is read, and no line is logged. [anonymity, Slips]
struct SlipRoutes: Sendable {
  let house: House
  /// More than any form of ours, so that a comment that is far too long comes back to be shortened.
  static let bodyLimit = 128 * 1_024
  static let bodyDeadline = Duration.seconds(20)

  func add(to router: Router<BareContext>) {
    let slips = router.group(context: AnswerContext.self)
    slips.get("/slips/:round", use: showForm)
    slips.post("/slips/:round", use: answer)
    slips.get("/slips/:round/form", use: showPaperForm)
  }

  @Sendable func showForm(_ request: Request, _ context: AnswerContext) async throws -> Response {
    try await onDesk(request, context, .none) { desk in
      try desk.formPage(SlipForm(items: desk.instrument.items.count), nil)
    }
  }

  @Sendable func showPaperForm(_ request: Request, _ context: AnswerContext) async throws -> Response {
    try await onDesk(request, context, .none) { desk in try desk.paperForm() }
  }

  @Sendable func answer(_ request: Request, _ context: AnswerContext) async throws -> Response {
    let body: [UInt8]
    do {
      body = try await BodyReader(limit: Self.bodyLimit, deadline: Self.bodyDeadline).read(request)
    } catch {
      return try anybody(request, .none).refused("slips.too-large", status: .contentTooLarge)
    }
    let form = Form(urlEncoded: body)
    return try await onDesk(request, context, form) { desk in
      let typed = SlipForm(form, items: desk.instrument.items.count)
      // Without a script, only a form that goes there and back keeps what is typed in it. Nothing of it is kept here.
      guard !form.has("speak") else { return try desk.formPage(typed.renewed(if: false), nil) }
      do {
        let sent = try typed.sent()
        let change = SealedRounds.Change.slipAnswer(sent.answer, slip: sent.code, sent.serial)
        guard
          case .slipAnswering(let answering) = try await house.sealedRounds.take(change, in: desk.slipRound.round.id)
        else { throw Refusal.notFound }
        return try desk.sentPage(answering, sent)
      } catch {
        return try desk.refusing(error, typed)
      }
    }
  }

  /// Finds the round that the address names. Every refusal is a page of this way, so that none asks who is there.
  private func onDesk(
    _ request: Request, _ context: AnswerContext, _ form: Form,
    _ act: @Sendable (SlipDesk) async throws -> Response
  ) async throws -> Response {
    let anybody = anybody(request, form)
    do {
      guard let id = ID<Round>(context.parameters.get("round") ?? ""),
        let found = try await house.roundStore.slipRound(id),
        let instrument = house.instruments.instrument(
          found.round.instrument, version: found.round.instrumentVersion, in: anybody.visit.language)
      else { return try anybody.refused("slips.no-such-round", status: .notFound) }
      let round = found.round
      switch round.state {
      case .withdrawn: return try anybody.refused("slips.withdrawn", status: .gone)
      case .closed: return try anybody.refused("slips.closed", status: .gone)
      case .open where house.clock.now >= round.closesAt: return try anybody.refused("slips.closed", status: .gone)
      case .open, .interrupted: break
      case .draft, .opening: return try anybody.refused("slips.no-such-round", status: .notFound)
      }
      return try await act(SlipDesk(anybody: anybody, slipRound: found, instrument: instrument))
    } catch let error where error.isOutage {
      let key = request.method == .post ? "slips.unavailable" : "application.unavailable"
      return try anybody.refused(key, status: .serviceUnavailable, sendingAgain: form)
    } catch {
      house.quietFaults.tell(error, to: house.logger)
      return try anybody.refused("slips.fault", status: .internalServerError)
    }
  }

  private func anybody(_ request: Request, _ form: Form) -> Anybody {
    let query = Form(urlEncoded: (request.uri.query ?? "").utf8)
    let language =
      Language(rawValue: form["speak"]) ?? Language(rawValue: form["language"]) ?? Language(rawValue: query["language"])
      ?? Language(accepting: request.headers[.acceptLanguage])
    return Anybody(
      visit: Visit(
        house: house, now: house.clock.now, language: language, timeZone: .gmt, person: nil, form: form, body: [],
        path: request.uri.path, query: query, formToken: "", notice: nil))
  }
}

/// Whoever has a slip, or a form to key in.
struct Anybody: Sendable {
  let visit: Visit

  /// A page without script, under a policy by which its form travels without cookies.
  func page(
    _ template: String, _ content: some Sendable, title: String, status: HTTPResponse.Status = .ok
  ) throws -> Response {
    var response = try visit.page(template, content, PageHead(title: title, runsScripts: false), status: status)
    response.headers[.contentSecurityPolicy] = Self.policy
    response.headers[.cacheControl] = "no-store"
    return response
  }

  /// - Parameter form: what was typed, to be sent again as it is; nothing of it is kept here.
  func refused(_ key: String, status: HTTPResponse.Status, sendingAgain form: Form = .none) throws -> Response {
    let content = SlipRefusedPage(sentence: visit.words(key), action: visit.path, form)
    return try page("slip-refused", content, title: visit.words("slips.page-title"), status: status)
  }

  private static let policy =
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    + "sandbox allow-forms"
}

/// Why a slip is not taken now.
struct SlipRefusedPage: Sendable {
  struct Field: Sendable { let name, value: String }

  let sentence, action: String
  let fields: [Field]
  let hasFields: Bool

  init(sentence: String, action: String, _ form: Form) {
    (self.sentence, self.action) = (sentence, action)
    fields = form.fields.map { Field(name: $0.name, value: $0.value) }
    hasFields = !fields.isEmpty
  }
}

/// The page of one round's slips.
struct SlipDesk: Sendable {
  let anybody: Anybody
  let slipRound: SlipRound
  let instrument: Instrument

  private var visit: Visit { anybody.visit }
  private var title: String { visit.words("rounds.answer-title", ["partnership": .text(slipRound.partnership)]) }

  func formPage(
    _ form: SlipForm, _ refusals: FieldRefusals?, notice: String? = nil, status: HTTPResponse.Status = .ok
  ) throws -> Response {
    let content = SlipFormPage(form, refusals, notice: notice, slipRound, instrument, visit)
    return try anybody.page("slip", content, title: title, status: status)
  }

  func sentPage(_ answering: SlipAnswering, _ sent: SentSlip) throws -> Response {
    try anybody.page(
      "slip-sent", SlipSentPage(answering, sent, slipRound.round, visit), title: visit.words("slips.sent-title"))
  }

  func paperForm() throws -> Response {
    try anybody.page("survey-form", BlankFormPage(of: instrument, in: slipRound, visit), title: instrument.name)
  }

  /// The form again with everything that was typed, and one sentence beside what is wrong.
  func refusing(_ error: any Error, _ typed: SlipForm) throws -> Response {
    switch error {
    case let refusals as FieldRefusals:
      return try formPage(typed.renewed(if: false), refusals, status: .unprocessableContent)
    case let refusal as SlipRefusal:
      var refusals = FieldRefusals()
      // Whoever used the slip has something to type there; everything else is about the code.
      refusals.refuse(refusal == .spent ? "kept" : "code", refusal.sentence)
      return try formPage(typed.renewed(if: refusal == .serialTaken), refusals, status: .conflict)
    case RoundClosed.closed: return try anybody.refused("slips.closed", status: .gone)
    case RoundClosed.withdrawn: return try anybody.refused("slips.withdrawn", status: .gone)
    case RoundClosed.interrupted, RoundClosed.notOpen, RoundClosed.unknown:
      return try formPage(typed, nil, notice: "slips.not-open", status: .conflict)
    case DatabaseFailure.full: return try formPage(typed, nil, notice: "slips.disk-full", status: .init(code: 507))
    case let failure where failure.isOutage:
      return try formPage(typed, nil, notice: "slips.unavailable", status: .serviceUnavailable)
    default:
      visit.house.quietFaults.tell(error, to: visit.house.logger)
      return try formPage(typed, nil, notice: "slips.fault", status: .internalServerError)
    }
  }
}

extension SlipRefusal {
  fileprivate var sentence: String {
    switch self {
    case .unknown, .handedOut, .printedMeanwhile, .tooManyPrintings: "slips.unknown"
    case .notHandedOut: "slips.not-handed-out"
    case .void: "slips.void"
    case .spent: "slips.spent"
    case .serialTaken: "slips.serial-taken"
    }
  }
}
