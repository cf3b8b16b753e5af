import DataParallel
import Layers
import Networks
import Recipes

/// All options of a training run: what `options.json` records, and what is needed to run it again.
///
/// A finished value: every default is filled in, and every file that was named is read. `OptionsResolution`
/// makes such values. Options stand in groups, each with a table of its keys (`OptionsGroup.all`).
@dynamicMemberLookup
package struct RunOptions: Equatable, Sendable {
  /// Which networks, and of what shape, as flags say it.
  package var network = NetworkSettings()
  /// The data, and how it is held in memory.
  package var dataSettings = DataSettings()
  /// What decides the run's numbers beside networks and recipe.
  package var numbers = NumberSettings()
  /// Where the run runs, and in which folder it is kept.
  package var place = PlaceSettings()
  /// How the ranks work together, as far as it changes no number.
  package var rankSettings = RankSettings()
  /// When the run ends.
  package var length: RunLength
  /// How often the run writes files and lines.
  package var intervals: OutputIntervals
  /// What the run writes and says for people to look at.
  package var outputSettings: OutputSettings
  /// What the run does where the training seems to fail.
  package var failureSettings = FailureSettings()
  /// What resumes changed of recipe and data, in order; `recipe` and `data` are those after all of it.
  package var changes: [RunChange] = []
  /// The networks.
  package var architecture: Architecture
  /// How the networks are trained.
  package var recipe: Recipe

  /// The value of `data` that means the built-in faces.
  package static let builtInFaces = "faces"
  /// The preset if none is named.
  package static let defaultPreset = "dcgan64"

  /// H = W of the pictures.
  package var size: Int { architecture.size }
  /// C of the pictures.
  package var channels: Int { architecture.channels }
  /// The global batch.
  package var batchSize: Int { recipe.batchSize }
  /// How the global batch is cut into slices on this number of ranks, and what to tell a person about it.
  ///
  /// - Throws: `ReductionError` where there are more ranks than pictures in a batch.
  package func reductionPlan(ranks: Int) throws -> ReductionPlan {
    let isDefault = self.slices == SliceLayout.defaultSlices(batch: batchSize, ranks: ranks)
    return try ReductionPlan.resolve(
      batch: batchSize, ranks: ranks, reduction: self.reduction == .fast ? .fast : nil,
      recordedSlices: isDefault ? nil : self.slices)
  }

  /// Chooses how convolutions are computed in `precision`. The choice depends only on the mode and the size
  /// of a whole slice (Note [Plans]).
  package func convolutionPlanner(_ precision: ProductPrecision) -> ConvolutionPlanner {
    ConvolutionPlanner(
      self.convolution, sliceSamples: (batchSize + self.slices - 1) / self.slices, precision: precision)
  }

  /// The options of a run of a preset, with the defaults for everything that is not given.
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

  /// Sets the options of the networks' shape to what `architecture` is.
  mutating func recordShape() {
    network.size = architecture.size
    network.channels = architecture.channels
    network.acgan = architecture.classifier != nil
    network.spectralNorm =
      architecture == architecture.withSpectralNormInDiscriminator() && !architecture.discriminator.isEmpty
  }
}

extension RunOptions {
  // Options whose names are clear without the group's name can be read and set directly.

  /// An option of `network`.
  package subscript<Value>(dynamicMember path: WritableKeyPath<NetworkSettings, Value>) -> Value {
    get { network[keyPath: path] }
    set { network[keyPath: path] = newValue }
  }
  /// An option of `dataSettings`.
  package subscript<Value>(dynamicMember path: WritableKeyPath<DataSettings, Value>) -> Value {
    get { dataSettings[keyPath: path] }
    set { dataSettings[keyPath: path] = newValue }
  }
  /// An option of `numbers`.
  package subscript<Value>(dynamicMember path: WritableKeyPath<NumberSettings, Value>) -> Value {
    get { numbers[keyPath: path] }
    set { numbers[keyPath: path] = newValue }
  }
  /// An option of `place`.
  package subscript<Value>(dynamicMember path: WritableKeyPath<PlaceSettings, Value>) -> Value {
    get { place[keyPath: path] }
    set { place[keyPath: path] = newValue }
  }
}
