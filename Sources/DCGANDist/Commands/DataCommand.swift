import ArgumentParser

/// `dcgan-dist data`.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Make training data.", subcommands: [DataFacesCommand.self])
}
