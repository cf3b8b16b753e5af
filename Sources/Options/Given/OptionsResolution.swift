import Cluster
import Configuration
import DataParallel
import Foundation
import Networks
import Recipes
import Tensors

/// Makes finished options from what was given.
///
/// Note [Layers of options]
/// ~~~~~~~~~~~~~~~~~~~~~~~~
/// Options come in layers, and a later layer wins: the preset's defaults, or those of an `--architecture` file, which
/// stands in a preset's place; on a resume, what the run recorded; the `--config` file; the flags; `--set`. Networks of
/// an `--architecture` file win over those of a `--config` file. A length (`--epochs`, `--steps`, `--minutes`) replaces the whole
/// length of earlier layers. On a resume, the table of a group says for each option what happens
/// (`OnResume`): a new value is taken, or, where the option decides numbers, a value other than the recorded
/// one is an error that names the option and both values. Recipe and networks must stay. Data and labels may
/// have moved; when they are opened, their fingerprint tells whether they are the same (`ResumeCheck`).
/// `--convolution` changes only the last bits, so a new value is taken, and the log says so.
package enum OptionsResolution {
  /// The options of a new run.
  /// - Parameters:
  ///   - given: what was given, all layers merged.
  ///   - ranks: the world size.
  ///   - out: the run's folder.
  ///   - folder: what relative paths of data start from.
  ///   - labels: the source of the label groups, for networks with conditions.
  /// - Throws: `ConfigurationError`; `DatasetError` where the labels' data cannot be read.
  package static func newRun(
    _ given: GivenOptions, ranks: Int, out: String, relativeTo folder: String,
    labels: LabelGroupSource = .preset
  ) throws -> RunOptions {
    let known = try Preset.named(given.preset ?? RunOptions.defaultPreset)
    let preset = given.architectureFile?.replacing(known) ?? known
    var options = try RunOptions(preset: preset, ranks: ranks, out: out)
    options.data = dataPath(given.data, relativeTo: folder) ?? options.data
    options.labels = labelsPath(given.labels, relativeTo: folder)
    let groups = try labels.groups(
      for: preset, data: options.data, labels: options.labels,
      areWanted: given.acgan == true && given.architecture?.classifier == nil,
      areKnown: given.architecture != nil)
    options.architecture =
      try given.architecture
      ?? preset.architecture.architecture(
        size: given.size, width: given.width, channels: given.channels, widthRule: given.widthRule,
        groups: groups)
    options.noBatchNorm = given.noBatchNorm ?? false
    options.architecture = try options.architecture.extended(as: given, groups: groups)
    options.recipe = try Recipe(configuration: preset.recipe.configuration.merging(given.recipe))
    try options.apply(given.overrides)
    options.findPreset(
      named: given.preset ?? (given.architecture == nil ? preset.name : nil), width: given.width,
      widthRule: given.widthRule)
    options.slices = SliceLayout.defaultSlices(batch: options.batchSize, ranks: ranks)
    options.numbers = given.numbers.applied(to: options.numbers)
    options.length = RunLength(epochs: options.recipe.epochs, steps: options.recipe.steps)
    options.recordShape()
    if given.architecture == nil, preset.architecture.groups?.isEmpty == true, let groups {
      options.outputSettings.grid = .holding(groups)
    }
    options.change(given, ranks: ranks, out: out, relativeTo: folder)
    do {
      try options.recipe.validate(for: options.architecture)
    } catch let error as ConfigurationError {
      throw given.architectureFile?.naming(error, networks: options.architecture) ?? error
    }
    try options.checkRanks(given)
    return options
  }

  /// The options of a run that is resumed.
  /// - Parameters:
  ///   - recorded: the options that the run recorded.
  ///   - given: what was given now, all layers merged.
  ///   - ranks: the world size now.
  ///   - out: the folder in which the run goes on.
  ///   - folder: what relative paths of data start from.
  /// - Throws: `ConfigurationError` if an option that would change numbers differs.
  package static func resumed(
    _ recorded: RunOptions, _ given: GivenOptions, ranks: Int, out: String, relativeTo folder: String
  ) throws -> RunOptions {
    try checkNetworks(recorded, given)
    for group in OptionsGroup.all {
      // Networks from a file were already compared layer by layer.
      for found in group.conflicts(given, recorded)
      where given.architecture == nil || !NetworkSettings.shapeKeys.contains(found.key) {
        let isOwn = found.recorded == .null && found.key != "width_rule"
        throw conflict(
          GivenOptions.flagName(found.key), isOwn ? "an architecture of its own" : found.recorded.asTyped,
          found.given.asTyped)
      }
    }
    var (options, given) = (recorded, given)
    // So may the data, where a later change replaced it.
    if let data = dataPath(given.data, relativeTo: folder), try recorded.undoing({ _ in true }).data == data {
      given.dataSettings.data = nil
    }
    options.change(given, ranks: ranks, out: out, relativeTo: folder)
    try options.checkRanks(given)
    return options
  }

  /// `--data` as it is recorded: `faces`, or an absolute path.
  package static func dataPath(_ data: String?, relativeTo folder: String) -> String? {
    data.map { $0 == RunOptions.builtInFaces ? $0 : absolute($0, relativeTo: folder) }
  }

  /// `--labels` as it is recorded: `folders`, or an absolute path.
  static func labelsPath(_ labels: String?, relativeTo folder: String) -> String? {
    labels.map { $0 == "folders" ? $0 : absolute($0, relativeTo: folder) }
  }

  private static func absolute(_ path: String, relativeTo folder: String) -> String {
    URL(fileURLWithPath: path, relativeTo: URL(fileURLWithPath: folder, isDirectory: true))
      .standardizedFileURL.path
  }

  private static func conflict(_ option: String, _ recorded: String, _ asked: String) -> ConfigurationError {
    ConfigurationError(
      "\(option) cannot change on a resume, as it changes numbers: the run has \(recorded), and \(asked) was given"
    )
  }

  private static func checkNetworks(_ recorded: RunOptions, _ given: GivenOptions) throws {
    if let preset = given.preset, given.architecture == nil { _ = try ArchitecturePreset.named(preset) }
    var asked = recorded
    if let architecture = given.architecture {
      asked.architecture = try architecture.extended(
        as: given, groups: recorded.architecture.conditions?.groups)
    }
    asked.recipe = try Recipe(configuration: recorded.recipe.configuration.merging(given.recipe))
    try asked.apply(given.overrides)
    // The recipe's own length counts only where no length is given, and a recorded run has one.
    (asked.recipe.epochs, asked.recipe.steps) = (recorded.recipe.epochs, recorded.recipe.steps)
    if let found = recorded.architecture.configuration.firstDifference(from: asked.architecture.configuration)
    {
      throw conflict("architecture.\(found.path)", found.own.inWords, found.other.inWords)
    }
    // What was given when the run began may be typed again, also where a later change replaced it.
    let begun = try recorded.undoing { _ in true }.recipe.configuration
    let differing = recorded.recipe.configuration.differences(from: asked.recipe.configuration)
    guard let found = differing.first(where: { begun.value(at: $0.path) != $0.other }) else { return }
    let flag = RecipeFlag.flag(ofPath: found.path).map { " (\($0))" } ?? ""
    let error = conflict(found.path + flag, found.own.inWords, found.other.inWords)
    guard let root = found.path.split(separator: ".").first.map(String.init),
      RunOptions.changeable.contains(root)
    else { throw error }
    let change = RunChange(step: 0, path: found.path, old: found.own, new: found.other)
    throw ConfigurationError("\(error.description); to change it from here on, give \(change.flag) instead")
  }
}

extension RunOptions {
  /// Sets the options that a resume may change too.
  fileprivate mutating func change(
    _ given: GivenOptions, ranks: Int, out: String, relativeTo folder: String
  ) {
    let (data, labels) = (self.data, self.labels)
    for group in OptionsGroup.all { group.change(given, &self) }
    self.data = OptionsResolution.dataPath(given.data, relativeTo: folder) ?? data
    self.labels = OptionsResolution.labelsPath(given.labels, relativeTo: folder) ?? labels
    (self.ranks, self.out) = (ranks, out)
  }

  /// Replaces single values of recipe and networks, by `--set`.
  fileprivate mutating func apply(_ overrides: [String]) throws {
    guard !overrides.isEmpty else { return }
    var recipeValue = recipe.configuration
    var networks = architecture.configuration
    for override in try overrides.map({ try ValueOverride($0) }) {
      if override.isOfArchitecture {
        networks = try override.applied(to: networks)
      } else {
        recipeValue = try override.applied(to: recipeValue)
      }
    }
    recipe = try Recipe(configuration: recipeValue)
    architecture = try Architecture(configuration: networks, path: "architecture")
    try architecture.validate()
  }

  /// Records preset, width and width rule if they build exactly these networks; else sets them to nil.
  fileprivate mutating func findPreset(named name: String?, width: Int?, widthRule: WidthRule?) {
    self.preset = nil
    self.width = nil
    self.widthRule = nil
    let groups = architecture.conditions?.groups
    guard let name, let known = try? ArchitecturePreset.named(name),
      let built = try? known.architecture(
        size: size, width: width, channels: channels, latent: architecture.latent, widthRule: widthRule,
        groups: groups),
      built.variants(groups: groups).contains(architecture)
    else { return }
    self.preset = name
    self.width = width ?? 64
    self.widthRule = known.takesWidthRule ? widthRule ?? .published : nil
  }

  /// Checks that ranks, batch and slices fit each other.
  fileprivate func checkRanks(_ given: GivenOptions) throws {
    guard batchSize >= self.ranks else {
      throw ConfigurationError(
        "a global batch of \(batchSize) is smaller than \(self.ranks) ranks, and each needs at least one picture: "
          + "give --batch-size \(self.ranks) or more, or at most \(batchSize) ranks")
    }
    do {
      _ = try ReductionPlan.resolve(
        batch: batchSize, ranks: self.ranks, reduction: given.reduction, slices: given.slices,
        recordedSlices: given.slices == nil ? self.slices : nil)
    } catch let error as ReductionError {
      throw ConfigurationError(error.description)
    }
  }
}

extension Architecture {
  /// These networks, changed as `--no-batch-norm`, `--acgan` and `--spectral-norm` ask.
  fileprivate func extended(as given: GivenOptions, groups: [LabelGroup]?) throws -> Architecture {
    let own = given.noBatchNorm == true ? withoutBatchNorm() : self
    let told = given.acgan == true && classifier == nil ? try own.classifying(groups ?? []) : own
    return given.spectralNorm == true ? told.withSpectralNormInDiscriminator() : told
  }

  /// All networks that these flags can make of this one.
  fileprivate func variants(groups: [LabelGroup]?) -> [Architecture] {
    let own = [self, withoutBatchNorm()]
    let told = own + own.compactMap { one in groups.flatMap { try? one.classifying($0) } }
    return told + told.map { $0.withSpectralNormInDiscriminator() }
  }
}
