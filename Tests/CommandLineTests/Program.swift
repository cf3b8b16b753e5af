import Foundation
import TestSupport
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

  /// Runs a line of a shell, as it is printed for a person to type; "$0" is the program.
  func shell(_ line: String, environment: [String: String] = [:]) throws -> Outcome {
    try run("/bin/sh", ["-c", line, Self.path], environment)
  }

  /// Runs it under mpirun on two ranks.
  func underMPIRun(_ arguments: String...) throws -> Outcome {
    try run("/usr/bin/env", ["mpirun", "-np", "2", "--oversubscribe", "-quiet", Self.path] + arguments, [:])
  }

  /// A command that was started and goes on.
  struct Running {
    let process: Process
    let output: String
    let errors: String

    /// What it has said so far on standard error.
    var said: String { (try? String(contentsOfFile: errors, encoding: .utf8)) ?? "" }

    /// Sends a signal to the process itself.
    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Waits until `condition` holds; false if the command ended, or a minute passed, before it did.
    func reaches(_ condition: () -> Bool) -> Bool {
      let end = Date(timeIntervalSinceNow: 60)
      while Date() < end {
        if condition() { return true }
        if !process.isRunning { return condition() }
        Thread.sleep(forTimeInterval: 0.02)
      }
      return false
    }

    /// Waits for the end; one that takes longer than `seconds` is killed and reported.
    func end(within seconds: Double = 30, sourceLocation: SourceLocation = #_sourceLocation) throws -> Outcome
    {
      let end = Date(timeIntervalSinceNow: seconds)
      while process.isRunning, Date() < end { Thread.sleep(forTimeInterval: 0.02) }
      if process.isRunning {
        Issue.record("it still runs after \(seconds) s: \(said)", sourceLocation: sourceLocation)
        send(SIGKILL)
      }
      process.waitUntilExit()
      return Outcome(
        code: process.terminationStatus, output: try String(contentsOfFile: output, encoding: .utf8),
        errors: said)
    }
  }

  /// Starts the program and goes on.
  func start(_ words: [String], environment: [String: String] = [:]) throws -> Running {
    try start(Self.path, words, environment)
  }

  /// Starts it under mpirun on two ranks and goes on.
  func startUnderMPIRun(_ words: [String]) throws -> Running {
    try start("/usr/bin/env", ["mpirun", "-np", "2", "--oversubscribe", Self.path] + words, [:])
  }

  private func run(_ executable: String, _ arguments: [String], _ changes: [String: String]) throws -> Outcome
  {
    try start(executable, arguments, changes).end(within: 120)
  }

  private func start(_ executable: String, _ arguments: [String], _ changes: [String: String]) throws
    -> Running
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
    // What is started inherits what this thread blocks: of a thread pool's, all signals.
    var none = sigset_t()
    var own = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &own)
    defer { pthread_sigmask(SIG_SETMASK, &own, nil) }
    try process.run()
    return Running(process: process, output: output, errors: errors)
  }
}
