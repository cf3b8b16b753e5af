import Cluster
import Communication
import Datasets
import Files
import Models
import Options
import Reporting
import Tensors
import Training

/// What a run works with on one rank: networks, data, reductions, and on rank 0 the files that it writes.
package final class RunContext {
  let stepContext: StepContext
  let log: RunLog
  let checkpoints: RunCheckpoints
  /// The batches of real pictures.
  let draws: SampleDraws
  let dataset: any PictureDataset
  /// The memory that this rank takes for decoded pictures.
  let dataMemory: DataMemory
  /// The files that the run writes; nil on other ranks than 0, and before `openOutputs`.
  private(set) var outputs: RunOutputs?
  /// Told by the training thread whenever it makes progress, for the watchdog.
  let progress: RunProgress
  /// Holds the run's folder, on rank 0 where there is a folder; nil elsewhere.
  let owner: RunOwner?
  /// The fault that this rank is to suffer on purpose; nil: none.
  let fault: FaultInjection?
  /// The step of the newest checkpoint that this process knows of; nil: it knows of none.
  var lastCheckpoint: Int?
  /// The folder that the run was saved in after its own was lost, the same on all ranks; nil: it was not
  /// lost.
  var rescue: String?

  private var feed: RealPictureFeed?
  private let trace: RunTrace?
  /// On rank 0, the host of each rank; empty elsewhere.
  var hosts: [String] { machine.hosts }

  /// The options of the run. Its length is settled at the start, when the checkpoint is known that it goes on from.
  var options: RunOptions
  var communicator: any Communicator { stepContext.communicator }
  var adversaries: Adversaries { stepContext.adversaries }
  var step: TrainingStep { stepContext.step }
  var localCapacity: Int { stepContext.layout.localCapacity }
  private var pool: ThreadPool { stepContext.pool }
  private var machine: Machine { stepContext.machine }

  /// Builds everything that does not depend on a checkpoint. Collective.
  /// - Throws: `RunError` where options, data and ranks do not fit together; errors of data and the message
  ///   layer.
  /// - Parameters:
  ///   - owner: holds the run's folder, on rank 0 where there is a folder.
  ///   - progress: told by the training thread whenever it makes progress.
  ///   - trace: the file that gets a trace of all ranks; nil: no trace.
  init(
    _ options: RunOptions, communicator: any Communicator, machine: Machine, log: RunLog, owner: RunOwner?,
    progress: RunProgress = .init(), trace: String? = nil
  ) throws {
    self.log = log
    self.owner = owner
    self.progress = progress
    let fault = try FaultInjection.asked(communicator)
    self.fault = fault
    let reduction = try machine.reduction(options, communicator)
    if let notice = reduction.notice, communicator.isRoot { log.warning(notice) }
    let (pictures, draws) = try Self.openPictures(
      options, communicator: communicator, log: log, progress: progress)
    self.draws = draws
    let (resident, allocated) = (MemoryBounds.resident, AlignedMemory.bytes)
    self.options = options
    stepContext = try StepContext(options, reduction, communicator: communicator, machine: machine, log: log)
    // What was allocated but not yet written to takes no memory now, but will.
    let untouched = AlignedMemory.bytes - allocated - (MemoryBounds.resident - resident)
    dataMemory = try DataMemory.settle(
      asked: options.dataSettings.memory, for: pictures,
      need: .init(networks: max(0, untouched), isAllocated: true, threads: machine.threads),
      on: communicator, log: log)
    let kept = dataMemory.keeping(pictures)
    dataset = fault?.suffering(kept) ?? kept
    checkpoints = RunCheckpoints(
      adversaries: stepContext.adversaries, communicator: communicator,
      averagesAreShared: options.batchNorm == .sync
    )
    if let fault {
      stepContext.step.afterReduction = { trainee, step in
        fault.strike(trainee.gradient, of: trainee.network.role, step: step + 1)
      }
    }
    self.trace = try trace.map { try RunTrace(path: $0, communicator: communicator) }
    if let trace = self.trace { stepContext.record(into: trace.timeline) }
  }

  /// Opens the data and makes the plan of its batches. Collective.
  /// - Throws: `RunError` where a rank cannot read the data, or where data or options differ between ranks.
  package static func openPictures(
    _ options: RunOptions, communicator: any Communicator, log: RunLog, progress: RunProgress = .init()
  ) throws -> (any PictureDataset, SampleDraws) {
    progress.enter(.openingData)
    defer { progress.enter(.starting) }
    let (dataset, draws) = try succeedingOnAllRanks(communicator) {
      let dataset = try openDataset(
        options.data, size: options.size, channels: options.channels, fit: options.recipe.preprocessing,
        labels: LabelSource(argument: options.labels),
        progress: { progress.beat() },
        report: { log.warning($0) })
      try DataLabels.check(dataset, for: options.architecture, source: options.data)
      return (dataset, try SampleDraws(options, pictures: dataset.count))
    }
    _ = try SameOnAllRanks.check(
      [
        SameOnAllRanks.configuration(options),
        RankFact(
          .data, String(dataset.fingerprint, radix: 16), shown: dataset.describe),
      ], on: communicator)
    return (dataset, draws)
  }

  // MARK: What the schedule takes

  /// The number of slices S, as it is with this number of ranks.
  var slices: Int { stepContext.layout.slices }
  /// The last step by the number of steps or epochs; nil: neither is set.
  var lastStep: Int? { options.length.lastStep(draws.epochs) }

  // MARK: Start

  /// Opens the run's files and writes `options.json`, `data.tsv` and the sheet of real pictures. Only rank 0
  /// may call it.
  /// - Parameter start: the step that the run goes on from; nil: it starts anew.
  func openOutputs(goingOnFrom start: Int?) throws {
    guard let owner else { preconditionFailure("who writes a run's files owns its folder") }
    if let average = adversaries.average {
      average.network.prepare(samples: localCapacity, slices: localCapacity)
    }
    let sampler = Sampler(
      adversaries.picturing, of: options.architecture, options.recipe.latent, seed: options.seed,
      room: localCapacity,
      pool: pool)
    let folder = RunFolder(options.out)
    try owner.inHeldFolder { try AtomicFile.write(options.json(ranBy: program), to: folder.options) }
    if start == nil || !DataIndex.isOf(dataset, folder.data) {
      try owner.inHeldFolder { try DataIndex.write(dataset, to: folder.data) }
    }
    let outputs = try RunOutputs(
      options, sampler: sampler, owner: owner, goingOnFrom: start, host: communicator.hostName)
    self.outputs = outputs
    try outputs.writeReals(dataset, draws.plan, mirror: options.mirror, seed: options.seed)
  }

  /// The program, the machine and the plans of the convolutions, as `options.json` records them.
  var program: ProgramRecord {
    var program = machine.program
    program.plans = adversaries.plans
    return program
  }

  /// Starts decoding ahead of `step`.
  func startLoading(at step: Int) {
    feed = RealPictureFeed(dataset, draws, for: stepContext, at: step)
  }

  /// Ends the loader's threads.
  func close() { feed?.close() }

  /// This rank's part of the next batch of real pictures, in the range of G's pictures. Valid until the next
  /// call.
  /// - Throws: what the data set threw.
  func nextReals() throws -> RealBatch {
    guard let feed else { preconditionFailure("pictures are loaded before a run trains") }
    progress.enter(.waitingForPictures)
    defer { progress.enter(.computing) }
    return try feed.next()
  }

  /// What a checkpoint after `step` records of this run; `seconds` is the training time so far, and `interval` has the
  /// totals since the interval of the log began.
  func checkpointInfo(step: Int, seconds: Double, interval: StepTotals = .zero) -> CheckpointInfo {
    CheckpointInfo(
      step: step, seconds: seconds, architecture: options.architecture.name,
      slices: stepContext.layout.slices,
      isa: machine.program.instructionSet, blasCore: machine.program.blasCore,
      plans: adversaries.plans, intervalSums: interval == .zero ? nil : interval.numbers,
      version: machine.program.version,
      data: DataIdentity(pictures: dataset.count, fingerprint: String(dataset.fingerprint, radix: 16)),
      options: options.decidingNumbers, optionsSHA256: options.decidingNumbers.sha256)
  }

  /// Compares the ranks' replicas, then writes the state after `step` on rank 0, to a folder beside the run's
  /// if that is gone. Collective.
  /// - Parameters:
  ///   - seconds: the training time so far.
  ///   - interval: the totals of the steps since the interval of the log began.
  /// - Throws: `RunError` where the replicas differ; `LostFolder`; errors of files and the message layer.
  func saveCheckpoint(step: Int, seconds: Double, interval: StepTotals) throws {
    progress.enter(.writingCheckpoint)
    try checkpoints.checkReplicas(step: step)
    let info = checkpointInfo(step: step, seconds: seconds, interval: interval)
    var place = rescue ?? ""
    if let outputs, let owner {
      if let saved = try owner.inFolder({ try checkpoints.write(info, to: outputs.store) }) {
        for complaint in saved.undeleted { log.warning(complaint) }
      } else if rescue == nil {
        place = try saveElsewhere(info, outputs)
      }
    }
    progress.beat()
    // All ranks learn the folder, as the last words of any rank may name it.
    place = try communicator.broadcast(place)
    if place.isEmpty {
      noteCheckpoint(step: step)
    } else if rescue == nil {
      noteRescue(in: place, step: step)
    }
  }

  /// Compares the ranks' replicas after `step`, whose updates are all made. Collective.
  /// - Throws: `RunError`, the same on all ranks, which names ranks, hosts and tensors that differ.
  func checkReplicas(step: Int) throws {
    try timing("replica check", .step(step)) { try checkpoints.checkReplicas(step: step) }
  }

  /// Runs `body`, and records its begin and end in the trace, if there is one.
  func timing<Result>(
    _ name: String, _ argument: Timeline.Argument = .none, _ body: () throws -> Result
  ) rethrows -> Result {
    guard let trace else { return try body() }
    let lane: Timeline.Lane? = trace.compute
    return try lane.span(trace.timeline.name(name), .compute, argument, body)
  }

  /// Writes the trace, if one was asked for. Collective.
  /// - Throws: `CommunicationError`.
  func writeTrace() throws { try trace?.write(log) }

  /// Seconds that this rank has waited for pictures so far.
  var dataSeconds: Double { feed?.secondsWaited ?? 0 }
}
