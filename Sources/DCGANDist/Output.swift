import Communication
import Foundation
import Reporting

/// Where what is said goes: what a person reads to standard error, what a program reads to standard output.
enum Output {
  /// Lines for a person.
  static func person(_ text: String) { Console.standardError.print(text) }

  /// Lines for a program, alone on standard output.
  static func program(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
  }

  /// Whether this process speaks for all: it is rank 0, or no launcher started it.
  static var isSpeaker: Bool { (LaunchEnvironment.current?.rank ?? 0) == 0 }
}

/// Runs `body` where this process speaks for all, for commands that one process does: under mpirun the other
/// ranks have nothing to do.
func onOneRank(_ body: () throws -> Void) throws {
  guard Output.isSpeaker else { return }
  try body()
}
