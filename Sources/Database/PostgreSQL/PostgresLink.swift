import CPostgres
import Foundation

/// A libpq connection and the statements prepared on it. It belongs to one session, which uses it from one thread.
final class PostgresLink {
  private let connection: OpaquePointer
  /// The names of prepared statements, by their text and the types of what is bound.
  private var prepared: [Statement: String] = [:]

  static let mostPrepared = 500

  private struct Statement: Hashable {
    let sql: String
    let types: [Oid]
  }

  /// - Parameter patience: how long a statement waits for what another transaction has locked.
  /// - Throws: `DatabaseFailure.unavailable`.
  init(_ settings: PostgresSettings, patience: Duration = .seconds(10)) throws {
    let pairs = settings.values.sorted { $0.key < $1.key }
    let connection = withCStrings(pairs.map(\.key)) { keywords in
      withCStrings(pairs.map(\.value)) { values in PQconnectdbParams(keywords, values, 0) }
    }
    guard let connection else { throw DatabaseFailure.unavailable("no memory for a connection") }
    self.connection = connection
    guard PQstatus(connection) == CONNECTION_OK else { throw DatabaseFailure.unavailable(message) }
    // Notices would go to the program's error output.
    PQsetNoticeProcessor(connection, { _, _ in }, nil)
    // What is acknowledged is durable, also where the server's default says that it need not be.
    if parameter("synchronous_commit") == "off" { try run("SET synchronous_commit = on") }
    try run("SET lock_timeout = \(Int(patience / .milliseconds(1)))")
    // A server whose machine is gone cannot say so: PostgreSQL would keep what it has locked for hours.
    try run("SET idle_in_transaction_session_timeout = '60s'")
    for (name, value) in [("idle", 10), ("interval", 5), ("count", 3)] { try run("SET tcp_keepalives_\(name) = \(value)") }
  }

  deinit { PQfinish(connection) }

  /// As PostgreSQL counts: 150018 is 15.18.
  var version: Int { Int(PQserverVersion(connection)) }

  /// Whether it is connected and in no transaction.
  var isIdle: Bool {
    PQstatus(connection) == CONNECTION_OK && PQtransactionStatus(connection) == PQTRANS_IDLE
  }

  /// Runs a statement that binds nothing.
  @discardableResult
  func run(_ sql: String) throws -> Int {
    try withResult(PQexec(connection, sql)) { PostgresResult($0).changed }
  }

  /// Ends a transaction; durable when this returns.
  /// - Throws: `PostgresInterruption.unconfirmed` if the server has not answered in time: it waits for a standby then, and only
  ///   `settle()` may come next.
  func commit(within patience: Duration) throws {
    guard PQsendQuery(connection, "COMMIT") == 1 else { throw DatabaseFailure.unavailable(message) }
    let end = ContinuousClock.now + patience
    while PQisBusy(connection) == 1 {
      let left = (end - .now) / .milliseconds(1)
      var socket = pollfd(fd: PQsocket(connection), events: Int16(POLLIN), revents: 0)
      // Interrupted by a signal, it is simply waited for again.
      guard left > 0, poll(&socket, 1, Int32(left.rounded(.up))) != 0 else { throw PostgresInterruption.unconfirmed }
      guard PQconsumeInput(connection) == 1 else { throw DatabaseFailure.unavailable(message) }
    }
    let result = PQgetResult(connection)
    settle()
    // A transaction in which a statement failed is rolled back by its commit, without an error.
    let isKept = try withResult(result) { String(cString: PQcmdStatus($0)) == "COMMIT" }
    guard isKept else { throw DatabaseFailure.statement("a statement of the transaction had failed") }
  }

  /// Waits for the rest of what the server has to say about the last statement.
  func settle() {
    while let result = PQgetResult(connection) { PQclear(result) }
  }

  func query(_ sql: String, _ values: [Value]) throws -> [Row] {
    try withResult(execute(sql, values)) { try PostgresResult($0).rows() }
  }

  func change(_ sql: String, _ values: [Value]) throws -> Int {
    try withResult(execute(sql, values)) { PostgresResult($0).changed }
  }

  private func parameter(_ name: String) -> String? {
    (try? query("SELECT current_setting($1) AS setting", [.text(name)]))?.first.flatMap { try? $0.text("setting") }
  }

  private func execute(_ sql: String, _ values: [Value]) throws -> OpaquePointer? {
    let bound = try values.map { try BoundValue($0) }
    let name = try preparedName(Statement(sql: sql, types: bound.map(\.type)))
    return bound.withPointers { values, lengths, formats in
      PQexecPrepared(connection, name, Int32(bound.count), values, lengths, formats, 1)
    }
  }

  private func preparedName(_ statement: Statement) throws -> String {
    if let name = prepared[statement] { return name }
    // Lists of different lengths are different statements, and PostgreSQL keeps each with its plan.
    if prepared.count >= Self.mostPrepared {
      try run("DEALLOCATE ALL")
      prepared = [:]
    }
    let name = "s\(prepared.count)"
    try withResult(PQprepare(connection, name, statement.sql, Int32(statement.types.count), statement.types)) { _ in }
    prepared[statement] = name
    return name
  }

  private func withResult<Result>(_ result: OpaquePointer?, _ body: (OpaquePointer) throws -> Result) throws -> Result {
    guard let result else { throw DatabaseFailure.unavailable(message) }
    defer { PQclear(result) }
    switch PQresultStatus(result) {
    case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return try body(result)
    default: throw failure(of: result)
    }
  }

  private func failure(of result: OpaquePointer) -> any Error {
    // 'C': SQLSTATE. Without one it is libpq itself that lost the connection.
    guard let state = field("C", of: result),
      PQstatus(connection) == CONNECTION_OK
    else { return DatabaseFailure.unavailable(message) }
    switch state {
    case "40001", "40P01": return PostgresInterruption.lostRace
    // A sentence about a datum quotes it. [PostgreSQL, Appendix A, class 22]
    case _ where state.hasPrefix("22"): return DatabaseFailure(state: state, message: "SQLSTATE \(state)")
    // 'M': the sentence alone. The details after it quote the row, and all of this may come into the log.
    default: return DatabaseFailure(state: state, message: field("M", of: result) ?? "SQLSTATE \(state)")
    }
  }

  private func field(_ code: Unicode.Scalar, of result: OpaquePointer) -> String? {
    PQresultErrorField(result, Int32(code.value)).map { String(cString: $0).trimmed }
  }

  private var message: String { PQerrorMessage(connection).map { String(cString: $0).trimmed } ?? "" }
}

extension DatabaseFailure {
  /// - Parameter state: SQLSTATE. [PostgreSQL, Appendix A]
  init(state: String, message: String) {
    self =
      switch (state.prefix(2), state) {
      case (_, "53100"): .full
      // A server that was promoted or went back to being a standby: another host of the address may take it.
      case ("08", _), ("53", _), ("55", _), ("57", _), (_, "25006"), (_, "25P03"): .unavailable(message)
      case ("58", _): .unavailable(message)
      case ("23", _): .constraint(message)
      case ("XX", _): .damaged(message)
      default: .statement(message)
      }
  }
}

struct PostgresConnection: Connection {
  let link: PostgresLink

  func query(_ sql: String, _ values: [Value]) throws -> [Row] { try link.query(sql, values) }

  @discardableResult
  func execute(_ sql: String, _ values: [Value]) throws -> Int {
    // Statements without values are those of migrations: not worth preparing.
    try values.isEmpty ? link.run(sql) : link.change(sql, values)
  }

  func tables() throws -> [String] {
    try link.query(
      "SELECT CAST(tablename AS TEXT) AS name FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1", []
    ).map { try $0.text("name") }.sorted()
  }

  func milliseconds() throws -> Int64 {
    try link.query("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) AS now", [])
      .first?.integer("now") ?? 0
  }
}

private func withCStrings<Result>(
  _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
) -> Result {
  let copies = strings.map { strdup($0) }
  defer { for copy in copies { free(copy) } }
  let pointers = copies.map { UnsafePointer<CChar>($0) } + [nil]
  return pointers.withUnsafeBufferPointer { buffer in
    // An array that ends with nil is never empty.
    buffer.baseAddress.map(body) ?? withUnsafePointer(to: nil) { body($0) }
  }
}
