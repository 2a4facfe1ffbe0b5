import ArgumentParser

/// The `rapport` command.
@main
struct RapportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rapport",
    abstract: "Ask both sides of a partnership how the relationship is, anonymously, and act on it together.",
    discussion: """
      Start with "rapport serve": it prints a link, and the rest happens in the browser. \
      To look around first: "rapport demo --data demo-data", then "rapport serve --data demo-data".
      """,
    subcommands: [RoutesCommand.self, CrowdCommand.self],
    groupedSubcommands: [
      CommandGroup(
        name: "Running", subcommands: [ServeCommand.self, DemoCommand.self, BallotsCommand.self, LinkCommand.self]),
      CommandGroup(
        name: "Keeping",
        subcommands: [
          BackupCommand.self, RestoreCommand.self, CopyCommand.self, AdoptKeysCommand.self, DoctorCommand.self,
          ConfigCommand.self,
        ]),
      CommandGroup(name: "Without a server", subcommands: [ScoreCommand.self]),
    ])
}
