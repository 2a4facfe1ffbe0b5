import CGD
import Foundation
import HTTPTypes
import NIOConcurrencyHelpers
import Partnering
import Testing

@testable import Rapport

@Suite struct PictureTests {
  @Test func `what a photograph says of where it was taken is gone, and the photograph stands upright`() async throws {
    let told = try await CelebrationStory()
    let path = try await told.held()
    // Taken with the camera turned: its left half, red, belongs on top.
    let photograph = Photograph.leftRed(width: 40, height: 20).jpeg(orientation: 6)
    #expect(photograph.contains(Photograph.place))
    #expect(try await told.send(photograph, to: path).status == .seeOther)
    let shown = try await told.other.get("\(path)/picture")
    #expect(shown.headers[.contentType] == "image/jpeg")
    let kept = Data(buffer: shown.body)
    #expect(!kept.contains(Photograph.place) && kept.range(of: Data("Exif".utf8)) == nil)
    let picture = try #require(Photograph(jpeg: kept))
    #expect(picture.size == "20x40")
    #expect(picture.isRed(x: 10, y: 3) && !picture.isRed(x: 10, y: 36))
  }

  @Test(arguments: [(1, 0, 0), (2, 1, 0), (3, 1, 1), (4, 0, 1), (5, 0, 0), (6, 1, 0), (7, 1, 1), (8, 0, 1)])
  func `every way to hold a camera is understood`(orientation: Int, right: Int, below: Int) async throws {
    let photograph = Photograph.cornerRed(width: 60, height: 40)
    let developed = try await Darkroom.developed(Array(photograph.jpeg(orientation: orientation)))
    let picture = try #require(Photograph(jpeg: Data(developed)))
    #expect(picture.size == (orientation < 5 ? "60x40" : "40x60"))
    for (x, y) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
      let isRed = picture.isRed(x: x == 0 ? 4 : picture.width - 5, y: y == 0 ? 4 : picture.height - 5)
      #expect(isRed == (x == right && y == below), "corner \(x) \(y)")
    }
  }

  @Test func `a large picture is kept with 1600 pixels on its longer side`() async throws {
    let developed = try await Darkroom.developed(
      Array(Photograph.leftRed(width: 1_000, height: 3_200).jpeg(orientation: 1)))
    let picture = try #require(Photograph(jpeg: Data(developed)))
    #expect(picture.size == "500x1600")
  }

  @Test func `a transparent PNG becomes a picture on white`() async throws {
    let developed = try await Darkroom.developed(Array(Photograph.transparent(width: 8, height: 8).png))
    #expect(try #require(Photograph(jpeg: Data(developed))).isWhite(x: 4, y: 4))
  }

  @Test(arguments: [(8_000, 5_001), (1, Int(UInt32.max)), (Int(UInt32.max), Int(UInt32.max)), (40_000_001, 1)])
  func `a small file that would become a huge picture is refused by its header`(width: Int, height: Int) async throws {
    await #expect(throws: PictureProblem.tooManyPixels) {
      try await Darkroom.developed(Photograph.pngHeader(width, height))
    }
  }

  @Test(arguments: [
    "Dear all, the cake was good.", "", "\u{89}PNG", "GIF89a          ", "<svg xmlns='http://www.w3.org/2000/svg'/>",
  ])
  func `a file that is no picture is refused with a sentence, whatever its name says`(text: String) async throws {
    let told = try await CelebrationStory()
    let path = try await told.held()
    let page = try await told.send(Data(text.utf8), to: path)
    #expect(page.status == .unprocessableContent)
    #expect(page.text.contains(text.isEmpty ? "Choose a picture" : "This file is no picture"))
    #expect(try await told.visitor.get("\(path)/picture").status == .notFound)
  }

  @Test func `a picture cut short anywhere never brings the server down`() async throws {
    for whole in [
      Photograph.leftRed(width: 64, height: 64).jpeg(orientation: 6), Photograph.transparent(width: 64, height: 64).png,
    ] {
      for length in stride(from: 0, to: whole.count, by: 7) {
        do { _ = try await Darkroom.developed(Array(whole.prefix(length))) } catch { #expect(error is PictureProblem) }
      }
    }
  }

  @Test func `what is wrong with a picture is not written past the log`() async throws {
    let told = try await #require(processExitsWith: .success, observing: [\.standardErrorContent]) {
      let jpeg = Photograph.leftRed(width: 64, height: 64).jpeg(orientation: 6)
      let png = Photograph.transparent(width: 64, height: 64).png
      // A chunk before the pixels that is not what it says it is.
      let gamma = Data([0, 0, 0, 1]) + Data("gAMA".utf8) + Data([0, 0xB5, 0xE7, 0xC4, 0xA6])
      let odd = png.prefix(33) + gamma + png.dropFirst(33)
      for file in [jpeg.prefix(200), jpeg.prefix(jpeg.count / 2), png.prefix(60), odd] {
        do { _ = try await Darkroom.developed(Array(file)) } catch is PictureProblem {}
      }
    }
    #expect(String(decoding: told.standardErrorContent, as: UTF8.self) == "")
  }

  @Test func `two pictures are developed at a time, and the others wait`() async throws {
    let photograph = Array(Photograph.leftRed(width: 900, height: 900).jpeg(orientation: 6))
    let inside = NIOLockedValueBox((now: 0, most: 0))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 1...24 {
        group.addTask {
          try await Darkroom.inTurn {
            inside.withLockedValue { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            for _ in 1...3 { _ = Photograph(jpeg: Data(photograph)) }
            inside.withLockedValue { $0.now -= 1 }
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(inside.withLockedValue { $0.most } == Darkroom.most)
  }

  @Test func `a picture comes with what it shows, and only once the celebration was held`() async throws {
    let told = try await CelebrationStory()
    let path = try await told.plan()
    let photograph = Photograph.leftRed(width: 8, height: 8).jpeg(orientation: 1)
    #expect(try await told.send(photograph, to: path).status == .conflict)
    try await told.hold(path, note: "", sharedWith: "")
    let page = try await told.send(photograph, to: path, says: "")
    #expect(page.status == .unprocessableContent && page.text.contains("id=\"picture-says-error\""))
    _ = try await told.send(photograph, to: path, says: "Two cakes & a quay")
    #expect(try await told.other.get(path).text.contains("alt=\"Two cakes &amp; a quay\""))
    _ = try await told.visitor.post("\(path)/picture/removal", [])
    #expect(try await told.other.get("\(path)/picture").status == .notFound)
  }

  @Test func `more than eight megabytes are refused, and elsewhere much less is`() async throws {
    let told = try await CelebrationStory()
    let path = try await told.held()
    #expect(try await told.send(Data(count: 8 * 1_024 * 1_024 + 1), to: path).status == .contentTooLarge)
    #expect(try await told.send(Data(count: 300_000), to: path).status == .unprocessableContent)
    #expect(try await told.send(Data(count: 300_000), to: path, at: "holding").status == .contentTooLarge)
  }

  @Test func `from somebody who is not signed in a picture is far too large, before it is read`() async throws {
    let told = try await CelebrationStory()
    let path = try await told.held()
    let stranger = told.rounds.story.visitor()
    let headers: HTTPFields = [.contentType: "multipart/form-data; boundary=limit", .secFetchSite: "same-origin"]
    for (size, status) in [(300_000, HTTPResponse.Status.contentTooLarge), (200_000, .unauthorized)] {
      let page = try await stranger.send(.post, "\(path)/picture", headers: headers, bytes: Data(count: size))
      #expect(page.status == status, "\(size)")
    }
  }

  @Test func `a picture from a page of somebody else's is refused`() async throws {
    let told = try await CelebrationStory()
    let path = try await told.held()
    let photograph = Photograph.leftRed(width: 8, height: 8).jpeg(orientation: 1)
    #expect(try await told.send(photograph, to: path, token: "guessed").status == .forbidden)
  }

  @Test(arguments: [
    "", "--x", "--x--", "--y\r\n\r\n--y--", "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nno end",
    "--x\r\nContent-Disposition: form-data\r\n\r\nno name\r\n--x--", "--x\r\nno header\r\n--x--", "--x\r\n\r\n\r\n--x",
  ])
  func `a body that is no form of parts is nothing`(body: String) {
    let form = MultipartForm(contentType: "multipart/form-data; boundary=x", body: Array(body.utf8))
    #expect((form?.texts ?? [:]).isEmpty && (form?.files ?? [:]).isEmpty)
  }

  @Test func `parts keep their bytes, line ends and dashes included`() throws {
    let content = "a\r\n--\r\n--xy\r\n\r\nb\r\n-"
    let body =
      "--x-\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a;name=b.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n\(content)"
      + "\r\n--x-\r\ncontent-disposition: form-data; name=\"t\"\r\n\r\nü\r\n--x---\r\n"
    let form = try #require(MultipartForm(contentType: "multipart/form-data; boundary=\"x-\"", body: Array(body.utf8)))
    #expect(form.files == ["f": Array(content.utf8)] && form.texts == ["t": ["ü"]])
  }
}

extension CelebrationStory {
  /// A celebration that was held, and where it is.
  func held() async throws -> String {
    let path = try await plan()
    try await hold(path, note: "Sun", sharedWith: "")
    return path
  }

  /// Sends a picture as a browser sends its form.
  func send(
    _ file: Data, to path: String, says: String = "The quay", at place: String = "picture", token: String? = nil
  ) async throws -> Visitor.Page {
    let token = if let token { token } else { try await visitor.get(path).formToken }
    var body = Data()
    for (name, value) in [("form-token", token), ("picture-says", says)] {
      body += Data("--limit\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n".utf8)
    }
    body += Data(
      "--limit\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"quay.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n"
        .utf8)
    body += file + Data("\r\n--limit--\r\n".utf8)
    return try await visitor.send(
      .post, "\(path)/\(place)",
      headers: [.contentType: "multipart/form-data; boundary=limit", .secFetchSite: "same-origin"], bytes: body)
  }
}

/// A picture that a test draws, or looks at.
final class Photograph {
  private let image: gdImagePtr
  /// What the story's photographs say of where they were taken.
  static let place = Data("N54.32 E10.13".utf8)

  private init(_ image: gdImagePtr) { self.image = image }

  convenience init?(jpeg: Data) {
    var bytes = Array(jpeg)
    guard let image = gdImageCreateFromJpegPtr(Int32(bytes.count), &bytes) else { return nil }
    self.init(image)
  }

  deinit { gdImageDestroy(image) }

  static func leftRed(width: Int32, height: Int32) -> Photograph { drawn(width, height, red: (width / 2, height)) }
  static func cornerRed(width: Int32, height: Int32) -> Photograph {
    drawn(width, height, red: (width / 2, height / 2))
  }

  private static func drawn(_ width: Int32, _ height: Int32, red: (Int32, Int32)) -> Photograph {
    guard let image = gdImageCreateTrueColor(width, height) else { fatalError("no memory") }
    gdImageFilledRectangle(image, 0, 0, width, height, 0x0000FF)
    gdImageFilledRectangle(image, 0, 0, red.0 - 1, red.1 - 1, 0xFF0000)
    return Photograph(image)
  }

  static func transparent(width: Int32, height: Int32) -> Photograph {
    guard let image = gdImageCreateTrueColor(width, height) else { fatalError("no memory") }
    gdImageAlphaBlending(image, 0)
    gdImageSaveAlpha(image, 1)
    gdImageFilledRectangle(image, 0, 0, width, height, 0x7F00_0000)
    return Photograph(image)
  }

  var width: Int { Int(image.pointee.sx) }
  var height: Int { Int(image.pointee.sy) }
  var size: String { "\(width)x\(height)" }

  private func colour(_ x: Int, _ y: Int) -> (red: Int32, green: Int32, blue: Int32) {
    let value = gdImageGetTrueColorPixel(image, Int32(x), Int32(y))
    return (value >> 16 & 0xFF, value >> 8 & 0xFF, value & 0xFF)
  }
  func isRed(x: Int, y: Int) -> Bool { colour(x, y).red > 200 && colour(x, y).blue < 60 }
  func isWhite(x: Int, y: Int) -> Bool {
    [colour(x, y).red, colour(x, y).green, colour(x, y).blue].allSatisfy { $0 > 240 }
  }

  var png: Data { data { gdImagePngPtr(image, &$0) } }

  /// With an EXIF segment as a phone writes it: how the camera was held, and a place. [Exif 2.32]
  func jpeg(orientation: Int) -> Data {
    let plain = data { gdImageJpegPtr(image, &$0, 95) }
    let place = Self.place + Data([0])
    var exif = Data("Exif\0\0MM\0*".utf8) + Data([0, 0, 0, 8, 0, 2])
    exif += Data([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, UInt8(orientation), 0, 0])
    exif += Data([0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 38]) + Data([0, 0, 0, 0])
    exif += Data([0, 1, 0, 0x1C, 0, 2, 0, 0, 0, UInt8(place.count), 0, 0, 0, 56]) + Data([0, 0, 0, 0]) + place
    let length = exif.count + 2
    return plain.prefix(2) + Data([0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 0xFF)]) + exif + plain.dropFirst(2)
  }

  /// The beginning of a PNG of this size, and nothing of its pixels.
  static func pngHeader(_ width: Int, _ height: Int) -> [UInt8] {
    func bytes(_ number: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(number >> $0 & 0xFF) } }
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8) + bytes(width)
      + bytes(height)
      + [8, 2, 0, 0, 0, 0, 0, 0, 0]
  }

  private func data(_ made: (inout Int32) -> UnsafeMutableRawPointer?) -> Data {
    var size: Int32 = 0
    guard let bytes = made(&size) else { fatalError("no memory") }
    defer { gdFree(bytes) }
    return Data(bytes: bytes, count: Int(size))
  }
}
