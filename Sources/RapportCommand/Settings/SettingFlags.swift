import ArgumentParser

/// Some settings as flags of a command; what was not given is `nil`.
protocol SettingFlags: ParsableArguments {
  var given: [Setting: String?] { get }
}

extension Setting {
  fileprivate var name: NameSpecification { .customLong(rawValue) }

  fileprivate var help: ArgumentHelp {
    ArgumentHelp(
      meaning.help + (fallback.map { " (default: \($0))" } ?? ""), valueName: meaning.value)
  }
}

/// Where an installation lies.
struct FolderFlags: SettingFlags {
  @Option(name: Setting.config.name, help: Setting.config.help) var config: String?
  @Option(name: Setting.data.name, help: Setting.data.help) var data: String?
  @Option(name: Setting.database.name, help: Setting.database.help) var database: String?
  @Option(name: Setting.keys.name, help: Setting.keys.help) var keys: String?

  var given: [Setting: String?] { [.config: config, .data: data, .database: database, .keys: keys] }
}

/// Where the server listens, and where people reach it.
struct AddressFlags: SettingFlags {
  @Option(name: Setting.listen.name, help: Setting.listen.help) var listen: String?
  @Option(name: Setting.baseURL.name, help: Setting.baseURL.help) var baseURL: String?

  var given: [Setting: String?] { [.listen: listen, .baseURL: baseURL] }
}

/// How to reach the mail server; without `--smtp` messages wait in the outbox to be handed over.
struct MailFlags: SettingFlags {
  @Option(name: Setting.smtp.name, help: Setting.smtp.help) var server: String?
  @Option(name: Setting.smtpUser.name, help: Setting.smtpUser.help) var user: String?
  @Option(name: Setting.smtpPasswordFile.name, help: Setting.smtpPasswordFile.help) var passwordFile: String?
  @Option(name: Setting.mailFrom.name, help: Setting.mailFrom.help) var from: String?
  @Option(name: Setting.smtpCA.name, help: Setting.smtpCA.help) var authorities: String?

  var given: [Setting: String?] {
    [.smtp: server, .smtpUser: user, .smtpPasswordFile: passwordFile, .mailFrom: from, .smtpCA: authorities]
  }
}

/// What the server tells the operator.
struct WatchingFlags: SettingFlags {
  @Option(name: Setting.metricsTokenFile.name, help: Setting.metricsTokenFile.help) var tokenFile: String?
  @Option(name: Setting.logLevel.name, help: Setting.logLevel.help) var logLevel: String?
  @Option(name: Setting.logFormat.name, help: Setting.logFormat.help) var logFormat: String?

  var given: [Setting: String?] {
    [.metricsTokenFile: tokenFile, .logLevel: logLevel, .logFormat: logFormat]
  }
}

/// All that `rapport serve` takes.
struct ServerFlags: ParsableArguments {
  @OptionGroup(title: "Folders") var folders: FolderFlags
  @OptionGroup(title: "Address") var address: AddressFlags
  @OptionGroup(title: "Mail") var mail: MailFlags
  @OptionGroup(title: "Watching") var watching: WatchingFlags

  var all: [any SettingFlags] { [folders, address, mail, watching] }
}
