import CCurl
import Foundation
import NIOConcurrencyHelpers

/// One conversation with a mail server, led by libcurl; this listens to what the server says.
final class SMTPConversation {
  /// To reach the server; for one reply; and for everything. A lease on a message lasts longer.
  static let patience = (connecting: 15, reply: 20, everything: 60)

  private let message: MailMessage
  private let text: [UInt8]
  private let stop: NIOLockedValueBox<Bool>
  private var read = 0
  private var command = ""
  private var hasLeft = false
  private var reply = Reply()

  private struct Reply {
    var code = 0
    var lines: [String] = []
    var isWhole = true
  }

  private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  init(_ message: MailMessage, stop: NIOLockedValueBox<Bool>) {
    (self.message, self.stop) = (message, stop)
    text = message.bytes
  }

  func hold(with settings: MailSettings, as host: String) -> Delivery {
    guard Self.isReady, let curl = curl_easy_init() else { return .unreachable(.lost, answer: "") }
    defer { curl_easy_cleanup(curl) }
    let recipients = curl_slist_append(nil, message.to.address.text)
    defer { curl_slist_free_all(recipients) }
    let listening = Unmanaged.passUnretained(self).toOpaque()
    reach(settings, as: host, curl)
    curl_set_text(curl, CURLOPT_MAIL_FROM, "<\(message.from.address.text)>")
    curl_set_list(curl, CURLOPT_MAIL_RCPT, recipients)
    curl_set_number(curl, CURLOPT_UPLOAD, 1)
    curl_set_data(curl, CURLOPT_READDATA, listening)
    curl_set_reader(curl) { buffer, size, count, data in
      SMTPConversation.listening(data).map { $0.fill(buffer, size * count) } ?? 0
    }
    curl_set_number(curl, CURLOPT_VERBOSE, 1)
    curl_set_data(curl, CURLOPT_DEBUGDATA, listening)
    curl_set_listener(curl) { _, kind, bytes, count, data in
      SMTPConversation.listening(data)?.hear(kind, UnsafeRawBufferPointer(start: bytes, count: count))
      return 0
    }
    curl_set_number(curl, CURLOPT_NOPROGRESS, 0)
    curl_set_data(curl, CURLOPT_XFERINFODATA, listening)
    curl_set_progress(curl) { data, _, _, _, _ in
      SMTPConversation.listening(data)?.stop.withLockedValue { $0 ? 1 : 0 } ?? 1
    }
    return outcome(curl_easy_perform(curl))
  }

  private func reach(_ settings: MailSettings, as host: String, _ curl: UnsafeMutableRawPointer) {
    let scheme = settings.protection == .tls ? "smtps" : "smtp"
    curl_set_text(curl, CURLOPT_URL, "\(scheme)://\(settings.host):\(settings.port)/\(host)")
    curl_set_text(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps")
    // The environment's proxies are for browsers.
    curl_set_text(curl, CURLOPT_PROXY, "")
    curl_set_number(curl, CURLOPT_NOSIGNAL, 1)
    curl_set_number(curl, CURLOPT_CONNECTTIMEOUT, Self.patience.connecting)
    curl_set_number(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, Self.patience.reply)
    curl_set_number(curl, CURLOPT_TIMEOUT, Self.patience.everything)
    // ALL: without TLS nothing is said, not even who writes to whom; TRY would fall back.
    let tls = settings.protection == .none ? CURLUSESSL_NONE : CURLUSESSL_ALL
    curl_set_number(curl, CURLOPT_USE_SSL, Int(tls.rawValue))
    curl_set_number(curl, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
    curl_set_number(curl, CURLOPT_SSL_VERIFYPEER, 1)
    curl_set_number(curl, CURLOPT_SSL_VERIFYHOST, 2)
    if let authorities = settings.authorities { curl_set_text(curl, CURLOPT_CAINFO, authorities) }
    if let login = settings.login {
      curl_set_text(curl, CURLOPT_USERNAME, login.user)
      curl_set_text(curl, CURLOPT_PASSWORD, login.password)
    }
  }

  private static func listening(_ data: UnsafeMutableRawPointer?) -> SMTPConversation? {
    data.map { Unmanaged<SMTPConversation>.fromOpaque($0).takeUnretainedValue() }
  }

  private func fill(_ buffer: UnsafeMutablePointer<CChar>?, _ room: Int) -> Int {
    let piece = text[read...].prefix(room)
    piece.withUnsafeBytes { if let buffer, let start = $0.baseAddress { memcpy(buffer, start, $0.count) } }
    read += piece.count
    return piece.count
  }

  /// Keeps the verb of a command, never the rest: it may be a password. What the server says to the farewell is no
  /// answer to the message: libcurl takes its leave before it reports a refusal.
  private func hear(_ kind: curl_infotype, _ bytes: UnsafeRawBufferPointer) {
    guard !hasLeft else { return }
    let line = bytes.prefix { $0 != 0x0d && $0 != 0x0a }
    switch kind {
    case CURLINFO_HEADER_OUT:
      let verb = String(decoding: line.prefix(4), as: UTF8.self).uppercased()
      if verb == "QUIT" { hasLeft = true } else { command = verb }
    case CURLINFO_HEADER_IN:
      if reply.isWhole { reply = Reply() }
      reply.code = Int(String(decoding: line.prefix(3), as: UTF8.self)) ?? 0
      reply.lines.append(String(decoding: line.dropFirst(4), as: UTF8.self))
      reply.isWhole = line.dropFirst(3).first != UInt8(ascii: "-")
    default: return
    }
  }

  private func outcome(_ code: CURLcode) -> Delivery {
    guard code != CURLE_OK else { return .accepted }
    let answer = reply.code >= 400 ? Self.sentence(reply.code, reply.lines) : ""
    // From the recipient on, a refusal is about this message; 421 ends the conversation for whatever reason.
    if ["RCPT", "DATA"].contains(command), reply.code != 421 {
      if (400..<500).contains(reply.code) { return .deferred(answer: answer) }
      if (500..<600).contains(reply.code) { return .refused(answer: answer) }
    }
    return .unreachable(trouble(code), answer: answer)
  }

  private func trouble(_ code: CURLcode) -> MailTrouble {
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT: .noConnection
    case CURLE_OPERATION_TIMEDOUT: .silent
    case CURLE_USE_SSL_FAILED: .unprotected
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CONNECT_ERROR: .certificate
    case CURLE_LOGIN_DENIED: .login
    default: reply.code >= 400 ? .turnedAway : .lost
    }
  }

  /// One line of 300 scalars at most, without anything that a page could not show.
  private static func sentence(_ code: Int, _ lines: [String]) -> String {
    let scalars = "\(code) \(lines.joined(separator: " "))".unicodeScalars
      .map { HeaderText(String($0)) == nil ? " " : $0 }.prefix(300)
    return String(String.UnicodeScalarView(scalars))
  }
}
