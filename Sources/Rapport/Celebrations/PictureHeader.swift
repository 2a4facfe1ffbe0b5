/// What a picture's file says of itself before anything is decoded, so that one that would fill the memory is refused first.
struct PictureHeader: Sendable, Equatable {
  enum Kind: Sendable { case jpeg, png }

  let kind: Kind
  let width, height: Int
  /// As EXIF counts: 1 is upright, 6 was taken with the camera turned. [Exif 2.32, Orientation]
  let orientation: Int

  /// - Returns: `nil` for what is neither JPEG nor PNG.
  init?(_ bytes: [UInt8]) {
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self.init(png: bytes)
    } else if bytes.starts(with: [0xFF, 0xD8]) {
      self.init(jpeg: bytes)
    } else {
      return nil
    }
  }

  /// The first chunk is IHDR: width and height. [PNG, §11.2.2]
  private init?(png bytes: [UInt8]) {
    guard bytes.count > 24, bytes[12..<16].elementsEqual("IHDR".utf8) else { return nil }
    let (wide, high) = (Self.number(bytes[16..<20]), Self.number(bytes[20..<24]))
    guard wide > 0, high > 0 else { return nil }
    (kind, width, height, orientation) = (.png, wide, high, 1)
  }

  /// Segments follow each other up to the frame, which has the size. [ITU T.81, §B.1]
  private init?(jpeg bytes: [UInt8]) {
    var (place, turned) = (2, 1)
    while place + 9 < bytes.count, bytes[place] == 0xFF {
      let marker = bytes[place + 1]
      if marker == 0xFF {
        place += 1
        continue
      }
      let length = Self.number(bytes[(place + 2)..<(place + 4)])
      guard length >= 2 else { return nil }
      switch marker {
      case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:
        let (high, wide) = (Self.number(bytes[(place + 5)..<(place + 7)]), Self.number(bytes[(place + 7)..<(place + 9)]))
        guard wide > 0, high > 0 else { return nil }
        (kind, width, height, orientation) = (.jpeg, wide, high, turned)
        return
      case 0xE1:
        let segment = bytes[(place + 4)..<min(place + 2 + length, bytes.count)]
        turned = Self.orientation(exif: Array(segment)) ?? turned
      case 0xDA, 0xD9: return nil
      default: break
      }
      place += 2 + length
    }
    return nil
  }

  /// The tag 0x0112 of the first directory.
  private static func orientation(exif: [UInt8]) -> Int? {
    guard exif.starts(with: Array("Exif".utf8) + [0, 0]) else { return nil }
    let tiff = Array(exif.dropFirst(6))
    guard tiff.count >= 8 else { return nil }
    let isLittle = tiff.starts(with: "II".utf8)
    func number(at place: Int, _ size: Int) -> Int? {
      guard place >= 0, place <= tiff.count - size else { return nil }
      let bytes = tiff[place..<(place + size)]
      return Self.number(isLittle ? ArraySlice(bytes.reversed()) : bytes)
    }
    guard let directory = number(at: 4, 4), let count = number(at: directory, 2) else { return nil }
    for entry in 0..<count {
      let place = directory + 2 + entry * 12
      guard let tag = number(at: place, 2) else { return nil }
      if tag == 0x0112 { return number(at: place + 8, 2).flatMap { (1...8).contains($0) ? $0 : nil } }
    }
    return nil
  }

  /// The most significant byte first.
  private static func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }
}
