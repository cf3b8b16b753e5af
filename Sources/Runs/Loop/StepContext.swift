import Cluster
import Communication
import DataParallel
import Layers
import Options
import Reporting
import Tensors
import Training

/// What computes a run's steps on one rank, put together in one place for `train`, `bench` and `verify`. The
/// commands themselves decide where the pictures come from and what is done with the results.
package final class StepContext {
  let options: RunOptions
  let communicator: any Communicator
  let machine: Machine
  /// Both networks, with their heads and optimizers.
  package let adversaries: Adversaries
  /// Makes the training steps.
  package let step: TrainingStep
  /// How the global batch is cut into slices, and which of them are this rank's.
  package let layout: SliceLayout
  /// How sums over the ranks are taken.
  let mode: ReductionMode
  /// The precision to which the factors of Winograd's products are rounded.
  package let precision: ProductPrecision
  /// The threads of this rank that compute.
  package let pool: ThreadPool
  /// Sums losses and requests to stop over all ranks.
  let sums: SliceSums
  /// Sums for batch norm over all ranks, on a communicator of its own; nil: batch norm sees this rank alone
  /// (`--bn local`).
  let batchNormSums: SliceSums?
  /// Sum the networks' gradients over the ranks.
  package let reducers: GradientReducers
  /// Records what this rank does; nil: nothing is recorded. Set by `record(into:)`.
  var timeline: Timeline?

  /// Builds the networks, with the initial weights that the seed gives, and everything else that a step
  /// needs. Collective.
  /// - Parameters:
  ///   - reduction: how sums over the ranks are taken (`Machine.reduction`).
  ///   - world: how many ranks share the batch; nil: those of `communicator`. Given only to find out how much
  ///     memory the lowest of so many ranks would need.
  /// - Throws: `ConfigurationError` where the networks cannot be built, errors of the message layer.
  package init(
    _ options: RunOptions, _ reduction: ReductionPlan, communicator: any Communicator, machine: Machine,
    log: RunLog, inWorldOf world: Int? = nil
  ) throws {
    self.options = options
    self.communicator = communicator
    self.machine = machine
    mode = reduction.mode
    pool = ThreadPool(threads: machine.threads)
    precision = try Machine.precision(options, communicator, log: log)
    adversaries = try Adversaries(
      options.architecture, options.recipe, seed: options.seed, pool: pool,
      planner: options.convolutionPlanner(precision))
    layout = reduction.layout(
      batch: options.batchSize, ranks: world ?? communicator.size, rank: communicator.rank)
    sums = try SliceSums(communicator: communicator, mode: mode, label: "losses")
    batchNormSums =
      options.batchNorm == .sync
      ? try SliceSums(communicator: communicator, mode: mode, label: "batch norm") : nil
    let (wire, notice) = options.wire.settled(mode: mode, ranks: communicator.size)
    if let notice, communicator.isRoot { log.warning(notice) }
    reducers = try GradientReducers(
      adversaries, layout: layout, mode: mode, communicator: communicator, wire: wire,
      overlaps: options.rankSettings.overlap, bucketBytes: options.rankSettings.bucketBytes)
    step = TrainingStep(
      adversaries, options.recipe, seed: options.seed, layout: layout, sums: sums,
      batchNormSums: batchNormSums ?? LocalSums(), reducers: reducers, pool: pool)
  }

  /// The seconds that this rank has spent on communication so far.
  package var times: CommunicationTimes {
    CommunicationTimes(
      busy: reducers.busySeconds, gradients: reducers.seconds, batchNorm: batchNormSums?.seconds ?? 0,
      losses: sums.seconds)
  }
}

/// Sums over this rank's slices alone, for `--bn local`.
final class LocalSums: GlobalSums {
  func sum(
    _ perSlice: UnsafeMutablePointer<Double>, slices: Int, count: Int,
    into total: UnsafeMutablePointer<Double>
  ) {
    SliceTree.sumSlices(perSlice, slices: slices, stride: count, count: count, into: total)
  }
}
