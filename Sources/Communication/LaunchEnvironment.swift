import Foundation

/// What the environment tells of the launcher that started this process as one rank of several. Reading it
/// does not start MPI.
package struct LaunchEnvironment: Equatable, Sendable {
  /// Who started the ranks.
  package enum Launcher: String, Sendable {
    /// Open MPI's mpirun.
    case openMPI = "mpirun"
    /// A launcher that speaks PMIx, such as `srun --mpi=pmix`.
    case pmix = "a PMIx launcher"
    /// A launcher that speaks PMI, such as the mpirun of MPICH or Intel MPI.
    case pmi = "a PMI launcher"
    /// Slurm's srun.
    case slurm = "srun"
  }

  /// How a launcher lets its processes find each other.
  package enum Meeting: Sendable {
    /// By PMIx, as mpirun and `srun --mpi=pmix` do.
    case pmix
    /// By PMI, as `srun --mpi=pmi2` does.
    case pmi
    /// Not at all, as plain `srun` and `srun --mpi=none`, unless MPI knows Slurm itself.
    case none
  }

  /// Who started the ranks.
  package let launcher: Launcher
  /// How they find each other.
  package let meeting: Meeting
  /// How many ranks it says it started; nil where it does not say.
  package let worldSize: Int?
  /// Which of them this is; nil where it does not say.
  package let rank: Int?

  /// What the environment of this process tells; nil where no launcher started it.
  package static var current: LaunchEnvironment? { LaunchEnvironment(ProcessInfo.processInfo.environment) }

  /// Reads `environment`. nil where no launcher left its traces, and in a Slurm step of one task, such as
  /// the shell of `srun -n 1 --pty bash`: a process there is alone, and needs no MPI.
  package init?(_ environment: [String: String]) {
    func number(_ name: String) -> Int? { environment[name].flatMap { Int($0) } }
    let step = SlurmStep(environment)

    if let size = number("OMPI_COMM_WORLD_SIZE") {
      (launcher, meeting) = (.openMPI, .pmix)
      worldSize = size
      rank = number("OMPI_COMM_WORLD_RANK")
    } else if let pmixRank = number("PMIX_RANK") {
      // Another launcher may have started ranks within the step.
      let isSlurm = step != nil && environment["PMIX_NAMESPACE"]?.hasPrefix("slurm.") ?? true
      // Each part of a heterogeneous step counts its own tasks, and PMIx joins them all.
      let tasks = isSlurm && environment["SLURM_HET_SIZE"] == nil ? step?.tasks : nil
      if tasks == 1 { return nil }
      (launcher, meeting) = (isSlurm ? .slurm : .pmix, .pmix)
      worldSize = tasks
      rank = pmixRank
    } else if let size = number("PMI_SIZE") {
      let isSlurm = step?.tasks == size
      if isSlurm, size == 1 { return nil }
      (launcher, meeting) = (isSlurm ? .slurm : .pmi, .pmi)
      worldSize = size
      rank = number("PMI_RANK")
    } else if let step, step.tasks != 1 {
      (launcher, meeting) = (.slurm, .none)
      worldSize = step.tasks
      rank = number("SLURM_PROCID")
    } else {
      return nil
    }
  }

  /// Whether `environment` is that of a Slurm step of one task: the process is alone, with the resources
  /// that Slurm gave the step.
  package static func isStepOfOne(_ environment: [String: String]) -> Bool {
    LaunchEnvironment(environment) == nil && SlurmStep(environment)?.tasks == 1
  }

  /// Whether this MPI cannot connect the processes that were started, and would end each of them in
  /// `MPI_Init` with a page of advice. That is so for Open MPI in tasks of an srun that does not offer
  /// PMIx.
  /// - Parameter needsPMIx: whether MPI meets a launcher by PMIx alone (`MPICommunicator.needsPMIx`).
  package func isOutOfReach(whereMPINeedsPMIx needsPMIx: Bool) -> Bool {
    launcher == .slurm && meeting != .pmix && needsPMIx
  }

  /// Why a world of `size` ranks is not what the launcher started; nil where it is.
  package func disagreement(withWorldSize size: Int) -> String? {
    guard let worldSize, worldSize != size else { return nil }
    let remedy =
      switch launcher {
      case .slurm: "start it with srun --mpi=pmix, or with mpirun inside of the job"
      case .openMPI, .pmix, .pmi: "start it with the mpirun of \(MPICommunicator.libraryVersion)"
      }
    return "\(launcher.rawValue) started \(worldSize) ranks but MPI sees \(size); \(remedy)"
  }
}

/// A step of a Slurm job whose tasks srun started.
private struct SlurmStep {
  /// How many tasks; nil where the environment does not say.
  let tasks: Int?

  /// Reads `environment`; nil outside of such a step.
  init?(_ environment: [String: String]) {
    // Slurm gives the shell of a job steps of its own, numbered from 2^32 - 6 up. What runs in them was not
    // started by srun.
    guard let number = environment["SLURM_STEP_ID"].flatMap({ Int($0) }), (0..<0xffff_fffa).contains(number)
    else { return nil }
    tasks = environment["SLURM_STEP_NUM_TASKS"].flatMap { Int($0) }
  }
}
