import Foundation

/// A form with a file in it, as browsers send it: `multipart/form-data`. [RFC 7578] Strict: whatever is not exactly so is
/// nothing at all.
struct MultipartForm: Sendable {
  /// The most parts; a form of ours has a handful.
  static let mostParts = 16
  /// The most bytes of a part's header, and of a field that is no file.
  static let longestText = 8 * 1_024

  private(set) var texts: [String: [String]] = [:]
  private(set) var files: [String: [UInt8]] = [:]

  /// - Returns: `nil` if the content type is another, or the body is not as it says.
  init?(contentType: String, body: [UInt8]) {
    guard let boundary = Self.boundary(in: contentType) else { return nil }
    let body = Data(body)
    let line = Data("\r\n--\(boundary)".utf8)
    // The first delimiter has no line before it.
    guard body.starts(with: line.dropFirst(2)) else { return nil }
    var start = line.count - 2
    for _ in 0...Self.mostParts {
      let after = body[start...].prefix(2)
      if after.elementsEqual("--".utf8) { return }
      guard after.elementsEqual("\r\n".utf8), let end = body.range(of: line, in: (start + 2)..<body.count) else { return nil }
      guard take(Data(body[(start + 2)..<end.lowerBound])) else { return nil }
      start = end.upperBound
    }
    return nil
  }

  /// One part: its header, an empty line, its content.
  private mutating func take(_ part: Data) -> Bool {
    let searched = 0..<min(part.count, Self.longestText)
    guard let gap = part.range(of: Data("\r\n\r\n".utf8), in: searched) else { return false }
    let header = String(decoding: part[..<gap.lowerBound], as: UTF8.self)
    let content = part[gap.upperBound...]
    let lines = header.components(separatedBy: "\r\n")
    let dispositions = lines.filter { $0.lowercased().hasPrefix("content-disposition:") }
    guard dispositions.count == 1, let disposition = dispositions.first, let name = Self.value("name", of: disposition) else {
      return false
    }
    if Self.value("filename", of: disposition) != nil {
      guard files.updateValue(Array(content), forKey: name) == nil else { return false }
    } else {
      guard content.count <= Self.longestText else { return false }
      texts[name, default: []].append(String(decoding: content, as: UTF8.self))
    }
    return true
  }

  private static func boundary(in contentType: String) -> String? {
    let parts = contentType.components(separatedBy: ";").map { $0.trimmingCharacters(in: .whitespaces) }
    guard parts.first?.lowercased() == "multipart/form-data" else { return nil }
    let named = parts.dropFirst().filter { $0.lowercased().hasPrefix("boundary=") }
    guard named.count == 1, let boundary = named.first?.dropFirst("boundary=".count) else { return nil }
    let bare = boundary.trimmingCharacters(in: CharacterSet(charactersIn: "\""))
    let isPlain = bare.utf8.allSatisfy { byte in
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
        || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || "'()+_,-./:=?".utf8.contains(byte)
    }
    return isPlain && (1...70).contains(bare.utf8.count) ? bare : nil
  }

  /// `; name="picture"`: browsers write a quote inside as %22, so that the next quote ends it.
  private static func value(_ name: String, of disposition: String) -> String? {
    guard disposition.lowercased().contains("form-data"), let start = disposition.range(of: "; \(name)=\"") else { return nil }
    let rest = disposition[start.upperBound...]
    guard let end = rest.firstIndex(of: "\"") else { return nil }
    return String(rest[..<end])
  }
}
