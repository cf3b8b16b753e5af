/// One line of `metrics.jsonl`: the means over an interval of the log, and where the run stands at its last step. Each
/// property has the name of its field, in camel case.
///
/// All values but times, memory and those of the newest sheet are the same with any number of ranks and through resumes.
/// If a step has several updates of a network, a value is the mean over them. A value that is not finite is written as
/// null and read back as NaN.
package struct MetricsRecord: Equatable, Sendable {
  /// Steps completed since the run's start.
  package var step: Int
  /// Epochs completed, as a fraction from 0.
  package var epoch: Double
  /// Real pictures consumed by all ranks since the run's start.
  package var images: Int
  /// Seconds of training since the run's start, the time before a resume included.
  package var seconds: Double
  /// Real pictures a second, all ranks together.
  package var imagesPerSecond: Double
  /// Losses and opinions, as means over all pictures of the steps since the end of the last interval.
  package var means: StepNumbers
  /// Losses and opinions of the last step alone: the same fields, with `_last` behind their names.
  package var last: StepNumbers
  /// The mean of D's loss as a share of the way from a perfect D (0) to one that guesses (1), by which the failure watch
  /// judges; nil if the loss has no such way, or the file has no such field.
  package var lossDShare: Double?
  /// L2 norm of D's reduced gradient in the last step.
  package var gradNormD: Double
  /// L2 norm of G's reduced gradient in the last step.
  package var gradNormG: Double
  /// D's learning rate in the last step; nil if the file has no such field.
  package var lrD: Double?
  /// G's learning rate in the last step; nil if the file has no such field.
  package var lrG: Double?
  /// Seconds per step that the rank with the longest wait waited for communication.
  package var commSeconds: Double
  /// Seconds per step that the rank with the longest wait waited for pictures.
  package var dataSeconds: Double
  /// Seconds per step that each rank waited for communication, in rank order; empty if the file has no such field.
  package var waitSeconds: [Double]
  /// Seconds per step that a rank waited for the sums of batch norm, the largest over the ranks; NaN if the file has
  /// no such field.
  package var batchNormWaitSeconds: Double
  /// The share, in percent, of the time in which gradients were sent between ranks that the rank with the longest wait
  /// did not wait for them; nil on one rank.
  package var overlapPercent: Double?
  /// Bytes of peak resident memory of the rank that used most.
  package var memoryBytes: Int
  /// What the failure watch judges the pictures by, and all its limits.
  package var watch: WatchNumbers

  /// D's whole mean loss, the sum over real and generated pictures.
  package var lossD: Double { means.lossD }
  /// G's mean loss.
  package var lossG: Double { means.lossG }

  /// Creates a record from its parts.
  package init(
    step: Int, epoch: Double, images: Int, seconds: Double, imagesPerSecond: Double, means: StepNumbers,
    last: StepNumbers, lossDShare: Double? = nil, gradNormD: Double, gradNormG: Double, lrD: Double? = nil,
    lrG: Double? = nil, commSeconds: Double, dataSeconds: Double, waitSeconds: [Double] = [],
    batchNormWaitSeconds: Double = .nan, overlapPercent: Double? = nil, memoryBytes: Int,
    watch: WatchNumbers = WatchNumbers()
  ) {
    self.step = step
    self.epoch = epoch
    self.images = images
    self.seconds = seconds
    self.imagesPerSecond = imagesPerSecond
    self.means = means
    self.last = last
    self.lossDShare = lossDShare
    self.gradNormD = gradNormD
    self.gradNormG = gradNormG
    self.lrD = lrD
    self.lrG = lrG
    self.commSeconds = commSeconds
    self.dataSeconds = dataSeconds
    self.waitSeconds = waitSeconds
    self.batchNormWaitSeconds = batchNormWaitSeconds
    self.overlapPercent = overlapPercent
    self.memoryBytes = memoryBytes
    self.watch = watch
  }
}

/// Losses and D's opinions, of one step or as means over several.
package struct StepNumbers: Equatable, Sendable {
  /// D's loss on real pictures.
  package var lossDReal: Double
  /// D's loss on generated pictures.
  package var lossDFake: Double
  /// G's loss.
  package var lossG: Double
  /// Mean of sigmoid(D's logit) over real pictures.
  package var dReal: Double
  /// Mean of sigmoid(D's logit) over generated pictures, in D's update.
  package var dFakeBefore: Double
  /// Mean of sigmoid(D's logit) over generated pictures, in G's update.
  package var dFakeAfter: Double
  /// The loss of InfoGAN's codes, -log Q(c | x) without its constant; nil without Q.
  package var lossCodes: Double?
  /// The loss of D's classifier, -log P(class); nil without a classifier.
  package var lossClasses: Double?

  /// D's whole loss, the sum over real and generated pictures.
  package var lossD: Double { lossDReal + lossDFake }

  /// Creates numbers from their parts.
  package init(
    lossDReal: Double, lossDFake: Double, lossG: Double, dReal: Double, dFakeBefore: Double,
    dFakeAfter: Double, lossCodes: Double? = nil, lossClasses: Double? = nil
  ) {
    self.lossDReal = lossDReal
    self.lossDFake = lossDFake
    self.lossG = lossG
    self.dReal = dReal
    self.dFakeBefore = dFakeBefore
    self.dFakeAfter = dFakeAfter
    self.lossCodes = lossCodes
    self.lossClasses = lossClasses
  }
}

/// What the failure watch judges the newest sheet's pictures by, beside its limits. nil: not known, or no limit.
package struct WatchNumbers: Equatable, Sendable {
  /// The step of the newest sheet.
  package var sheetStep: Int?
  /// The correlation of neighbouring pixels in the sheet's pictures.
  package var smoothness: Double?
  /// Below this smoothness the pictures are noise.
  package var smoothnessLow: Double?
  /// By how much of 255 a pixel varies over the sheet's pictures.
  package var variety: Double?
  /// Below this variety all pictures are the same.
  package var varietyLow: Double?
  /// Below this `lossDShare`, over a window of the watch, D has won.
  package var lossDShareLow: Double?
  /// Above this `lossDShare`, over a window of the watch, D has lost its way.
  package var lossDShareHigh: Double?

  /// Numbers of which none is known.
  package init() {}
}
