import Foundation
import Training

/// The mpirun command line that starts this same program, with these same arguments, on N ranks.
struct MPIRun {
  /// mpirun's path.
  let executable: String
  /// Its arguments, its own name first.
  let arguments: [String]
  /// Its environment.
  let environment: [String: String]
  /// What a person is told about it.
  let notes: [String]

  /// Plans the start of `ranks` ranks.
  /// - Throws: `RunError` if there is no mpirun.
  init(ranks: Int, environment: [String: String]) throws {
    guard let mpirun = Self.find("mpirun", path: environment["PATH"] ?? "") else {
      throw RunError(
        "mpirun is not in PATH, and --ranks \(ranks) needs it: install Open MPI (on Debian or Ubuntu: apt-get install "
          + "openmpi-bin), or leave --ranks out to train in one process")
    }
    executable = mpirun
    var environment = environment
    var notes: [String] = []
    var options = ["-np", "\(ranks)"]
    // Threads are ours: a rank that mpirun binds to one core could use no more.
    options += ["--bind-to", "none"]
    // A cluster's own scheduler has said how many ranks a node takes; a plain machine takes as many as asked
    // for.
    let schedulers = ["SLURM_JOB_ID", "PBS_JOBID", "LSB_JOBID"]
    if !schedulers.contains(where: { environment[$0] != nil }) { options.append("--oversubscribe") }
    // mpirun's banner after an error would follow our own last line, which says more.
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
    arguments = ["mpirun"] + options + [try Self.ownExecutable()] + CommandLine.arguments.dropFirst()
    environment[ParentWatch.variable] = "\(getpid())"
    self.environment = environment
    self.notes = notes
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
