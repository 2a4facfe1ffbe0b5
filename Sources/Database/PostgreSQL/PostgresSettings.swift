import CPostgres

/// Where a PostgreSQL is and how to reach it, as libpq has it.
struct PostgresSettings: Sendable {
  /// By libpq's keyword.
  let values: [String: String]

  /// What holds unless the address says otherwise: a server that is gone must be noticed within seconds.
  private static let defaults = [
    "application_name": "rapport", "connect_timeout": "5", "keepalives_idle": "10", "keepalives_interval": "5",
    "keepalives_count": "3", "tcp_user_timeout": "15000",
  ]
  /// What holds whatever the address says.
  private static let always = ["client_encoding": "UTF8"]

  /// - Throws: `DatabaseFailure.unavailable`, without libpq's own sentence: it quotes what it cannot read, which may be the
  ///   password.
  init(_ address: String) throws {
    let unreadable = DatabaseFailure.unavailable("its address cannot be read")
    guard let options = PQconninfoParse(address, nil) else { throw unreadable }
    defer { PQconninfoFree(options) }
    var given: [String: String] = [:]
    var option = options
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val { given[String(cString: keyword)] = String(cString: value) }
      option += 1
    }
    // A slash or an at sign in a password has become part of these.
    guard given["port", default: ""].split(separator: ",").allSatisfy({ UInt16($0) != nil }),
      !given["host", default: ""].contains("@"), !given["dbname", default: ""].contains("@")
    else { throw unreadable }
    values = Self.defaults.merging(given) { $1 }.merging(Self.always) { $1 }
  }
}

extension String {
  /// Without the line feed that libpq ends its sentences with, and in one line.
  var trimmed: String { split(whereSeparator: \.isNewline).joined(separator: "; ") }
}
