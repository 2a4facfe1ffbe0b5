import Ballots
import Foundation
import Partnering

/// A message as it is sent, in the language of the person it goes to.
struct MessageText: Sendable {
  let subject, body, link: String
  private let email: String

  /// As the visitor hands it over.
  init(_ shown: ShownMessage, in visit: Visit) {
    self.init(
      shown, from: visit.person?.name ?? "", in: shown.message.language ?? visit.language, visit.timeZone, visit.house)
  }

  init(_ shown: ShownMessage, from sender: String, in language: Language, _ timeZone: TimeZone, _ house: House) {
    let message = shown.message
    let words = house.wordBook.words(in: language)
    let formats = Formats(language: language, timeZone: timeZone)
    link = house.configuration.baseURL.link(shown.path)
    var values = message.values
    values["name"] = .text(message.name)
    values["sender"] = .text(sender)
    values["link"] = .text(link)
    values["until"] = .text(shown.until.map(formats.moment) ?? "")
    values["when"] = .text(message.talk.map { formats.moment($0.startsAt) } ?? "")
    values["place"] = .text(message.talk?.place ?? "")
    values["actions"] = .text(
      shown.dueActions.map { action in
        words(
          "people.message.actions-due.line",
          ["what": .text(action.what), "partnership": .text(action.partnership), "day": .text(formats.day(action.due))])
      }.joined(separator: "\n"))
    values["words"] = .text(message.digest?.words.joined(separator: " ") ?? "")
    let key = "people.message.\(message.kind.rawValue)"
    subject = words("\(key).subject", values)
    // Who answers on paper gets a slip; who has an account signs in; who has neither gets a link of their own.
    let variants = (message.isOnPaper ? ["body-paper"] : []) + (shown.isSecret ? [] : ["body-account"])
    body = words("\(key).\(variants.first { words.has("\(key).\($0)") } ?? "body")", values)
    email = message.email
  }

  /// Opens the reader's mail program with everything filled in.
  var mailAddress: String {
    // RFC 6068 §2: everything but the unreserved is escaped, and lines end with CRLF.
    let allowed = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~@")
    func escaped(_ text: String) -> String { text.addingPercentEncoding(withAllowedCharacters: allowed) ?? "" }
    let lines = body.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")
    return "mailto:\(escaped(email))?subject=\(escaped(subject))&body=\(escaped(lines))"
  }
}
