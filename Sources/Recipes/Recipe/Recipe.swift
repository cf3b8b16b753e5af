import Datasets
import Objectives

/// Where an update takes one of its inputs from.
public enum Source: String, Codable, CaseIterable, Equatable, Sendable {
  /// Drawn anew for this update.
  case new
  /// The one that the update before used in this step.
  case reuse
}

/// One optimizer step within a training step.
public enum Update: Equatable, Sendable {
  /// An update of D. `reals` nil: no real pictures in it; `fakes` nil: no generated ones. Both losses are
  /// summed before the one optimizer step.
  case discriminator(reals: Source?, fakes: Source?)
  /// An update of G through D. `fakes: .reuse` backpropagates through the fakes that D just saw.
  case generator(fakes: Source)
}

/// How z is drawn.
public enum LatentDistribution: String, Codable, CaseIterable, Equatable, Sendable {
  /// N(0, 1).
  case normal
  /// U[-1, 1).
  case uniform
}

/// How a data set is walked through.
public struct SamplingSettings: Equatable, Sendable {
  /// Whether each picture is drawn independently of all before, instead of once an epoch.
  public var withReplacement: Bool
  /// The end of an epoch.
  public var lastBatch: LastBatch

  /// Creates settings from their parts.
  public init(withReplacement: Bool = false, lastBatch: LastBatch = .drop) {
    self.withReplacement = withReplacement
    self.lastBatch = lastBatch
  }
}

/// How an architecture is trained: everything about a run that is neither a network nor data.
public struct Recipe: Equatable, Sendable {
  /// The updates of one step, in order.
  public var schedule: [Update]
  /// D's optimizer.
  public var discriminator: AdamSettings
  /// G's optimizer.
  public var generator: AdamSettings
  /// What both networks minimise.
  public var loss: LossSettings
  /// How labels and codes are learned, where the networks have them.
  public var conditions: ConditionSettings
  /// Random changes of what D sees, which G's gradient comes back through.
  public var augmentation: Augmentation
  /// Noise on what D sees.
  public var instanceNoise: InstanceNoise
  /// The decay of an exponential average of G's weights, which pictures are made with; 0: there is none.
  public var generatorAverage: Double
  /// How z is drawn.
  public var latent: LatentDistribution
  /// How the data is walked through.
  public var sampling: SamplingSettings
  /// How a real picture of another shape becomes one of the networks'.
  public var preprocessing: Fit
  /// The global batch.
  public var batchSize: Int
  /// The recipe's own length, in epochs; nil if it is in steps.
  public var epochs: Double?
  /// The recipe's own length, in steps; nil if it is in epochs.
  public var steps: Int?

  /// Creates a recipe from its parts; the defaults are the PyTorch tutorial's.
  public init(
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
