import ArgumentParser
import Foundation

/// `rapport config`
struct ConfigCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Show every setting, its value, and where it was chosen.",
    discussion: """
      A setting is chosen by flag (--base-url URL), in the environment (RAPPORT_BASE_URL=URL) or in the file of \
      --config (base-url: URL); the first of these that has it counts. Give it the options that you give to \
      "rapport serve". The status is 0 if the server could start with these settings. Secrets are not shown.
      """)

  @OptionGroup var flags: ServerFlags

  func run() async throws {
    try await reporting {
      let settings = try Settings(flags.all)
      for line in settings.lines { print(line) }
      fflush(nil)
      _ = (try settings.configuration(), try settings.listen(), try settings.log())
    }
  }
}

extension Settings {
  /// `base-url             https://rapport.example   RAPPORT_BASE_URL`
  var lines: [String] {
    let shown = Setting.allCases.map { ($0.key, shownValue(of: $0), shownOrigin(of: $0)) }
    let (keys, values) = (shown.map(\.0.count).max() ?? 0, shown.map(\.1.count).max() ?? 0)
    return shown.map { key, value, origin in
      let columns = [key.padding(to: keys), value.padding(to: values), origin]
      return columns.joined(separator: "  ")
    }
  }

  private func shownValue(of setting: Setting) -> String {
    switch setting {
    case .database: self[setting].map(Self.withoutPassword) ?? folder.appendingPathComponent("rapport.sqlite").path
    case .data: folder.path
    case .keys: keys.path
    case .baseURL: base
    case .smtpPassword, .metricsToken: self[setting].map { _ in "(set)" } ?? "-"
    case .config, .listen, .smtp, .smtpUser, .smtpPasswordFile, .mailFrom, .smtpCA, .metricsTokenFile, .logLevel,
      .logFormat:
      self[setting] ?? "-"
    }
  }

  private func shownOrigin(of setting: Setting) -> String {
    switch origin(of: setting) {
    case .flag: setting.flag
    case .environment: setting.variable
    case .file(let path): path
    case .fallback: "default"
    }
  }

  /// A database's address may have a password before its host, and another among its options.
  static func withoutPassword(_ address: String) -> String {
    guard let scheme = address.range(of: "://") else { return "(set)" }
    var rest = String(address[scheme.upperBound...])
    if let at = rest.lastIndex(of: "@"), let colon = rest[..<at].firstIndex(of: ":") {
      rest.replaceSubrange(rest.index(after: colon)..<at, with: "(set)")
    }
    // `sslpassword`, too.
    let options = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    guard options.count == 2 else { return address[..<scheme.upperBound] + rest }
    let shown = options[1].split(separator: "&", omittingEmptySubsequences: false).map { option in
      option.lowercased().contains("password") ? "\(option.prefix { $0 != "=" })=(set)" : String(option)
    }
    return address[..<scheme.upperBound] + options[0] + "?" + shown.joined(separator: "&")
  }
}

extension String {
  fileprivate func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
