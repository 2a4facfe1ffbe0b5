import Foundation
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Where a running server takes errands: a socket in the data folder, for the folder's owner alone.
struct ControlDesk: Service {
  let house: House

  func run() async throws {
    let socket = ControlSocket(in: house.configuration.data)
    let door = try await socket.reach { path in
      try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true) { $0.conversation() }
    }
    defer { unlink(socket.file.path) }
    guard chmod(socket.file.path, 0o600) == 0 else { throw DataFolderFailure.cannotMake(socket.file.path) }
    try await withGracefulShutdownHandler {
      try await door.executeThenClose { callers in
        try await withThrowingDiscardingTaskGroup { group in
          for try await caller in callers { group.addTask { await serve(caller) } }
        }
      }
    } onGracefulShutdown: {
      door.channel.close(promise: nil)
    }
  }

  /// One line in, one line out; a caller that goes away has only itself to blame.
  private func serve(_ caller: Conversation) async {
    try? await caller.executeThenClose { inbound, outbound in
      guard let line = try await inbound.line(), let errand = try? JSONDecoder().decode(Errand.self, from: line) else { return }
      try await outbound.write(ByteBuffer(bytes: try JSONEncoder().encode(await house.perform(errand)) + [0x0a]))
    }
  }
}

/// The socket as the operator's commands and the server find it.
struct ControlSocket: Sendable {
  let folder: URL

  init(in folder: URL) { self.folder = folder }

  var file: URL { folder.appendingPathComponent("control.sock") }

  /// Asks the server that is using the folder.
  /// - Throws: `OperationFailure.serverSilent`.
  func ask(_ errand: Errand) async throws -> ErrandOutcome {
    do {
      let channel = try await reach { path in
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
          .connect(unixDomainSocketPath: path) { $0.conversation() }
      }
      let answer = try await channel.executeThenClose { inbound, outbound in
        try await outbound.write(ByteBuffer(bytes: try JSONEncoder().encode(errand) + [0x0a]))
        return try await inbound.line()
      }
      return try JSONDecoder().decode(ErrandOutcome.self, from: answer ?? Data())
    } catch {
      throw OperationFailure.serverSilent(folder: folder.path)
    }
  }

  /// A socket's address has room for 107 bytes only, a data folder's path may be longer: go through the open folder.
  fileprivate func reach<Result>(_ body: (_ path: String) async throws -> Result) async throws -> Result {
    let descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw DataFolderFailure.cannotMake(folder.path) }
    defer { close(descriptor) }
    return try await body("/proc/self/fd/\(descriptor)/control.sock")
  }
}

private typealias Conversation = NIOAsyncChannel<ByteBuffer, ByteBuffer>

extension Channel {
  fileprivate func conversation() -> EventLoopFuture<Conversation> {
    eventLoop.makeCompletedFuture { try Conversation(wrappingChannelSynchronously: self) }
  }
}

extension NIOAsyncChannelInboundStream<ByteBuffer> {
  /// The bytes up to the first line feed; `nil` if there is none within the first 64 kB.
  fileprivate func line() async throws -> Data? {
    var collected = Data()
    for try await buffer in self {
      collected.append(contentsOf: buffer.readableBytesView)
      if let end = collected.firstIndex(of: 0x0a) { return collected[..<end] }
      if collected.count > 65_536 { return nil }
    }
    return nil
  }
}
