import Foundation
import Hummingbird
import Logging
import NIOCore

/// A request that lines in the log can be about.
protocol MarkedContext: RequestContext {
  var mark: RequestMark { get }
}

/// What every request has: a mark for the log. It knows no person.
struct BareContext: MarkedContext {
  var coreContext: CoreRequestContextStorage
  let mark = RequestMark()
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
struct PageContext: ChildRequestContext, MarkedContext {
  var coreContext: CoreRequestContextStorage
  let mark: RequestMark
  /// Set by `Visiting` before a handler runs.
  var visit: Visit?
  let peer: String?

  init(context: BareContext) throws {
    coreContext = context.coreContext
    mark = context.mark
    peer = context.peer
  }
}

/// What a request on the anonymous way has: nothing. There is no session in this type, so that to
/// know a person there does not compile. [anonymity, Answer]
struct AnswerContext: ChildRequestContext {
  var coreContext: CoreRequestContextStorage

  init(context: BareContext) throws { coreContext = context.coreContext }
}
