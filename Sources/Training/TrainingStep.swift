import CKernels
import DataParallel
import Layers
import Networks
import Objectives
import Tensors

/// One training step: the recipe's schedule of updates, once (Goodfellow et al. 2014, algorithm 1; Radford et
/// al. 2015, section 4).
///
/// The same code on any number of ranks: what is summed over the global batch goes through `sums` (batch
/// norm, losses) and through the two reducers (gradients), and nothing else knows of other ranks.
package final class TrainingStep {
  private let adversaries: Adversaries
  private let recipe: Recipe
  private let seed: UInt64
  private let pool: ThreadPool
  private let layout: SliceLayout
  private let sums: any GlobalSums
  private let reducers: GradientReducers
  private let latents: Latents

  private let pass: Pass
  private var stepSums = StepSums()
  private let z: Tensor
  private let logitGradient: Tensor
  private let fakeGradient: Tensor
  /// What D sees where the recipe has noise: one look's pictures, until the next look.
  private let noisy: Tensor?
  /// G's pictures, in G's memory, until G's next forward pass.
  private var fakes: UnsafeMutablePointer<Float>?
  /// `pass.ordinal` of the forward pass that made them.
  private var fakesOrdinal = 0
  /// Whether G was updated after it made them, or will be before its next pass.
  private var fakesAreOld = false
  /// The step whose update of G is still to be made, its gradient on the way between ranks.
  private var pendingUpdate: Int?
  private var step = 0
  private var batch = 0
  private var draws = 0
  /// Looks of D at a batch so far in the step, each of which has labels and noise of its own.
  private var looks = 0
  /// The first layer of the last step whose forward pass gave this rank numbers that are not finite, as a
  /// phrase.
  private(set) var firstNonFinite: String?
  /// Counts where the step's time goes; nil: nobody asks.
  package var clock: PassClock? {
    get { pass.clock }
    set { pass.clock = newValue }
  }

  /// Is told of each update of G, with the step that it belongs to, before anything reads G again; nil: nobody
  /// asks.
  package var generatorUpdated: ((_ step: Int) -> Void)?
  /// Sees a network whose gradient has just been reduced, before the optimizer does, and the step that it belongs to;
  /// nil: nobody.
  var afterReduction: ((Trainee, _ step: Int) -> Void)?

  /// Where a step gets real pictures from: in the range of G's pictures, NHWC, this rank's part of a batch of `batch` samples.
  package typealias RealPictures = () throws -> UnsafePointer<Float>

  /// Writes z of one sample, named by its global index in the batch, for the draw-th time that the step draws
  /// z.
  package typealias Latents =
    (_ step: Int, _ draw: Int, _ sample: Int, _ z: UnsafeMutablePointer<Float>) -> Void

  /// A step over `adversaries`, for batches of up to `layout.batch` samples.
  /// - Parameters:
  ///   - sums: adds losses over all ranks.
  ///   - batchNormSums: adds batch norm's moments over whom it is to see.
  ///   - latents: where z comes from; nil: drawn from the recipe's distribution, a function of (seed, step,
  /// draw, global sample, element) alone.
  package init(
    _ adversaries: Adversaries, _ recipe: Recipe, seed: UInt64, layout: SliceLayout, sums: any GlobalSums,
    batchNormSums: any GlobalSums, reducers: GradientReducers, pool: ThreadPool, latents: Latents? = nil
  ) {
    self.adversaries = adversaries
    self.recipe = recipe
    self.seed = seed
    self.pool = pool
    self.layout = layout
    self.sums = sums
    self.reducers = reducers
    let latentSize = adversaries.architecture.latent
    self.latents =
      latents ?? { step, draw, sample, z in
        recipe.latent.fill(
          z, count: latentSize,
          RandomStream(seed: seed, purpose: .latent, stream: draw, step: step, sample: sample))
      }
    let samples = layout.localCapacity
    let slices = layout.localSlices.count
    for trainee in adversaries.both { trainee.network.prepare(samples: samples, slices: slices) }
    pass = Pass(
      pool: pool, sums: batchNormSums, seed: seed, slices: SliceBounds(layout.localBoundaries))
    z = Tensor(capacity: samples, shape: adversaries.generator.network.input)
    logitGradient = Tensor(capacity: samples, shape: .vector(1))
    fakeGradient = Tensor(capacity: samples, shape: adversaries.generator.network.output)
    noisy =
      recipe.instanceNoise.deviation > 0
      ? Tensor(capacity: samples, shape: adversaries.discriminator.network.input) : nil
  }

  /// Runs step `step` on a global batch of `batch` samples. G's last update may be left for `settle`.
  /// - Parameter stopRequested: why this rank asks all to stop after this step; nil: it does not.
  /// - Returns: the losses over all ranks.
  /// - Throws: an error of the message layer or of the data.
  package func run(step: Int, batch: Int, stopRequested: StopReason?, reals: RealPictures) throws
    -> StepTotals
  {
    try pass.time(.rest) {
      try runSchedule(step: step, batch: batch, stopRequested: stopRequested, reals: reals)
    }
  }

  private func runSchedule(
    step: Int, batch: Int, stopRequested: StopReason?, reals: RealPictures
  ) throws -> StepTotals {
    let layout = layout.resized(batch: batch)
    self.step = step
    self.batch = batch
    pass.slices = SliceBounds(layout.localBoundaries)
    pass.firstSample = layout.localSamples.lowerBound
    pass.step = step
    pass.ordinal = 0
    draws = 0
    looks = 0
    fakes = nil
    fakesAreOld = false
    firstNonFinite = nil
    for trainee in adversaries.both { trainee.clearGradientNorm() }
    stepSums.clear(slices: pass.slices.count)
    if let stopRequested { stepSums.add(1, to: .requests(stopRequested), slice: 0) }

    var pictures: UnsafePointer<Float>?
    for update in recipe.schedule {
      switch update {
      case .discriminator(let realSource, let fakeSource):
        if realSource == .new { pictures = try reals() }
        try updateDiscriminator(reals: realSource == nil ? nil : pictures, fakeSource)
      case .generator(let fakeSource):
        if fakeSource == .new {
          try generate()
        } else if fakesAreOld {
          // The same z again, but through G as it is now: the gradient is of G's own last forward pass.
          try makeFakes()
        }
        try updateGenerator()
      }
    }
    return try pass.time(.losses) { try stepSums.reduce(slices: pass.slices.count, sums) }
  }

  /// New fakes from new z.
  private func generate() throws {
    pass.time(.latents) { drawLatents() }
    try makeFakes()
  }

  private func makeFakes() throws {
    try settle()
    fakes = try forward(adversaries.generator, z.data)
    fakesOrdinal = pass.ordinal
    fakesAreOld = false
  }

  /// D learns to tell: both halves' gradients are summed before the one reduction and the one update. The fakes
  /// are made after D's pass over the reals, which G's last gradient may still travel under.
  private func updateDiscriminator(reals: UnsafePointer<Float>?, _ fakeSource: Source?) throws {
    let discriminator = adversaries.discriminator
    pass.gradients = reducers.discriminator.slices
    pass.accumulates = false
    if let reals {
      pass.folds = fakeSource == nil
      let x = seen(reals)
      let logits = try forward(discriminator, x)
      evaluate(logits, as: .real, .lossReal, .realOpinion, .realSamples)
      try backward(discriminator, x: x, reducer: fakeSource == nil ? reducers.discriminator.reducer : nil)
      pass.accumulates = true
    }
    if let fakeSource {
      if fakeSource == .new { try generate() }
      guard let fakes else { preconditionFailure("a schedule's first use of fakes makes them") }
      pass.folds = true
      let x = seen(fakes)
      let logits = try forward(discriminator, x)
      evaluate(logits, as: .fake, .lossFake, .fakeOpinionBefore, .fakeSamples)
      try backward(discriminator, x: x, reducer: reducers.discriminator.reducer)
    }
    try finish(discriminator, reducers.discriminator.reducer, of: step)
  }

  /// G learns to pass: the gradient goes through D, whose own gradients are not computed.
  private func updateGenerator() throws {
    guard let fakes else { preconditionFailure("a schedule's first use of fakes makes them") }
    let x = seen(fakes)
    let logits = try forward(adversaries.discriminator, x)
    evaluate(logits, as: .generator, .lossGenerator, .fakeOpinionAfter, .generatorSamples)
    pass.gradients = nil
    try adversaries.discriminator.network.backward(
      x: x, dy: logitGradient.data, into: fakeGradient.data, pass)
    pass.gradients = reducers.generator.slices
    pass.accumulates = false
    pass.folds = true
    // Dropout draws its mask again in backward, by the number of the forward pass that it belongs to.
    let passes = pass.ordinal
    pass.ordinal = fakesOrdinal
    defer { pass.ordinal = passes }
    try adversaries.generator.network.backward(
      x: z.data, dy: fakeGradient.data, into: nil, pass
    ) { range in reducers.generator.reducer.layerIsFinal(range) }
    pendingUpdate = step
    fakesAreOld = true
    if !reducers.overlaps { try settle() }
  }

  /// Makes G's update where its gradient was still on the way. G's own next pass begins with it; who looks at G, its
  /// optimizer or its gradient's norm between steps calls it before (Note [Overlap]). Collective.
  /// - Throws: an error of the message layer.
  package func settle() throws {
    guard let began = pendingUpdate else { return }
    pendingUpdate = nil
    try finish(adversaries.generator, reducers.generator.reducer, of: began)
    generatorUpdated?(began)
  }

  private func forward(_ trainee: Trainee, _ x: UnsafePointer<Float>) throws -> UnsafeMutablePointer<Float> {
    pass.ordinal += 1
    return try trainee.network.forward(x, pass)
  }

  /// What D sees of `pictures` in its next look: themselves, or a noisy copy.
  private func seen(_ pictures: UnsafePointer<Float>) -> UnsafePointer<Float> {
    guard let noisy, recipe.instanceNoise.deviation(step: step) > 0 else { return pictures }
    recipe.instanceNoise.add(
      to: pictures, samples: pass.firstSample..<pass.firstSample + pass.samples, size: noisy.shape.count,
      seed: seed, step: step, look: looks, into: noisy.data, pool)
    return UnsafePointer(noisy.data)
  }

  /// Backpropagates the logits' gradient into D. Buckets leave only with the last contribution of an update.
  private func backward(_ trainee: Trainee, x: UnsafePointer<Float>, reducer: GradientReducer?) throws {
    try trainee.network.backward(x: x, dy: logitGradient.data, into: nil, pass) { range in
      reducer?.layerIsFinal(range)
    }
  }

  /// The rest of an update, of step `began`, once all gradients are there: what is left to sum, and the optimizer.
  private func finish(_ trainee: Trainee, _ reducer: GradientReducer, of began: Int) throws {
    let role = trainee.network.role
    try pass.time(.sliceSums(role)) { try reducer.finish() }
    afterReduction?(trainee, began)
    pass.time(.optimizer(role)) { trainee.update(pool, isOfThisStep: began == step) }
  }

  /// Loss and gradient of D's logits, slice by slice. The mean is over the global batch.
  private func evaluate(
    _ logits: UnsafePointer<Float>, as side: LossSide, _ loss: StepSums.Field, _ opinion: StepSums.Field,
    _ count: StepSums.Field
  ) {
    for slice in 0..<pass.slices.count {
      let samples = pass.slices[slice]
      let result = pass.time(.losses) {
        recipe.loss.evaluate(
          logits + samples.lowerBound, count: samples.count, as: side, batch: batch,
          gradient: logitGradient.data + samples.lowerBound
        ) { [seed, looks, step, first = pass.firstSample + samples.lowerBound] in
          RandomStream(seed: seed, purpose: .label, stream: looks, step: step, sample: first + $0)
        }
      }
      if !result.loss.isFinite, firstNonFinite == nil {
        // G first, whose pictures may be what D chokes on.
        firstNonFinite =
          adversaries.both.lazy.compactMap { [pass] in
            $0.network.firstNonFinite(samples: pass.samples)
          }.first
      }
      stepSums.add(result.loss, to: loss, slice: slice)
      stepSums.add(result.probability, to: opinion, slice: slice)
      stepSums.add(Double(samples.count), to: count, slice: slice)
    }
    looks += 1
  }

  /// z of this rank's samples.
  private func drawLatents() {
    for sample in 0..<pass.samples { latents(step, draws, pass.firstSample + sample, z.sample(sample)) }
    draws += 1
  }
}

extension LatentDistribution {
  /// Draws `count` numbers of z from the beginning of `stream`.
  func fill(_ z: UnsafeMutablePointer<Float>, count: Int, _ stream: RandomStream) {
    switch self {
    case .normal: stream.fillNormal(z, count: count)
    case .uniform:
      stream.fillUniform(z, count: count)
      for i in 0..<count { z[i] = 2 * z[i] - 1 }
    }
  }
}
