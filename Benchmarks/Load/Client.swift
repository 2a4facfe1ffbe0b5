import Foundation

/// One client: where it is in its script, and since when.
struct Client {
  private(set) var script: Script
  private(set) var step = 0
  private(set) var begun: UInt64
  private(set) var stepBegun: UInt64
  private let connections: [Connection]

  init(script: Script, connections: [Connection], at moment: UInt64) {
    (self.script, self.connections) = (script, connections)
    (begun, stepBegun) = (moment, moment)
  }

  var connection: Connection { connections[step] }

  mutating func begin(_ script: Script, at moment: UInt64) {
    self.script = script
    (step, begun, stepBegun) = (0, moment, moment)
  }

  /// - Returns: false when this was the last request.
  mutating func goOn(at moment: UInt64) -> Bool {
    guard step + 1 < script.requests.count else { return false }
    step += 1
    stepBegun = moment
    return true
  }

  func send() throws { try connection.send(script.requests[step]) }
  func receive() throws -> Reply? { try connection.receive() }
}

struct Reply {
  let status: Int
  let bytes: Int
}

/// A connection that is kept alive.
final class Connection {
  let descriptor: Int32
  private var received: [UInt8] = []
  private var room = [UInt8](repeating: 0, count: 1 << 18)

  init(port: UInt16) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else { throw Run.Failure.system(errno) }
    var yes: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
  }

  deinit { close(descriptor) }

  func send(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent) }
      guard count > 0 else { throw Run.Failure.system(errno) }
      sent += count
    }
  }

  /// - Returns: `nil` while the reply is not whole.
  func receive() throws -> Reply? {
    let count = read(descriptor, &room, room.count)
    guard count > 0 else { throw Run.Failure.closed }
    received += room[..<count]
    guard let end = received.headEnd else { return nil }
    let head = String(decoding: received[..<end], as: UTF8.self)
    let whole = end + 4 + (Self.length(head) ?? 0)
    guard received.count >= whole else { return nil }
    received.removeAll(keepingCapacity: true)
    return Reply(status: Int(head.dropFirst(9).prefix(3)) ?? 0, bytes: whole)
  }

  private static func length(_ head: String) -> Int? {
    for line in head.split(separator: "\r\n") where line.lowercased().hasPrefix("content-length:") {
      return Int(line.dropFirst("content-length:".utf8.count).drop { $0 == " " })
    }
    return nil
  }
}

extension [UInt8] {
  /// Where the blank line begins.
  fileprivate var headEnd: Int? {
    guard count >= 4 else { return nil }
    return (0...count - 4).first { self[$0] == 13 && self[$0 + 1] == 10 && self[$0 + 2] == 13 && self[$0 + 3] == 10 }
  }
}
