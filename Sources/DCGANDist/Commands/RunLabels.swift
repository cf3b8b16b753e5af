import Cluster
import Models
import Networks

/// What `presets RUN` and the help of `generate --checkpoint RUN` and its like say of a run's labels.
enum RunLabels {
  /// The label groups and codes of a run, a line each, and the command that asks for one.
  /// - Parameter path: the run, as it was typed.
  static func lines(_ architecture: Architecture, of path: String) -> [String] {
    guard let example = architecture.labelExample else {
      return ["\(architecture.name) was trained without labels, so there is nothing to ask for by --label"]
    }
    let command = LaunchCommand.line(["dcgan-dist", "generate", "--checkpoint", path, "--label", example])
    return architecture.groupLines() + architecture.codeLines + ["to ask for one: \(command)"]
  }

  /// The subcommands that take `--label`.
  private static let commands = ["generate", "interpolate", "arithmetic"]

  /// The section at the end of the help of `generate` and its like for the run that the command names; nil: it names
  /// none. A run that cannot be read gives a sentence.
  /// - Parameter arguments: what was typed after the program's name.
  static func helpSection(_ arguments: [String]) -> String? {
    guard commands.contains(arguments.first ?? ""), let path = checkpoint(arguments) else { return nil }
    let lines: [String]
    do {
      lines = Self.lines(try SavedModel.options(at: path).architecture, of: path)
    } catch {
      lines = ["these are not known: \(error)"]
    }
    return "\nLABELS OF \(path):\n" + lines.map { "  \($0)" }.joined(separator: "\n")
  }

  /// The value of `--checkpoint`; nil: it was not given.
  private static func checkpoint(_ arguments: [String]) -> String? {
    let flag = "--checkpoint"
    for (index, word) in arguments.enumerated() {
      if word.hasPrefix("\(flag)=") { return String(word.dropFirst(flag.count + 1)) }
      if word == flag, index + 1 < arguments.count, !arguments[index + 1].hasPrefix("-") {
        return arguments[index + 1]
      }
    }
    return nil
  }
}
