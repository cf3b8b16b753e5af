import Cluster
import Evaluation
import Foundation
import Objectives
import Options
import Reporting
import Training

/// What rank 0 does about a failing training: it watches losses and pictures, says what it judges them by, warns, and
/// asks for the end where `--on-failure stop` is set.
///
/// The ranks agree on this end as on every other one, in the sums of the next step (Note [Signals]).
struct FailureResponse {
  private var watch: FailureWatch
  private let action: FailureSettings.Action
  private let log: RunLog
  /// The words that go on with the run.
  private let words: [String]
  /// The rates of D and G, before schedules.
  private let rates: (d: Double, g: Double)

  /// The sentence that says why the run is to stop; nil: it goes on.
  private(set) var reason: String?

  /// What the pictures are judged by, and all limits, for the lines of metrics.
  private(set) var numbers = WatchNumbers()

  /// A response by the options of a run.
  init(_ options: RunOptions, log: RunLog) {
    watch = FailureWatch(
      options.recipe.loss, picturesFrom: FailureWatch.picturesFrom(options.architecture.generator))
    action = options.failureSettings.action
    words =
      ["dcgan-dist", "train", "--resume", options.out]
      + (options.ranks > 1 ? ["--ranks", "\(options.ranks)"] : [])
    rates = (options.recipe.discriminator.learningRate, options.recipe.generator.learningRate)
    self.log = log
    numbers.lossDShareLow = FailureWatch.wonBelow
    numbers.lossDShareHigh = FailureWatch.lostAbove
  }

  /// D's loss as a share of guessing; nil where the targets leave no such share.
  func share(ofLoss loss: Double) -> Double? { watch.share(ofLoss: loss) }

  /// Looks at the losses of `step`, the newest.
  mutating func look(at totals: StepTotals, step: Int) {
    respond(
      watch.observe(
        step: step, loss: totals.lossReal + totals.lossFake, dReal: totals.realOpinion,
        dFake: totals.fakeOpinionBefore))
  }

  /// Looks at the sheet's pictures after `step`, and says what they are judged by. Does nothing where `reals` is nil.
  mutating func look(at pictures: PictureStatistics, reals: PictureStatistics?, step: Int) {
    guard let reals else { return }
    numbers.sheetStep = step
    numbers.smoothness = pictures.smoothness
    numbers.smoothnessLow = FailureWatch.smoothnessLow(reals)
    numbers.variety = pictures.variety
    numbers.varietyLow = FailureWatch.varietyLow(reals)
    if step > 0, let line = line(of: pictures, reals: reals, step: step) { log.info(line) }
    respond(watch.observe(step: step, pictures: pictures, reals: reals))
  }

  /// The line about a sheet: the numbers that failures are found by, each with its limit; nil where there are none.
  private func line(of pictures: PictureStatistics, reals: PictureStatistics, step: Int) -> String? {
    func word(_ number: Double) -> String { String(format: "%.2g", number) }
    var parts: [String] = []
    if let low = numbers.smoothnessLow {
      parts.append(
        "smoothness \(word(pictures.smoothness)) (real pictures \(word(reals.smoothness)); noise is below \(word(low)))"
      )
    }
    if let variety = pictures.variety, let real = reals.variety, let low = numbers.varietyLow {
      parts.append("variety \(word(variety)) (real pictures \(word(real)); all alike is below \(word(low)))")
    }
    if let (share, steps) = watch.windowShare {
      let loss = share < 10 ? String(format: "%.2f", share) : String(format: "%.1e", share)
      parts.append(
        "loss D \(loss) of a guessing D's over \(steps) steps (D has won below \(FailureWatch.wonBelow))")
    }
    return parts.isEmpty ? nil : "sheet of step \(step): " + parts.joined(separator: ", ")
  }

  /// A notice with the line that does what it advises, where that is about rates. `docs/training-troubles.md` shows what
  /// the line does to a run in which D has won.
  private func withCommand(_ notice: FailureWatch.Notice) -> FailureWatch.Notice {
    guard [.discriminatorWon, .discriminatorLost, .discriminatorRising].contains(notice.kind) else {
      return notice
    }
    let usual = AdamSettings().learningRate
    // However high a rate is, a quarter of twice the usual one is low enough.
    var changes = [("lr-d", min(rates.d, 2 * usual) / 4)]
    var softens = false
    if notice.kind == .discriminatorWon {
      // A G that learns more slowly than usual cannot follow even a slow D.
      let least = min(rates.d, usual)
      if rates.g < least { changes.append(("lr-g", least)) } else { softens = watch.hasHardTargets }
    } else if rates.g > 2 * usual {
      changes.append(("lr-g", usual))
    }
    let flags =
      changes.flatMap { ["--change", "\($0.0)=" + String(format: "%.2g", $0.1)] }
      + (softens ? ["--change", "label-smoothing=0.1"] : [])
    var notice = notice
    notice.sentence += "; for instance stop the run, and go on by: " + LaunchCommand.line(words + flags)
    return notice
  }

  private mutating func respond(_ notices: [FailureWatch.Notice]) {
    guard action != .off else { return }
    for notice in notices.map(withCommand) {
      if notice.isHint {
        log.info("hint: \(notice.sentence)")
      } else if action == .stop, reason == nil {
        reason = notice.sentence
      } else {
        log.warning(notice.sentence)
      }
    }
  }
}
