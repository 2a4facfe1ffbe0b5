import Foundation
import Testing

@testable import RapportCommand

/// What holds of what an operator chose, and what is said of what cannot be.
@Suite struct SettingsTests {
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)

  init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

  private func file(_ text: String) throws -> String {
    let file = folder.appendingPathComponent("rapport.yaml")
    try text.write(to: file, atomically: true, encoding: .utf8)
    return file.path
  }

  private func settings(_ flags: [String] = [], _ environment: [String: String] = [:], file text: String? = nil) throws
    -> Settings
  {
    let config = try text.map { ["--config", try file($0)] } ?? []
    return try Settings(ServerFlags.parse(flags + config).all, environment: environment)
  }

  /// The sentence of a refusal.
  private func refusal(_ work: () throws -> Void) -> Failing? {
    do { try work() } catch let failing as Failing { return failing } catch { Issue.record(error) }
    return nil
  }

  @Test
  func `a flag goes before the environment, the environment before the file, and the file before what holds otherwise`()
    throws
  {
    let file = "listen: 127.0.0.3:3\n"
    let environment = ["RAPPORT_LISTEN": "127.0.0.2:2"]
    #expect(try settings()[.listen] == "127.0.0.1:8080")
    #expect(try settings(file: file)[.listen] == "127.0.0.3:3")
    #expect(try settings([], environment, file: file)[.listen] == "127.0.0.2:2")
    #expect(try settings(["--listen", "127.0.0.1:1"], environment, file: file)[.listen] == "127.0.0.1:1")
  }

  @Test func `where a value stands is told`() throws {
    let found = try settings(
      ["--data", "there"], ["RAPPORT_BASE_URL": "https://rapport.example"], file: "keys: elsewhere\n")
    #expect(found.origin(of: .data) == .flag)
    #expect(found.origin(of: .baseURL) == .environment)
    #expect(found.origin(of: .keys) == .file(path: folder.appendingPathComponent("rapport.yaml").path))
    #expect(found.origin(of: .listen) == .fallback)
  }

  /// Every setting but secrets has a flag, and the file takes every setting but its own name.
  @Test(arguments: Setting.allCases)
  func `every setting can be chosen in each place that it has`(setting: Setting) throws {
    if setting != .config {
      #expect(try settings([], [setting.variable: "chosen"])[setting] == "chosen")
      #expect(try settings(file: "\(setting.key): chosen\n")[setting] == "chosen")
    }
    guard !setting.isSecret, setting != .config else { return }
    #expect(try settings([setting.flag, "chosen"])[setting] == "chosen")
  }

  @Test(arguments: [Setting.smtpPassword, .metricsToken])
  func `a secret is no flag, because others see a program's arguments`(setting: Setting) {
    #expect(throws: (any Error).self) { try ServerFlags.parse([setting.flag, "hidden"]) }
  }

  @Test func `the file is found by the environment, too`() throws {
    #expect(try settings([], ["RAPPORT_CONFIG": try file("data: there\n")])[.data] == "there")
  }

  @Test func `a variable that is empty and a key without a value choose nothing`() throws {
    #expect(try settings([], ["RAPPORT_SMTP": ""], file: "database:\nmail-from: ~\n").mail() == nil)
    #expect(try settings(file: "database:\n").database() == nil)
    #expect(try settings(file: "# nothing yet\n")[.data] == "data")
  }

  struct Wrong: Sendable {
    var environment: [String: String] = [:]
    var file: String?
    let sentence: String
  }

  @Test(arguments: [
    Wrong(
      environment: ["RAPPORT_BASEURL": "x"], sentence: "RAPPORT_BASEURL is no setting. Did you mean RAPPORT_BASE_URL?"),
    Wrong(
      environment: ["RAPPORT_PORT_8080_TCP": "x"],
      sentence: "RAPPORT_PORT_8080_TCP is no setting. \"rapport config\" lists all settings."),
    Wrong(
      file: "listen: 127.0.0.1:1\nbase_url: x\n",
      sentence: "base_url (FILE, line 2) is no setting. Did you mean base-url?"),
    Wrong(file: "lisen: x\n", sentence: "lisen (FILE, line 1) is no setting. Did you mean listen?"),
    Wrong(
      file: "metrics:\n  token: x\n",
      sentence: "metrics (FILE, line 1) is no setting. \"rapport config\" lists all settings."),
    Wrong(file: "data: [one, two]\n", sentence: "FILE, line 1: data takes one value on its line."),
    Wrong(file: "config: x\n", sentence: "FILE, line 1: config cannot stand in the file itself."),
    Wrong(
      file: "just words\n", sentence: "FILE has no settings: write a line for each, such as \"listen: 127.0.0.1:8080\"."
    ),
  ])
  func `what is no setting is refused, with what was probably meant`(wrong: Wrong) throws {
    let failing = refusal { _ = try settings([], wrong.environment, file: wrong.file) }
    let file = folder.appendingPathComponent("rapport.yaml").path
    #expect(failing?.sentence == wrong.sentence.replacing("FILE", with: file))
    #expect(failing?.status == 78)
  }

  @Test func `a key that stands twice, and what is no YAML, is refused`() throws {
    for text in ["data: one\ndata: two\n", "data: \"one\n", "\tdata: one\n"] {
      let failing = refusal { _ = try settings(file: text) }
      #expect(failing?.sentence.contains("is no YAML") == true, "\(failing?.sentence ?? "taken"): \(text)")
      #expect(failing?.sentence.contains("\n") == false)
    }
  }

  @Test func `a value that makes no sense is refused under the name by which it was chosen`() throws {
    let flag = refusal { _ = try settings(["--base-url", "ftp://x"]).configuration() }
    #expect(flag?.sentence == "--base-url takes an address such as https://rapport.example, without a path.")
    #expect(flag?.status == 64)
    let variable = refusal { _ = try settings([], ["RAPPORT_DATABASE": "mysql://x"]).configuration() }
    #expect(variable?.sentence == "RAPPORT_DATABASE takes an address such as postgres://user@host/rapport.")
    let key = refusal { _ = try settings(file: "log-level: debug\n").log() }
    #expect(key?.sentence.hasSuffix("rapport.yaml: log-level is one of error, warning, notice, info.") == true)
    #expect(key?.status == 78)
  }

  @Test func `a token for the metrics is long enough to be secret`() throws {
    let short = refusal { _ = try settings([], ["RAPPORT_METRICS_TOKEN": "guess"]).configuration() }
    #expect(short?.sentence.hasPrefix("RAPPORT_METRICS_TOKEN takes at least 16") == true)
    let token = folder.appendingPathComponent("token")
    try "a token of a file\n".replacing(" ", with: "-").write(to: token, atomically: true, encoding: .utf8)
    #expect(try settings(["--metrics-token-file", token.path]).metricsToken() != nil)
    #expect(try settings().metricsToken() == nil)
  }

  @Test func `what is shown has every setting, and no secret`() throws {
    let found = try settings(
      [],
      [
        "RAPPORT_SMTP_PASSWORD": "hidden-one",
        "RAPPORT_DATABASE": "postgres://rapport:hidden-two@db.example/rapport?password=hidden-three",
      ],
      file: "metrics-token: hidden-four-hidden\n")
    let lines = found.lines
    #expect(lines.map { $0.prefix { $0 != " " } } == Setting.allCases.map { Substring($0.key) })
    #expect(!lines.joined().contains("hidden"))
    let database = lines[2].split(separator: " ").map(String.init)
    #expect(database == ["database", "postgres://rapport:(set)@db.example/rapport?password=(set)", "RAPPORT_DATABASE"])
  }

  @Test(arguments: [
    ("postgres://db.example/rapport", "postgres://db.example/rapport"),
    ("postgres://anna@db.example/rapport", "postgres://anna@db.example/rapport"),
    ("postgres://anna:pa:ss@word@db.example/rapport", "postgres://anna:(set)@db.example/rapport"),
    (
      "postgres://a.example:5432,b.example:5433/rapport?target_session_attrs=read-write",
      "postgres://a.example:5432,b.example:5433/rapport?target_session_attrs=read-write"
    ),
    ("postgres:///rapport?sslpassword=word&host=/run", "postgres:///rapport?sslpassword=(set)&host=/run"),
    ("host=db password=word", "(set)"),
  ])
  func `a database is shown without its password`(address: String, shown: String) {
    #expect(Settings.withoutPassword(address) == shown)
  }

  @Test(arguments: ["q7x%z9w", "q7x/z9w", "q7x@z9w", "q7x@z9w/k5j"])
  func `of an address that PostgreSQL cannot read no part is told, which might be the password`(password: String) throws {
    let chosen = try settings(file: "database: postgres://rapport:\(password)@db.example/rapport\n")
    let refused = try #require(refusal { _ = try chosen.database() })
    #expect(refused.status == Failing.configuration && refused.sentence.contains("write % as %25"))
    #expect(password.split(whereSeparator: "%/@:".contains).allSatisfy { !refused.sentence.contains($0) })
  }
}
