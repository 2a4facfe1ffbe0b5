/// The shape that stands for a party beside its name, so that colour is never needed to tell parties apart.
struct PartyMarker: Equatable, Sendable {
  /// The outline around (0, 0), about 10 units across.
  let path: String
  /// The second four parties have the same shapes, hollow.
  let isHollow: Bool

  /// - Parameter seat: the party's place in the partnership's order, from 0.
  init(seat: Int) {
    let round = max(seat, 0) % 8
    switch round % 4 {
    case 0: path = "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0Z"
    case 1: path = "M0-5.8L5.8 0L0 5.8L-5.8 0Z"
    case 2: path = "M-4.2-4.2H4.2V4.2H-4.2Z"
    default: path = "M0-5.2L5.4 4.4H-5.4Z"
    }
    isHollow = round >= 4
  }
}
