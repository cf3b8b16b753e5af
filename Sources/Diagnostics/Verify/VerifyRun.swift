import Cluster
import Communication
import DataParallel
import Datasets
import Foundation
import Layers
import Options
import Reporting
import Runs

/// Runs one variant after the other within one world.
///
/// A variant of P ranks trains on the first P ranks. The other ranks sleep meanwhile: a rank that waits
/// inside MPI would keep a processor busy that the training ranks need.
final class VerifyRun {
  private let request: VerifyRequest
  private let world: any Communicator
  /// The communicator on which all ranks meet after a variant.
  private let meetings: any Communicator
  private let dataset: any PictureDataset
  private let draws: SampleDraws
  /// A log that says nothing, so that messages about machines and options are not repeated for each variant.
  private let quiet: RunLog

  /// What ranks agree on about their machines.
  let machine: Machine
  /// The precision to which the factors of Winograd's products are rounded.
  let precision: ProductPrecision

  /// Settles what all variants have in common. Collective.
  /// - Throws: `RunError`, errors of the message layer.
  init(_ request: VerifyRequest, world: any Communicator, log: RunLog) throws {
    self.request = request
    self.world = world
    quiet = RunLog(rank: world.rank, console: Console(descriptor: -1) { nil })
    quiet.stayWithoutFile()
    machine = try Machine.settle(threads: request.variants[0].threads, on: world)
    precision = try Machine.precision(request.options, world, log: log)
    (dataset, draws) = try Self.pictures(request, world, threads: machine.threads, log: log)
    meetings = try world.duplicate()
  }

  /// Trains as `variant` says. Collective over the world.
  /// - Returns: the recording, on rank 0 (nil elsewhere), and the seconds that it took on this rank.
  /// - Throws: `RunError`, the same on all ranks of the world; errors of the message layer and of the data.
  func record(_ variant: VerifyVariant) throws -> (recording: VerifyRecording?, seconds: Double) {
    let part = try world.prefix(variant.ranks)
    var recording: VerifyRecording?
    var failure: RunError?
    let start = Pace.now()
    if let part {
      do {
        recording = try train(variant, on: part)
      } catch let error as RunError {
        failure = error
      } catch let error as ReplicaError {
        failure = RunError("\(variant.name): \(error)")
      }
    }
    try meet(failure)
    return (recording, Pace.now() - start)
  }

  private func train(_ variant: VerifyVariant, on part: any Communicator) throws -> VerifyRecording? {
    var options = request.options
    options.ranks = variant.ranks
    options.rankSettings.bucketMegabytes = variant.bucketMegabytes
    options.rankSettings.overlap = variant.overlap
    let machine = try Machine.settle(threads: variant.threads, on: part)
    let context = try StepContext(
      options, try machine.reduction(options, part), communicator: part, machine: machine, log: quiet)
    let feed = RealPictureFeed(dataset, draws, for: context, at: 0)
    defer { feed.close() }
    let recorder = part.isRoot ? VerifyRecorder(context.adversaries, context.step) : nil
    let replica = context.adversaries.replicaBuffers(averages: options.batchNorm == .sync)
    for step in 0..<request.steps {
      let totals = try context.step.run(
        step: step, batch: draws.batch(ofStep: step), stopRequested: nil
      ) { try feed.next() }
      recorder?.ended(step: step, totals)
      guard totals.isFinite else {
        try context.step.finishGeneratorUpdate()
        throw RunError(
          "the loss of step \(step + 1) is not finite on \(variant.name), and from there on there is nothing to compare: "
            + "give fewer --steps, a lower --lr-d and --lr-g, or another --seed")
      }
      let isLast = step + 1 == request.steps
      if isLast || (step + 1) % options.rankSettings.checkEvery == 0 {
        try context.step.finishGeneratorUpdate()
        try ReplicaCheck.verify(replica, step: step + 1, on: part)
      }
    }
    return recorder?.recording
  }

  /// Waits, asleep, for all ranks of the world after a variant, and throws its failure on all of them.
  /// Collective.
  private func meet(_ failure: RunError?) throws {
    let votes = UnsafeMutableRawBufferPointer.allocate(byteCount: 8, alignment: 8)
    defer { votes.deallocate() }
    votes.storeBytes(of: UInt64(failure?.code ?? 0), as: UInt64.self)
    let meeting = try meetings.startAllReduce(votes, as: .uint64, .max)
    while try !meeting.test() { Thread.sleep(forTimeInterval: 0.002) }
    let code = votes.load(as: UInt64.self)
    guard code != 0 else { return }
    // Rank 0 takes part in every variant, and an error is the same on all of a variant's ranks.
    throw RunError(try world.broadcast(failure?.description ?? ""), code: Int32(code))
  }

  /// The pictures of all variants: those of `--data`, or synthetic ones. Of these there are two and a half
  /// batches, so that a few steps reach the end of an epoch. Collective.
  private static func pictures(
    _ request: VerifyRequest, _ world: any Communicator, threads: Int, log: RunLog
  ) throws -> (any PictureDataset, SampleDraws) {
    var options = request.options
    guard request.isSynthetic else {
      let (pictures, draws) = try RunContext.openPictures(options, communicator: world, log: log)
      // Of the variants in which this rank takes part, the one of the fewest ranks needs most memory.
      options.ranks = request.variants.map(\.ranks).filter { $0 > world.rank }.min() ?? request.ranks
      let need = try succeedingOnAllRanks(world) {
        try MemoryEstimate(options, threads: threads).allocatedBytes
      }
      let memory = try DataMemory.settle(
        asked: options.dataSettings.memory, for: pictures,
        need: .init(networks: need, isAllocated: false, threads: threads),
        on: world,
        log: log)
      return (memory.keeping(pictures), draws)
    }
    return try succeedingOnAllRanks(world) {
      let dataset = try SyntheticPictures(
        count: options.batchSize * 5 / 2, size: options.size, channels: options.channels, seed: options.seed,
        groups: options.architecture.conditions?.groups ?? [])
      return (dataset, try SampleDraws(options, pictures: dataset.count))
    }
  }
}
