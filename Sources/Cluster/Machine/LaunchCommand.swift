import Communication
import Foundation

/// The command that started a run, as far as a rank can tell. Messages use it to say how the command should
/// be typed instead.
package struct LaunchCommand: Codable, Equatable {
  /// What a person typed.
  package enum Form: String, Codable {
    /// The program, in one process or with `--ranks`.
    case program
    /// mpirun.
    case mpirun
    /// srun.
    case srun
  }

  /// What was typed.
  package var form: Form
  /// The launcher and its options, `["mpirun", "-np", "2"]`; empty without one.
  package var launcher: [String]
  /// The program and its arguments.
  package var program: [String]

  /// The command of this process: `arguments` are its own, `parent` is the command line of what started it.
  package init(
    arguments: [String] = CommandLine.arguments, environment: [String: String], parent: [String]
  ) {
    var program = arguments
    program[0] = (arguments[0] as NSString).lastPathComponent
    self.program = program
    guard let launch = LaunchEnvironment(environment), environment[Self.parentVariable] == nil else {
      (form, launcher) = (.program, [])
      return
    }
    if launch.launcher == .slurm {
      (form, launcher) = (.srun, Self.srun(tasks: launch.worldSize))
      return
    }
    form = .mpirun
    launcher = Self.mpirun(ranks: launch.worldSize)
    let name = parent.first.map { ($0 as NSString).lastPathComponent } ?? ""
    // On nodes other than the first, the parent is a daemon with options of its own. Where mpirun starts
    // several programs, parted by colons, no option holds for all ranks.
    if ["mpirun", "mpiexec", "orterun"].contains(name), !parent.contains(":"),
      let start = parent.firstIndex(of: arguments[0])
    {
      launcher = [name] + parent[1..<start]
      self.program = [arguments[0]] + program.dropFirst()
    }
  }

  /// The environment variable that tells ranks that this program started them (`--ranks`): the parent's process number.
  package static let parentVariable = "DCGAN_PARENT"

  /// The command of this process.
  package static func current() -> LaunchCommand {
    let bytes = FileManager.default.contents(atPath: "/proc/\(getppid())/cmdline") ?? Data()
    let words = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    return LaunchCommand(environment: ProcessInfo.processInfo.environment, parent: words)
  }

  /// The command with srun and PMIx, for so many tasks.
  package func bySrun(tasks: Int) -> String { line(Self.srun(tasks: tasks) + program) }

  /// The command with mpirun, for so many ranks.
  package func byMPIRun(ranks: Int) -> String { line(Self.mpirun(ranks: ranks) + program) }

  private static func srun(tasks: Int?) -> [String] {
    ["srun", "--mpi=pmix"] + (tasks.map { ["--ntasks=\($0)"] } ?? [])
  }

  private static func mpirun(ranks: Int?) -> [String] {
    ["mpirun"] + (ranks.map { ["-np", "\($0)"] } ?? [])
  }

  /// The command changed so that the launcher binds no rank to fewer than `threads` processors.
  package func unbound(threads: Int) -> String {
    switch form {
    case .program: return line(program)
    case .srun:
      let kept = launcher.filter { !$0.hasPrefix("--cpus-per-task") }
      return line(kept + ["--cpus-per-task=\(max(1, threads))"] + program)
    case .mpirun:
      var kept: [String] = []
      var words = launcher[...]
      while let word = words.popFirst() {
        let option = word.drop { $0 == "-" }
        if option == "bind-to" || (option == "map-by" && words.first?.contains("PE=") == true) {
          _ = words.popFirst()
        } else if !option.hasPrefix("bind-to-") {
          kept.append(word)
        }
      }
      return line(kept + ["--bind-to", "none"] + program)
    }
  }

  /// The command changed to so many ranks.
  /// - Parameter threads: threads of each rank; nil: as typed.
  package func with(ranks: Int, threads: Int? = nil) -> String {
    let program = threads.map { Self.setting("--threads", to: "\($0)", in: self.program) } ?? self.program
    switch form {
    case .program:
      return line(Self.setting("--ranks", to: "\(ranks)", in: program))
    case .srun:
      return line(launcher.filter { !$0.hasPrefix("--ntasks") } + ["--ntasks=\(ranks)"] + program)
    case .mpirun:
      let kept = launcher.filter { $0 != "--oversubscribe" && $0 != "-oversubscribe" }
      return line(
        Self.setting("-np", to: "\(ranks)", in: kept, known: ["-np", "--np", "-n", "--n", "-c"]) + program)
    }
  }

  /// The command changed to so many threads for each rank.
  package func with(threads: Int) -> String {
    line(launcher + Self.setting("--threads", to: "\(threads)", in: program))
  }

  /// `words` with `option` set to `value` exactly once. Where the option was given several times, the first
  /// place gets the value and the others are removed. An option that was not given is added.
  /// - Parameter known: all names of the option; nil: `option` is the only one.
  private static func setting(
    _ option: String, to value: String, in words: [String], known: [String]? = nil
  ) -> [String] {
    var kept: [String] = []
    var place: Int?
    var rest = words[...]
    while let word = rest.popFirst() {
      let name = word.hasPrefix("--") ? String(word.prefix { $0 != "=" }) : word
      guard (known ?? [option]).contains(name) else {
        kept.append(word)
        continue
      }
      if place == nil {
        place = kept.count
        kept += name == word ? [word, value] : ["\(name)=\(value)"]
      }
      if name == word { _ = rest.popFirst() }
    }
    return place == nil ? kept + [option, value] : kept
  }

  private func line(_ words: [String]) -> String { Self.line(words) }

  /// The words as a person types them into a shell.
  package static func line(_ words: [String]) -> String {
    words.map { word in
      let isPlain =
        !word.isEmpty && word.allSatisfy { $0.isLetter || $0.isNumber || "-_./+:@%=,".contains($0) }
      return isPlain ? word : "'" + word.replacingOccurrences(of: "'", with: "'\\''") + "'"
    }.joined(separator: " ")
  }
}
