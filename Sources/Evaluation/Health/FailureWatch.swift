import Foundation
import Networks
import Objectives

/// Finds trainings that fail, from D's losses at every step and the fixed pictures at every sheet.
///
/// Losses are measured between those of a D that knows all and of one that guesses (`LossBounds`): 0 is a D that has won,
/// 1 one that tells nothing, more than 1 one that is worse than guessing. `docs/training-troubles.md` says why each
/// limit is where it is.
package struct FailureWatch: Sendable {
  /// What can fail.
  package enum Kind: CaseIterable, Hashable, Sendable {
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

  /// A failure, told once a run.
  package struct Notice: Equatable, Sendable {
    /// Which.
    package var kind: Kind
    /// The evidence and what to try, as one sentence.
    package var sentence: String
  }

  /// Steps that are looked at together.
  package static let window = 200
  /// Below this share of guessing, on the mean of a window, D has won.
  package static let wonBelow = 0.02
  /// So many windows of a quarter the length, each above the one before, are a steady rise.
  package static let risingParts = 6
  /// By so much a part must be above the one before, as a share of guessing.
  package static let riseOfAPart = 0.02
  /// Beyond this share of guessing a rise is told.
  package static let risenAbove = 1.25
  /// Above this share, on the mean of a window, D has lost its way.
  package static let lostAbove = 2.0
  /// Pictures are not looked at before this step.
  package static let picturesFrom = 500
  /// So many sheets in a row must show the same.
  package static let sheets = 2
  /// Fixed pictures are noise below this share of the real ones' smoothness.
  package static let noiseBelow = 0.5
  /// Real pictures below this smoothness tell nothing of noise.
  package static let realsFrom = 0.3
  /// Fixed pictures are the same below this share of the real ones' variety.
  package static let collapsedBelow = 0.05

  private let bounds: LossBounds
  private let firstPictures: Int
  private var losses: [Double] = []
  private var opinions: [(real: Double, fake: Double)] = []
  private var sheetsInARow: [Kind: Int] = [:]
  private var told: Set<Kind> = []

  /// A watch over a training with this loss that has seen nothing.
  /// - Parameter picturesFrom: the step from which on pictures tell something.
  package init(_ loss: LossSettings, picturesFrom: Int = Self.picturesFrom) {
    bounds = loss.discriminatorBounds
    firstPictures = picturesFrom
  }

  /// The step from which on the pictures of a generator of these layers tell something.
  ///
  /// They are made in evaluation mode, by running averages. After 4 / m steps, m the new batch's share, these have
  /// forgotten all but e^-4, 2%, of where they began; with m = 0.001 that alone takes 4,000.
  package static func picturesFrom(_ generator: [LayerSpecification]) -> Int {
    let shares = generator.compactMap { layer -> Double? in
      guard case .batchNorm(let specification) = layer else { return nil }
      return specification.momentum
    }
    // A share may be as small as a person likes.
    return max(picturesFrom, Int(min(1e9, (4 / (shares.min() ?? 1)).rounded(.up))))
  }

  private static let part = window / 4
  private static let remembered = max(window, risingParts * part)

  /// Takes D's mean loss and opinions of the step that was made last.
  /// - Returns: what has failed since the step before, and was not told.
  package mutating func observe(step: Int, loss: Double, dReal: Double, dFake: Double) -> [Notice] {
    let range = bounds.guessing - bounds.floor
    guard range > 1e-6 else { return [] }
    losses.append(loss)
    opinions.append((dReal, dFake))
    if losses.count > Self.remembered {
      losses.removeFirst()
      opinions.removeFirst()
    }
    guard losses.count >= Self.window else { return [] }
    func share(_ loss: Double) -> Double { (loss - bounds.floor) / range }
    let mean = Self.mean(losses.suffix(Self.window))
    var found: [Notice] = []
    if share(mean) < Self.wonBelow, isNew(.discriminatorWon) { found.append(won(step, mean)) }
    if share(mean) > Self.lostAbove, isNew(.discriminatorLost) { found.append(lost(step, mean)) }
    if let parts = risingParts(), share(parts.last) > Self.risenAbove, isNew(.discriminatorRising) {
      found.append(risen(step, parts.first, parts.last))
    }
    return found
  }

  /// Takes what the fixed pictures after `step` are like, and the real ones.
  /// - Returns: what has failed since the sheet before, and was not told.
  package mutating func observe(
    step: Int, pictures: PictureStatistics, reals: PictureStatistics
  ) -> [Notice] {
    guard step >= firstPictures else { return [] }
    var found: [Notice] = []
    let isNoise =
      reals.smoothness >= Self.realsFrom && pictures.smoothness < Self.noiseBelow * reals.smoothness
    if isSeen(.noise, isNoise), isNew(.noise) { found.append(noise(step, pictures, reals)) }
    var isCollapsed = false
    if let variety = pictures.variety, let real = reals.variety, real > 0 {
      isCollapsed = variety < Self.collapsedBelow * real
    }
    if isSeen(.collapse, isCollapsed), isNew(.collapse) { found.append(collapse(step, pictures, reals)) }
    return found
  }

  /// Whether this is the sheet that makes it so many in a row.
  private mutating func isSeen(_ kind: Kind, _ isNow: Bool) -> Bool {
    sheetsInARow[kind] = isNow ? sheetsInARow[kind, default: 0] + 1 : 0
    return sheetsInARow[kind, default: 0] >= Self.sheets
  }

  /// The means of the first and the last part that the loss has risen over; nil: it has not.
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

// What is told: the evidence, and what to try.
extension FailureWatch {
  private func won(_ step: Int, _ mean: Double) -> Notice {
    let seen = opinions.suffix(Self.window)
    return Notice(
      kind: .discriminatorWon,
      sentence:
        "the discriminator has won at step \(step): over the last \(Self.window) steps its loss was \(word(mean)) on average "
        + "(lowest possible \(word(bounds.floor)), guessing \(word(bounds.guessing))), D(x) "
        + "\(word(Self.mean(seen.map(\.real)))) and D(G(z)) \(word(Self.mean(seen.map(\.fake)))), so the generator has "
        + "little left to learn from: try a lower --lr-d, label smoothing or instance noise")
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
