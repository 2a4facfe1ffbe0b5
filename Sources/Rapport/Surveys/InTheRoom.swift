import Ballots
import Hummingbird
import Partnering

/// The projector's page of a round that lasts as long as people sit in one room.
extension RoundRoutes {
  @Sendable func showRoom(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope) = (try context.visiting(), try await context.round())
    let round = try await store.round(scope)
    if round.state == .closed { return visit.redirect(to: RoundAddress(scope).report) }
    guard round.state == .open, round.roomMinutes != nil else { return visit.redirect(to: round.path) }
    let content = RoomPage(round, try await house.room(of: round), visit)
    let head = visit.roundHead(
      in: scope.partnership, title: visit.words("room.title"), lead: content.lead,
      below: (visit.roundName(round), round.path), scripts: ["room.js"])
    return try visit.page("room", content, head)
  }

  /// One word, for the page's script.
  @Sendable func tellRoom(_ request: Request, _ context: PageContext) async throws -> Response {
    let scope = try await context.round()
    let round = try await store.round(scope)
    // Over two weeks the moment of the last ballot would tell who was asked to hurry, and then did.
    guard round.state != .open || round.roomMinutes != nil else { throw Refusal.because("room.not-here") }
    return try .json(try await house.room(of: round))
  }
}

/// All that a room is told of its round before the report. No reply is longer than another, so that the lengths in a
/// proxy's log do not tell when the last ballot came. [anonymity, section 2]
enum Room: String, Encodable {
  case open, everybody, closed

  /// What makes all replies and pages equally long.
  var pad: String { String(repeating: "0", count: "everybody".utf8.count - rawValue.utf8.count) }

  func encode(to encoder: any Encoder) throws { try ["state": rawValue, "pad": pad].encode(to: encoder) }
}

extension House {
  fileprivate func room(of round: RoundRecord) async throws -> Room {
    guard round.state == .open else { return .closed }
    do {
      let (open, sealed) = (try await sealedRounds.open(round.id), try await sealedRounds.sealed(of: round.id))
      return open.hasEverybody(in: sealed) ? .everybody : .open
    } catch is RoundClosed { return .closed }
  }
}

extension OpenRound {
  /// Whether all have sent, in every segment. It is kept nowhere.
  fileprivate func hasEverybody(in sealed: SealedRound) -> Bool {
    document.segments.enumerated().allSatisfy { sealed.ballots(ofSegment: $0.offset) == $0.element.roll }
  }
}

struct RoomPage: Sendable {
  let lead: String
  /// Where people answer, in letters and as a square.
  let address: String
  let code: QRCode?
  let digestWords: [String]
  let closesAt: String
  /// Until the close.
  let seconds: String
  let state, pad: String
  let path, statePath, report: String

  init(_ round: RoundRecord, _ room: Room, _ visit: Visit) {
    lead = visit.words("rounds.lead-open", ["moment": .text(visit.formats.moment(round.closesAt))])
    address = visit.house.configuration.baseURL.link("/rounds/\(round.id)/answer")
    code = QRCode(address)
    digestWords = round.digest?.words ?? []
    closesAt = visit.formats.machine(round.closesAt)
    seconds = String(max(0, (round.closesAt.milliseconds - visit.now.milliseconds) / 1_000))
    (state, pad) = (room.rawValue, room.pad)
    path = "\(round.path)/room"
    (statePath, report) = ("\(path)/state", "\(round.path)/report")
  }
}
