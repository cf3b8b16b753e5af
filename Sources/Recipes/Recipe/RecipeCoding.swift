import Configuration
import Datasets
import Networks

extension Recipe: ConfigurationConvertible {
  static let keys = [
    "schedule", "discriminator", "generator", "loss", "conditions", "augmentation", "instance_noise",
    "generator_average", "latent", "sampling",
    "preprocessing",
    "batch_size",
    "epochs", "steps",
  ]

  /// Reads a recipe strictly; a key that is left out has the value of the PyTorch tutorial.
  /// - Throws: `ConfigurationError`, also for numbers with which no training is possible.
  package init(configuration: ConfigurationValue, path: String = "") throws {
    self.init()
    let reader = try ConfigurationReader(configuration, path: path, known: Self.keys)
    if reader.value("schedule") != nil {
      schedule = try reader.array("schedule").enumerated().map { place, value in
        try Update(configuration: value, path: reader.path(of: "schedule") + ".\(place)")
      }
    }
    if let value = reader.value("discriminator") {
      discriminator = try .init(configuration: value, path: reader.path(of: "discriminator"))
    }
    if let value = reader.value("generator") {
      generator = try .init(configuration: value, path: reader.path(of: "generator"))
    }
    if let value = reader.value("loss") {
      loss = try .init(configuration: value, path: reader.path(of: "loss"))
    }
    if let value = reader.value("conditions") {
      conditions = try .init(configuration: value, path: reader.path(of: "conditions"))
    }
    if let value = reader.value("augmentation") {
      augmentation = try .init(configuration: value, path: reader.path(of: "augmentation"))
    }
    if let value = reader.value("instance_noise") {
      instanceNoise = try .init(configuration: value, path: reader.path(of: "instance_noise"))
    }
    if let value = try reader.numberIfPresent("generator_average") {
      guard value >= 0, value < 1 else {
        throw reader.wrong("generator_average", .real(value), "a decay from 0 (no average) to below 1")
      }
      generatorAverage = value
    }
    if let value = try reader.choiceIfPresent("latent", as: LatentDistribution.self) { latent = value }
    if let value = reader.value("sampling") {
      sampling = try .init(configuration: value, path: reader.path(of: "sampling"))
    }
    if let value = try reader.choiceIfPresent("preprocessing", as: Fit.self) { preprocessing = value }
    if let value = try reader.integerIfPresent("batch_size", in: 1...1_048_576) { batchSize = value }
    let ownEpochs = try reader.numberIfPresent("epochs")
    steps = try reader.integerIfPresent("steps", in: 1...Int(UInt32.max))
    if ownEpochs != nil || steps != nil { epochs = ownEpochs }
    if let epochs, epochs <= 0 { throw reader.wrong("epochs", .real(epochs), "a number above 0") }
    try validateSchedule(path: reader.path(of: "schedule"))
  }

  /// The recipe as in JSON, with every value.
  package var configuration: ConfigurationValue {
    .object([
      .init("schedule", .array(schedule.map(\.configuration))),
      .init("discriminator", discriminator.configuration), .init("generator", generator.configuration),
      .init("loss", loss.configuration),
      .init("conditions", conditions.configuration),
      .init("augmentation", augmentation.configuration),
      .init("instance_noise", instanceNoise.configuration),
      .init("generator_average", .real(generatorAverage)), .init("latent", .string(latent.rawValue)),
      .init("sampling", sampling.configuration), .init("preprocessing", .string(preprocessing.rawValue)),
      .init("batch_size", .integer(batchSize)),
      .init("epochs", epochs.map(ConfigurationValue.real) ?? .null),
      .init("steps", steps.map(ConfigurationValue.integer) ?? .null),
    ])
  }

  /// Checks that both networks are trained and that no input is reused before it was drawn.
  private func validateSchedule(path: String) throws {
    let plan: StepPlan
    do {
      plan = try StepPlan(schedule, conditions)
    } catch {
      throw ConfigurationError(
        "\(path).\(error.place) reuses \(error.what), but no update before it in the step has drawn any: the first must be \"new\""
      )
    }
    for (network, isTrained) in [
      ("discriminator", !plan.discriminatorUpdates.isEmpty), ("generator", !plan.generatorUpdates.isEmpty),
    ] where !isTrained {
      throw ConfigurationError("\(path) has no update of the \(network), and needs at least one")
    }
  }
}

extension Update: ConfigurationConvertible {
  private enum Network: String, CaseIterable { case discriminator, generator }

  /// Reads `{"update": "discriminator", "reals": "new", "fakes": "new"}`.
  /// - Throws: `ConfigurationError`.
  package init(configuration: ConfigurationValue, path: String) throws {
    let reader = try ConfigurationReader(configuration, path: path, known: ["update", "reals", "fakes"])
    let fakes = try reader.choiceIfPresent("fakes", as: Source.self)
    switch try reader.choice("update", as: Network.self) {
    case .discriminator:
      let reals = try reader.choiceIfPresent("reals", as: Source.self)
      guard reals != nil || fakes != nil else {
        throw ConfigurationError("\(path) updates the discriminator with neither \"reals\" nor \"fakes\"")
      }
      self = .discriminator(reals: reals, fakes: fakes)
    case .generator:
      guard reader.value("reals") == nil else {
        throw ConfigurationError("\(path) gives \"reals\" to an update of the generator, which has none")
      }
      self = .generator(fakes: fakes ?? .new)
    }
  }

  /// The update as in JSON.
  package var configuration: ConfigurationValue {
    switch self {
    case .discriminator(let reals, let fakes):
      .object(
        [.init("update", .string("discriminator"))]
          + (reals.map { [.init("reals", .string($0.rawValue))] } ?? [])
          + (fakes.map { [.init("fakes", .string($0.rawValue))] } ?? []))
    case .generator(let fakes):
      .object([.init("update", .string("generator")), .init("fakes", .string(fakes.rawValue))])
    }
  }
}
