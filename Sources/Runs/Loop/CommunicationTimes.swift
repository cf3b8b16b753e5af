/// Seconds that a rank has spent between ranks, from its start or between two moments.
package struct CommunicationTimes: Equatable {
  /// Gradients were under way, whether or not it waited for them.
  package var busy = 0.0
  /// It waited for gradients.
  package var gradients = 0.0
  /// It waited for batch norm's sums.
  package var batchNorm = 0.0
  /// It waited for the sums of losses, and of what all ranks agree on.
  package var losses = 0.0

  /// Times from their parts.
  package init(busy: Double = 0, gradients: Double = 0, batchNorm: Double = 0, losses: Double = 0) {
    self.busy = busy
    self.gradients = gradients
    self.batchNorm = batchNorm
    self.losses = losses
  }

  /// All that it waited.
  var waited: Double { gradients + batchNorm + losses }

  /// The share of the gradients' time under way that it did not wait for them, in percent; nil where there was none.
  var overlapPercent: Double? { busy > 0 ? 100 * max(0, 1 - gradients / busy) : nil }

  /// The times between `earlier` and these.
  package func since(_ earlier: CommunicationTimes) -> CommunicationTimes {
    CommunicationTimes(
      busy: busy - earlier.busy, gradients: gradients - earlier.gradients,
      batchNorm: batchNorm - earlier.batchNorm,
      losses: losses - earlier.losses)
  }
}
