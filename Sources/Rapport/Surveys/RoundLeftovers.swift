import Ballots
import Partnering

/// What could not be finished, on a full disk for instance; `RoundKeeper` tries it again until it can be.
actor RoundLeftovers {
  /// Whether keys of rounds that are over are still there, or are not noted as closed.
  private(set) var needsSweep = false
  private var openings: [ID<Round>: RoundRecord] = [:]
  /// What requests to this server are opening just now.
  private(set) var openingsUnderWay: Set<ID<Round>> = []

  func sweepLater() { needsSweep = true }
  func swept() { needsSweep = false }

  func begins(_ opening: ID<Round>) { openingsUnderWay.insert(opening) }
  func ends(_ opening: ID<Round>) { openingsUnderWay.remove(opening) }

  func takeBackLater(_ opening: RoundRecord) { openings[opening.id] = opening }
  func tookBack(_ opening: RoundRecord) { openings[opening.id] = nil }
  var openingsToTakeBack: [RoundRecord] { Array(openings.values) }
}

extension House {
  /// Notes for good that a round is over, and destroys its key; the database has it already. What fails now is done by
  /// the sweep: the round is over either way, and nobody is told otherwise.
  func bury(_ round: ID<Round>) async {
    guard let name = round.roundName else { return }
    do {
      // In this order: a crash between them leaves a key that the sweep removes, never a round that could open again.
      try keys.markClosed(name)
      try keys.destroyKey(of: name)
      try await clearSealed(round)
    } catch {
      logger.error("round.bury", metadata: ["error": "\(String(reflecting: error))"])
      // Destroying needs no room.
      try? keys.destroyKey(of: name)
      await leftovers.sweepLater()
    }
  }

  /// Puts an opening back that did not finish, now or as soon as it can be.
  func takeBack(_ opening: RoundRecord) async {
    do {
      try await abandonOpening(opening)
      await leftovers.tookBack(opening)
      try? await leases.leave(opening.openingLease)
    } catch {
      await leftovers.takeBackLater(opening)
    }
  }
}
