import Datasets
import Objectives

/// Where an update takes one of its inputs from.
package enum Source: String, Codable, CaseIterable, Equatable, Sendable {
  /// Drawn anew for this update.
  case new
  /// The one that the update before used in this step.
  case reuse
}

/// One optimizer step within a training step.
package enum Update: Equatable, Sendable {
  /// An update of D. `reals` nil: no real pictures in it; `fakes` nil: no generated ones. Both losses are
  /// summed before the one optimizer step.
  case discriminator(reals: Source?, fakes: Source?)
  /// An update of G through D. `fakes: .reuse` backpropagates through the fakes that D just saw.
  case generator(fakes: Source)
}

/// How z is drawn.
package enum LatentDistribution: String, Codable, CaseIterable, Equatable, Sendable {
  /// N(0, 1).
  case normal
  /// U[-1, 1).
  case uniform
}

/// How a data set is walked through.
package struct SamplingSettings: Equatable, Sendable {
  /// Whether each picture is drawn independently of all before, instead of once an epoch.
  package var withReplacement: Bool
  /// The end of an epoch.
  package var lastBatch: LastBatch

  /// Creates settings from their parts.
  package init(withReplacement: Bool = false, lastBatch: LastBatch = .drop) {
    self.withReplacement = withReplacement
    self.lastBatch = lastBatch
  }
}

/// How an architecture is trained: everything about a run that is neither a network nor data.
package struct Recipe: Equatable, Sendable {
  /// The updates of one step, in order.
  package var schedule: [Update]
  /// D's optimizer.
  package var discriminator: AdamSettings
  /// G's optimizer.
  package var generator: AdamSettings
  /// What both networks minimise.
  package var loss: LossSettings
  /// How labels and codes are learned, where the networks have them.
  package var conditions: ConditionSettings
  /// Random changes of what D sees, which G's gradient comes back through.
  package var augmentation: Augmentation
  /// Noise on what D sees.
  package var instanceNoise: InstanceNoise
  /// The decay of an exponential average of G's weights, which pictures are made with; 0: there is none.
  package var generatorAverage: Double
  /// How z is drawn.
  package var latent: LatentDistribution
  /// How the data is walked through.
  package var sampling: SamplingSettings
  /// How a real picture of another shape becomes one of the networks'.
  package var preprocessing: Fit
  /// The global batch.
  package var batchSize: Int
  /// The recipe's own length, in epochs; nil if it is in steps.
  package var epochs: Double?
  /// The recipe's own length, in steps; nil if it is in epochs.
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
