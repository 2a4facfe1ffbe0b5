/// Everything that an operator can choose, in the order in which it is shown. Flags, environment variables, keys of the
/// file, help and `rapport config` are all made from this list.
enum Setting: String, CaseIterable {
  case config
  case data, database, keys
  case listen
  case baseURL = "base-url"
  case smtp
  case smtpUser = "smtp-user"
  case smtpPassword = "smtp-password"
  case smtpPasswordFile = "smtp-password-file"
  case mailFrom = "mail-from"
  case smtpCA = "smtp-ca"
  case metricsToken = "metrics-token"
  case metricsTokenFile = "metrics-token-file"
  case logLevel = "log-level"
  case logFormat = "log-format"

  /// In the file: `base-url`.
  var key: String { rawValue }

  /// On the command line: `--base-url`.
  var flag: String { "--" + rawValue }

  /// In the environment: `RAPPORT_BASE_URL`.
  var variable: String { Self.prefix + rawValue.uppercased().replacing("-", with: "_") }

  static let prefix = "RAPPORT_"
  /// What the tests and the benchmarks tell one another.
  static let othersPrefixes = ["RAPPORT_TEST_", "RAPPORT_BENCH_"]

  /// Everybody on the machine can read a program's arguments, so that a secret has no flag.
  var isSecret: Bool { self == .smtpPassword || self == .metricsToken }

  /// What the file is called cannot stand in it.
  var standsInFile: Bool { self != .config }

  /// What help says of it, and what stands for its value there.
  var meaning: (help: String, value: String) {
    switch self {
    case .config: ("A YAML file to read settings from: a line for each, such as \"listen: 127.0.0.1:8080\".", "file")
    case .data: ("The folder that holds everything.", "folder")
    case .database:
      ("A PostgreSQL database, such as postgres://user@host/rapport. Without it: SQLite in the data folder.", "url")
    case .keys: ("The folder of open rounds' keys. Without it: \"keys\" in the data folder.", "folder")
    case .listen: ("The address and port to listen on.", "address:port")
    case .baseURL:
      (
        "Where people reach Rapport, such as https://rapport.example. Without it: http on the address to listen on.",
        "url"
      )
    case .smtp:
      (
        "The mail server: smtps://host:465 (TLS), smtp://host:587 (STARTTLS, always), or smtp-plain://127.0.0.1:25 for one on this machine.",
        "url"
      )
    case .smtpUser: ("Whom to log in as; the password is read from \(Setting.smtpPassword.variable).", "user")
    case .smtpPassword: ("The password of the mail server.", "password")
    case .smtpPasswordFile: ("Read the password from the first line of this file instead.", "file")
    case .mailFrom: ("The sender, such as \"Rapport <rapport@example.org>\".", "sender")
    case .smtpCA: ("Trust the certificates in this file instead of the machine's.", "file")
    case .metricsToken: ("What a monitoring system sends as its bearer token to read /metrics.", "token")
    case .metricsTokenFile:
      ("Serve /metrics to whoever sends the first line of this file as bearer token.", "file")
    case .logLevel: ("How much is logged: error, warning, notice, or info with a line for each page.", "level")
    case .logFormat: ("How a line of the log is written: text or json.", "format")
    }
  }

  /// What holds when nobody chose.
  var fallback: String? {
    switch self {
    case .data: "data"
    case .listen: "127.0.0.1:8080"
    case .logLevel: "notice"
    case .logFormat: "text"
    case .config, .database, .keys, .baseURL, .smtp, .smtpUser, .smtpPassword, .smtpPasswordFile, .mailFrom, .smtpCA,
      .metricsToken, .metricsTokenFile:
      nil
    }
  }

  /// The one that was probably meant, as in "did you mean base-url?".
  static func resembling(_ wrong: String, among settings: [Setting]) -> Setting? {
    let wrong = wrong.lowercased().replacing("_", with: "-")
    let distances = settings.map { (setting: $0, distance: distance(Array(wrong.utf8), Array($0.key.utf8))) }
    guard let best = distances.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= max(1, best.setting.key.utf8.count / 3) ? best.setting : nil
  }

  /// How many letters to insert, delete or replace (Levenshtein).
  private static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
    var row = Array(0...other.count)
    for (place, letter) in one.enumerated() {
      var next = [place + 1]
      for (column, other) in other.enumerated() {
        next.append(min(row[column] + (letter == other ? 0 : 1), row[column + 1] + 1, next[column] + 1))
      }
      row = next
    }
    return row.last ?? 0
  }
}
