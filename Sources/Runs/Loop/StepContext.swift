import Cluster
import Communication
import DataParallel
import Layers
import Options
import Reporting
import Tensors
import Training

/// What computes a run's steps on one rank, put together in one place for whoever runs steps: `train`, `bench`,
/// `verify`. Where the pictures come from, and what becomes of the results, is theirs.
package final class StepContext {
  let options: RunOptions
  let communicator: any Communicator
  let machine: Machine
  package let adversaries: Adversaries
  package let step: TrainingStep
  /// How the global batch is cut, and which part is this rank's.
  package let layout: SliceLayout
  /// How sums over the ranks are taken.
  let mode: ReductionMode
  /// What products of Winograd's forms are rounded to here.
  package let precision: ProductPrecision
  package let pool: ThreadPool
  /// What losses and requests to stop are summed with.
  let sums: SliceSums
  /// What batch norm sums with, on a communicator of its own; nil: each rank by itself.
  let batchNormSums: SliceSums?
  package let reducers: GradientReducers
  /// Told what this rank does; nil: nobody asks. Set by `record(into:)`.
  var timeline: Timeline?

  /// Builds networks, at the beginning that the seed gives, and all that a step needs. Collective.
  /// - Parameters:
  ///   - reduction: how sums are taken by these options on these ranks (`Machine.reduction`).
  ///   - world: how many ranks share a batch, where it is only to be seen what the lowest would need; nil: those of
  ///     `communicator`.
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

  /// What this rank has spent between ranks so far.
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
