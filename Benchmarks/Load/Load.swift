import Foundation

/// Sends prepared requests over loopback from one thread, so cheaply that the server beside it is what is measured, and
/// prints what came of it as JSON.
///
///     load --port 8080 --clients 32 --visits FILE      each line once: collect, then answer (or one slip)
///     load ... --visits FILE --times FILE --at 1767225600      begins then, and writes when each ended, after how long
///     load --port 8080 --clients 32 --path /livez --seconds 3 [--cookie session=...]
@main
struct Load {
  static func main() throws {
    let options = Options(CommandLine.arguments)
    let scripts: Scripts =
      if let file = options["visits"] {
        try .visits(of: file, first: options.number("skip"), count: options.number("count"))
      } else {
        .again(Script(get: options["path"] ?? "/", cookie: options["cookie"], port: options.number("port") ?? 8080))
      }
    let run = Run(
      port: UInt16(options.number("port") ?? 8080), clients: options.number("clients") ?? 1, scripts: scripts,
      seconds: options["seconds"].flatMap(Double.init))
    if let moment = options["at"].flatMap(Double.init) { Thread.sleep(until: Date(timeIntervalSince1970: moment)) }
    let outcome = try run.finish()
    if let file = options["times"] { try Data(outcome.times.utf8).write(to: URL(fileURLWithPath: file)) }
    print(outcome.json)
  }
}

struct Options {
  private var values: [String: String] = [:]

  init(_ arguments: [String]) {
    var name: String?
    for argument in arguments.dropFirst() {
      if argument.hasPrefix("--") {
        name = String(argument.dropFirst(2))
      } else if let known = name {
        values[known] = argument
      }
    }
  }

  subscript(name: String) -> String? { values[name] }
  func number(_ name: String) -> Int? { values[name].flatMap { Int($0) } }
}

/// What one client sends for one person, one request after the other.
struct Script {
  let requests: [[UInt8]]

  init(get path: String, cookie: String?, port: Int) {
    let cookie = cookie.map { "Cookie: \($0)\r\n" } ?? ""
    requests = [Array("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\(cookie)\r\n".utf8)]
  }

  /// A line of a file of visits: path, cookie, form token and body for collecting, path and body for answering; or path
  /// and body of a slip.
  init?(line: Substring) {
    let parts = line.utf8.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false).map(Substring.init)
    switch parts.count {
    case 6:
      requests = [
        Self.post(
          parts[0], "application/json",
          "Cookie: \(parts[1])\r\nX-Form-Token: \(parts[2])\r\nSec-Fetch-Site: same-origin\r\n", parts[3]),
        Self.post(parts[4], "application/json", "", parts[5]),
      ]
    case 2: requests = [Self.post(parts[0], "application/x-www-form-urlencoded", "", parts[1])]
    default: return nil
    }
  }

  private static func post(_ path: Substring, _ type: String, _ more: String, _ body: Substring) -> [UInt8] {
    Array(
      """
      POST \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n\(more)\r\n\(body)
      """.utf8)
  }
}

enum Scripts {
  /// Each once.
  case each([Script])
  case again(Script)

  static func visits(of file: String, first: Int?, count: Int?) throws -> Scripts {
    // By bytes: to find the characters of two hundred megabytes takes longer than the measurement.
    let text = try String(contentsOfFile: file, encoding: .utf8)
    let lines = text.utf8.split(separator: UInt8(ascii: "\n")).dropFirst(first ?? 0)
    return .each(lines.prefix(count ?? lines.count).compactMap { Script(line: Substring($0)) })
  }
}
