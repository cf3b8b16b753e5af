import CKernels
import Cluster
import Communication
import Layers
import Networks
import Recipes
import Reporting
import Runs
import Tensors
import Training

/// Measures the speed of training steps and what the machine can do.
package enum Bench {
  /// Measures whole training steps on synthetic pictures, one request after the other in this process.
  /// Collective; every rank gets the results.
  ///
  /// The peak memory of a later request includes memory that the requests before it have not freed.
  /// - Throws: `RunError`, errors of the message layer.
  package static func run(
    _ requests: [BenchRequest], communicator: any Communicator
  ) throws -> [BenchResult] {
    try requests.enumerated().map { index, request in
      if index > 0 { StepClock.resetPeakMemory() }
      return try run(request, communicator: communicator)
    }
  }

  /// Measures whole training steps on synthetic pictures. Collective; every rank gets the result.
  /// - Throws: `RunError`, errors of the message layer.
  package static func run(_ request: BenchRequest, communicator: any Communicator) throws -> BenchResult {
    let options = request.options
    let log = RunLog(rank: communicator.rank)
    log.stayWithoutFile()
    let machine = try Machine.settle(threads: options.threads, on: communicator)
    log.tell(machine)
    let reduction = try machine.reduction(options, communicator)
    if let notice = reduction.notice, communicator.isRoot { log.warning(notice) }
    let context = try StepContext(
      options, reduction, communicator: communicator, machine: machine, log: log)
    let (step, adversaries) = (context.step, context.adversaries)
    let reals = SyntheticReals(context.layout, options)
    let clock = PassClock()
    if request.layers { step.clock = clock }
    var times: [Double] = []
    var readings: [PartReadings] = []
    var before = CommunicationTimes()
    var start = Pace.now()
    // Ranks meet only in the sums of the steps themselves. G's gradients may still travel when a step ends,
    // and a barrier here would give them time that no step is charged for. The first timed step completes the
    // gradient of the step before it, and the last timed step leaves one, so the count is right.
    for index in 0...request.steps {
      _ = try step.run(step: index, batch: options.batchSize, stopRequested: nil) { reals.batch }
      let end = Pace.now()
      if index > 0 {
        times.append(end - start)
        readings.append(clock.readings)
      } else {
        before = context.times
      }
      start = end
      clock.clear()
    }
    let spent = context.times.since(before)
    // A step takes as long as on its slowest rank.
    try communicator.allReduce(&times, .max)
    let communication =
      communicator.size > 1
      ? try BenchCommunication(spent, steps: request.steps, context.reducers, on: communicator) : nil
    // Only after the communication was counted: no computation hides the last gradient, so its window would
    // be one that no other step has.
    try step.finishGeneratorUpdate()
    times.sort()
    let median = times[times.count / 2]
    let peakMemory = try communicator.allReduce(UInt64(StepClock.peakMemory), .max)
    let roofline =
      request.layers
      ? try Roofline.measure(on: context.pool, machine.program, communicator: communicator) : nil
    let layers = roofline.map {
      PartTiming.list(
        readings, adversaries, samples: context.layout.localSamples.count, sgemm: $0.sgemmSquareGigaflops)
    }
    let work = options.recipe.operationsPerImage(adversaries) * Double(options.batchSize)
    return BenchResult(
      preset: options.architecture.name, ranks: communicator.size, threads: machine.threads,
      batchSize: options.batchSize, medianMilliseconds: median * 1e3, bestMilliseconds: times[0] * 1e3,
      imagesPerSecond: Double(options.batchSize) / median, effectiveGigaflops: work / median * 1e-9,
      blasCore: machine.program.blasCore, precision: context.precision,
      instructionSet: machine.program.instructionSet, peakMemoryBytes: Int(peakMemory),
      overlapPercent: communication?.overlapPercent, communication: communication, layers: layers,
      roofline: roofline)
  }

  /// Measures what the machine can do with each number of threads (nil: as many as a rank may use), without
  /// any training step. Collective; all ranks measure at the same time, and each gets its own figures.
  /// - Throws: `RunError`, errors of the message layer.
  package static func roofline(threads: [Int?], communicator: any Communicator) throws -> [Roofline] {
    let log = RunLog(rank: communicator.rank)
    log.stayWithoutFile()
    return try threads.map { threads in
      let machine = try Machine.settle(threads: threads, on: communicator)
      log.tell(machine)
      return try Roofline.measure(
        on: ThreadPool(threads: machine.threads), machine.program, communicator: communicator)
    }
  }
}

extension Recipe {
  /// Floating-point operations of a step for one image, counted as direct convolution. For each network, a
  /// forward pass, the weight gradients and the data gradients count the same. Work that no step does, such
  /// as D's weight gradients in G's update, is not counted.
  func operationsPerImage(_ adversaries: Adversaries) -> Double {
    func work(_ role: NetworkRole) -> Double {
      adversaries.head(role)?.trainee.network.operationsPerForward ?? 0
    }
    let d = adversaries.discriminator.network.operationsPerForward
    let g = adversaries.generator.network.operationsPerForward
    // The operations of one of D's passes in its own update, and of one of G's passes in its update without
    // G's forward pass.
    let look = 3 * (d + work(.classifier))
    let lesson = 2 * (d + work(.classifier)) + 3 * work(.q) + 2 * g
    let plan = stepPlan
    return Double(plan.discriminatorPasses.count) * look + Double(plan.generatorPasses.count) * lesson
      + Double(plan.generatorForwardPasses) * g
  }
}
