/// Seconds that a rank has spent between ranks, from its start or between two moments.
struct CommunicationTimes: Equatable {
  /// Gradients were under way, whether or not it waited for them.
  var busy = 0.0
  /// It waited for gradients.
  var gradients = 0.0
  /// It waited for batch norm's sums.
  var batchNorm = 0.0
  /// It waited for the sums of losses, and of what all ranks agree on.
  var losses = 0.0

  /// All that it waited.
  var waited: Double { gradients + batchNorm + losses }

  /// The share of the gradients' time under way that it did not wait for them, in percent; nil where there was none.
  var overlapPercent: Double? { busy > 0 ? 100 * max(0, 1 - gradients / busy) : nil }

  /// The times between `earlier` and these.
  func since(_ earlier: CommunicationTimes) -> CommunicationTimes {
    CommunicationTimes(
      busy: busy - earlier.busy, gradients: gradients - earlier.gradients,
      batchNorm: batchNorm - earlier.batchNorm,
      losses: losses - earlier.losses)
  }
}
