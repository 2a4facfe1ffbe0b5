import Foundation
import Hummingbird
import Logging
import NIOCore

/// What every request has: a request id and a logger. It knows no person.
struct BareContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  /// The address at the other end of the connection, for the limit on guessing passwords. It is read on the way to
  /// pages only and never logged.
  let peer: String?

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    peer = source.channel.remoteAddress?.ipAddress
  }

  /// For requests made inside the program: by the demonstration and by tests.
  init(inside source: InsideSource) {
    coreContext = .init(source: source)
    peer = source.peer
  }

  struct InsideSource: RequestContextSource {
    let logger: Logger
    let peer: String?
  }
}

/// What a request to a page has besides: who visits, and the form that was sent.
struct PageContext: ChildRequestContext {
  var coreContext: CoreRequestContextStorage
  /// Set by `Visiting` before a handler runs.
  var visit: Visit?
  let peer: String?

  init(context: BareContext) throws {
    coreContext = context.coreContext
    peer = context.peer
  }
}

/// What a request on the anonymous way has: nothing. There is no session in this type, so that to
/// know a person there does not compile. [anonymity, Answer]
struct AnswerContext: ChildRequestContext {
  var coreContext: CoreRequestContextStorage

  init(context: BareContext) throws { coreContext = context.coreContext }
}
