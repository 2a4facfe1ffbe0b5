import Database
import Foundation
import Logging
import Rapport

/// Said of an address that cannot be read, instead of what libpq says of it.
let writingPasswords = "In a password, write % as %25, / as %2F and @ as %40."

/// The settings as what they mean; what makes no sense is refused under the name by which it was set.
extension Settings {
  var folder: URL { URL(fileURLWithPath: self[.data] ?? "") }

  /// Where the sealing keys of open rounds lie.
  var keys: URL {
    self[.keys].map { URL(fileURLWithPath: $0, isDirectory: true) }
      ?? folder.appendingPathComponent("keys", isDirectory: true)
  }

  /// The address of a PostgreSQL database; `nil` for SQLite in the data folder.
  func database() throws -> String? {
    guard let address = self[.database] else { return nil }
    guard address.hasPrefix("postgres://") || address.hasPrefix("postgresql://") else {
      throw refusal(.database, "takes an address such as postgres://user@host/rapport.")
    }
    guard PostgresDatabase.canRead(address) else {
      throw refusal(.database, "is no address that PostgreSQL can read. \(writingPasswords)")
    }
    return address
  }

  /// `[::1]:8080` has its brackets around the host.
  func listen() throws -> (host: String, port: Int) {
    let listen = self[.listen] ?? ""
    guard let colon = listen.lastIndex(of: ":"), let port = Int(listen[listen.index(after: colon)...]),
      (0...65_535).contains(port), colon > listen.startIndex
    else { throw refusal(.listen, "takes an address and a port, such as 127.0.0.1:8080.") }
    let host = listen[..<colon]
    return (host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : String(host), port)
  }

  /// As it was set, or http on the address to listen on.
  var base: String { self[.baseURL] ?? "http://\(self[.listen] ?? "")" }

  func baseURL() throws -> BaseURL {
    _ = try listen()
    guard let base = BaseURL(base) else {
      throw refusal(.baseURL, "takes an address such as https://rapport.example, without a path.")
    }
    return base
  }

  /// `nil` if nobody may read the metrics.
  func metricsToken() throws -> MetricsToken? {
    guard let text = try secret(.metricsToken, orFirstLineOf: .metricsTokenFile) else { return nil }
    guard let token = MetricsToken(text) else {
      let setting = self[.metricsTokenFile] == nil ? Setting.metricsToken : .metricsTokenFile
      throw refusal(setting, "takes at least \(MetricsToken.leastLength) letters, digits or signs without a space.")
    }
    return token
  }

  func log() throws -> OperatorLog {
    guard let level = OperatorLog.levels.first(where: { $0.rawValue == self[.logLevel] }) else {
      throw refusal(.logLevel, "is one of \(OperatorLog.levels.map(\.rawValue).joined(separator: ", ")).")
    }
    guard let format = OperatorLog.Format(rawValue: self[.logFormat] ?? "") else {
      throw refusal(.logFormat, "is text or json.")
    }
    return OperatorLog(level: level, format: format)
  }

  /// - Throws: `Failing`, also if something cannot be read.
  func secret(_ setting: Setting, orFirstLineOf file: Setting) throws -> String? {
    guard let path = self[file] else { return self[setting] }
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw refusal(file, "names \(path), which cannot be read.")
    }
    return text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
  }

  /// "--base-url takes ...", or the name that stands in the environment or the file.
  func refusal(_ setting: Setting, _ complaint: String) -> Failing {
    switch origin(of: setting) {
    case .flag, .fallback: Failing(sentence: "\(setting.flag) \(complaint)", status: Failing.usage)
    case .environment: Failing(sentence: "\(setting.variable) \(complaint)", status: Failing.configuration)
    case .file(let path): Failing(sentence: "\(path): \(setting.key) \(complaint)", status: Failing.configuration)
    }
  }
}

extension Settings {
  /// `nil` without a mail server.
  func mail() throws -> MailSettings? {
    guard let server = self[.smtp] else {
      let others = [Setting.smtpUser, .smtpPassword, .smtpPasswordFile, .mailFrom, .smtpCA]
      if let other = others.first(where: { self[$0] != nil }) {
        throw refusal(other, "needs \(Setting.smtp.flag) with the address of the mail server.")
      }
      return nil
    }
    guard let from = self[.mailFrom] else {
      throw refusal(.smtp, "needs \(Setting.mailFrom.flag) with the sender, such as \"Rapport <rapport@example.org>\".")
    }
    do {
      return try MailSettings(
        server: server, user: self[.smtpUser],
        password: self[.smtpUser] == nil ? nil : try secret(.smtpPassword, orFirstLineOf: .smtpPasswordFile),
        from: from, authorities: self[.smtpCA])
    } catch let failure as MailSettingsFailure { throw refusal(failure) }
  }

  private func refusal(_ failure: MailSettingsFailure) -> Failing {
    switch failure {
    case .server: refusal(.smtp, "takes smtps://host:465, smtp://host:587 or smtp-plain://127.0.0.1:25.")
    case .unprotected:
      refusal(.smtp, "takes smtp-plain:// for a mail server on this machine only; use smtps:// or smtp://.")
    case .login:
      refusal(.smtpUser, "needs a password in \(Setting.smtpPassword.variable) or \(Setting.smtpPasswordFile.flag).")
    case .sender: refusal(.mailFrom, "takes one sender on one line, such as \"Rapport <rapport@example.org>\".")
    case .authorities(let file): refusal(.smtpCA, "names \(file), which cannot be read.")
    }
  }
}

extension Settings {
  /// Everything at once.
  /// - Throws: `Failing`, for the first setting that makes no sense.
  func configuration(isDemonstration: Bool = false) throws -> Rapport.Configuration {
    Rapport.Configuration(
      data: folder, keys: keys, database: try database(), baseURL: try baseURL(), isDemonstration: isDemonstration,
      mail: try mail(), metricsToken: try metricsToken())
  }
}
