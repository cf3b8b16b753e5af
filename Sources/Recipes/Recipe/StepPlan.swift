/// The plan of a training step: the updates that a recipe's schedule asks for, in order, and the passes of each.
///
/// `Recipe.schedule` is read here and nowhere else: the step goes through this plan, and numbers of batches, passes and
/// operations are counted from it.
package struct StepPlan: Equatable, Sendable {
  /// The updates, in order.
  package let updates: [PlannedUpdate]

  /// One optimizer step.
  package enum PlannedUpdate: Equatable, Sendable {
    /// An update of D.
    case discriminator(DiscriminatorUpdate)
    /// An update of G.
    case generator(GeneratorUpdate)
  }

  /// An update of D: the gradients of all its passes are summed.
  package struct DiscriminatorUpdate: Equatable, Sendable {
    /// Whether the update begins with a new batch of real pictures.
    package let takesNewReals: Bool
    /// Its passes, in order; at least one.
    package let passes: [DiscriminatorPass]
  }

  /// An update of G through D: the gradients of all its passes are summed.
  package struct GeneratorUpdate: Equatable, Sendable {
    /// Its passes, in order; at least one.
    package let passes: [GeneratorPass]
  }

  /// D's forward pass over a batch and its backward pass, which gives D's gradients.
  package struct DiscriminatorPass: Equatable, Sendable {
    /// The input of D.
    package enum Pictures: Equatable, Sendable {
      /// The step's last batch of real pictures.
      case reals
      /// G's pictures.
      case fakes(FakeSource)
      /// The step's last batch of real pictures, with wrong labels.
      case realsWithWrongLabels
    }

    /// The input of D in this pass.
    package let pictures: Pictures
    /// The weight of the pass's loss in the loss of the update.
    package let share: Double
    /// Whether this is the first pass of the update, and whether it is the last.
    package let isFirst, isLast: Bool

    /// Whether the metrics count D's output and the samples of this pass: false if D sees the same pictures again.
    package var isCounted: Bool { pictures != .realsWithWrongLabels }
  }

  /// D's forward pass over G's pictures and the backward pass through D and G, which gives G's gradients.
  package struct GeneratorPass: Equatable, Sendable {
    /// The input of D.
    package enum Pictures: Equatable, Sendable {
      /// G's pictures.
      case fakes(FakeSource)
      /// New pictures of the same z with conditions between two labels; `draw` counts these in the step, from 0.
      case fakesOfMixedConditions(draw: Int)
    }

    /// The input of D in this pass.
    package let pictures: Pictures
    /// The weight of the pass's loss in the loss of the update.
    package let share: Double
    /// Whether this is the first pass of the update, and whether it is the last.
    package let isFirst, isLast: Bool

    /// Whether the metrics count D's output and the samples of this pass: false if the same z are used again.
    package var isCounted: Bool { if case .fakes = pictures { true } else { false } }
  }

  /// Where a pass takes G's pictures from.
  package enum FakeSource: Equatable, Sendable {
    /// G makes pictures of new z; `draw` counts the draws of z in the step, from 0.
    case new(draw: Int)
    /// G, with its present weights, makes pictures of the last z again, because G was updated since or its activations
    /// are now those of other pictures.
    case sameLatents
    /// The pictures are those that G made last in this step.
    case kept

    /// Whether G makes a forward pass for these pictures.
    package var takesForwardPass: Bool { self != .kept }
  }

  /// An update reuses an input that no earlier update of the step has drawn.
  package struct NothingToReuse: Error {
    /// The place of the update in the schedule, from 0.
    package let place: Int
    /// `reals` or `fakes`.
    package let what: String
  }
}

extension StepPlan {
  /// Reads a schedule.
  /// - Throws: `NothingToReuse`.
  init(_ schedule: [Update], _ conditions: ConditionSettings) throws(NothingToReuse) {
    var pictures = PicturesSoFar()
    var planned: [PlannedUpdate] = []
    for (place, update) in schedule.enumerated() {
      pictures.place = place
      switch update {
      case .discriminator(let reals, let fakes):
        planned.append(.discriminator(try .init(reals: reals, fakes: fakes, conditions, &pictures)))
      case .generator(let fakes):
        planned.append(.generator(try .init(fakes: fakes, conditions, &pictures)))
      }
    }
    updates = planned
  }

  /// The inputs that the updates so far have left for the next one.
  fileprivate struct PicturesSoFar {
    var place = 0
    private var haveReals = false
    /// How often z was drawn.
    private var draws = 0
    /// How often conditions were mixed.
    private var mixes = 0
    /// Whether G still holds the fakes of the last z and their activations.
    private var holdsFakes = false
    /// Whether G was updated since it made these fakes.
    private var fakesAreOld = false

    init() {}

    mutating func takeReals(_ source: Source) throws(NothingToReuse) {
      guard source == .new || haveReals else { throw NothingToReuse(place: place, what: "reals") }
      haveReals = true
    }

    /// - Parameter mustBeOfPresentGenerator: whether the fakes must be those of G's present weights. This is so for an
    ///   update of G, as the gradient is that of G's last forward pass.
    mutating func takeFakes(_ source: Source, mustBeOfPresentGenerator: Bool) throws(NothingToReuse)
      -> FakeSource
    {
      guard source == .new || draws > 0 else { throw NothingToReuse(place: place, what: "fakes") }
      if source == .reuse, holdsFakes, !(fakesAreOld && mustBeOfPresentGenerator) { return .kept }
      (holdsFakes, fakesAreOld) = (true, false)
      guard source == .new else { return .sameLatents }
      draws += 1
      return .new(draw: draws - 1)
    }

    mutating func mixConditions() -> GeneratorPass.Pictures {
      // The pictures of mixed conditions take the place of the fakes.
      holdsFakes = false
      mixes += 1
      return .fakesOfMixedConditions(draw: mixes - 1)
    }

    mutating func updateGenerator() { fakesAreOld = true }
  }
}

extension StepPlan.DiscriminatorUpdate {
  fileprivate init(
    reals: Source?, fakes: Source?, _ conditions: ConditionSettings,
    _ pictures: inout StepPlan.PicturesSoFar
  ) throws(StepPlan.NothingToReuse) {
    var looks: [(StepPlan.DiscriminatorPass.Pictures, share: Double)] = []
    if let reals {
      try pictures.takeReals(reals)
      looks.append((.reals, 1))
    }
    if let fakes {
      let source = try pictures.takeFakes(fakes, mustBeOfPresentGenerator: false)
      if conditions.wrongLabels, reals != nil {
        looks += [(.fakes(source), 0.5), (.realsWithWrongLabels, 0.5)]
      } else {
        looks.append((.fakes(source), 1))
      }
    }
    takesNewReals = reals == .new
    passes = looks.enumerated().map { place, look in
      .init(
        pictures: look.0, share: look.share, isFirst: place == 0, isLast: place == looks.count - 1)
    }
  }
}

extension StepPlan.GeneratorUpdate {
  fileprivate init(
    fakes: Source, _ conditions: ConditionSettings, _ pictures: inout StepPlan.PicturesSoFar
  ) throws(StepPlan.NothingToReuse) {
    let source = try pictures.takeFakes(fakes, mustBeOfPresentGenerator: true)
    let mixes = conditions.interpolation > 0
    var passes = [
      StepPlan.GeneratorPass(pictures: .fakes(source), share: 1, isFirst: true, isLast: !mixes)
    ]
    if mixes {
      passes.append(
        .init(
          pictures: pictures.mixConditions(), share: conditions.interpolation, isFirst: false, isLast: true))
    }
    pictures.updateGenerator()
    self.passes = passes
  }
}

// MARK: Counts

extension StepPlan {
  /// D's updates, in order.
  package var discriminatorUpdates: [DiscriminatorUpdate] {
    updates.compactMap { if case .discriminator(let update) = $0 { update } else { nil } }
  }
  /// G's updates, in order.
  package var generatorUpdates: [GeneratorUpdate] {
    updates.compactMap { if case .generator(let update) = $0 { update } else { nil } }
  }
  /// How many batches of new real pictures the step takes.
  package var drawsOfReals: Int { discriminatorUpdates.count(where: \.takesNewReals) }
  /// The passes of D's updates, in order.
  package var discriminatorPasses: [DiscriminatorPass] { discriminatorUpdates.flatMap(\.passes) }
  /// The passes of G's updates, in order.
  package var generatorPasses: [GeneratorPass] { generatorUpdates.flatMap(\.passes) }
  /// How many forward passes G makes in the step.
  package var generatorForwardPasses: Int {
    let forDiscriminator = discriminatorPasses.count(where: {
      if case .fakes(let source) = $0.pictures { source.takesForwardPass } else { false }
    })
    let forGenerator = generatorPasses.count(where: {
      if case .fakes(let source) = $0.pictures { source.takesForwardPass } else { true }
    })
    return forDiscriminator + forGenerator
  }
}

extension Recipe {
  /// The plan of a step. The schedule must be valid, as it is if the recipe was read from a configuration.
  package var stepPlan: StepPlan {
    do {
      return try StepPlan(schedule, conditions)
    } catch {
      preconditionFailure("update \(error.place) of the schedule reuses \(error.what) that nothing has drawn")
    }
  }

  /// How many batches of new real pictures a step takes.
  package var drawsPerStep: Int { stepPlan.drawsOfReals }
}
