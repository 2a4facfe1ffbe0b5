import Foundation

/// What the reader's screen can do.
struct Terminal: Sendable {
  /// In columns.
  let width: Int
  /// Whether headings may be bold; never in a pipe or a file.
  let isStyled: Bool

  /// A pipe or a file.
  static let none = Terminal(width: 80, isStyled: false)

  static var standardOutput: Terminal {
    guard isatty(STDOUT_FILENO) == 1 else { return .none }
    let environment = ProcessInfo.processInfo.environment
    let isPlain = environment["NO_COLOR"]?.isEmpty == false || environment["TERM"] == "dumb"
    return Terminal(width: columns ?? 80, isStyled: !isPlain)
  }

  func heading(_ text: String) -> String { isStyled ? "\u{1B}[1m\(text)\u{1B}[0m" : text }

  private static var columns: Int? {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }
}

enum StandardError {
  static func write(_ lines: [String]) {
    guard !lines.isEmpty else { return }
    FileHandle.standardError.write(Data((lines.joined(separator: "\n") + "\n").utf8))
  }
}

/// Why a file cannot be read.
enum UnreadableFile: Error {
  case missing, isFolder, other

  var sentence: ScoreSentence {
    switch self {
    case .missing: .fileMissing
    case .isFolder: .fileIsFolder
    case .other: .fileUnreadable
    }
  }

  /// All bytes of a file, or of standard input for `-`.
  static func bytes(of name: String) throws(UnreadableFile) -> [UInt8] {
    guard name != "-" else {
      do { return Array(try FileHandle.standardInput.readToEnd() ?? Data()) } catch { throw .other }
    }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: name, isDirectory: &isFolder) else { throw .missing }
    guard !isFolder.boolValue else { throw .isFolder }
    do { return Array(try Data(contentsOf: URL(fileURLWithPath: name))) } catch { throw .other }
  }
}
