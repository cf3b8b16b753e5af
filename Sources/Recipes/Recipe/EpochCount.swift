/// How steps and epochs, the passes over the data, belong together.
///
/// A run whose batch or data was changed on its way (`--change`) ends its pass there: a new pass begins with the next step.
/// The epochs go on from where they were, so that they always count passes over the data of their time.
package struct EpochCount: Equatable, Sendable {
  /// Steps in an epoch (``Recipe/stepsPerEpoch(pictures:)``).
  package let stepsPerEpoch: Double
  /// The steps made when the present data and batch began; 0 in a run that was not changed.
  package let firstStep: Int
  /// The epochs made by then, as a fraction.
  package let firstEpochs: Double

  /// A count from its parts.
  package init(stepsPerEpoch: Double, firstStep: Int = 0, firstEpochs: Double = 0) {
    self.stepsPerEpoch = stepsPerEpoch
    self.firstStep = firstStep
    self.firstEpochs = firstEpochs
  }

  /// The epochs made after `step` steps, at least `firstStep`.
  package func epochs(after step: Int) -> Double { firstEpochs + Double(step - firstStep) / stepsPerEpoch }

  /// The first step after which `epochs` epochs are made.
  package func step(atEpochs epochs: Double) -> Int {
    firstStep + steps(ofEpochs: max(0, epochs - firstEpochs))
  }

  /// How many steps `epochs` epochs take from `step` on.
  package func steps(ofEpochs epochs: Double) -> Int {
    let steps = epochs * stepsPerEpoch
    // 0.43 epochs of 100 steps are 43 steps, though their product is a little more.
    let whole = steps.rounded()
    return Int(min(abs(steps - whole) < 1e-6 ? whole : steps.rounded(.up), Double(UInt32.max)))
  }

  /// Whether a pass ends with this step, counted from 1: the last picture of the pass is used in it.
  package func endsPass(atStep step: Int) -> Bool {
    func passes(_ step: Int) -> Double { (Double(step - firstStep) / stepsPerEpoch).rounded(.down) }
    return step > firstStep && passes(step) > passes(step - 1)
  }
}

extension Recipe {
  /// How many steps an epoch over `pictures` pictures has.
  ///
  /// If pictures are drawn with replacement, an epoch is as many drawn pictures as the data has, so the number may
  /// have a fraction. Otherwise the last batch, if it is not full, is dropped, kept or filled up, as `sampling`
  /// says. The number also has a fraction if a step takes several batches that do not divide the epoch's. It is 0
  /// if the pictures do not fill a batch and the last batch is dropped.
  package func stepsPerEpoch(pictures: Int) -> Double {
    let draws = Double(max(1, drawsPerStep))
    if sampling.withReplacement { return Double(pictures) / Double(batchSize) / draws }
    switch sampling.lastBatch {
    case .drop: return Double(pictures / batchSize) / draws
    case .keep, .wrap: return Double((pictures + batchSize - 1) / batchSize) / draws
    }
  }
}
