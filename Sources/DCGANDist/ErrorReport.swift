import ArgumentParser
import Cluster
import Communication
import Configuration
import Foundation
import Reporting

/// Turns the error that ended a command into one sentence and an exit code.
enum ErrorReport {
  /// Prints the sentence once for all ranks.
  /// - Returns: the exit code.
  static func tell(_ error: any Error) -> Int32 {
    if let end = error as? CommandExit { return end.code }
    if let code = error as? ExitCode { return code.rawValue }
    let code = code(of: error)
    // An error of the message layer may be this rank's alone, so every rank may say it.
    guard Output.isSpeaker || error is CommunicationError else { return code }
    switch error {
    case let error as RunError:
      LastWords.speakForAll(cause: error.description, mayPass: error.mayPass)
    case is ConfigurationError:
      LastWords.speakForAll(cause: "\(error)")
    case is CommunicationError:
      LastWords.speak(cause: "\(error)")
    default:
      let parserCode = RootCommand.exitCode(for: error)
      if parserCode == .success {
        // Help that a person asked for is the command's output.
        let section = RunLabels.helpSection(Array(CommandLine.arguments.dropFirst())) ?? ""
        Output.program(RootCommand.fullMessage(for: error) + section)
      } else if parserCode == .validationFailure {
        LastWords.wereSpoken()
        Output.person(
          "error: \(unknownSubcommand ?? RootCommand.message(for: error))\nSee '\(typedWords.joined(separator: " ")) --help'."
        )
      } else {
        LastWords.speak(cause: "\(error)")
      }
    }
    return code
  }

  private static func code(of error: any Error) -> Int32 {
    switch error {
    case let error as RunError: error.code
    case is ConfigurationError: RunExit.usage
    case is CommunicationError: RunExit.failure
    default: RootCommand.exitCode(for: error).rawValue
    }
  }

  /// A sentence about the word that stands in place of a subcommand, if there is no such subcommand; nil
  /// otherwise.
  private static var unknownSubcommand: String? {
    let words = typedWords
    let known = subcommands(of: words).compactMap { $0.configuration.commandName }
    guard !known.isEmpty, CommandLine.arguments.count > words.count else { return nil }
    let word = CommandLine.arguments[words.count]
    guard !word.hasPrefix("-") else { return nil }
    return "there is no '\(words.joined(separator: " ")) \(word)'; \(suggestion(for: word, in: known))"
  }

  /// The program and the subcommands that were typed.
  private static var typedWords: [String] {
    var words = ["dcgan-dist"]
    for word in CommandLine.arguments.dropFirst() {
      guard subcommands(of: words).contains(where: { $0.configuration.commandName == word }) else { break }
      words.append(word)
    }
    return words
  }

  private static func subcommands(of words: [String]) -> [any ParsableCommand.Type] {
    words.dropFirst().reduce(RootCommand.configuration.subcommands) { known, word in
      known.first { $0.configuration.commandName == word }?.configuration.subcommands ?? []
    }
  }
}
