import CGDOnDemand
import NIOPosix

/// Why a file does not become a picture.
enum PictureProblem: Error, Equatable {
  /// It is no JPEG and no PNG, whatever its name says, or it is damaged.
  case noPicture
  /// Decoded, it would take too much memory.
  case tooManyPixels
  /// The machine has no libgd.
  case noLibrary
}

/// Makes every picture anew: upright, not too large, and without what its file said besides, such as where it was taken.
enum Darkroom {
  /// Pixels on the longer side of what is kept.
  static let longestSide = 1_600
  /// Four bytes each while they are decoded.
  static let mostPixels = 40_000_000
  private static let quality: Int32 = 82
  /// How many are developed at a time, so that many at once do not take all the memory; the others wait in a line.
  static let most = 2

  private static let threads: NIOThreadPool = {
    let threads = NIOThreadPool(numberOfThreads: most)
    threads.start()
    return threads
  }()

  /// `nil` if the machine has no libgd: then all else works.
  private static let gd: gd_functions? = {
    let functions = UnsafeMutablePointer<gd_functions>.allocate(capacity: 1)
    defer { functions.deallocate() }
    guard gd_load("libgd.so.3", functions) == 1 else { return nil }
    // GD writes what it thinks of a broken file past our log, which tells operators nothing that they could act on.
    functions.pointee.gdSetErrorMethod { _, _, _ in }
    return functions.pointee
  }()

  /// A JPEG made of the pixels alone; not on the event loop, since it takes a second.
  /// - Throws: `PictureProblem`.
  static func developed(_ file: [UInt8]) async throws -> [UInt8] {
    try await inTurn { try develop(file) }
  }

  /// Waits for a place in the darkroom.
  static func inTurn<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await threads.runIfActive(work)
  }

  private static func develop(_ file: [UInt8]) throws(PictureProblem) -> [UInt8] {
    guard let gd else { throw .noLibrary }
    guard let header = PictureHeader(file) else { throw .noPicture }
    guard header.width <= mostPixels / header.height else { throw .tooManyPixels }
    guard let taken = gd.decoded(header.kind == .png ? pixelsAlone(ofPNG: file) : file, header.kind) else {
      throw .noPicture
    }
    defer { gd.gdImageDestroy(taken) }
    guard let small = gd.smaller(taken) else { throw .noPicture }
    let upright = gd.turned(small, header.orientation)
    defer { gd.gdImageDestroy(upright) }
    var size: Int32 = 0
    guard let made = gd.gdImageJpegPtr(upright, &size, quality) else { throw .noPicture }
    defer { gd.gdFree(made) }
    return Array(UnsafeRawBufferPointer(start: made, count: Int(size)))
  }

  /// Without the chunks that are not about pixels: the decoder reads less of what a stranger sent, and does not complain of
  /// it. A chunk whose type begins with a small letter can be left out. [PNG, §5.4]
  private static func pixelsAlone(ofPNG file: [UInt8]) -> [UInt8] {
    var (kept, place) = (Array(file.prefix(8)), 8)
    while place + 12 <= file.count {
      let length = file[place..<(place + 4)].reduce(0) { $0 << 8 | Int($1) }
      guard length <= file.count - place - 12 else { break }
      let type = file[(place + 4)..<(place + 8)]
      let end = place + 12 + length
      if file[place + 4] & 0x20 == 0 || type.elementsEqual("tRNS".utf8) { kept += file[place..<end] }
      place = end
    }
    return kept + file[min(place, file.count)...]
  }
}

extension gd_functions {
  fileprivate func decoded(_ file: [UInt8], _ kind: PictureHeader.Kind) -> gdImagePtr? {
    var file = file
    let size = Int32(clamping: file.count)
    return file.withUnsafeMutableBytes { bytes in
      switch kind {
      case .jpeg: gdImageCreateFromJpegPtrEx(size, bytes.baseAddress, 1)
      case .png: gdImageCreateFromPngPtr(size, bytes.baseAddress)
      }
    }
  }

  /// On white, which is what shows through a transparent one.
  fileprivate func smaller(_ taken: gdImagePtr) -> gdImagePtr? {
    let (width, height) = (taken.pointee.sx, taken.pointee.sy)
    let side = max(Int(max(width, height)), 1)
    func fitting(_ length: Int32) -> Int32 {
      side <= Darkroom.longestSide ? length : max(1, Int32(clamping: Int(length) * Darkroom.longestSide / side))
    }
    guard let small = gdImageCreateTrueColor(fitting(width), fitting(height)) else { return nil }
    gdImageFilledRectangle(small, 0, 0, small.pointee.sx - 1, small.pointee.sy - 1, 0xFFFFFF)
    gdImageCopyResampled(small, taken, 0, 0, 0, 0, small.pointee.sx, small.pointee.sy, width, height)
    return small
  }

  /// Takes the picture over: it is returned itself, or destroyed.
  fileprivate func turned(_ picture: gdImagePtr, _ orientation: Int) -> gdImagePtr {
    switch orientation {
    case 2, 5, 7: gdImageFlipHorizontal(picture)
    case 3: gdImageFlipBoth(picture)
    case 4: gdImageFlipVertical(picture)
    default: break
    }
    // GD turns against the clock.
    let angle: Float? =
      switch orientation {
      case 6, 7: 270
      case 5, 8: 90
      default: nil
      }
    guard let angle, let turned = gdImageRotateInterpolated(picture, angle, 0xFFFFFF) else { return picture }
    gdImageDestroy(picture)
    return turned
  }
}
