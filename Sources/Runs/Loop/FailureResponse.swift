import Evaluation
import Options
import Reporting
import Training

/// What rank 0 does about a training that fails: it looks, tells, and where it is told to asks for the end.
///
/// The ranks agree on the end as on any other, in the sums of the next step (Note [Signals]).
struct FailureResponse {
  private var watch: FailureWatch
  private let action: FailureSettings.Action
  private let log: RunLog

  /// The sentence that the run is to stop for; nil: it goes on.
  private(set) var reason: String?

  /// nil where nobody is to look.
  init?(_ options: RunOptions, log: RunLog) {
    guard options.failureSettings.action != .off else { return nil }
    watch = FailureWatch(
      options.recipe.loss, picturesFrom: FailureWatch.picturesFrom(options.architecture.generator))
    action = options.failureSettings.action
    self.log = log
  }

  /// Looks at the losses of the step that was made last.
  mutating func look(at totals: StepTotals, step: Int) {
    respond(
      watch.observe(
        step: step, loss: totals.lossReal + totals.lossFake, dReal: totals.realOpinion,
        dFake: totals.fakeOpinionBefore))
  }

  /// Looks at the fixed pictures after `step`.
  mutating func look(at pictures: PictureStatistics, reals: PictureStatistics?, step: Int) {
    guard let reals else { return }
    respond(watch.observe(step: step, pictures: pictures, reals: reals))
  }

  private mutating func respond(_ notices: [FailureWatch.Notice]) {
    for notice in notices {
      if action == .stop, reason == nil {
        reason = notice.sentence
      } else {
        log.warning(notice.sentence)
      }
    }
  }
}
