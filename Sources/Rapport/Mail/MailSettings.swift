import Foundation
import Partnering

/// How Rapport reaches the mail server, as the operator says when it starts.
public struct MailSettings: Sendable {
  /// How the connection is protected. What is chosen is kept: a server that cannot do it gets no mail.
  enum Protection: String, Sendable { case tls, startTLS = "starttls", none }

  let host: String
  let port: Int
  let protection: Protection
  let login: Login?
  let sender: Mailbox
  /// A file with the certificates to trust instead of the machine's.
  let authorities: String?

  struct Login: Sendable { let user, password: String }

  /// - Throws: `MailSettingsFailure`.
  public init(
    server: String, user: String? = nil, password: String? = nil, from: String, authorities: String? = nil
  ) throws {
    guard let parts = URLComponents(string: server), let scheme = parts.scheme?.lowercased(),
      let host = parts.host?.trimmingCharacters(in: CharacterSet(charactersIn: "[]")), !host.isEmpty, parts.path.isEmpty || parts.path == "/", parts.query == nil,
      parts.fragment == nil, parts.user == nil, parts.password == nil
    else { throw MailSettingsFailure.server }
    switch scheme {
    case "smtps": (protection, port) = (.tls, parts.port ?? 465)
    case "smtp": (protection, port) = (.startTLS, parts.port ?? 587)
    case "smtp-plain": (protection, port) = (.none, parts.port ?? 25)
    default: throw MailSettingsFailure.server
    }
    self.host = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
    guard let base = BaseURL("http://\(self.host)"), protection != .none || base.isLoopback else {
      throw MailSettingsFailure.unprotected
    }
    switch (user, password) {
    case (nil, nil): login = nil
    case (let user?, let password?) where !user.isEmpty && !password.isEmpty:
      login = Login(user: user, password: password)
    default: throw MailSettingsFailure.login
    }
    guard let sender = Mailbox(from) else { throw MailSettingsFailure.sender }
    self.sender = sender
    self.authorities = authorities
    if let authorities, !FileManager.default.isReadableFile(atPath: authorities) {
      throw MailSettingsFailure.authorities(authorities)
    }
  }

  /// Without anything secret: `smtp://mail.example:587`.
  var server: String {
    let scheme =
      switch protection {
      case .tls: "smtps"
      case .startTLS: "smtp"
      case .none: "smtp-plain"
      }
    return "\(scheme)://\(host):\(port)"
  }
}

/// Why Rapport does not start with these settings.
public enum MailSettingsFailure: Error, Sendable, Hashable {
  /// No address of a mail server.
  case server
  /// Without protection to another machine.
  case unprotected
  /// A user without a password, or a password without a user.
  case login
  /// No mailbox to send from.
  case sender
  /// The file of certificates cannot be read.
  case authorities(String)
}

/// A name and an address as they stand in a header: nothing in them can end it. [RFC 5322 §3.4]
public struct Mailbox: Sendable, Hashable {
  let name: String
  let address: EmailAddress

  /// `nil` if the name holds a control character, a line break of whatever kind included.
  init?(name: String, address: EmailAddress) {
    guard HeaderText(name) != nil else { return nil }
    (self.name, self.address) = (name, address)
  }

  /// Reads `Rapport <rapport@example.org>` or the address alone; `nil` for anything else.
  public init?(_ text: String) {
    guard let open = text.unicodeScalars.firstIndex(of: "<") else {
      guard let address = EmailAddress(text) else { return nil }
      self.init(name: "", address: address)
      return
    }
    let (before, rest) = (text[..<open], text[open...].dropFirst())
    guard rest.unicodeScalars.last == ">", let address = EmailAddress(rest.dropLast()) else { return nil }
    self.init(name: before.trimmingCharacters(in: .whitespaces.union(["\""])), address: address)
  }

  /// What stands after the `@`.
  var domain: Substring { address.text[address.text.index(after: address.text.firstIndex(of: "@") ?? address.text.startIndex)...] }
}
