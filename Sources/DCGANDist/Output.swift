import Communication
import Foundation
import Reporting

/// Prints text: for a person to standard error, for a program to standard output.
enum Output {
  /// Lines for a person.
  static func person(_ text: String) { Console.standardError.print(text) }

  /// Lines for a program, alone on standard output.
  static func program(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
  }

  /// Whether this process speaks for all ranks: it is rank 0, or no launcher started it.
  static var isSpeaker: Bool { (LaunchEnvironment.current?.rank ?? 0) == 0 }
}

/// Runs `body` if this process speaks for all ranks. For commands of one process: under mpirun the other
/// ranks do nothing.
func onOneRank(_ body: () throws -> Void) throws {
  guard Output.isSpeaker else { return }
  try body()
}
