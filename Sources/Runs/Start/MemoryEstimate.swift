import Cluster
import Communication
import Networks
import Options
import Reporting
import Tensors
import Wording

/// How much memory a rank needs, without decoded pictures. It is found by building what the rank would train;
/// as nothing is written there, that takes hardly any memory.
package struct MemoryEstimate: CustomStringConvertible {
  /// Bytes of weights, gradients and Adam's two moments of all networks, and of copies of weights: those that
  /// spectral norm divides, and G's average.
  let parameterBytes: Int
  /// Bytes of the layers' outputs and of the gradients that pass back through them, for this rank's part of
  /// the batch.
  let activationBytes: Int
  /// All bytes that are allocated: the above, weights in the layout of each convolution's plan, gradients of
  /// slices, and working memory of threads.
  package let allocatedBytes: Int
  /// Bytes of the program, its libraries, and what the libraries allocate.
  private static let program = 60_000_000

  /// Estimates for the lowest of `options.ranks` ranks, whose part of the batch is the largest.
  /// - Parameter threads: how many threads the rank computes with.
  /// - Throws: `ConfigurationError` where layers do not fit together, `ReductionError` where the ranks do not
  ///   fit the batch.
  package init(_ options: RunOptions, threads: Int) throws {
    let samples = (options.batchSize + options.ranks - 1) / options.ranks
    var parameters = 0
    // Weights that spectral norm divides, and G's averaged weights.
    var copies = 0
    var activations = 0
    for role in options.architecture.roles {
      let summary = try options.architecture.summary(of: role)
      parameters += summary.trainedParameters
      if role == .generator, options.recipe.generatorAverage > 0 { copies += summary.trainedParameters }
      copies += summary.layers.reduce(0) { $0 + ($1.layer.hasSpectralNorm ? $1.trainedParameters : 0) }
      // An activation overwrites its input; gradients pass through two buffers in turn.
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

  /// The estimate as a phrase, in megabytes of 1,000,000 bytes.
  package var description: String {
    func megabytes(_ bytes: Int) -> String { "\(grouped((bytes + 999_999) / 1_000_000)) MB" }
    let rest = max(0, allocatedBytes - parameterBytes - activationBytes) + Self.program
    return
      "\(megabytes(parameterBytes + activationBytes + rest)) (\(megabytes(parameterBytes)) of parameters, gradients and "
      + "moments, \(megabytes(activationBytes)) of activations, \(megabytes(rest)) of buffers and the program)"
  }
}
