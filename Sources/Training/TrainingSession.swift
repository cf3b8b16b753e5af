import CKernels
import Checkpoints
import Communication
import DataParallel
import Datasets
import Layers
import Networks
import Reporting
import Tensors

/// The parts of a run, put together: networks, data, reductions, and on rank 0 what is written.
final class TrainingSession {
  let options: RunOptions
  let communicator: any Communicator
  let log: RunLog
  let adversaries: Adversaries
  let step: TrainingStep
  let checkpoints: RunCheckpoints
  let plan: SamplePlan
  let dataset: any PictureDataset
  let localCapacity: Int
  /// On rank 0 alone.
  private(set) var outputs: RunOutputs?
  /// Told wherever the training thread goes on.
  let progress: RunProgress
  /// What goes wrong on purpose; nil: nothing.
  let fault: FaultInjection?
  /// The step of the newest checkpoint that this process knows of.
  var lastCheckpoint: Int?

  private let pool: ThreadPool
  private let layout: SliceLayout
  private let sums: SliceSums
  private let batchNormSums: any GlobalSums
  private let reducers: GradientReducers
  private let reals: Tensor
  private var loader: BatchLoader?
  private let machine: Machine

  /// Builds everything that does not depend on a checkpoint. Collective.
  /// - Throws: `RunError` for what does not fit; errors of data and the message layer.
  init(
    _ options: RunOptions, communicator: any Communicator, machine: Machine, log: RunLog,
    progress: RunProgress = .init()
  ) throws {
    self.options = options
    self.progress = progress
    fault = try FaultInjection.asked(communicator)
    self.communicator = communicator
    self.machine = machine
    self.log = log
    let reduction = try machine.reduction(options, communicator)
    if let notice = reduction.notice, communicator.isRoot { log.warning(notice) }
    let threads = machine.threads
    progress.enter(.openingData)
    let (dataset, plan) = try succeedingOnAllRanks(communicator) {
      let dataset = try openDataset(
        options.data, size: options.size, channels: options.channels,
        labels: LabelSource(argument: options.labels),
        cacheBytes: Self.pictureBudget / max(1, communicator.localSize),
        progress: { progress.beat() },
        report: { log.warning($0) })
      return (dataset, try SamplePlan(options, pictures: dataset.count))
    }
    progress.enter(.starting)
    self.dataset = fault?.suffering(dataset) ?? dataset
    self.plan = plan
    try Self.checkSameData(dataset, communicator)
    pool = ThreadPool(threads: threads)
    adversaries = try Adversaries(
      options.architecture, options.recipe, seed: options.seed, pool: pool,
      planner: options.convolutionPlanner(
        try Machine.precision(options, communicator, log: log)))
    layout = reduction.layout(batch: options.batchSize, ranks: communicator.size, rank: communicator.rank)
    localCapacity = layout.localCapacity
    sums = try SliceSums(communicator: communicator, mode: reduction.mode)
    batchNormSums = options.batchNorm == .sync ? sums : LocalSums()
    reducers = try GradientReducers(
      adversaries, layout: layout, mode: reduction.mode, communicator: communicator)
    step = TrainingStep(
      adversaries, options.recipe, seed: options.seed, layout: layout, sums: sums,
      batchNormSums: batchNormSums,
      reducers: reducers, pool: pool)
    checkpoints = RunCheckpoints(
      adversaries: adversaries, communicator: communicator, averagesAreShared: options.batchNorm == .sync)
    reals = Tensor(capacity: layout.localCapacity, shape: options.architecture.picture)
    if let fault {
      step.afterReduction = { trainee, step in
        fault.strike(trainee.gradient, of: trainee.network.role, step: step + 1)
      }
    }
  }

  /// The most bytes of decoded pictures that the ranks of a node keep together.
  static let pictureBudget = 2 << 30

  // MARK: What the schedule takes

  private var drawsPerStep: Int { options.recipe.drawsPerStep }
  /// S, as this number of ranks takes it.
  var slices: Int { layout.slices }
  /// Steps in a pass over the data.
  var stepsPerEpoch: Double { options.recipe.stepsPerEpoch(pictures: dataset.count) }
  /// Where the run ends, as far as steps and epochs tell.
  var lastStep: Int? { options.length.lastStep(stepsPerEpoch: stepsPerEpoch) }
  /// The global batch of a step.
  func batch(ofStep step: Int) -> Int { plan.batch(draw: step * drawsPerStep).size }
  /// Real pictures that D has seen after `step` steps, over all ranks.
  func images(after step: Int) -> Int { plan.pictures(before: step * drawsPerStep) }

  // MARK: Start

  /// Opens the run's files on rank 0 and writes what every run begins with. Only rank 0 may call it.
  func openOutputs(isNew: Bool) throws {
    let folder = Reporting.RunFolder(options.out)
    let sampler = Sampler(
      adversaries.generator.network, options.recipe.latent, seed: options.seed, room: localCapacity,
      pool: pool)
    var recorded = options
    recorded.program = machine.program
    recorded.program.plans = adversaries.plans
    try AtomicFile.write(recorded.json, to: "\(options.out)/\(RunFolders.optionsFile)")
    outputs = try RunOutputs(
      folder: folder, keep: options.keep, sampler: sampler, seed: options.seed, size: options.size,
      channels: options.channels, isNew: isNew)
    if isNew || !RunFolders.exists(folder.reals) {
      try outputs?.writeReals(dataset, plan, mirror: options.mirror, seed: options.seed)
    }
  }

  /// Starts decoding ahead of `step`.
  func startLoading(at step: Int) {
    loader = BatchLoader(
      dataset: dataset, plan: plan, mirror: options.mirror, seed: options.seed,
      firstDraw: step * drawsPerStep,
      range: { [layout] in layout.resized(batch: $0).localSamples })
  }

  /// Ends the loader's threads.
  func close() { loader?.close() }

  /// This rank's part of the next batch of real pictures, in [-1, 1], valid until the next call.
  /// - Throws: what the data set threw.
  func nextReals() throws -> UnsafePointer<Float> {
    progress.enter(.waitingForPictures)
    guard let batch = try loader?.next() else { preconditionFailure("a session loads before it trains") }
    progress.enter(.computing)
    let bytes = batch.pixels
    guard let source = bytes.baseAddress else { return UnsafePointer(reals.data) }
    let target = reals.data
    let form = options.recipe.pixelRange
    pool.runChunks(bytes.count, chunk: 1 << 16) { range in
      ck_from_bytes(
        source + range.lowerBound, form.scale, form.shift, target + range.lowerBound, range.count)
    }
    return UnsafePointer(reals.data)
  }

  /// What a checkpoint says of this run.
  func checkpointInfo(step: Int, seconds: Double) -> CheckpointInfo {
    CheckpointInfo(
      step: step, seconds: seconds, architecture: options.architecture.name, slices: layout.slices,
      isa: machine.program.instructionSet, blasCore: machine.program.blasCore,
      plans: adversaries.plans, version: machine.program.version,
      data: DataIdentity(pictures: dataset.count, fingerprint: String(dataset.fingerprint, radix: 16)))
  }

  /// Checks the replicas and writes the state after `step`, on rank 0. Collective.
  func saveCheckpoint(step: Int, seconds: Double) throws {
    progress.enter(.writingCheckpoint)
    let saved = try checkpoints.write(checkpointInfo(step: step, seconds: seconds), to: outputs?.store)
    progress.beat()
    noteCheckpoint(step: step)
    for complaint in saved?.undeleted ?? [] { log.warning(complaint) }
  }

  /// Seconds that sums over ranks have kept this rank so far.
  var communicationSeconds: Double { sums.seconds + reducers.seconds }
  /// Seconds that this rank has waited for pictures so far.
  var dataSeconds: Double { loader?.secondsWaited ?? 0 }

  /// Compares what the ranks see of the data. Collective.
  private static func checkSameData(_ dataset: any PictureDataset, _ communicator: any Communicator) throws {
    var votes = [dataset.fingerprint, ~dataset.fingerprint]
    try communicator.allReduce(&votes, .min)
    guard votes[0] != ~votes[1] else { return }
    let seen = try communicator.gather("\(communicator.hostName): \(dataset.describe)")
    let told = Set(seen ?? []).sorted().joined(separator: "; ")
    throw RunError(
      try communicator.broadcast("the ranks do not see the same data, so they cannot train together: \(told)")
    )
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

extension Recipe {
  /// How a byte becomes a pixel: [0, 255] to [-1, 1].
  var pixelRange: (scale: Float, shift: Float) { (1 / 127.5, -1) }
}

extension SamplePlan {
  /// The plan of a run over `pictures` pictures.
  init(_ options: RunOptions, pictures: Int) throws {
    let sampling = options.recipe.sampling
    try self.init(
      count: pictures, batchSize: options.batchSize, withReplacement: sampling.withReplacement,
      lastBatch: sampling.lastBatch == .drop ? .drop : .keep, seed: options.seed)
  }
}
