import Configuration
import DataParallel
import Layers
import Networks
import Recipes

/// What a person gave of a run's options, by flags or by a file; nil is not given.
package struct GivenOptions: Equatable, Sendable {
  /// `--preset`.
  package var preset: String?
  /// `--architecture FILE`, read.
  package var architecture: Architecture?
  /// `--size`.
  package var size: Int?
  /// `--width`.
  package var width: Int?
  /// `--width-rule`.
  package var widthRule: WidthRule?
  /// `--spectral-norm`: true turns it on in all of D, wherever the networks come from.
  package var spectralNorm: Bool?
  /// `--channels`.
  package var channels: Int?
  /// `--no-batch-norm`.
  package var noBatchNorm: Bool?
  /// `--acgan`.
  package var acgan: Bool?
  /// `--data`.
  package var data: String?
  /// `--labels`.
  package var labels: String?
  /// `--mirror`.
  package var mirror: Bool?
  /// How the data is held.
  package var dataSettings = Given<DataSettings>()
  /// `--seed`.
  package var seed: UInt64?
  /// `--bn`.
  package var batchNorm: BatchNormScope?
  /// `--precision`.
  package var precision: ProductPrecision?
  /// `--convolution`.
  package var convolution: ConvolutionPlanner.Mode?
  /// `--reduction`.
  package var reduction: ReductionMode?
  /// `--slices`.
  package var slices: Int?
  /// `--wire`.
  package var wire: WirePrecision?
  /// How the ranks work together, as far as it changes no number.
  package var rankSettings = Given<RankSettings>()
  /// `--threads`.
  package var threads: Int?
  /// `--ranks`.
  package var ranks: Int?
  /// `--epochs`, `--steps`, `--minutes`.
  package var length = RunLength()
  /// `--sample-every`.
  package var sampleEvery: Interval?
  /// `--checkpoint-every`.
  package var checkpointEvery: Interval?
  /// `--log-every`.
  package var logEvery: Interval?
  /// What is written and told for people to look at.
  package var outputSettings = Given<OutputSettings>()
  /// What is done where the training seems to fail.
  package var failureSettings = Given<FailureSettings>()
  /// `--keep`.
  package var keep: Int?
  /// `--out`.
  package var out: String?
  /// Values of the recipe, in its JSON form, those that are given only.
  package var recipe = ConfigurationValue.object([])
  /// `--set path=value`, in order.
  package var overrides: [String] = []

  /// Creates options of which nothing is given.
  package init() {}

  /// Gives one value of the recipe, at a path of one or two keys.
  package mutating func giveRecipe(_ path: String..., value: ConfigurationValue?) {
    guard let value else { return }
    recipe = recipe.merging(path.reversed().reduce(value) { .object([.init($1, $0)]) })
  }

  /// Gives the recipe's values that have flags of their own: `--batch-size`, `--lr-d`, `--lr-g`, `--beta1`.
  package mutating func giveRecipe(
    batchSize: Int?, discriminatorRate: Double?, generatorRate: Double?, beta1: Double?
  ) {
    giveRecipe("batchSize", value: batchSize.map(ConfigurationValue.integer))
    giveRecipe("discriminator", "learningRate", value: discriminatorRate.map(ConfigurationValue.real))
    giveRecipe("generator", "learningRate", value: generatorRate.map(ConfigurationValue.real))
    giveRecipe("discriminator", "beta1", value: beta1.map(ConfigurationValue.real))
    giveRecipe("generator", "beta1", value: beta1.map(ConfigurationValue.real))
  }

  /// Checks the numbers that stand for themselves.
  /// - Parameter name: what a key (`batch_size`) is called where it was given (`--batch-size`).
  /// - Throws: `ConfigurationError`.
  package func validate(named name: (String) -> String = GivenOptions.flagName) throws {
    func check(_ key: String, _ value: Int?, from low: Int, to high: Int) throws {
      guard let value, !(low...high).contains(value) else { return }
      throw ConfigurationError("\(name(key)) must be a whole number from \(low) to \(high), and is \(value)")
    }
    try check("size", size, from: 1, to: 4_096)
    try check("width", width, from: 1, to: 4_096)
    if let channels, channels != 1, channels != 3 {
      throw ConfigurationError("\(name("channels")) must be 1 (grey) or 3 (RGB), and is \(channels)")
    }
    try check("threads", threads, from: 1, to: 1_024)
    try check("ranks", ranks, from: 1, to: 65_536)
    try check("keep", keep, from: 0, to: 1_000_000)
    if let slices, slices < 1 || slices.nonzeroBitCount != 1 {
      throw ConfigurationError("\(name("slices")) must be a power of two (1, 2, 4, 8 ...), and is \(slices)")
    }
    if let seed, seed > UInt64(Int.max) {
      throw ConfigurationError("\(name("seed")) must be a whole number from 0 to \(Int.max), and is \(seed)")
    }
    try validateRecipe(named: name)
    try dataSettings.validate(named: name)
    try rankSettings.validate(named: name)
    try outputSettings.validate(named: name)
    try failureSettings.validate(named: name)
    for (key, text) in [("data", data), ("out", out), ("labels", labels)] where text == "" {
      throw ConfigurationError("\(name(key)) is empty")
    }
    try length.validate(named: name)
  }

  /// Checks the recipe's values that have flags of their own, so that an error names the flag.
  private func validateRecipe(named name: (String) -> String) throws {
    func number(_ path: String...) -> Double? {
      switch path.reduce(recipe as ConfigurationValue?, { $0?[$1] }) {
      case .integer(let whole): Double(whole)
      case .number(let real): real
      default: nil
      }
    }
    if let size = number("batchSize"), !(1...1_048_576).contains(size) {
      throw ConfigurationError(
        "\(name("batch_size")) must be a whole number from 1 to 1048576, and is \(ConfigurationValue.real(size).inWords)"
      )
    }
    for (key, network) in [("lr_d", "discriminator"), ("lr_g", "generator")] {
      if let rate = number(network, "learningRate"), !(rate > 0 && rate.isFinite) {
        throw ConfigurationError("\(name(key)) must be a number above 0, and is \(rate)")
      }
      if let beta = number(network, "beta1"), !(beta >= 0 && beta < 1) {
        throw ConfigurationError("\(name("beta1")) must be a number from 0 to below 1, and is \(beta)")
      }
    }
  }

  /// The flag of a key of `options.json`: `--batch-size` of `batch_size`.
  package static func flagName(_ key: String) -> String {
    "--" + key.map { $0 == "_" ? "-" : String($0) }.joined()
  }

  /// These options with those that `stronger` gives put over them.
  ///
  /// A length given by `stronger` replaces the whole length; a network given by it replaces the network. A
  /// `--size` over a file's architecture rebuilds the preset that the file names beside it.
  /// - Throws: `ConfigurationError` if a size, width or channel count is given over a network of the user's
  ///   own.
  package func overridden(by stronger: GivenOptions) throws -> GivenOptions {
    var merged = self
    let reshaped: [(String, String?)] = [
      ("preset", stronger.preset), ("size", stronger.size.map(String.init)),
      ("width", stronger.width.map(String.init)), ("width-rule", stronger.widthRule?.rawValue),
      ("channels", stronger.channels.map(String.init)),
    ]
    if stronger.architecture != nil {
      (merged.preset, merged.size, merged.width, merged.channels) = (nil, nil, nil, nil)
      (merged.widthRule, merged.spectralNorm, merged.acgan, merged.noBatchNorm) = (nil, nil, nil, nil)
      merged.architecture = stronger.architecture
    } else if let architecture, let (key, value) = reshaped.first(where: { $0.1 != nil }) {
      guard preset ?? stronger.preset != nil else {
        throw ConfigurationError(
          "--\(key) \(value ?? "") is given, but the networks come from the architecture \"\(architecture.name)\", "
            + "whose file alone says their shape")
      }
      merged.architecture = nil
    }
    merged.preset = stronger.preset ?? merged.preset
    merged.size = stronger.size ?? merged.size
    merged.width = stronger.width ?? merged.width
    merged.widthRule = stronger.widthRule ?? merged.widthRule
    merged.spectralNorm = stronger.spectralNorm ?? merged.spectralNorm
    merged.acgan = stronger.acgan ?? merged.acgan
    merged.noBatchNorm = stronger.noBatchNorm ?? merged.noBatchNorm
    merged.channels = stronger.channels ?? merged.channels
    merged.data = stronger.data ?? data
    merged.labels = stronger.labels ?? labels
    merged.mirror = stronger.mirror ?? mirror
    merged.seed = stronger.seed ?? seed
    merged.batchNorm = stronger.batchNorm ?? batchNorm
    merged.precision = stronger.precision ?? precision
    merged.convolution = stronger.convolution ?? convolution
    merged.reduction = stronger.reduction ?? reduction
    merged.slices = stronger.slices ?? slices
    merged.wire = stronger.wire ?? wire
    merged.dataSettings = dataSettings.overridden(by: stronger.dataSettings)
    merged.rankSettings = rankSettings.overridden(by: stronger.rankSettings)
    merged.outputSettings = outputSettings.overridden(by: stronger.outputSettings)
    merged.failureSettings = failureSettings.overridden(by: stronger.failureSettings)
    merged.threads = stronger.threads ?? threads
    merged.ranks = stronger.ranks ?? ranks
    merged.length = stronger.length.isEmpty ? length : stronger.length
    merged.sampleEvery = stronger.sampleEvery ?? sampleEvery
    merged.checkpointEvery = stronger.checkpointEvery ?? checkpointEvery
    merged.logEvery = stronger.logEvery ?? logEvery
    merged.keep = stronger.keep ?? keep
    merged.out = stronger.out ?? out
    merged.recipe = recipe.merging(stronger.recipe)
    merged.overrides += stronger.overrides
    return merged
  }
}
