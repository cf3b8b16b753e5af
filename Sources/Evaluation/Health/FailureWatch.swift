import Foundation
import Networks
import Objectives

/// Finds trainings that fail, from D's losses at every step and the fixed pictures at every sheet.
///
/// A loss is measured as a share of the way from the loss of a perfect D to that of a D that guesses
/// (`LossBounds`): at 0 D has won, at 1 it cannot tell reals from fakes, above 1 it is worse than guessing.
/// `docs/training-troubles.md` gives the reason for each limit.
package struct FailureWatch: Sendable {
  /// What can fail.
  package enum Kind: CaseIterable, Hashable, Sendable {
    /// D's loss has been close to its floor for a while: a hint only, as many runs recover.
    case discriminatorWinning
    /// D's loss stays near its floor.
    case discriminatorWon
    /// D's loss rises, window after window, and is beyond guessing.
    case discriminatorRising
    /// D's loss stays far beyond guessing.
    case discriminatorLost
    /// The fixed pictures are noise, late in the run.
    case noise
    /// The fixed pictures are all the same.
    case collapse
  }

  /// A failure, reported once per run.
  package struct Notice: Equatable, Sendable {
    /// Which failure.
    package var kind: Kind
    /// Whether it is only a hint, and no failure so far.
    package var isHint: Bool { kind == .discriminatorWinning }
    /// The evidence and what to try, as one sentence.
    package var sentence: String
  }

  /// The number of steps whose losses are looked at together.
  package static let window = 200
  /// The number of steps after which there is a hint.
  package static let hintWindow = 50
  /// D has nearly won where the mean loss of a hint's window is below this share of guessing.
  package static let nearlyWonBelow = 0.04
  /// D has won where the mean loss of a window is below this share of guessing.
  package static let wonBelow = 0.02
  /// This many parts, each a quarter of a window and each above the one before, are a steady rise.
  package static let risingParts = 6
  /// The least rise from one part to the next, as a share of guessing.
  package static let riseOfAPart = 0.02
  /// A steady rise is reported where its last part is above this share of guessing.
  package static let risenAbove = 1.25
  /// D has lost its way where the mean loss of a window is above this share of guessing.
  package static let lostAbove = 2.0
  /// The first step at which pictures are looked at.
  package static let picturesFrom = 500
  /// This many sheets in a row must show a failure before it is reported.
  package static let sheets = 2
  /// Fixed pictures are noise below this share of the real ones' smoothness.
  package static let noiseBelow = 0.5
  /// Where the real pictures' smoothness is below this, noise is not looked for.
  package static let realsFrom = 0.3
  /// Fixed pictures are the same below this share of the real ones' variety.
  package static let collapsedBelow = 0.05

  private let bounds: LossBounds
  /// Whether softer targets of reals are worth a try where D has won: the loss has targets, and they are hard.
  package let hasHardTargets: Bool
  /// The first step at which pictures are judged.
  package let firstPictures: Int
  private var losses: [Double] = []
  private var opinions: [(real: Double, fake: Double)] = []
  private var sheetsInARow: [Kind: Int] = [:]
  private var told: Set<Kind> = []

  /// A watch over a training with this loss, before its first step.
  /// - Parameter picturesFrom: the first step at which pictures are looked at.
  package init(_ loss: LossSettings, picturesFrom: Int = Self.picturesFrom) {
    bounds = loss.discriminatorBounds
    hasHardTargets = loss.kind.hasTarget(.real) && loss.smoothing.amount < 0.1
    firstPictures = picturesFrom
  }

  /// The first step at which the pictures of a generator with these layers are worth looking at.
  ///
  /// The pictures are made in evaluation mode, with running averages. After 4 / m steps, where m is the new
  /// batch's share, e^-4 or 2% of an average's initial value is left in it; with m = 0.001 that takes 4,000
  /// steps.
  package static func picturesFrom(_ generator: [LayerSpecification]) -> Int {
    let shares = generator.compactMap { layer -> Double? in
      guard case .batchNorm(let specification) = layer else { return nil }
      return specification.momentum
    }
    // The limit keeps the step an `Int`, however small a share a person gives.
    return max(picturesFrom, Int(min(1e9, (4 / (shares.min() ?? 1)).rounded(.up))))
  }

  /// A loss of D as a share of the way from a perfect D's (0) to that of a D that guesses (1); nil where the targets
  /// leave no such way.
  package func share(ofLoss loss: Double) -> Double? {
    let range = bounds.guessing - bounds.floor
    return range > 1e-6 ? (loss - bounds.floor) / range : nil
  }

  /// The share of the mean loss over the window up to now, and how many steps that has; nil before the first step.
  package var windowShare: (share: Double, steps: Int)? {
    let newest = losses.suffix(Self.window)
    guard !newest.isEmpty, let share = self.share(ofLoss: Self.mean(newest)) else { return nil }
    return (share, newest.count)
  }

  /// The smoothness below which pictures are noise; nil where the real ones are hardly smoother than noise.
  package static func smoothnessLow(_ reals: PictureStatistics) -> Double? {
    reals.smoothness >= realsFrom ? noiseBelow * reals.smoothness : nil
  }

  /// The variety below which all pictures are the same; nil where the real ones are all the same.
  package static func varietyLow(_ reals: PictureStatistics) -> Double? {
    reals.variety.flatMap { $0 > 0 ? collapsedBelow * $0 : nil }
  }

  private static let part = window / 4
  private static let remembered = max(window, risingParts * part)

  /// Takes D's mean loss and its mean opinions of reals and fakes in the last step.
  /// - Returns: the failures that are found now and were not reported before.
  package mutating func observe(step: Int, loss: Double, dReal: Double, dFake: Double) -> [Notice] {
    guard self.share(ofLoss: loss) != nil else { return [] }
    losses.append(loss)
    opinions.append((dReal, dFake))
    if losses.count > Self.remembered {
      losses.removeFirst()
      opinions.removeFirst()
    }
    func share(_ loss: Double) -> Double { self.share(ofLoss: loss) ?? 1 }
    var found: [Notice] = []
    if losses.count >= Self.hintWindow,
      share(Self.mean(losses.suffix(Self.hintWindow))) < Self.nearlyWonBelow,
      isNew(.discriminatorWinning)
    {
      found.append(winning(step))
    }
    guard losses.count >= Self.window else { return found }
    let mean = Self.mean(losses.suffix(Self.window))
    if share(mean) < Self.wonBelow, isNew(.discriminatorWon) { found.append(won(step, mean)) }
    if share(mean) > Self.lostAbove, isNew(.discriminatorLost) { found.append(lost(step, mean)) }
    if let parts = risingParts(), share(parts.last) > Self.risenAbove, isNew(.discriminatorRising) {
      found.append(risen(step, parts.first, parts.last))
    }
    return found
  }

  /// Takes the statistics of the fixed pictures after `step`, and of the real pictures.
  /// - Returns: the failures that are found now and were not reported before.
  package mutating func observe(
    step: Int, pictures: PictureStatistics, reals: PictureStatistics
  ) -> [Notice] {
    guard step >= firstPictures else { return [] }
    var found: [Notice] = []
    let isNoise = Self.smoothnessLow(reals).map { pictures.smoothness < $0 } ?? false
    if isSeen(.noise, isNoise), isNew(.noise) { found.append(noise(step, pictures, reals)) }
    var isCollapsed = false
    if let variety = pictures.variety, let low = Self.varietyLow(reals) { isCollapsed = variety < low }
    if isSeen(.collapse, isCollapsed), isNew(.collapse) { found.append(collapse(step, pictures, reals)) }
    return found
  }

  /// Whether enough sheets in a row, up to this one, show the failure.
  private mutating func isSeen(_ kind: Kind, _ isNow: Bool) -> Bool {
    sheetsInARow[kind] = isNow ? sheetsInARow[kind, default: 0] + 1 : 0
    return sheetsInARow[kind, default: 0] >= Self.sheets
  }

  /// The mean losses of the first and the last part of a steady rise up to now; nil where there is none.
  private func risingParts() -> (first: Double, last: Double)? {
    guard losses.count >= Self.risingParts * Self.part else { return nil }
    let newest = Array(losses.suffix(Self.risingParts * Self.part))
    let means = (0..<Self.risingParts).map { Self.mean(newest[$0 * Self.part..<($0 + 1) * Self.part]) }
    let step = Self.riseOfAPart * (bounds.guessing - bounds.floor)
    guard zip(means, means.dropFirst()).allSatisfy({ $1 > $0 + step }) else { return nil }
    return (means[0], means[Self.risingParts - 1])
  }

  private mutating func isNew(_ kind: Kind) -> Bool { told.insert(kind).inserted }

  private static func mean(_ numbers: some Collection<Double>) -> Double {
    numbers.reduce(0, +) / Double(max(1, numbers.count))
  }
}

// The sentences of the notices: the evidence, and what to try.
extension FailureWatch {
  private func winning(_ step: Int) -> Notice {
    let mean = Self.mean(losses.suffix(Self.hintWindow))
    return Notice(
      kind: .discriminatorWinning,
      sentence:
        "the discriminator has nearly won: over the last \(Self.hintWindow) steps up to step \(step) its loss was "
        + "\(word(mean)) on average (lowest possible \(word(bounds.floor)), guessing \(word(bounds.guessing))). Many runs "
        + "recover from this by themselves; if this one does not, the log will say what to do")
  }

  private func won(_ step: Int, _ mean: Double) -> Notice {
    let seen = opinions.suffix(Self.window)
    return Notice(
      kind: .discriminatorWon,
      sentence:
        "the discriminator has won at step \(step): over the last \(Self.window) steps its loss was \(word(mean)) on average "
        + "(lowest possible \(word(bounds.floor)), guessing \(word(bounds.guessing))), D(x) "
        + "\(word(Self.mean(seen.map(\.real)))) and D(G(z)) \(word(Self.mean(seen.map(\.fake)))), so the generator has "
        + "little left to learn from: try a lower --lr-d, a higher --lr-g\(hasHardTargets ? ", --label-smoothing 0.1" : "") or instance noise"
    )
  }

  private func lost(_ step: Int, _ mean: Double) -> Notice {
    Notice(
      kind: .discriminatorLost,
      sentence:
        "the discriminator has lost its way at step \(step): over the last \(Self.window) steps its loss was "
        + "\(word(mean)) on average, where guessing costs \(word(bounds.guessing)): try a lower --lr-d")
  }

  private func risen(_ step: Int, _ first: Double, _ last: Double) -> Notice {
    Notice(
      kind: .discriminatorRising,
      sentence:
        "the discriminator's loss has risen steadily up to step \(step): over \(Self.risingParts * Self.part) steps, from "
        + "\(word(first)) to \(word(last)) on average, where guessing costs \(word(bounds.guessing)): try lower --lr-d and "
        + "--lr-g")
  }

  private func noise(_ step: Int, _ pictures: PictureStatistics, _ reals: PictureStatistics) -> Notice {
    Notice(
      kind: .noise,
      sentence:
        "the pictures are still noise at step \(step): neighbouring pixels correlate by \(word(pictures.smoothness)), and "
        + "by \(word(reals.smoothness)) in the real ones: try another --lr-g or --lr-d, or another --seed")
  }

  private func collapse(_ step: Int, _ pictures: PictureStatistics, _ reals: PictureStatistics) -> Notice {
    Notice(
      kind: .collapse,
      sentence:
        "the generator makes one picture of every z at step \(step): over the fixed pictures a pixel varies by "
        + "\(word(pictures.variety ?? 0)) of 255, and by \(word(reals.variety ?? 0)) over the real ones: try a lower "
        + "--lr-g, instance noise, or another --seed")
  }
}

private func word(_ number: Double) -> String { String(format: "%.3g", number) }
