import Foundation
import NIOConcurrencyHelpers
import NIOPosix

/// Hands one message to a mail server: the real one, or whatever a test says.
struct Mailer: Sendable {
  let deliver: @Sendable (MailMessage) async throws -> Delivery

  /// By SMTP, each message in a conversation of its own on a thread of its own, so that no event loop waits.
  static func smtp(_ settings: MailSettings, as host: String) -> Mailer {
    Mailer { message in
      let stop = NIOLockedValueBox(false)
      let threads = NIOThreadPool(numberOfThreads: 1)
      threads.start()
      let delivery = try await withTaskCancellationHandler {
        try await threads.runIfActive {
          SMTPConversation(message, stop: stop).hold(with: settings, as: host)
        }
      } onCancel: {
        stop.withLockedValue { $0 = true }
      }
      try await threads.shutdownGracefully()
      return delivery
    }
  }
}

/// What a mail server made of a message.
enum Delivery: Sendable, Hashable {
  case accepted
  /// This message, for now (4xx).
  case deferred(answer: String)
  /// This message, for good (5xx).
  case refused(answer: String)
  /// No message gets through just now; whether this one arrived may be unknown.
  case unreachable(MailTrouble, answer: String)
}

/// Why a message was not handed over.
enum MailTrouble: String, Sendable, CaseIterable {
  case deferred, refused
  case noConnection = "no-connection"
  /// It does not answer in time.
  case silent
  /// It offers no TLS.
  case unprotected
  /// Its certificate is not trusted.
  case certificate
  /// User or password are wrong.
  case login
  /// The connection broke off.
  case lost
  /// It turns away every message of ours.
  case turnedAway = "turned-away"
}
