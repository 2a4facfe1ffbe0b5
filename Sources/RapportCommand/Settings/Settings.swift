import Configuration
import Foundation
import Yams

/// What was chosen, and where: a flag goes before the environment, the environment before the file.
struct Settings {
  /// Where a value stands.
  enum Origin: Hashable {
    case flag, environment
    case file(path: String)
    /// Nobody chose.
    case fallback
  }

  private var sources: [(origin: Origin, provider: any ConfigProvider)]

  /// - Throws: `Failing`, if something is set that does not exist, or the file cannot be read.
  init(
    _ flags: [any SettingFlags], environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws {
    var given: [Setting: String] = [:]
    for (setting, value) in flags.flatMap(\.given) { given[setting] = value }
    // A variable that is there and empty chooses nothing.
    let variables = environment.filter { name, value in
      name.hasPrefix(Setting.prefix) && !value.isEmpty && !Setting.othersPrefixes.contains(where: name.hasPrefix)
    }
    for name in variables.keys.sorted() where !Setting.allCases.contains(where: { $0.variable == name }) {
      throw Self.unknown(name, "is no setting", meant: Setting.allCases) { $0.variable }
    }
    sources = [
      (.flag, InMemoryProvider(given)),
      (.environment, EnvironmentVariablesProvider(environmentVariables: variables).prefixKeys(with: "rapport")),
    ]
    guard let path = self[.config] else { return }
    sources.append((.file(path: path), InMemoryProvider(try Self.read(path))))
  }

  /// The value that holds, and `nil` if there is none.
  subscript(_ setting: Setting) -> String? { found(setting).value }

  /// Where the value that holds stands.
  func origin(of setting: Setting) -> Origin { found(setting).origin }

  private func found(_ setting: Setting) -> (value: String?, origin: Origin) {
    for (origin, provider) in sources {
      let result = try? provider.value(forKey: AbsoluteConfigKey([setting.key]), type: .string)
      if case .string(let value) = result?.value?.content { return (value, origin) }
    }
    return (setting.fallback, .fallback)
  }
}

extension InMemoryProvider {
  fileprivate init(_ values: [Setting: String]) {
    self.init(
      values: Dictionary(
        uniqueKeysWithValues: values.map {
          (AbsoluteConfigKey([$0.key.key]), ConfigValue(.string($0.value), isSecret: $0.key.isSecret))
        }
      ))
  }
}

extension Settings {
  /// The file is read here and not by the library, which would pass over keys that do not exist.
  private static func read(_ path: String) throws -> [Setting: String] {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw Failing(
        sentence: "The file \(path) of \(Setting.config.flag) cannot be read.", status: Failing.configuration)
    }
    let root: Node?
    do { root = try Yams.compose(yaml: text) } catch {
      throw Failing(sentence: "\(path) is no YAML: \(Self.firstLine(error)).", status: Failing.configuration)
    }
    guard let root, root.null == nil else { return [:] }
    guard let lines = root.mapping else {
      throw Failing(
        sentence: "\(path) has no settings: write a line for each, such as \"listen: 127.0.0.1:8080\".",
        status: Failing.configuration)
    }
    var values: [Setting: String] = [:]
    for (key, value) in lines {
      let place = "\(path), line \(key.mark?.line ?? 1)"
      let setting = try Self.setting(key.string ?? "", at: place)
      guard let scalar = value.scalar else {
        throw Failing(sentence: "\(place): \(setting.key) takes one value on its line.", status: Failing.configuration)
      }
      if value.null == nil { values[setting] = scalar.string }
    }
    return values
  }

  private static func setting(_ key: String, at place: String) throws -> Setting {
    guard let setting = Setting(rawValue: key) else {
      throw unknown(key, "(\(place)) is no setting", meant: Setting.allCases.filter(\.standsInFile)) { $0.key }
    }
    guard setting.standsInFile else {
      throw Failing(sentence: "\(place): \(key) cannot stand in the file itself.", status: Failing.configuration)
    }
    return setting
  }

  private static func unknown(
    _ name: String, _ complaint: String, meant: [Setting], _ spelling: (Setting) -> String
  ) -> Failing {
    let plain = name.hasPrefix(Setting.prefix) ? String(name.dropFirst(Setting.prefix.count)) : name
    let advice =
      Setting.resembling(plain, among: meant).map { "Did you mean \(spelling($0))?" }
      ?? "\"rapport config\" lists all settings."
    return Failing(sentence: "\(name) \(complaint). \(advice)", status: Failing.configuration)
  }

  private static func firstLine(_ error: any Error) -> String {
    let line =
      String(describing: error).split(whereSeparator: \.isNewline).first.map(String.init) ?? "it cannot be understood"
    return line.hasSuffix(":") ? String(line.dropLast()) : line
  }
}
