import Configuration
import DataParallel
import Layers
import Networks
import Recipes

extension GivenOptions {
  /// The keys of `options.json`.
  static let recordedKeys =
    [
      "program", "preset", "size", "width", "width_rule", "no_batch_norm", "acgan", "spectral_norm",
      "channels", "data",
      "labels",
      "mirror", "seed",
      "bn", "reduction",
      "slices", "wire", "convolution", "precision",
      "threads", "ranks", "epochs", "steps", "minutes", "sample_every", "checkpoint_every", "log_every",
      "keep",
      "out",
      "recipe", "architecture",
    ] + DataSettings.keys.map(\.name) + RankSettings.keys.map(\.name) + OutputSettings.keys.map(\.name)
    + FailureSettings.keys.map(\.name)
  /// Keys that a person's own file may have besides: the flags that stand for a value of the recipe.
  static let recipeKeys = ["batch_size", "lr_d", "lr_g", "beta1"]

  /// Reads the object of a `--config` file: the keys of `options.json`, and of the flags, with `_` or `-`.
  /// - Throws: `ConfigurationError`.
  package init(configuration: ConfigurationValue, path: String = "") throws {
    let reader = try ConfigurationReader(
      Self.underscored(configuration), path: path, known: Self.recordedKeys + Self.recipeKeys)
    let any = Int.min...Int.max
    preset = try reader.stringIfPresent("preset")
    if let value = reader.value("architecture") {
      let architecture = try Architecture(configuration: value, path: reader.path(of: "architecture"))
      try architecture.validate()
      self.architecture = architecture
    }
    size = try reader.integerIfPresent("size", in: any)
    width = try reader.integerIfPresent("width", in: any)
    widthRule = try reader.choiceIfPresent("width_rule", as: WidthRule.self)
    spectralNorm = try reader.boolIfPresent("spectral_norm")
    channels = try reader.integerIfPresent("channels", in: any)
    acgan = try reader.boolIfPresent("acgan")
    noBatchNorm = try reader.boolIfPresent("no_batch_norm")
    data = try reader.stringIfPresent("data")
    labels = try reader.stringIfPresent("labels")
    mirror = try reader.boolIfPresent("mirror")
    seed = try reader.integerIfPresent("seed", in: 0...Int.max).map(UInt64.init)
    batchNorm = try reader.choiceIfPresent("bn", as: BatchNormScope.self)
    reduction = try reader.choiceIfPresent("reduction", as: ReductionMode.self)
    convolution = try reader.choiceIfPresent("convolution", as: ConvolutionPlanner.Mode.self)
    precision = try reader.choiceIfPresent("precision", as: ProductPrecision.self)
    slices = try reader.integerIfPresent("slices", in: any)
    wire = try reader.choiceIfPresent("wire", as: WirePrecision.self)
    dataSettings = try Given(reader)
    rankSettings = try Given(reader)
    outputSettings = try Given(reader)
    failureSettings = try Given(reader)
    threads = try reader.integerIfPresent("threads", in: any)
    ranks = try reader.integerIfPresent("ranks", in: any)
    length = RunLength(
      epochs: try reader.numberIfPresent("epochs"), steps: try reader.integerIfPresent("steps", in: any),
      minutes: try reader.numberIfPresent("minutes"))
    sampleEvery = try Self.interval(reader, "sample_every")
    checkpointEvery = try Self.interval(reader, "checkpoint_every")
    logEvery = try Self.interval(reader, "log_every")
    keep = try reader.integerIfPresent("keep", in: any)
    out = try reader.stringIfPresent("out")
    if let value = reader.value("recipe") {
      // Read once whole, over the default, so that a wrong key or value is named here, with the file's name.
      _ = try Recipe(configuration: Recipe().configuration.merging(value), path: reader.path(of: "recipe"))
      recipe = value
    }
    giveRecipe(
      batchSize: try reader.integerIfPresent("batch_size", in: 1...1_048_576),
      discriminatorRate: try reader.numberIfPresent("lr_d"),
      generatorRate: try reader.numberIfPresent("lr_g"),
      beta1: try reader.numberIfPresent("beta1"))
    try validate(named: reader.path(of:))
    _ = try Recipe(configuration: Recipe().configuration.merging(recipe), path: reader.path(of: "recipe"))
    try checkShape()
  }

  /// `size` and `channels` beside an architecture say the same as it does.
  private func checkShape() throws {
    guard let architecture else { return }
    for (key, given, own) in [
      ("size", size, architecture.size), ("channels", channels, architecture.channels),
    ] {
      guard let given, given != own else { continue }
      throw ConfigurationError(
        "\(key) is \(given), but the architecture beside it has \(own); change the architecture, or leave it out "
          + "to have the preset built for that \(key)")
    }
  }

  private static func interval(_ reader: ConfigurationReader, _ key: String) throws -> Interval? {
    try reader.value(key).map { try Interval(configuration: $0, path: reader.path(of: key)) }
  }

  private static func underscored(_ value: ConfigurationValue) -> ConfigurationValue {
    guard case .object(let members) = value else { return value }
    return .object(
      members.map { .init($0.key.map { $0 == "-" ? "_" : String($0) }.joined(), $0.value) })
  }
}
