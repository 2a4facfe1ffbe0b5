import Database
import Hummingbird
import NIOCore
import Partnering

/// The picture of a celebration: one for each, made anew before it is kept, for those who have a seat.
extension CelebrationRoutes {
  @Sendable func sendPicture(_ request: Request, _ context: PageContext) async throws -> Response {
    let (_, scope, celebration) = try await celebration(context)
    guard let picture = try await store.picture(of: celebration.id, in: scope) else { throw Refusal.notFound }
    return Response(
      status: .ok, headers: [.contentType: "image/jpeg"], body: .init(byteBuffer: ByteBuffer(bytes: picture)))
  }

  @Sendable func keepPicture(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope, celebration) = try await celebration(context)
    try scope.mustTakePart()
    do {
      var refusals = FieldRefusals()
      let says = refusals.text(visit.form["picture-says"], in: "picture-says", longest: 300)
      let file = visit.form.file("picture") ?? []
      if file.isEmpty { refusals.refuse("picture", "celebrations.picture-missing") }
      try refusals.check()
      let picture = try await developed(file)
      try await store.keep(picture, saying: says ?? "", of: celebration.id, in: scope)
      return visit.redirect(to: scope.path(of: celebration), saying: "celebrations.picture-kept")
    } catch let refusals as FieldRefusals {
      return try page(celebration, HoldingForm(celebration, today: visit.today), refusals, scope, visit)
    }
  }

  @Sendable func removePicture(_ request: Request, _ context: PageContext) async throws -> Response {
    let (visit, scope, celebration) = try await celebration(context)
    try scope.mustTakePart()
    try await store.removePicture(of: celebration.id, in: scope)
    return visit.redirect(to: scope.path(of: celebration), saying: "celebrations.picture-removed")
  }

  private func developed(_ file: [UInt8]) async throws -> [UInt8] {
    do {
      return try await Darkroom.developed(file)
    } catch PictureProblem.noPicture {
      throw FieldRefusals("picture", "celebrations.no-picture")
    } catch PictureProblem.tooManyPixels {
      throw FieldRefusals("picture", "celebrations.too-many-pixels", ["most": .count(Darkroom.mostPixels / 1_000_000)])
    } catch PictureProblem.noLibrary {
      throw FieldRefusals("picture", "celebrations.no-library")
    }
  }
}

/// Where a form brings a picture, and how much that may be.
enum PictureUpload {
  static let limit = 8 * 1_024 * 1_024
  /// A phone on the way home sends slowly.
  static let deadline = Duration.seconds(120)

  static func isSent(to path: String) -> Bool {
    let steps = path.split(separator: "/")
    return steps.count == 5 && steps[0] == "partnerships" && steps[2] == "celebrations" && steps[4] == "picture"
  }
}

extension CelebrationStore {
  func picture(of id: ID<Celebration>, in scope: PartnershipScope) async throws -> [UInt8]? {
    try await database.read { connection in
      try connection.first(
        "SELECT picture FROM celebration WHERE space_id = $1 AND partnership_id = $2 AND id = $3",
        [.id(scope.space), .id(scope.partnership), .id(id)]
      )?.bytesIfAny("picture")
    }
  }

  /// - Throws: `Refusal.because` while the celebration has not been held.
  func keep(_ picture: [UInt8], saying says: String, of id: ID<Celebration>, in scope: PartnershipScope) async throws {
    try await database.write { connection in
      let kept = try connection.execute(
        """
        UPDATE celebration SET picture = $4, picture_says = $5
        WHERE space_id = $1 AND partnership_id = $2 AND id = $3 AND held_on IS NOT NULL
        """, [.id(scope.space), .id(scope.partnership), .id(id), .bytes(picture), .text(says)])
      guard kept == 1 else { throw Refusal.because("celebrations.hold-first") }
    }
  }

  func removePicture(of id: ID<Celebration>, in scope: PartnershipScope) async throws {
    try await database.write { connection in
      try connection.execute(
        """
        UPDATE celebration SET picture = NULL, picture_says = NULL
        WHERE space_id = $1 AND partnership_id = $2 AND id = $3
        """, [.id(scope.space), .id(scope.partnership), .id(id)])
    }
  }
}
