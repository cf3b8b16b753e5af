import DataParallel
import Layers
import Networks
import Recipes

/// Everything that a training run is told: what `options.json` records, and what is needed to run it again.
///
/// A finished value: every default is filled in, every file that was named is read. `OptionsResolution` makes
/// it. Options stand in groups, each a table (`OptionsGroup.all`).
@dynamicMemberLookup
package struct RunOptions: Equatable, Sendable {
  /// Which networks, and of what shape, as flags say it.
  package var network = NetworkSettings()
  /// What it is trained on, and how that is held.
  package var dataSettings = DataSettings()
  /// What decides its numbers beside networks and recipe.
  package var numbers = NumberSettings()
  /// Where it runs, and where it is kept.
  package var place = PlaceSettings()
  /// How the ranks work together, as far as it changes no number.
  package var rankSettings = RankSettings()
  /// When it ends.
  package var length: RunLength
  /// What it writes how often.
  package var intervals: OutputIntervals
  /// What it writes and tells for people to look at.
  package var outputSettings: OutputSettings
  /// What it does where the training seems to fail.
  package var failureSettings = FailureSettings()
  /// The two networks.
  package var architecture: Architecture
  /// How they are trained.
  package var recipe: Recipe

  /// The built-in faces, as `data`.
  package static let builtInFaces = "faces"
  /// The preset that is taken if none is named.
  package static let defaultPreset = "dcgan64"

  /// H = W of the pictures.
  package var size: Int { architecture.size }
  /// C of the pictures.
  package var channels: Int { architecture.channels }
  /// The global batch.
  package var batchSize: Int { recipe.batchSize }
  /// How the global batch is cut on this number of ranks, and what to tell about it.
  ///
  /// - Throws: `ReductionError` where the ranks are more than the batch.
  package func reductionPlan(ranks: Int) throws -> ReductionPlan {
    let isDefault = self.slices == SliceLayout.defaultSlices(batch: batchSize, ranks: ranks)
    return try ReductionPlan.resolve(
      batch: batchSize, ranks: ranks, reduction: self.reduction == .fast ? .fast : nil,
      recordedSlices: isDefault ? nil : self.slices)
  }

  /// How convolutions are computed in `precision`: by the mode and the size of a whole slice alone (Note [Plans]).
  package func convolutionPlanner(_ precision: ProductPrecision) -> ConvolutionPlanner {
    ConvolutionPlanner(
      self.convolution, sliceSamples: (batchSize + self.slices - 1) / self.slices, precision: precision)
  }

  /// The options of a run that nobody told anything, of a preset.
  /// - Throws: `ConfigurationError` if the preset cannot be built for these numbers.
  package init(
    preset: Preset, size: Int? = nil, width: Int? = nil, channels: Int? = nil, ranks: Int = 1,
    out: String = "runs"
  ) throws {
    architecture = try preset.architecture.architecture(
      size: size, width: width, channels: channels, groups: preset.defaultGroups)
    recipe = preset.recipe
    length = RunLength(epochs: preset.recipe.epochs, steps: preset.recipe.steps)
    intervals = preset.intervals
    outputSettings = preset.outputs
    self.preset = preset.name
    self.width = width ?? 64
    self.widthRule = preset.architecture.takesWidthRule ? .published : nil
    self.seed = preset.seed
    self.slices = SliceLayout.defaultSlices(batch: preset.recipe.batchSize, ranks: ranks)
    self.ranks = ranks
    self.out = out
    recordShape()
  }

  /// Records what the networks are, as flags say it.
  mutating func recordShape() {
    network.size = architecture.size
    network.channels = architecture.channels
    network.acgan = architecture.classifier != nil
    network.spectralNorm =
      architecture == architecture.withSpectralNormInDiscriminator() && !architecture.discriminator.isEmpty
  }
}

extension RunOptions {
  // Options whose names tell enough are taken from their groups.

  package subscript<Value>(dynamicMember path: WritableKeyPath<NetworkSettings, Value>) -> Value {
    get { network[keyPath: path] }
    set { network[keyPath: path] = newValue }
  }
  package subscript<Value>(dynamicMember path: WritableKeyPath<DataSettings, Value>) -> Value {
    get { dataSettings[keyPath: path] }
    set { dataSettings[keyPath: path] = newValue }
  }
  package subscript<Value>(dynamicMember path: WritableKeyPath<NumberSettings, Value>) -> Value {
    get { numbers[keyPath: path] }
    set { numbers[keyPath: path] = newValue }
  }
  package subscript<Value>(dynamicMember path: WritableKeyPath<PlaceSettings, Value>) -> Value {
    get { place[keyPath: path] }
    set { place[keyPath: path] = newValue }
  }
}
