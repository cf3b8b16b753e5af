import Checkpoints
import Cluster
import Communication
import Configuration
import DataParallel
import Models
import Training

/// What a checkpoint says of the run beside its tensors.
struct CheckpointInfo: Codable, Equatable {
  /// Completed steps.
  var step: Int
  /// Training time so far, in seconds, resumes included.
  var seconds: Double
  /// The architecture's name.
  var architecture: String
  /// S.
  var slices: Int
  /// The instruction set of the kernels, and the core of BLAS: another one goes on, but not to the bit.
  var isa: String
  var blasCore: String
  /// How each layer's convolutions are computed, by its name: another plan goes on, but not to the bit. nil in
  /// checkpoints that knew only one.
  var plans: [String: String]?
  /// The program's version.
  var version: String
  /// What it was trained on.
  var data: DataIdentity
  /// The options that decide its numbers, and the SHA-256 of their text; nil in checkpoints of before.
  var options: ConfigurationValue?
  var optionsSHA256: String?
}

/// Tells one data set from another.
struct DataIdentity: Codable, Equatable {
  /// How many pictures it holds.
  var pictures: Int
  /// The hash of its index, in hexadecimal.
  var fingerprint: String
}

/// The checkpoints of a run: written by rank 0, read by rank 0 and broadcast.
struct RunCheckpoints {
  let adversaries: Adversaries
  let communicator: any Communicator
  /// Whether the ranks' running averages are the same.
  let averagesAreShared: Bool

  /// Writes the state after `info.step`, which all ranks hold alike. On rank 0 alone.
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
      // Every rank has it alike, so one says it.
      throw RunError(error.description, mayPass: true)
    }
  }

  /// Sets this rank's state from a checkpoint. On rank 0 alone, before `broadcast`.
  /// - Throws: `CheckpointError`, `SafetensorsError`, `ModelFileError`, `FileError`.
  func read(_ checkpoint: Checkpoint) throws -> CheckpointInfo {
    let info = try checkpoint.info(as: CheckpointInfo.self)
    try ModelFile.read(try checkpoint.openModel(), into: adversaries.networks)
    try ModelFile.readOptimizers(try checkpoint.openOptimizer(), into: adversaries.all)
    return info
  }

  /// Makes every rank's state rank 0's. Collective.
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
