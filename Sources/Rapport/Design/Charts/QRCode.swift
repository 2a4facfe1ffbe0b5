import CQRCode

/// An address as a square that telephones read, drawn by `qr-code.mustache`. [ISO/IEC 18004]
struct QRCode: Equatable, Sendable {
  /// With the four modules around it that the standard asks to be left white.
  let size: Int
  /// The dark modules, as the `d` of an SVG path.
  let path: String

  /// `nil` if the text is longer than such a code can hold, about 2,300 bytes.
  init?(_ text: String) {
    guard let code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M) else { return nil }
    defer { QRcode_free(code) }
    let width = Int(code.pointee.width)
    guard let modules = code.pointee.data else { return nil }
    let dark = (0..<width * width).filter { modules[$0] & 1 == 1 }
    path = dark.map { "M\($0 % width + Self.quiet) \($0 / width + Self.quiet)h1v1h-1z" }.joined()
    size = width + 2 * Self.quiet
  }

  private static let quiet = 4
}
