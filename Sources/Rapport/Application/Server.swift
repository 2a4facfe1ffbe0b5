import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// The program as a web server.
public struct Server: Sendable {
  let house: House
  let host: String
  let port: Int

  public init(house: House, host: String, port: Int) {
    self.house = house
    self.host = host
    self.port = port
  }

  /// Serves until a signal asks to stop; then lets running requests finish, ten seconds at most.
  public func run(whenReady: @escaping @Sendable (_ port: Int) async -> Void = { _ in }) async throws {
    let application = Application(
      router: house.router(),
      server: .http1(configuration: .init(idleTimeout: .seconds(60))),
      configuration: .init(address: .hostname(host, port: port), serverName: nil),
      services: house.services,
      onServerRunning: { await whenReady($0.localAddress?.port ?? port) },
      logger: libraryLogger)
    var group = ServiceGroupConfiguration(
      services: [StoppingNoted(inner: application, isStopping: house.isStopping)],
      gracefulShutdownSignals: [.sigterm, .sigint], logger: libraryLogger)
    group.maximumGracefulShutdownDuration = .seconds(10)
    do {
      try await ServiceGroup(configuration: group).run()
    } catch let error as CancellationError {
      house.logger.debug("stopped", metadata: ["error": "\(error)"])
    }
    try house.database.close()
  }

  /// Of libraries, only what went wrong: their other lines name addresses and number the requests.
  private var libraryLogger: Logger {
    var logger = house.logger
    logger.logLevel = max(logger.logLevel, .warning)
    return logger
  }
}

extension House {
  /// What runs beside the server: a capability with scheduled work adds its own.
  var services: [any Service] { [ControlDesk(house: self), RoundKeeper(house: self), MailKeeper(house: self)] }
}
