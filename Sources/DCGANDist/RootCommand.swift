import ArgumentParser
import Tensors

/// `dcgan-dist`: the subcommands, and `--version`.
struct RootCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dcgan-dist",
    abstract: "Trains DCGANs on CPUs, on one rank or many.",
    discussion: """
      A run is a function of its configuration and its data, not of how many ranks computed it.

      Examples:
        dcgan-dist train                            here, on the built-in faces
        dcgan-dist train --ranks 2 --data pictures/ starts mpirun itself
        mpirun -np 8 dcgan-dist train --data pictures/
        dcgan-dist generate --checkpoint runs/0001-dcgan64 --out faces.png

      Exit codes: 0 done, 1 error, 64 usage, 75 saved and to be started again, 86 ended by the watchdog, \
      128 + n ended at once by signal n.
      """,
    subcommands: [
      TrainCommand.self, GenerateCommand.self, InterpolateCommand.self, ArithmeticCommand.self,
      ClassifyCommand.self, VisualizeCommand.self,
      ExportCommand.self, ImportCommand.self, PresetsCommand.self, BenchCommand.self, VerifyCommand.self,
      DataCommand.self,
    ])

  @Flag(name: .long, help: "Tell version, commit, MPI, BLAS and its core, and instruction sets.")
  var version = false

  func run() throws {
    guard version else { throw CleanExit.helpRequest(self) }
    try onOneRank { Output.program(VersionText.current) }
  }
}
