import Foundation
import Logging

/// What the program tells its operator: one line for each event, to standard error.
///
/// A line has a time, a level, what happened, and perhaps values; never a person, an address or anything of an open
/// round. The levels below `info` are not offered: there, libraries tell of connections.
public struct OperatorLog: Sendable {
  public enum Format: String, Sendable { case text, json }

  public static let levels: [Logger.Level] = [.error, .warning, .notice, .info]

  let level: Logger.Level
  let format: Format
  private let write: @Sendable (String) -> Void

  /// For commands that take no settings.
  public static let notices = OperatorLog(level: .notice, format: .text)

  public init(level: Logger.Level, format: Format) {
    self.init(level: level, format: format) { line in FileHandle.standardError.write(Data(line.utf8)) }
  }

  init(level: Logger.Level, format: Format, write: @escaping @Sendable (String) -> Void) {
    (self.level, self.format, self.write) = (level, format, write)
  }

  public var logger: Logger {
    Logger(label: "rapport") { _ in LineHandler(logLevel: level, format: format, write: write) }
  }
}

private struct LineHandler: LogHandler {
  var logLevel: Logger.Level
  let format: OperatorLog.Format
  let write: @Sendable (String) -> Void
  var metadata: Logger.Metadata = [:]
  var metadataProvider: Logger.MetadataProvider?

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let time = Date().formatted(.iso8601.time(includingFractionalSeconds: true))
    var values = metadata.merging(metadataProvider?.get() ?? [:]) { $1 }.merging(event.metadata ?? [:]) { $1 }
    if let error = event.error { values["error"] = "\(type(of: error))" }
    let pairs =
      [("time", time), ("level", event.level.rawValue), ("event", "\(event.message)")]
      + values.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
    switch format {
    case .text: write(pairs.map { "\($0)=\(Self.plain($1))" }.joined(separator: " ") + "\n")
    case .json: write("{" + pairs.map { "\(Self.quoted($0)):\(Self.quoted($1))" }.joined(separator: ",") + "}\n")
    }
  }

  /// In quotes only where it must be.
  private static func plain(_ value: String) -> String {
    let isPlain =
      !value.isEmpty
      && value.utf8.allSatisfy { 0x21...0x7E ~= $0 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "=") }
    return isPlain ? value : quoted(value)
  }

  /// As JSON has it; control characters cannot end the line. By scalars: a quote with a combining mark is one Character.
  private static func quoted(_ value: String) -> String {
    var text = "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case _ where scalar.value < 0x20 || 0x7F...0x9F ~= scalar.value || 0x2028...0x2029 ~= scalar.value:
        let hex = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }
}
