import CKernels
import DataParallel
import Layers
import Networks
import Objectives
import Recipes
import Tensors

/// This rank's part of a batch of real pictures.
package struct RealBatch {
  /// NHWC, in the range of G's pictures.
  package var pixels: UnsafePointer<Float>
  /// A class for each label group of each sample; nil where the data has no labels.
  package var classes: UnsafePointer<Int32>?

  /// Creates a batch from its parts.
  package init(pixels: UnsafePointer<Float>, classes: UnsafePointer<Int32>? = nil) {
    self.pixels = pixels
    self.classes = classes
  }
}

/// One training step: the recipe's schedule of updates, once (Goodfellow et al. 2014, algorithm 1; Radford et
/// al. 2015, section 4).
///
/// The same code on any number of ranks: what is summed over the global batch goes through `sums` (batch
/// norm, losses) and through the reducers (gradients), and nothing else knows of other ranks.
package final class TrainingStep {
  private let adversaries: Adversaries
  private let recipe: Recipe
  private let layout: SliceLayout
  private let sums: any GlobalSums
  private let reducers: GradientReducers

  private let pass: Pass
  private let passes: StepPasses
  private let input: GeneratorInput
  private let view: DiscriminatorInput
  private let labels: RealConditions
  private let losses: StepLosses
  /// The last batch of reals of the step.
  private var reals: UnsafePointer<Float>?
  /// G's pictures, in G's memory, until G's next forward pass; nil: to be made again before they are used again.
  private var fakes: UnsafeMutablePointer<Float>?
  /// Whether G was updated after it made them, or will be before its next pass.
  private var fakesAreOld = false
  /// The step whose update of G is still to be made, its gradient on the way between ranks.
  private var pendingUpdate: Int?
  private var draws = 0
  private var mixes = 0
  /// The first layer of the last step whose forward pass gave this rank numbers that are not finite, as a
  /// phrase.
  package var firstNonFinite: String? { passes.firstNonFinite }
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
  package var afterReduction: ((Trainee, _ step: Int) -> Void)? {
    get { passes.afterReduction }
    set { passes.afterReduction = newValue }
  }

  /// Where a step gets this rank's part of a batch of real pictures from.
  package typealias RealPictures = () throws -> RealBatch

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
    self.layout = layout
    self.sums = sums
    self.reducers = reducers
    let architecture = adversaries.architecture
    let samples = layout.localCapacity
    for trainee in adversaries.all {
      trainee.network.prepare(samples: samples, slices: layout.localSlices.count)
    }
    for head in adversaries.heads { head.prepare(samples: samples) }
    pass = Pass(
      pool: pool, sums: batchNormSums, seed: seed, slices: SliceBounds(layout.localBoundaries))
    input = GeneratorInput(
      architecture, capacity: samples, seed: seed, mixes: recipe.conditions.interpolation > 0,
      latents: latents ?? { step, draw, sample, z in
        recipe.latent.fill(
          z, count: architecture.latent,
          RandomStream(seed: seed, purpose: .latent, stream: draw, step: step, sample: sample))
      })
    view = DiscriminatorInput(architecture, recipe, capacity: samples, seed: seed, pool: pool)
    labels = RealConditions(architecture, capacity: samples, seed: seed)
    losses = StepLosses(architecture, recipe, capacity: samples, seed: seed)
    passes = StepPasses(pass, adversaries, reducers, losses)
  }

  /// Runs step `step` on a global batch of `batch` samples. G's last update may be left for `settle`.
  /// - Parameter stopRequested: why this rank asks all to stop after this step; nil: it does not.
  /// - Returns: the losses over all ranks.
  /// - Throws: an error of the message layer or of the data.
  package func run(step: Int, batch: Int, stopRequested: StopReason?, reals: RealPictures) throws
    -> StepTotals
  {
    try pass.time(.rest) {
      begin(step: step, batch: batch)
      if let stopRequested { losses.ask(for: stopRequested) }
      for update in recipe.schedule {
        switch update {
        case .discriminator(let realSource, let fakeSource):
          if realSource == .new { try take(try reals()) }
          try updateDiscriminator(reals: realSource == nil ? nil : self.reals, fakeSource)
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
      return try pass.time(.losses) { try losses.reduce(slices: pass.slices.count, sums) }
    }
  }

  private func begin(step: Int, batch: Int) {
    passes.begin(step: step, batch: batch, layout.resized(batch: batch))
    (draws, mixes) = (0, 0)
    reals = nil
    fakes = nil
    fakesAreOld = false
  }

  // MARK: Pictures

  private func take(_ batch: RealBatch) throws {
    reals = batch.pixels
    labels.take(batch.classes, count: pass.samples)
  }

  /// New fakes from new z, by the labels of the last reals.
  private func generate() throws {
    pass.time(.latents) {
      input.draw(
        step: pass.step, draw: draws, first: pass.firstSample, count: pass.samples, classes: labels.classes)
      draws += 1
    }
    try makeFakes()
  }

  private func makeFakes() throws {
    try settle()
    fakes = try passes.forward(adversaries.generator, input.z.data)
    fakesAreOld = false
  }

  // MARK: Updates

  /// D's update: the gradients of all that it looks at are summed before the one reduction and the one update. The
  /// fakes are made after D's pass over the reals, which G's last gradient may still travel under.
  private func updateDiscriminator(reals: UnsafePointer<Float>?, _ fakeSource: Source?) throws {
    if let reals {
      try discriminatorPass(reals, labels.rows, as: .real, isFirst: true, isLast: fakeSource == nil)
    }
    if let fakeSource {
      if fakeSource == .new {
        try generate()
      } else if fakes == nil {
        try makeFakes()
      }
      guard let fakes else { preconditionFailure("a schedule's first use of fakes makes them") }
      let wrong = recipe.conditions.wrongLabels ? reals : nil
      try discriminatorPass(
        fakes, input.conditions, as: .fake, share: wrong == nil ? 1 : 0.5, isFirst: reals == nil,
        isLast: wrong == nil)
      if let wrong {
        let rows = labels.wrongRows(
          step: pass.step, look: losses.looks, first: pass.firstSample, count: pass.samples)
        try discriminatorPass(
          wrong, rows, as: .fake, share: 0.5, isCounted: false, isFirst: false, isLast: true)
      }
    }
    try passes.finish(adversaries.discriminator, of: pass.step)
    if let classifier = adversaries.head(.classifier) { try passes.finish(classifier.trainee, of: pass.step) }
  }

  /// D's forward and backward pass over pictures, in its own update. Buckets leave only with the last contribution of the update.
  private func discriminatorPass(
    _ pictures: UnsafePointer<Float>, _ conditions: ConditionRows?, as side: LossSide, share: Double = 1,
    isCounted: Bool = true, isFirst: Bool, isLast: Bool
  ) throws {
    pass.accumulates = !isFirst
    pass.folds = isLast
    let x = view.input(of: pictures, conditions, look: losses.looks, pass)
    try passes.discriminatorForward(x, as: side, share: share, isCounted: isCounted)
    var heads: [HeadGradient] = []
    if let classifier = adversaries.head(.classifier), let truth = side == .real ? labels.rows : conditions {
      pass.gradients = reducers[.classifier].slices
      heads.append(try passes.headPass(classifier, with: truth))
    }
    let side = reducers[.discriminator]
    pass.gradients = side.slices
    try passes.backward(
      adversaries.discriminator, x: x, dy: losses.logitGradient.data, into: nil, heads,
      reducer: isLast ? side.reducer : nil)
  }

  /// G's update: the gradient goes through D, whose own gradients are not computed.
  private func updateGenerator() throws {
    guard let fakes else { preconditionFailure("a schedule's first use of fakes makes them") }
    let mixes = recipe.conditions.interpolation > 0
    try generatorPass(fakes, input.z, input.conditions, isFirst: true, isLast: !mixes)
    if mixes {
      let (z, rows) = input.mix(
        beta: recipe.conditions.beta, step: pass.step, draw: self.mixes, first: pass.firstSample,
        count: pass.samples)
      self.mixes += 1
      try generatorPass(
        try passes.forward(adversaries.generator, z.data), z, rows, share: recipe.conditions.interpolation,
        isCounted: false, isFirst: false, isLast: true)
      // What was made of mixed conditions lies in their place.
      self.fakes = nil
    }
    pendingUpdate = pass.step
    fakesAreOld = true
    if !reducers.overlaps { try settle() }
  }

  /// D's forward and backward pass over pictures that G has just made of z, then G's backward pass.
  private func generatorPass(
    _ fakes: UnsafePointer<Float>, _ z: Tensor, _ conditions: ConditionRows?, share: Double = 1,
    isCounted: Bool = true, isFirst: Bool, isLast: Bool
  ) throws {
    pass.accumulates = !isFirst
    pass.folds = isLast
    let x = view.input(of: fakes, conditions, look: losses.looks, pass)
    try passes.discriminatorForward(x, as: .generator, share: share, isCounted: isCounted)
    var heads: [HeadGradient] = []
    if let q = adversaries.head(.q) {
      pass.gradients = reducers[.q].slices
      heads.append(try passes.headPass(q, with: input.codes, share: share))
    }
    pass.gradients = nil
    if let classifier = adversaries.head(.classifier), let conditions {
      heads.append(try passes.headPass(classifier, with: conditions, share: share))
    }
    try passes.backward(
      adversaries.discriminator, x: x, dy: losses.logitGradient.data, into: view.inputGradient, heads)
    let side = reducers[.generator]
    pass.gradients = side.slices
    try passes.backward(
      adversaries.generator, x: z.data, dy: view.pictureGradient(pass), into: nil,
      reducer: isLast ? side.reducer : nil)
  }

  /// Makes G's update, and Q's, where the gradient was still on the way. G's own next pass begins with it; who looks at G,
  /// its optimizer or its gradient's norm between steps calls it before (Note [Overlap]). Collective.
  /// - Throws: an error of the message layer.
  package func settle() throws {
    guard let began = pendingUpdate else { return }
    pendingUpdate = nil
    try passes.finish(adversaries.generator, of: began)
    if let q = adversaries.head(.q) { try passes.finish(q.trainee, of: began) }
    if let average = adversaries.average { pass.time(.optimizer(.generator)) { average.follow() } }
    generatorUpdated?(began)
  }
}
