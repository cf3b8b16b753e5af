import CKernels
import Layers
import Networks
import Objectives
import Recipes
import Tensors

/// The losses of a step: compares D's logits and its heads' outputs with their targets, writes the
/// gradients of both, and adds up the losses over the samples.
final class StepLosses {
  /// The gradient of D's logits, after `evaluateLogits`.
  let logitGradient: Tensor
  private(set) var sums = StepSums()
  /// How many batches D has evaluated in the step so far. Each of these looks has labels and noise of its
  /// own.
  private(set) var looks = 0
  private let recipe: Recipe
  private let codes: Codes?
  private let classPlaces: [Range<Int>]
  private let seed: UInt64

  init(_ architecture: Architecture, _ recipe: Recipe, capacity: Int, seed: UInt64) {
    self.recipe = recipe
    self.seed = seed
    codes = architecture.codes
    classPlaces = architecture.conditions?.places ?? []
    logitGradient = Tensor(capacity: capacity, shape: .vector(1))
  }

  /// Begins a step.
  func begin(_ pass: Pass) {
    looks = 0
    sums.clear(slices: pass.slices.count)
  }

  /// Notes that this rank asks all ranks to stop after this step.
  func ask(for reason: StopReason) { sums.add(1, to: .requests(reason), slice: 0) }

  /// Notes that this rank asks for a checkpoint after this step.
  func askForCheckpoint() { sums.add(1, to: .checkpointRequests, slice: 0) }

  /// Adds up the step's sums over all slices of all ranks. Collective.
  func reduce(slices: Int, _ global: any GlobalSums) throws -> StepTotals {
    try sums.reduce(slices: slices, global)
  }

  /// Evaluates loss and gradient of D's logits, slice by slice. The gradient is that of the mean over the
  /// global batch.
  /// - Parameters:
  ///   - side: which pictures the logits are of, and in which update.
  ///   - share: the weight of this loss in the update.
  ///   - isCounted: whether D's opinion and the samples are counted. They are not where the same samples were
  ///     counted before.
  /// - Returns: whether all losses are finite.
  func evaluateLogits(
    _ logits: UnsafePointer<Float>, as side: LossSide, share: Double = 1, isCounted: Bool = true, batch: Int,
    _ pass: Pass
  ) -> Bool {
    var isFinite = true
    let fields = side.fields
    for slice in 0..<pass.slices.count {
      let samples = pass.slices[slice]
      let gradient = logitGradient.data + samples.lowerBound
      let result = pass.time(.losses) {
        recipe.loss.evaluate(
          logits + samples.lowerBound, count: samples.count, as: side, batch: batch, gradient: gradient
        ) { [seed, looks, step = pass.step, first = pass.firstSample + samples.lowerBound] in
          RandomStream(seed: seed, purpose: .label, stream: looks, step: step, sample: first + $0)
        }
      }
      isFinite = isFinite && result.loss.isFinite
      if share != 1 { for i in 0..<samples.count { gradient[i] *= Float(share) } }
      sums.add(share == 1 ? result.loss : share * result.loss, to: fields.loss, slice: slice)
      guard isCounted else { continue }
      sums.add(result.probability, to: fields.opinion, slice: slice)
      sums.add(Double(samples.count), to: fields.count, slice: slice)
    }
    looks += 1
    return isFinite
  }

  /// Evaluates loss and gradient of a head's outputs against what the pictures were made with: Q's logits
  /// and means against codes, the classifier's logits against classes.
  /// - Parameters:
  ///   - told: the head's outputs, `size` numbers for each sample.
  ///   - truth: codes or one-hot classes.
  ///   - share: the weight of this loss in the update.
  ///   - gradient: where the gradient of `told` is written.
  func evaluateHead(
    _ told: UnsafePointer<Float>, size: Int, with truth: ConditionRows, _ role: NetworkRole,
    share: Double = 1,
    batch: Int, gradient: UnsafeMutablePointer<Float>, _ pass: Pass
  ) {
    let weight = role == .q ? recipe.conditions.codeWeight : recipe.conditions.classWeight
    let scale = share * weight / Double(batch)
    let (loss, count): (StepSums.Field, StepSums.Field) =
      role == .q ? (.codeLoss, .codeSamples) : (.classLoss, .classSamples)
    let categorical = role == .q ? codes?.categoricalPlaces ?? [] : classPlaces
    let uniform = role == .q ? codes?.uniformPlaces ?? 0..<0 : 0..<0
    pass.time(.losses) {
      for slice in 0..<pass.slices.count {
        var sum = 0.0
        for sample in pass.slices[slice] {
          let (x, dx, t) = (told + sample * size, gradient + sample * size, truth[sample])
          for place in categorical {
            sum += SoftmaxCrossEntropy.evaluate(
              x + place.lowerBound, target: t + place.lowerBound, count: place.count, scale: scale,
              gradient: dx + place.lowerBound)
          }
          sum += UnitGaussianLoss.evaluate(
            x + uniform.lowerBound, target: t + uniform.lowerBound, count: uniform.count, scale: scale,
            gradient: dx + uniform.lowerBound)
        }
        sums.add(sum, to: loss, slice: slice)
        sums.add(Double(pass.slices[slice].count), to: count, slice: slice)
      }
    }
  }
}

extension LossSide {
  /// The fields in which the sums of a side are kept.
  fileprivate var fields: (loss: StepSums.Field, opinion: StepSums.Field, count: StepSums.Field) {
    switch self {
    case .real: (.lossReal, .realOpinion, .realSamples)
    case .fake: (.lossFake, .fakeOpinionBefore, .fakeSamples)
    case .generator: (.lossGenerator, .fakeOpinionAfter, .generatorSamples)
    }
  }
}
