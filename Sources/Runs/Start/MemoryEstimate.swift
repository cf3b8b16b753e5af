import Cluster
import Communication
import Networks
import Options
import Reporting
import Tensors

/// How much memory a rank needs, decoded pictures left out: found by building what it would train, whose pages nobody
/// writes to.
package struct MemoryEstimate: CustomStringConvertible {
  /// Weights, gradients and Adam's two moments of all networks, and copies of weights: divided by their norm, averaged.
  let parameterBytes: Int
  /// What layers give and pass back, for this rank's part of the batch.
  let activationBytes: Int
  /// All that is allocated: those, weights as convolutions want them, slices' gradients, room for threads.
  package let allocatedBytes: Int
  /// The program, its libraries, and what these allocate.
  private static let program = 60_000_000

  /// Estimates for the lowest of `options.ranks` ranks, which has as much as any.
  /// - Parameter threads: of the rank.
  /// - Throws: `ConfigurationError` where layers do not meet, `ReductionError` where the ranks do not fit the batch.
  package init(_ options: RunOptions, threads: Int) throws {
    let samples = (options.batchSize + options.ranks - 1) / options.ranks
    var parameters = 0
    // Divided by their norm, or averaged.
    var copies = 0
    var activations = 0
    for role in options.architecture.roles {
      let summary = try options.architecture.summary(of: role)
      parameters += summary.trainedParameters
      if role == .generator, options.recipe.generatorAverage > 0 { copies += summary.trainedParameters }
      copies += summary.layers.reduce(0) { $0 + ($1.layer.hasSpectralNorm ? $1.trainedParameters : 0) }
      // An activation is computed in place of what it takes; gradients pass through two buffers in turn.
      activations += summary.layers.reduce(0) { $0 + ($1.layer.isActivation ? 0 : $1.output.count) }
      activations += 2 * (summary.layers.map(\.input.count).max() ?? 0)
    }
    parameterBytes = (parameters * 4 + copies) * 4
    activationBytes = activations * samples * 4
    let before = AlignedMemory.bytes
    let log = RunLog(rank: 0, console: Console(descriptor: -1) { nil })
    let context = try StepContext(
      options, try options.reductionPlan(ranks: options.ranks), communicator: SingleProcessCommunicator(),
      machine: Machine(threads: threads, program: ProgramRecord(), hosts: []), log: log,
      inWorldOf: options.ranks)
    allocatedBytes = withExtendedLifetime(context) { AlignedMemory.bytes - before }
  }

  package var description: String {
    func megabytes(_ bytes: Int) -> String { "\(grouped((bytes + 999_999) / 1_000_000)) MB" }
    let rest = max(0, allocatedBytes - parameterBytes - activationBytes) + Self.program
    return
      "\(megabytes(parameterBytes + activationBytes + rest)) (\(megabytes(parameterBytes)) of parameters, gradients and "
      + "moments, \(megabytes(activationBytes)) of activations, \(megabytes(rest)) of buffers and the program)"
  }
}
