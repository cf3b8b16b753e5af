import Datasets
import Objectives

/// Where an update takes one of its inputs from.
package enum Source: String, Codable, CaseIterable, Equatable, Sendable {
  /// The input is drawn anew for this update.
  case new
  /// The input is the last one that an earlier update of this step used.
  case reuse
}

/// One optimizer step within a training step.
package enum Update: Equatable, Sendable {
  /// An update of D. If `reals` is nil, it uses no real pictures; if `fakes` is nil, no generated ones. Both losses are
  /// summed before the one optimizer step.
  case discriminator(reals: Source?, fakes: Source?)
  /// An update of G through D. `fakes: .reuse` backpropagates through the fakes that D has just seen.
  case generator(fakes: Source)
}

/// How z is drawn.
package enum LatentDistribution: String, Codable, CaseIterable, Equatable, Sendable {
  /// N(0, 1).
  case normal
  /// U[-1, 1).
  case uniform
}

/// How pictures are drawn from a data set.
package struct SamplingSettings: Equatable, Sendable {
  /// Whether each picture is drawn independently of all others; otherwise each is drawn once an epoch.
  package var withReplacement: Bool
  /// What happens at the end of an epoch; not used with replacement.
  package var lastBatch: LastBatch

  /// Creates settings from their parts.
  package init(withReplacement: Bool = false, lastBatch: LastBatch = .drop) {
    self.withReplacement = withReplacement
    self.lastBatch = lastBatch
  }
}

/// How an architecture is trained: all that determines the training beside the networks and the data.
package struct Recipe: Equatable, Sendable {
  /// The updates of one step, in order.
  package var schedule: [Update]
  /// D's optimizer.
  package var discriminator: AdamSettings
  /// G's optimizer.
  package var generator: AdamSettings
  /// The losses that both networks minimise.
  package var loss: LossSettings
  /// How labels and codes are trained, for networks that have them.
  package var conditions: ConditionSettings
  /// Random changes of the pictures that D sees, through which G's gradient is propagated back.
  package var augmentation: Augmentation
  /// Noise on the pictures that D sees.
  package var instanceNoise: InstanceNoise
  /// The decay of an exponential average of G's weights, with which pictures are made; 0: there is no average.
  package var generatorAverage: Double
  /// How z is drawn.
  package var latent: LatentDistribution
  /// How pictures are drawn from the data.
  package var sampling: SamplingSettings
  /// How a real picture of another shape is fitted to the networks' size.
  package var preprocessing: Fit
  /// The pictures of a batch, on all ranks together.
  package var batchSize: Int
  /// The recipe's default length in epochs; nil if the length is in steps.
  package var epochs: Double?
  /// The recipe's default length in steps; nil if the length is in epochs.
  package var steps: Int?

  /// Creates a recipe from its parts; the defaults are the PyTorch tutorial's.
  package init(
    schedule: [Update] = [.discriminator(reals: .new, fakes: .new), .generator(fakes: .reuse)],
    discriminator: AdamSettings = .init(), generator: AdamSettings = .init(), loss: LossSettings = .init(),
    conditions: ConditionSettings = .init(), augmentation: Augmentation = .init(),
    instanceNoise: InstanceNoise = .init(), generatorAverage: Double = 0,
    latent: LatentDistribution = .normal,
    sampling: SamplingSettings = .init(), preprocessing: Fit = .stretch, batchSize: Int = 128,
    epochs: Double? = 5, steps: Int? = nil
  ) {
    self.schedule = schedule
    self.discriminator = discriminator
    self.generator = generator
    self.loss = loss
    self.conditions = conditions
    self.augmentation = augmentation
    self.instanceNoise = instanceNoise
    self.generatorAverage = generatorAverage
    self.latent = latent
    self.sampling = sampling
    self.preprocessing = preprocessing
    self.batchSize = batchSize
    self.epochs = epochs
    self.steps = steps
  }
}
