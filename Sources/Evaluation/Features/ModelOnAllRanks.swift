import Cluster
import Communication
import Models
import Networks
import Recipes
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
    let source = try find(place, architecture, on: communicator)
    return try succeedingOnAllRanks(communicator) { (source, try source.network(role, pool: pool)) }
  }

  /// Finds the model that `--checkpoint` names. Collective.
  /// - Parameters:
  ///   - architecture: the networks, for a file with no run around it; nil: the run's own.
  ///   - latent: how z is drawn, for such a file; nil: as the preset of the networks' name has it, or else normal.
  /// - Throws: `RunError`, the same on all ranks; errors of the message layer.
  static func find(
    _ place: String, _ architecture: Architecture?, latent: LatentDistribution? = nil,
    on communicator: any Communicator
  ) throws -> ModelSource {
    func find(_ place: String) throws -> ModelSource {
      try ModelSource.find(place, by: "--checkpoint", architecture: architecture, latent: latent)
    }
    let path = try decidedByRankZero(communicator) { try find(place).model }
    return try succeedingOnAllRanks(communicator) { try find(path) }
  }
}
