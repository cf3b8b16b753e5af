import CKernels
import Layers
import Networks
import Objectives
import Recipes
import Tensors

/// The losses of a step: what D's logits and its heads' outputs are compared with, the gradients of both, and their sums
/// over the samples.
final class StepLosses {
  /// The gradient of D's logits, after `judge`.
  let logitGradient: Tensor
  private(set) var sums = StepSums()
  /// Looks of D at a batch so far in the step, each of which has labels and noise of its own.
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

  /// Says that this rank asks all to stop after this step.
  func ask(for reason: StopReason) { sums.add(1, to: .requests(reason), slice: 0) }

  /// Adds up the step's sums over all slices of all ranks. Collective.
  func reduce(slices: Int, _ global: any GlobalSums) throws -> StepTotals {
    try sums.reduce(slices: slices, global)
  }

  /// Loss and gradient of D's logits, slice by slice. The mean is over the global batch.
  /// - Parameters:
  ///   - kind: what the pictures are.
  ///   - share: what the loss counts for.
  ///   - isCounted: whether D's opinion and the samples are counted: not where the same samples were before.
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

  /// Loss and gradient of what a head of D tells of pictures, compared with what they were made of: Q's logits and means
  /// with codes, the classifier's logits with classes.
  /// - Parameters:
  ///   - told: the head's outputs, `size` numbers a sample.
  ///   - truth: codes or one-hot classes.
  ///   - gradient: where that of `told` goes.
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
  /// Where the sums of a side are kept.
  fileprivate var fields: (loss: StepSums.Field, opinion: StepSums.Field, count: StepSums.Field) {
    switch self {
    case .real: (.lossReal, .realOpinion, .realSamples)
    case .fake: (.lossFake, .fakeOpinionBefore, .fakeSamples)
    case .generator: (.lossGenerator, .fakeOpinionAfter, .generatorSamples)
    }
  }
}
