import Foundation

/// What the operator chose.
public struct Configuration: Sendable {
  /// The folder that holds everything, unless something is put elsewhere.
  public let data: URL
  /// The folder of the open rounds' sealing keys.
  public let keys: URL
  /// The address of a PostgreSQL database; `nil` for SQLite in the data folder.
  public let database: String?
  /// Where people reach Rapport; every link is built from it.
  public let baseURL: BaseURL
  /// Whether this is a demonstration space, with its page of sign-in buttons.
  public let isDemonstration: Bool
  /// `nil` where messages are handed over by hand alone.
  public let mail: MailSettings?
  /// `nil` where nobody may read the metrics.
  let metricsToken: MetricsToken?

  public init(
    data: URL, keys: URL? = nil, database: String? = nil, baseURL: BaseURL, isDemonstration: Bool = false,
    mail: MailSettings? = nil, metricsToken: MetricsToken? = nil
  ) {
    self.data = data
    self.keys = keys ?? data.appendingPathComponent("keys", isDirectory: true)
    self.database = database
    self.baseURL = baseURL
    self.isDemonstration = isDemonstration
    self.mail = mail
    self.metricsToken = metricsToken
  }
}

/// The address that people type, without a path: `https://rapport.example`.
public struct BaseURL: Sendable, Equatable, CustomStringConvertible {
  public let description: String
  public let isSecure: Bool
  let isLoopback: Bool

  /// `nil` unless it is http or https, a host, and perhaps a port.
  public init?(_ text: String) {
    guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
      scheme == "http" || scheme == "https", let host = parts.host?.lowercased(), !host.isEmpty,
      parts.path.isEmpty || parts.path == "/", parts.query == nil, parts.fragment == nil, parts.user == nil
    else { return nil }
    isSecure = scheme == "https"
    isLoopback = ["localhost", "[::1]", "::1"].contains(host) || Self.isLoopbackNumber(host)
    description = "\(scheme)://\(host)" + (parts.port.map { ":\($0)" } ?? "")
  }

  /// Browsers give the ballot's cryptography to https and loopback pages only. [anonymity, Open]
  var allowsRounds: Bool { isSecure || isLoopback }

  /// 127.0.0.0/8 in four numbers; a name such as 127.example is somebody else's.
  private static func isLoopbackNumber(_ host: String) -> Bool {
    let numbers = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    return numbers.count == 4 && numbers.first == 127 && numbers.allSatisfy { $0 != nil }
  }

  /// What Rapport calls itself to a mail server. [RFC 5321 §4.1.1.1]
  var mailName: String {
    let host = URLComponents(string: description)?.host ?? ""
    return isLoopback || host.isEmpty || host.utf8.contains(UInt8(ascii: ":")) ? "localhost" : host
  }

  func link(_ path: String) -> String { description + path }
}
