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

/// One training step: the updates of D and G that the recipe's schedule asks for, once (Goodfellow et al. 2014,
/// algorithm 1; Radford et al. 2015, section 4).
///
/// Algorithm 1, line by line, and where it stands here:
/// - *sample a minibatch of noise z, and of examples x*: `fakes(_:)` draws z and makes G's pictures of it; `take(_:)`
///   takes the reals.
/// - *update the discriminator by ascending its gradient*: `updateDiscriminator`. A pass over reals and one over
///   fakes are summed; then `StepPasses.reduceAndUpdate` adds the gradient over the ranks and lets Adam descend
///   (a loss is minimised where the paper maximises).
/// - *update the generator by descending its gradient*: `updateGenerator`, whose gradient goes through D. Adam runs
///   in `finishGeneratorUpdate`, which may come within the next step: until then the gradient travels between
///   the ranks while they go on computing (Note [Overlap]).
///
/// What differs from algorithm 1 is the recipe's: the default lets G learn from the fakes that D has just seen, as
/// PyTorch's tutorial does, and its loss is the non-saturating one (section 3 of the paper). The `StepPlan` says
/// which passes an update is made of. This file and `StepPasses` say what a pass computes.
///
/// Words: a *slice* is a part of the global batch that some rank has whole (Note [Slices]); a *pass* is one forward
/// and backward way of pictures through a network; a *share* is a pass's weight in its update's loss; a pass is
/// *counted* if its loss is reported; a pass that *folds* adds up its gradients' slices, as it is its update's last;
/// a *head* is a small network on one of D's layers (ACGAN's classifier, InfoGAN's Q); a *look* is a time that D
/// sees a batch within the step, by which noise and augmentation are drawn; a `Trainee` is a network with its
/// gradient and its optimizer.
///
/// The code is the same on any number of ranks: sums over the global batch go through `sums` (losses),
/// `batchNormSums` (batch norm) and the reducers (gradients), and nothing else knows of other ranks.
package final class TrainingStep {
  private let adversaries: Adversaries
  private let plan: StepPlan
  /// The share of a sample's own conditions where conditions are mixed.
  private let beta: Double
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
  /// G's last pictures of the last z, in the memory of G's output.
  private var fakes: UnsafeMutablePointer<Float>?
  /// The step whose update of G is still to be made, as its gradient is on the way between ranks; nil:
  /// none.
  private var pendingGeneratorUpdate: Int?
  /// The first layer of the last step whose forward pass gave this rank numbers that are not finite, as a
  /// phrase.
  package var firstNonFinite: String? { passes.firstNonFinite }
  /// Counts where the step's time goes; nil: time is not counted.
  package var clock: PassClock? {
    get { pass.clock }
    set { pass.clock = newValue }
  }

  /// Called after each update of G, with the step that the update belongs to, before anything reads G
  /// again; nil: not called.
  package var generatorUpdated: ((_ step: Int) -> Void)?
  /// Called when a network's gradient has just been reduced, before its optimizer runs, with the step that
  /// the gradient belongs to; nil: not called.
  package var afterReduction: ((Trainee, _ step: Int) -> Void)? {
    get { passes.afterReduction }
    set { passes.afterReduction = newValue }
  }

  /// Gives this rank's part of the next batch of real pictures.
  package typealias RealPictures = () throws -> RealBatch

  /// Writes the z of one sample, given by its global index in the batch. `draw` counts how often the step
  /// has drawn z before.
  package typealias Latents =
    (_ step: Int, _ draw: Int, _ sample: Int, _ z: UnsafeMutablePointer<Float>) -> Void

  /// A step over `adversaries`, for batches of up to `layout.batch` samples.
  /// - Parameters:
  ///   - sums: adds losses over all ranks.
  ///   - batchNormSums: adds batch norm's moments over the ranks that it is to cover.
  ///   - latents: writes z; nil: z is drawn from the recipe's distribution, a function of (seed, step, draw,
  ///     global sample, element) alone.
  package init(
    _ adversaries: Adversaries, _ recipe: Recipe, seed: UInt64, layout: SliceLayout, sums: any GlobalSums,
    batchNormSums: any GlobalSums, reducers: GradientReducers, pool: ThreadPool, latents: Latents? = nil
  ) {
    self.adversaries = adversaries
    plan = recipe.stepPlan
    beta = recipe.conditions.beta
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

  /// Runs step `step` on a global batch of `batch` samples. G's last update may be left for `finishGeneratorUpdate`.
  /// - Parameters:
  ///   - stopRequested: why this rank asks all ranks to stop after this step; nil: it does not.
  ///   - checkpointRequested: whether this rank asks for a checkpoint after this step.
  /// - Returns: the losses over all ranks.
  /// - Throws: an error of the message layer or of the data.
  package func run(
    step: Int, batch: Int, stopRequested: StopReason?, checkpointRequested: Bool = false,
    reals: RealPictures
  ) throws -> StepTotals {
    try pass.time(.rest) {
      begin(step: step, batch: batch)
      if let stopRequested { losses.ask(for: stopRequested) }
      if checkpointRequested { losses.askForCheckpoint() }
      for update in plan.updates {
        switch update {
        case .discriminator(let update):
          if update.takesNewReals { try take(try reals()) }
          try updateDiscriminator(update)
        case .generator(let update):
          try updateGenerator(update)
        }
      }
      return try pass.time(.losses) { try losses.reduce(slices: pass.slices.count, sums) }
    }
  }

  private func begin(step: Int, batch: Int) {
    passes.begin(step: step, batch: batch, layout.resized(batch: batch))
    reals = nil
    fakes = nil
  }

  // MARK: Pictures

  private func take(_ batch: RealBatch) throws {
    reals = batch.pixels
    labels.take(batch.classes, count: pass.samples)
  }

  private func lastReals() -> UnsafePointer<Float> {
    guard let reals else { preconditionFailure("a plan takes reals before it uses them") }
    return reals
  }

  /// G's pictures for a pass. New z are drawn with the labels of the last reals.
  private func fakes(_ source: StepPlan.FakeSource) throws -> UnsafeMutablePointer<Float> {
    if case .new(let draw) = source {
      pass.time(.latents) {
        input.draw(
          step: pass.step, draw: draw, first: pass.firstSample, count: pass.samples, classes: labels.classes)
      }
    }
    if source.takesForwardPass {
      try finishGeneratorUpdate()
      fakes = try passes.forward(adversaries.generator, input.z.data)
    }
    guard let fakes else { preconditionFailure("a plan makes fakes before it keeps them") }
    return fakes
  }

  // MARK: Updates

  /// D's update: the gradients of all its passes are summed before the one reduction and the one optimizer
  /// step. The fakes are made after D's pass over the reals, so that G's last gradient may still travel
  /// during that pass.
  private func updateDiscriminator(_ update: StepPlan.DiscriminatorUpdate) throws {
    for planned in update.passes {
      switch planned.pictures {
      case .reals:
        try discriminatorPass(lastReals(), labels.rows, as: .real, planned)
      case .fakes(let source):
        try discriminatorPass(try fakes(source), input.conditions, as: .fake, planned)
      case .realsWithWrongLabels:
        let rows = labels.wrongRows(
          step: pass.step, look: losses.looks, first: pass.firstSample, count: pass.samples)
        try discriminatorPass(lastReals(), rows, as: .fake, planned)
      }
    }
    try passes.reduceAndUpdate(adversaries.discriminator, of: pass.step)
    if let classifier = adversaries.head(.classifier) {
      try passes.reduceAndUpdate(classifier.trainee, of: pass.step)
    }
  }

  /// D's forward and backward pass over pictures, in its own update. Buckets of gradients leave only in the
  /// last pass of the update.
  private func discriminatorPass(
    _ pictures: UnsafePointer<Float>, _ conditions: ConditionRows?, as side: LossSide,
    _ planned: StepPlan.DiscriminatorPass
  ) throws {
    pass.accumulates = !planned.isFirst
    pass.folds = planned.isLast
    let x = view.input(of: pictures, conditions, look: losses.looks, pass)
    try passes.discriminatorForward(x, as: side, share: planned.share, isCounted: planned.isCounted)
    var heads: [HeadGradient] = []
    if let classifier = adversaries.head(.classifier), let truth = side == .real ? labels.rows : conditions {
      pass.gradients = reducers[.classifier].slices
      heads.append(try passes.headPass(classifier, with: truth))
    }
    let target = reducers[.discriminator]
    pass.gradients = target.slices
    try passes.backward(
      adversaries.discriminator, x: x, dy: losses.logitGradient.data, into: nil, heads,
      reducer: planned.isLast ? target.reducer : nil)
  }

  /// G's update: the gradient goes through D, whose own gradients are not computed.
  private func updateGenerator(_ update: StepPlan.GeneratorUpdate) throws {
    for planned in update.passes {
      switch planned.pictures {
      case .fakes(let source):
        try generatorPass(try fakes(source), input.z, input.conditions, planned)
      case .fakesOfMixedConditions(let draw):
        let (z, rows) = input.mix(
          beta: beta, step: pass.step, draw: draw, first: pass.firstSample, count: pass.samples)
        try generatorPass(try passes.forward(adversaries.generator, z.data), z, rows, planned)
      }
    }
    pendingGeneratorUpdate = pass.step
    if !reducers.overlaps { try finishGeneratorUpdate() }
  }

  /// D's forward and backward pass over `fakes`, which G has just made of `z`, then G's backward pass.
  private func generatorPass(
    _ fakes: UnsafePointer<Float>, _ z: Tensor, _ conditions: ConditionRows?,
    _ planned: StepPlan.GeneratorPass
  ) throws {
    pass.accumulates = !planned.isFirst
    pass.folds = planned.isLast
    let x = view.input(of: fakes, conditions, look: losses.looks, pass)
    try passes.discriminatorForward(
      x, as: .generator, share: planned.share, isCounted: planned.isCounted)
    var heads: [HeadGradient] = []
    if let q = adversaries.head(.q) {
      pass.gradients = reducers[.q].slices
      heads.append(try passes.headPass(q, with: input.codes, share: planned.share))
    }
    pass.gradients = nil
    if let classifier = adversaries.head(.classifier), let conditions {
      heads.append(try passes.headPass(classifier, with: conditions, share: planned.share))
    }
    try passes.backward(
      adversaries.discriminator, x: x, dy: losses.logitGradient.data, into: view.inputGradient, heads)
    let target = reducers[.generator]
    pass.gradients = target.slices
    try passes.backward(
      adversaries.generator, x: z.data, dy: view.pictureGradient(pass), into: nil,
      reducer: planned.isLast ? target.reducer : nil)
  }

  /// Makes G's update, and Q's, where their gradients were still on the way (Note [Overlap]). G's next pass
  /// begins with it. Code that reads G, its optimizer or the norm of its gradient between steps must call
  /// it first. Collective.
  /// - Throws: an error of the message layer.
  package func finishGeneratorUpdate() throws {
    guard let began = pendingGeneratorUpdate else { return }
    pendingGeneratorUpdate = nil
    try passes.reduceAndUpdate(adversaries.generator, of: began)
    if let q = adversaries.head(.q) { try passes.reduceAndUpdate(q.trainee, of: began) }
    if let average = adversaries.average { pass.time(.optimizer(.generator)) { average.follow() } }
    generatorUpdated?(began)
  }
}
