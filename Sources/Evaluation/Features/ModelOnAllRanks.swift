import Cluster
import Communication
import Models
import Networks
import Tensors

/// A model that all ranks have found: the same checkpoint, also of a run that still trains and may write a newer one at
/// any moment.
enum ModelOnAllRanks {
  /// Finds the model that `--checkpoint` names, and reads one of its networks. Collective.
  /// - Parameter architecture: the networks, for a file with no run around it; nil: the run's own.
  /// - Throws: `RunError`, the same on all ranks; errors of the message layer.
  static func read(
    _ role: NetworkRole, of place: String, _ architecture: Architecture?, on communicator: any Communicator,
    pool: ThreadPool
  ) throws -> (source: ModelSource, network: Network) {
    func find(_ place: String) throws -> ModelSource {
      try ModelSource.find(place, by: "--checkpoint", architecture: architecture)
    }
    let path = try decidedByRankZero(communicator) { try find(place).model }
    return try succeedingOnAllRanks(communicator) {
      let source = try find(path)
      return (source, try source.network(role, pool: pool))
    }
  }
}
