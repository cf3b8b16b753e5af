import Cluster
import DataParallel
import Layers
import Networks
import Recipes

/// Everything that a training run is told: what `options.json` records, and what is needed to run it again.
///
/// A finished value: every default is filled in, every file that was named is read. `OptionsResolution` makes
/// it.
package struct RunOptions: Equatable, Sendable {
  /// The preset that `architecture` was built from; nil if it is a network of the user's own.
  package var preset: String?
  /// The two networks.
  package var architecture: Architecture
  /// What the channel counts were multiplied by, times 64; nil if `preset` is.
  package var width: Int?
  /// The rule that its widths were counted by; nil if `preset` is, or knows but one.
  package var widthRule: WidthRule?
  /// Whether batch norm was taken out of them, as `--no-batch-norm` does.
  package var noBatchNorm = false
  /// How they are trained.
  package var recipe: Recipe
  /// `faces`, or the absolute path of a folder or file.
  package var data: String
  /// A CSV file, or `folders`; nil: `labels.csv` in the folder where there is one.
  package var labels: String?
  /// Whether each picture is mirrored with probability 1/2.
  package var mirror: Bool
  /// How the data is held.
  package var dataSettings = DataSettings()
  /// The key of every random number.
  package var seed: UInt64
  /// Whose pictures batch norm takes its moments from.
  package var batchNorm: BatchNormScope
  /// How sums over the ranks are taken, where the rank count fits the slices.
  package var reduction: ReductionMode
  /// S, the slices of the global batch; see `reductionPlan`.
  package var slices: Int
  /// What gradients are rounded to on their way between ranks.
  package var wire: WirePrecision
  /// How the ranks work together, as far as it changes no number.
  package var rankSettings = RankSettings()
  /// Which ways of computing convolutions may be chosen.
  package var convolution: ConvolutionPlanner.Mode
  /// What products of Winograd's forms are rounded to, where the CPUs have it.
  package var precision: ProductPrecision
  /// Threads of a rank; nil: what this rank may use.
  package var threads: Int?
  /// The world size.
  package var ranks: Int
  /// When it ends.
  package var length: RunLength
  /// What it writes how often.
  package var intervals: OutputIntervals
  /// What it writes and tells for people to look at.
  package var outputSettings: OutputSettings
  /// What it does where the training seems to fail.
  package var failureSettings = FailureSettings()
  /// How many checkpoints stay; 0: all.
  package var keep: Int
  /// The run's folder.
  package var out: String
  /// The program and the machine that ran it last.
  package var program: ProgramRecord

  /// The built-in faces, as `data`.
  package static let builtInFaces = "faces"
  /// The preset that is taken if none is named.
  package static let defaultPreset = "dcgan64"

  /// H = W of the pictures.
  package var size: Int { architecture.size }
  /// C of the pictures.
  package var channels: Int { architecture.channels }
  /// Whether every weight of D is divided by its largest singular value, as `--spectral-norm` has it.
  package var spectralNorm: Bool {
    architecture == architecture.withSpectralNormInDiscriminator() && !architecture.discriminator.isEmpty
  }
  /// The global batch.
  package var batchSize: Int { recipe.batchSize }
  /// How the global batch is cut on this number of ranks, and what to tell about it.
  ///
  /// - Throws: `ReductionError` where the ranks are more than the batch.
  package func reductionPlan(ranks: Int) throws -> ReductionPlan {
    let isDefault = slices == SliceLayout.defaultSlices(batch: batchSize, ranks: ranks)
    return try ReductionPlan.resolve(
      batch: batchSize, ranks: ranks, reduction: reduction == .fast ? .fast : nil,
      recordedSlices: isDefault ? nil : slices)
  }

  /// How convolutions are computed in `precision`: by the mode and the size of a whole slice alone (Note [Plans]).
  package func convolutionPlanner(_ precision: ProductPrecision) -> ConvolutionPlanner {
    ConvolutionPlanner(
      convolution, sliceSamples: (batchSize + slices - 1) / slices, precision: precision)
  }

  /// The options of a run that nobody told anything, of a preset.
  /// - Throws: `ConfigurationError` if the preset cannot be built for these numbers.
  package init(
    preset: Preset, size: Int? = nil, width: Int? = nil, channels: Int? = nil, ranks: Int = 1,
    out: String = "runs"
  ) throws {
    self.preset = preset.name
    architecture = try preset.architecture.architecture(
      size: size, width: width, channels: channels, groups: preset.defaultGroups)
    self.width = width ?? 64
    widthRule = preset.architecture.takesWidthRule ? .published : nil
    recipe = preset.recipe
    data = Self.builtInFaces
    mirror = false
    seed = preset.seed
    batchNorm = .sync
    reduction = .ordered
    slices = SliceLayout.defaultSlices(batch: preset.recipe.batchSize, ranks: ranks)
    wire = .fp32
    convolution = .auto
    precision = .fp32
    self.ranks = ranks
    length = RunLength(epochs: preset.recipe.epochs, steps: preset.recipe.steps)
    intervals = preset.intervals
    outputSettings = preset.outputs
    keep = 3
    self.out = out
    program = ProgramRecord()
  }
}
