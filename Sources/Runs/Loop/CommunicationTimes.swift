/// Seconds that a rank has spent on communication, from its start or between two moments.
package struct CommunicationTimes: Equatable {
  /// Seconds in which gradients were on their way, whether or not the rank waited for them.
  package var busy = 0.0
  /// Seconds that the rank waited for gradients.
  package var gradients = 0.0
  /// Seconds that it waited for the sums of batch norm.
  package var batchNorm = 0.0
  /// Seconds that it waited for the sums of losses and of requests to stop.
  package var losses = 0.0

  /// Times from their parts.
  package init(busy: Double = 0, gradients: Double = 0, batchNorm: Double = 0, losses: Double = 0) {
    self.busy = busy
    self.gradients = gradients
    self.batchNorm = batchNorm
    self.losses = losses
  }

  /// All seconds that the rank waited.
  var waited: Double { gradients + batchNorm + losses }

  /// The share of `busy` in which the rank did not wait for gradients, in percent; nil where no gradients
  /// were sent.
  var overlapPercent: Double? { busy > 0 ? 100 * max(0, 1 - gradients / busy) : nil }

  /// The times between `earlier` and these.
  package func since(_ earlier: CommunicationTimes) -> CommunicationTimes {
    CommunicationTimes(
      busy: busy - earlier.busy, gradients: gradients - earlier.gradients,
      batchNorm: batchNorm - earlier.batchNorm,
      losses: losses - earlier.losses)
  }
}
