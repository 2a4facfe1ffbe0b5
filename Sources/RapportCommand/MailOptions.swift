import ArgumentParser
import Foundation
import Rapport

/// How to reach the mail server; without `--smtp` messages wait in the outbox to be handed over.
struct MailOptions: ParsableArguments {
  @Option(
    name: .customLong("smtp"),
    help: ArgumentHelp(
      "The mail server: smtps://host:465 (TLS), smtp://host:587 (STARTTLS, always), or smtp-plain://127.0.0.1:25 for one on this machine.",
      valueName: "url"))
  var server: String?

  @Option(
    name: .customLong("smtp-user"),
    help: ArgumentHelp("Whom to log in as; the password is read from RAPPORT_SMTP_PASSWORD.", valueName: "user"))
  var user: String?

  @Option(
    name: .customLong("smtp-password-file"),
    help: ArgumentHelp("Read the password from the first line of this file instead.", valueName: "file"))
  var passwordFile: String?

  @Option(
    name: .customLong("mail-from"),
    help: ArgumentHelp("The sender, such as \"Rapport <rapport@example.org>\".", valueName: "sender"))
  var from: String?

  @Option(
    name: .customLong("smtp-ca"),
    help: ArgumentHelp("Trust the certificates in this file instead of the machine's.", valueName: "file"))
  var authorities: String?

  /// `nil` without a mail server.
  /// - Throws: `ValidationError` with a sentence.
  func settings() throws -> MailSettings? {
    guard let server else {
      guard user == nil, passwordFile == nil, from == nil, authorities == nil else {
        throw ValidationError("The options for mail need --smtp with the address of the mail server.")
      }
      return nil
    }
    guard let from else {
      throw ValidationError("--smtp needs --mail-from with the sender, such as \"Rapport <rapport@example.org>\".")
    }
    do {
      return try MailSettings(
        server: server, user: user, password: user == nil ? nil : try password(), from: from, authorities: authorities)
    } catch let failure as MailSettingsFailure {
      throw ValidationError(Self.sentence(failure))
    }
  }

  private func password() throws -> String? {
    guard let passwordFile else { return ProcessInfo.processInfo.environment["RAPPORT_SMTP_PASSWORD"] }
    guard let text = try? String(contentsOfFile: passwordFile, encoding: .utf8) else {
      throw ValidationError("The file \(passwordFile) of --smtp-password-file cannot be read.")
    }
    return text.split(whereSeparator: \.isNewline).first.map(String.init)
  }

  private static func sentence(_ failure: MailSettingsFailure) -> String {
    switch failure {
    case .server: "--smtp takes smtps://host:465, smtp://host:587 or smtp-plain://127.0.0.1:25."
    case .unprotected: "--smtp smtp-plain:// is for a mail server on this machine only; use smtps:// or smtp://."
    case .login: "--smtp-user needs a password in RAPPORT_SMTP_PASSWORD or --smtp-password-file."
    case .sender: "--mail-from takes one sender on one line, such as \"Rapport <rapport@example.org>\"."
    case .authorities(let file): "The file \(file) of --smtp-ca cannot be read."
    }
  }
}
