/// A training step as it is made: the updates that a recipe's schedule asks for, in order, and the passes of each.
///
/// The one reading of `Recipe.schedule`: the step walks through it, and whoever counts batches, passes or operations
/// counts them here.
package struct StepPlan: Equatable, Sendable {
  /// The updates, in order.
  package let updates: [PlannedUpdate]

  /// One optimizer step.
  package enum PlannedUpdate: Equatable, Sendable {
    /// Of D.
    case discriminator(DiscriminatorUpdate)
    /// Of G.
    case generator(GeneratorUpdate)
  }

  /// An update of D: the gradients of all its passes are summed.
  package struct DiscriminatorUpdate: Equatable, Sendable {
    /// Whether it begins with a new batch of real pictures.
    package let takesNewReals: Bool
    /// Its passes, in order; at least one.
    package let passes: [DiscriminatorPass]
  }

  /// An update of G through D: the gradients of all its passes are summed.
  package struct GeneratorUpdate: Equatable, Sendable {
    /// Its passes, in order; at least one.
    package let passes: [GeneratorPass]
  }

  /// D's forward pass over a batch, and its backward pass, of which D learns.
  package struct DiscriminatorPass: Equatable, Sendable {
    /// What D looks at.
    package enum Pictures: Equatable, Sendable {
      /// The step's last batch of real pictures.
      case reals
      /// G's pictures.
      case fakes(FakeSource)
      /// The step's last batch of real pictures, with labels that are not theirs.
      case realsWithWrongLabels
    }

    package let pictures: Pictures
    /// What its loss counts for in the update's.
    package let share: Double
    /// Whether no pass of the update comes before it, or after it.
    package let isFirst, isLast: Bool

    /// Whether D's opinion and the samples are counted: not where D sees the same pictures again.
    package var isCounted: Bool { pictures != .realsWithWrongLabels }
  }

  /// D's forward pass over G's pictures, and the backward pass through D and G, of which G learns.
  package struct GeneratorPass: Equatable, Sendable {
    /// What D looks at.
    package enum Pictures: Equatable, Sendable {
      /// G's pictures.
      case fakes(FakeSource)
      /// New pictures of the same z with conditions between two labels, the `draw`-th of the step, counted from 0.
      case fakesOfMixedConditions(draw: Int)
    }

    package let pictures: Pictures
    /// What its loss counts for in the update's.
    package let share: Double
    /// Whether no pass of the update comes before it, or after it.
    package let isFirst, isLast: Bool

    /// Whether D's opinion and the samples are counted: not where the same z are used again.
    package var isCounted: Bool { if case .fakes = pictures { true } else { false } }
  }

  /// How a pass comes by G's pictures.
  package enum FakeSource: Equatable, Sendable {
    /// G makes them of new z, the `draw`-th of the step, counted from 0.
    case new(draw: Int)
    /// G makes them anew of the z of before, as it is now: it was updated since, or holds other pictures by now.
    case sameLatents
    /// They are those that G made last in this step.
    case kept

    /// Whether G makes a forward pass for them.
    package var takesForwardPass: Bool { self != .kept }
  }

  /// An update reuses what no update before it in the step has drawn.
  package struct NothingToReuse: Error {
    /// Its place in the schedule, counted from 0.
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

  /// What the updates so far have left for the next one.
  fileprivate struct PicturesSoFar {
    var place = 0
    private var haveReals = false
    /// How often z was drawn, and conditions were mixed.
    private var draws = 0
    private var mixes = 0
    /// Whether G still holds the fakes of the last z.
    private var holdsFakes = false
    /// Whether G was updated since it made them.
    private var fakesAreOld = false

    init() {}

    mutating func takeReals(_ source: Source) throws(NothingToReuse) {
      guard source == .new || haveReals else { throw NothingToReuse(place: place, what: "reals") }
      haveReals = true
    }

    /// - Parameter mustBeOfPresentGenerator: as for G's own update, whose gradient is that of G's last forward pass.
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
      // What is made of mixed conditions lies in the place of the fakes.
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
  /// Batches of new real pictures.
  package var drawsOfReals: Int { discriminatorUpdates.count(where: \.takesNewReals) }
  /// D's passes of which it learns.
  package var discriminatorPasses: [DiscriminatorPass] { discriminatorUpdates.flatMap(\.passes) }
  /// The passes through D of which G learns.
  package var generatorPasses: [GeneratorPass] { generatorUpdates.flatMap(\.passes) }
  /// G's forward passes.
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
  /// What a step makes of the schedule, which was checked where the recipe was read.
  package var stepPlan: StepPlan {
    do {
      return try StepPlan(schedule, conditions)
    } catch {
      preconditionFailure("update \(error.place) of the schedule reuses \(error.what) that nothing has drawn")
    }
  }

  /// Batches of new real pictures that a step takes.
  package var drawsPerStep: Int { stepPlan.drawsOfReals }
}
