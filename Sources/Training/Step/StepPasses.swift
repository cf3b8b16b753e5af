import DataParallel
import Layers
import Networks
import Objectives

/// The passes that the updates of a step are made of: passes through single networks with the losses at D's
/// ends, and the optimizers.
final class StepPasses {
  /// The inputs of the passes. Each update sets where gradients go.
  let pass: Pass
  private let adversaries: Adversaries
  private let reducers: GradientReducers
  private let losses: StepLosses
  /// The global batch.
  private(set) var batch = 0
  /// Forward passes of the step so far, and the number of each network's last one, from which dropout draws
  /// its mask.
  private var count = 0
  private var ordinals: [NetworkRole: Int] = [:]
  /// The first layer of the step whose forward pass gave this rank numbers that are not finite, as a phrase.
  private(set) var firstNonFinite: String?
  /// Called when a network's gradient has just been reduced, before its optimizer runs, with the step that
  /// the gradient belongs to; nil: not called.
  var afterReduction: ((Trainee, _ step: Int) -> Void)?

  init(_ pass: Pass, _ adversaries: Adversaries, _ reducers: GradientReducers, _ losses: StepLosses) {
    self.pass = pass
    self.adversaries = adversaries
    self.reducers = reducers
    self.losses = losses
  }

  /// Begins a step on a global batch of `batch` samples. `layout` says which of them are this rank's.
  func begin(step: Int, batch: Int, _ layout: SliceLayout) {
    self.batch = batch
    pass.slices = SliceBounds(layout.localBoundaries)
    pass.firstSample = layout.localSamples.lowerBound
    pass.step = step
    count = 0
    firstNonFinite = nil
    for trainee in adversaries.all { trainee.clearGradientNorm() }
    losses.begin(pass)
  }

  /// A network's forward pass.
  func forward(_ trainee: Trainee, _ x: UnsafePointer<Float>) throws -> UnsafeMutablePointer<Float> {
    count += 1
    ordinals[trainee.network.role] = count
    pass.ordinal = count
    return try trainee.network.forward(x, pass)
  }

  /// Backpropagates dy. Dropout draws its mask again, by the number of the network's own last forward pass.
  /// - Parameters:
  ///   - heads: the gradients that D's heads give back.
  ///   - reducer: is told of layers whose gradients are final; nil: the update has further passes.
  func backward(
    _ trainee: Trainee, x: UnsafePointer<Float>, dy: UnsafeMutablePointer<Float>,
    into dx: UnsafeMutablePointer<Float>?, _ heads: [HeadGradient] = [], reducer: GradientReducer? = nil
  ) throws {
    pass.ordinal = ordinals[trainee.network.role] ?? 0
    try trainee.network.backward(x: x, dy: dy, into: dx, pass, heads: heads) { range in
      reducer?.layerIsFinal(range)
    }
  }

  /// D's forward pass over x, and the loss and gradient of its logits.
  func discriminatorForward(_ x: UnsafePointer<Float>, as side: LossSide, share: Double, isCounted: Bool)
    throws
  {
    let logits = try forward(adversaries.discriminator, x)
    let isFinite = losses.evaluateLogits(
      logits, as: side, share: share, isCounted: isCounted, batch: batch, pass)
    guard !isFinite, firstNonFinite == nil else { return }
    // G comes first, as its pictures may be the cause.
    firstNonFinite =
      adversaries.all.lazy.compactMap { [pass] in
        $0.network.firstNonFinite(samples: pass.samples)
      }.first
  }

  /// A head's forward and backward pass over the output of D's last forward pass. The gradients of the
  /// head's parameters go where `pass.gradients` says.
  /// - Returns: the gradient that the head gives back to D.
  func headPass(
    _ head: DiscriminatorHead, with truth: ConditionRows, share: Double = 1
  ) throws -> HeadGradient {
    let features = adversaries.discriminator.network.features(after: head.after)
    let told = try forward(head.trainee, features)
    losses.evaluateHead(
      told, size: head.size, with: truth, head.role, share: share, batch: batch,
      gradient: head.outputGradient, pass)
    try backward(
      head.trainee, x: features, dy: head.outputGradient, into: head.featureGradient)
    return HeadGradient(after: head.after, gradient: head.featureGradient)
  }

  /// Ends an update that belongs to step `began`: waits until the gradient is summed over ranks, then runs
  /// the optimizer.
  func reduceAndUpdate(_ trainee: Trainee, of began: Int) throws {
    let role = trainee.network.role
    try pass.time(.sliceSums(role)) { try reducers[role].reducer.finish() }
    afterReduction?(trainee, began)
    pass.time(.optimizer(role)) {
      trainee.update(pass.pool, ofStep: began, isOfThisStep: began == pass.step)
    }
  }
}
