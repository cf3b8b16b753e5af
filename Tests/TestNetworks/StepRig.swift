import Communication
import DataParallel
import Layers
import Networks
import Recipes
import Tensors
import Training

/// The real training step, put together as a run does, over pictures by a formula.
package final class StepRig {
  package let adversaries: Adversaries
  package let pool: ThreadPool
  package let layout: SliceLayout
  package let step: TrainingStep
  /// How often a step asked for real pictures.
  package private(set) var realsTaken = 0
  private let reals: Tensor
  private let classes: UnsafeMutableBufferPointer<Int32>
  private let reducers: GradientReducers

  package init(
    _ architecture: Architecture, _ recipe: Recipe, batch: Int, slices: Int = 1,
    communicator: any Communicator = SingleProcessCommunicator(), threads: Int = 2, seed: UInt64 = 1,
    planner: ConvolutionPlanner = .init(), overlap: Bool = true, latents: TrainingStep.Latents? = nil
  ) throws {
    try BLAS.open()
    pool = ThreadPool(threads: threads)
    adversaries = try Adversaries(architecture, recipe, seed: seed, pool: pool, planner: planner)
    layout = SliceLayout(batch: batch, slices: slices, ranks: communicator.size, rank: communicator.rank)
    let sums = try SliceSums(communicator: communicator, mode: .ordered)
    // Small networks, many buckets.
    reducers = try GradientReducers(
      adversaries, layout: layout, mode: .ordered, communicator: communicator, overlaps: overlap,
      bucketBytes: 10_485)
    step = TrainingStep(
      adversaries, recipe, seed: seed, layout: layout, sums: sums, batchNormSums: sums, reducers: reducers,
      pool: pool,
      latents: latents)
    reals = Tensor(capacity: layout.localCapacity, shape: architecture.picture)
    classes = .allocate(capacity: layout.localCapacity * (architecture.conditions?.groups.count ?? 0))
    classes.initialize(repeating: 0)
  }

  deinit { classes.deallocate() }

  /// Picture n of the endless set: the twins' formula, in N,H,W,C.
  package static func picture(_ n: Int, _ shape: PictureShape) -> [Float] {
    var numbers: [Float] = []
    for h in 0..<shape.height {
      for w in 0..<shape.width {
        for c in 0..<shape.channels {
          numbers.append(
            Float(sine(0.1 * Double(n + 1) * Double(h + 1) + 0.07 * Double(w + 1) * Double(c + 2))))
        }
      }
    }
    return numbers
  }

  /// The class of picture n in a group of `count`.
  package static func label(_ n: Int, _ group: Int, of count: Int) -> Int32 {
    Int32((3 * n + 2 * group + 1) % count)
  }

  /// Runs a step, and G's update with it unless `settles` is false.
  @discardableResult
  package func run(
    step number: Int, batch: Int? = nil, stopRequested: StopReason? = nil, settles: Bool = true
  ) throws -> StepTotals {
    let batch = batch ?? layout.batch
    let totals = try step.run(step: number, batch: batch, stopRequested: stopRequested) {
      realsTaken += 1
      let architecture = adversaries.architecture
      let groups = architecture.conditions?.groups ?? []
      for (local, sample) in layout.resized(batch: batch).localSamples.enumerated() {
        let picture = Self.picture(number * layout.batch + sample, architecture.picture)
        reals.sample(local).update(from: picture, count: picture.count)
        for (place, group) in groups.enumerated() {
          classes[local * groups.count + place] = Self.label(
            number * layout.batch + sample, place, of: group.classes.count)
        }
      }
      return RealBatch(
        pixels: UnsafePointer(reals.data), classes: groups.isEmpty ? nil : UnsafePointer(classes.baseAddress))
    }
    if settles { try step.finishGeneratorUpdate() }
    return totals
  }

  /// Every bit of the run's state.
  package var bits: [UInt32] {
    adversaries.replicaBuffers(averages: true).flatMap {
      $0.bytes.bindMemory(to: Float.self).map { $0.bitPattern }
    }
  }
}

/// All numbers of a network's flat parameters.
package func values(_ network: Network) -> [Float] {
  Array(UnsafeBufferPointer(start: network.values.data, count: network.values.count))
}

/// A pass over all samples of one rank, outside a training step.
package func makePass(_ pool: ThreadPool, _ bounds: [Int]) throws -> Pass {
  Pass(
    pool: pool, sums: try SliceSums(communicator: SingleProcessCommunicator(), mode: .ordered), seed: 1,
    slices: SliceBounds(bounds))
}
