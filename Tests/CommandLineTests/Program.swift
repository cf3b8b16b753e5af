import Foundation
import Testing

/// The built program, run as a user types it.
struct Program {
  /// How a command ended.
  struct Outcome {
    let code: Int32
    /// Standard output.
    let output: String
    /// Standard error.
    let errors: String
    /// The lines of standard error, those of our own parent's notes left out.
    var sentences: [String] {
      errors.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("note: ") }
    }
  }

  /// The program beside the test bundle.
  static let path: String = {
    let bundle =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? CommandLine.arguments[0]
    return (bundle as NSString).deletingLastPathComponent + "/dcgan-dist"
  }()

  /// Whether mpirun can be found.
  static let hasMPIRun: Bool = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    .contains {
      FileManager.default.isExecutableFile(atPath: $0 + "/mpirun")
    }

  /// Where it runs; relative paths start there.
  let folder: Scratch

  init() throws { folder = try Scratch() }

  /// Runs the program to its end.
  func callAsFunction(_ arguments: String..., environment: [String: String] = [:]) throws -> Outcome {
    try run(Self.path, arguments, environment)
  }

  /// Runs it with the words of a list.
  func typed(_ words: [String], environment: [String: String] = [:]) throws -> Outcome {
    try run(Self.path, words, environment)
  }

  /// Runs it under mpirun on two ranks.
  func underMPIRun(_ arguments: String...) throws -> Outcome {
    try run("/usr/bin/env", ["mpirun", "-np", "2", "--oversubscribe", "-quiet", Self.path] + arguments, [:])
  }

  private func run(_ executable: String, _ arguments: [String], _ changes: [String: String]) throws -> Outcome
  {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    // The tests may themselves run under mpirun; what they start must not take itself for one of those ranks.
    let marks = ["OMPI_", "PMIX_", "PMI_", "SLURM_", "DCGAN_"]
    var environment = ProcessInfo.processInfo.environment.filter { name, _ in
      !marks.contains { name.hasPrefix($0) }
    }
    environment["OMPI_ALLOW_RUN_AS_ROOT"] = "1"
    environment["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1"
    environment["OPENBLAS_CORETYPE"] = nil
    process.environment = environment.merging(changes) { $1 }
    // Files, as a pipe that nobody empties would stop the program.
    let id = UUID().uuidString
    let output = try folder.file("out-\(id)", "")
    let errors = try folder.file("err-\(id)", "")
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle(forWritingAtPath: output)
    process.standardError = FileHandle(forWritingAtPath: errors)
    try process.run()
    process.waitUntilExit()
    return Outcome(
      code: process.terminationStatus, output: try String(contentsOfFile: output, encoding: .utf8),
      errors: try String(contentsOfFile: errors, encoding: .utf8))
  }
}
