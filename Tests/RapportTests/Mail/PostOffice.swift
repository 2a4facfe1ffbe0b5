import NIOConcurrencyHelpers
import Partnering

@testable import Rapport

/// The other end of the wire: keeps what arrives, and answers as a test says.
final class PostOffice: Sendable {
  private let box = NIOLockedValueBox<(arrived: [MailMessage], answers: [Delivery], always: Delivery)>(([], [], .accepted))

  var mailer: Mailer {
    Mailer { mail in
      self.box.withLockedValue { box in
        box.arrived.append(mail)
        return box.answers.isEmpty ? box.always : box.answers.removeFirst()
      }
    }
  }

  var arrived: [MailMessage] { box.withLockedValue { $0.arrived } }

  /// Answers the next messages so, in order.
  func answer(_ deliveries: Delivery...) { box.withLockedValue { $0.answers += deliveries } }

  func answerAlways(_ delivery: Delivery) { box.withLockedValue { $0.always = delivery } }
}
