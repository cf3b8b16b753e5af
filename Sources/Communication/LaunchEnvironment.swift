import Foundation

/// What the environment tells of the launcher that started this process as one rank of several. Reading it
/// does not start MPI.
public struct LaunchEnvironment: Equatable, Sendable {
  /// Who started the ranks.
  public enum Launcher: String, Sendable {
    /// Open MPI's mpirun.
    case openMPI = "mpirun"
    /// A launcher that speaks PMIx, such as `srun --mpi=pmix`.
    case pmix = "a PMIx launcher"
    /// A launcher that speaks PMI, such as the mpirun of MPICH or Intel MPI.
    case pmi = "a PMI launcher"
    /// Slurm's srun.
    case slurm = "srun"
  }

  /// Who started the ranks.
  public let launcher: Launcher
  /// How many ranks it says it started; nil where it does not say.
  public let worldSize: Int?
  /// Which of them this is; nil where it does not say.
  public let rank: Int?

  /// What the environment of this process tells; nil where no launcher started it.
  public static var current: LaunchEnvironment? { LaunchEnvironment(ProcessInfo.processInfo.environment) }

  /// Reads `environment`; nil where no launcher left its traces.
  public init?(_ environment: [String: String]) {
    func number(_ name: String) -> Int? { environment[name].flatMap { Int($0) } }

    // Slurm gives the shell of a job steps of its own, numbered from 2^32 - 6 up. What runs in them was not
    // started by srun.
    let steps = number("SLURM_STEP_ID").map { (0..<0xffff_fffa).contains($0) } ?? false
    let slurmSize = steps ? number("SLURM_STEP_NUM_TASKS") : nil
    let slurmRank = steps ? number("SLURM_PROCID") : nil

    if let size = number("OMPI_COMM_WORLD_SIZE") {
      launcher = .openMPI
      worldSize = size
      rank = number("OMPI_COMM_WORLD_RANK")
    } else if let pmixRank = number("PMIX_RANK") {
      launcher = steps ? .slurm : .pmix
      worldSize = slurmSize
      rank = pmixRank
    } else if let size = number("PMI_SIZE") {
      launcher = steps ? .slurm : .pmi
      worldSize = size
      rank = number("PMI_RANK")
    } else if steps {
      launcher = .slurm
      worldSize = slurmSize
      rank = slurmRank
    } else {
      return nil
    }
  }

  /// Why a world of `size` ranks is not what the launcher started; nil where it is.
  public func disagreement(withWorldSize size: Int) -> String? {
    guard let worldSize, worldSize != size else { return nil }
    let remedy =
      switch launcher {
      case .slurm: "start it with srun --mpi=pmix, or with mpirun inside of the job"
      case .openMPI, .pmix, .pmi: "start it with the mpirun of \(MPICommunicator.libraryVersion)"
      }
    return "\(launcher.rawValue) started \(worldSize) ranks but MPI sees \(size); \(remedy)"
  }
}
