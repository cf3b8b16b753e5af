import Checkpoints
import Cluster
import Communication
import Configuration
import DataParallel
import Models
import Training

/// The checkpoints of a run: written by rank 0, read by rank 0 and broadcast.
struct RunCheckpoints {
  let adversaries: Adversaries
  let communicator: any Communicator
  /// Whether batch norm's running averages are the same on all ranks (`--bn sync`).
  let averagesAreShared: Bool

  /// Writes the state after `info.step`, which is the same on all ranks. On rank 0 alone.
  /// - Throws: errors of files.
  func write(_ info: CheckpointInfo, to store: CheckpointStore) throws -> SavedCheckpoint {
    try store.write(
      step: info.step, model: ModelFile.modelEntries(adversaries.networks),
      optimizer: ModelFile.optimizerEntries(adversaries.all), info: info)
  }

  /// Compares the ranks' state after `step` by its hashes. Collective.
  /// - Throws: `RunError` where they differ; `CommunicationError`.
  func checkReplicas(step: Int) throws {
    do {
      try ReplicaCheck.verify(
        adversaries.replicaBuffers(averages: averagesAreShared), step: step, on: communicator)
    } catch let error as ReplicaError {
      // All ranks have the same error, so one rank says it.
      throw RunError(error.description, mayPass: true)
    }
  }

  /// Sets this rank's networks and optimizers from a checkpoint. On rank 0 alone, before `broadcast`.
  /// - Returns: what the checkpoint records of its run.
  /// - Throws: `CheckpointError`, `SafetensorsError`, `ModelFileError`, `FileError`.
  func read(_ checkpoint: Checkpoint) throws -> CheckpointInfo {
    let info = try checkpoint.info(as: CheckpointInfo.self)
    try ModelFile.read(try checkpoint.openModel(), into: adversaries.networks)
    try ModelFile.readOptimizers(try checkpoint.openOptimizer(), into: adversaries.all)
    return info
  }

  /// Gives every rank the state of rank 0. Collective.
  /// - Throws: `CommunicationError`.
  func broadcast() throws {
    for buffer in adversaries.replicaBuffers(averages: true) {
      try communicator.broadcast(UnsafeMutableRawBufferPointer(mutating: buffer.bytes), from: 0)
    }
    for trainee in adversaries.all {
      trainee.optimizer.updates = try broadcast(trainee.optimizer.updates)
      for counter in trainee.network.batchCounters {
        counter.layer.batchesTracked = try broadcast(counter.layer.batchesTracked)
      }
      trainee.network.markChanged()
    }
    adversaries.average?.wasSet()
  }

  private func broadcast(_ number: Int) throws -> Int {
    var number = Int64(number)
    try withUnsafeMutableBytes(of: &number) { try communicator.broadcast($0, from: 0) }
    return Int(number)
  }
}
