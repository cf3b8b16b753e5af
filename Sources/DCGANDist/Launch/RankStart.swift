import Cluster
import Communication
import Foundation

/// The command that starts this same program on N ranks: mpirun, or for one rank the program itself.
struct RankStart {
  /// The number of ranks.
  let ranks: Int
  /// The path of the program that is started.
  let executable: String
  /// The program's arguments, its own name first.
  let arguments: [String]
  /// The program's environment.
  let environment: [String: String]
  /// Sentences that a person is told about the start.
  let notes: [String]
  /// Whether the program that is started is mpirun.
  let isMPIRun: Bool
  /// How many ranks the Slurm job has room for, if mpirun asks Slurm; nil: mpirun starts as many as are asked
  /// for, or the number is not known.
  let slots: Int?

  /// A command for a person to try: the same mpirun with its messages and with `hostname` in place of this
  /// program.
  var trial: String {
    let program = arguments.firstIndex { $0.contains("/") } ?? arguments.endIndex
    return (arguments[..<program].filter { $0 != "-quiet" } + ["hostname"]).joined(separator: " ")
  }

  /// Whether mpirun will refuse to start so many ranks.
  var lacksSlots: Bool { slots.map { $0 < ranks } ?? false }

  /// The command for a person who accepts that ranks share the processors of a job that is too small for
  /// them.
  var crowdedLine: String {
    let words = arguments.filter { $0 != "-quiet" }
    return LaunchCommand.line(words.prefix(3) + ["--oversubscribe"] + words.dropFirst(3))
  }

  /// Plans the start of `ranks` ranks.
  /// - Parameters:
  ///   - words: the arguments of this program on each rank.
  ///   - page: the memory that the ranks share with this process; nil: none.
  /// - Throws: `RunError` if there is no mpirun.
  init(ranks: Int, words: [String], page: RankPage?, environment: [String: String]) throws {
    let program = try Self.ownExecutable()
    self.ranks = ranks
    var environment = environment
    environment[ParentWatch.variable] = "\(getpid())"
    environment[RankPage.variable] = page?.path
    guard ranks > 1 else {
      executable = program
      arguments = [program] + words
      self.environment = environment
      notes = []
      isMPIRun = false
      slots = nil
      return
    }
    guard let mpirun = Self.find("mpirun", path: environment["PATH"] ?? "") else {
      throw RunError(
        "mpirun is not in PATH, and --ranks \(ranks) needs it: install Open MPI (on Debian or Ubuntu: apt-get install "
          + "openmpi-bin), or leave --ranks out to train in one process")
    }
    executable = mpirun
    isMPIRun = true
    var notes: [String] = []
    var options = ["-np", "\(ranks)"]
    // The program chooses its threads itself, and a rank that mpirun binds to one core could use only that
    // one.
    options += ["--bind-to", "none"]
    // In a scheduler's job, mpirun knows how many ranks a node takes. On a plain machine as many ranks as
    // asked for may start, and so in a job step of one task, which has all its processors to itself.
    let schedulers = ["SLURM_JOB_ID", "PBS_JOBID", "LSB_JOBID"]
    if LaunchEnvironment.isStepOfOne(environment) {
      Self.leaveStep(&environment)
      options.append("--oversubscribe")
      slots = nil
    } else if schedulers.contains(where: { environment[$0] != nil }) {
      slots = SlurmCounts.tasks(environment)
    } else {
      options.append("--oversubscribe")
      slots = nil
    }
    // Without -quiet, mpirun's banners would follow our own last line, which says more, even about killed
    // ranks, for which this process speaks. The option does not hold back what ranks write.
    options.append("-quiet")
    if geteuid() == 0 {
      let consents = ["OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"]
      if consents.contains(where: { environment[$0] != "1" }) {
        for consent in consents { environment[consent] = "1" }
        notes.append("running as root, so \(consents.joined(separator: "=1 and "))=1 are set for mpirun")
      }
    }
    // Containers mostly forbid reading another process's memory ("Read -1, expected N, errno=1").
    let singleCopy = "OMPI_MCA_btl_vader_single_copy_mechanism"
    if environment[singleCopy] == nil, Self.isContainer(environment) { environment[singleCopy] = "none" }
    arguments = ["mpirun"] + options + [program] + words
    self.environment = environment
    self.notes = notes
  }

  /// Changes the environment so that mpirun does not ask Slurm, which would report one slot, and removes what
  /// srun's plugins set for the one task. Values that a person set stay.
  private static func leaveStep(_ environment: inout [String: String]) {
    for framework in ["ras", "plm"] {
      let variable = "OMPI_MCA_\(framework)"
      environment[variable] = environment[variable] ?? "^slurm"
    }
    for name in environment.keys where name.hasPrefix("PMIX_") || name.hasPrefix("PMI_") {
      environment[name] = nil
    }
  }

  private static func find(_ name: String, path: String) -> String? {
    path.split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
  }

  private static func ownExecutable() throws -> String {
    if let path = Bundle.main.executablePath { return path }
    throw RunError("the path of this program is not known, so its ranks cannot be started")
  }

  private static func isContainer(_ environment: [String: String]) -> Bool {
    let marks: [String] = ["/.dockerenv", "/run/.containerenv"]
    return environment["container"] != nil || environment["KUBERNETES_SERVICE_HOST"] != nil
      || marks.contains { access($0, F_OK) == 0 }
  }
}
