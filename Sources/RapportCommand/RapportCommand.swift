import ArgumentParser

/// The `rapport` command.
@main
struct RapportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rapport",
    abstract: "Ask both sides of a partnership how the relationship is, anonymously, and act on it together.",
    subcommands: [ServeCommand.self, ScoreCommand.self])
}
