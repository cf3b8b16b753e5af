import Cluster
import Evaluation
import Foundation
import Options
import Reporting
import Training

/// What rank 0 does about a failing training: it watches losses and pictures, warns, and asks for the end
/// where `--on-failure stop` is set.
///
/// The ranks agree on this end as on every other one, in the sums of the next step (Note [Signals]).
struct FailureResponse {
  private var watch: FailureWatch
  private let action: FailureSettings.Action
  private let log: RunLog
  /// The words that go on with a quarter of D's rate.
  private let words: [String]

  /// The sentence that says why the run is to stop; nil: it goes on.
  private(set) var reason: String?

  /// A response by the options of a run; nil where the options switch it off.
  init?(_ options: RunOptions, log: RunLog) {
    guard options.failureSettings.action != .off else { return nil }
    watch = FailureWatch(
      options.recipe.loss, picturesFrom: FailureWatch.picturesFrom(options.architecture.generator))
    action = options.failureSettings.action
    words =
      ["dcgan-dist", "train", "--resume", options.out]
      + (options.ranks > 1 ? ["--ranks", "\(options.ranks)"] : [])
      + ["--change", "lr-d=" + String(format: "%.2g", options.recipe.discriminator.learningRate / 4)]
    self.log = log
  }

  /// Looks at the losses of `step`, the newest.
  mutating func look(at totals: StepTotals, step: Int) {
    respond(
      watch.observe(
        step: step, loss: totals.lossReal + totals.lossFake, dReal: totals.realOpinion,
        dFake: totals.fakeOpinionBefore))
  }

  /// Looks at the sheet's pictures after `step`. Does nothing where `reals` is nil.
  mutating func look(at pictures: PictureStatistics, reals: PictureStatistics?, step: Int) {
    guard let reals else { return }
    respond(watch.observe(step: step, pictures: pictures, reals: reals))
  }

  /// A notice with the line that does what it advises, where that is a lower rate of D.
  private func withCommand(_ notice: FailureWatch.Notice) -> FailureWatch.Notice {
    guard [.discriminatorWon, .discriminatorLost, .discriminatorRising].contains(notice.kind) else {
      return notice
    }
    let softens = notice.kind == .discriminatorWon && watch.hasHardTargets
    let line = LaunchCommand.line(words + (softens ? ["--change", "label-smoothing=0.1"] : []))
    var notice = notice
    notice.sentence += "; for instance stop the run, and go on by: " + line
    return notice
  }

  private mutating func respond(_ notices: [FailureWatch.Notice]) {
    for notice in notices.map(withCommand) {
      if action == .stop, reason == nil {
        reason = notice.sentence
      } else {
        log.warning(notice.sentence)
      }
    }
  }
}
