import Communication
import Configuration
import Networks
import Runs
import Training

/// What travelled between ranks in a step, and how long ranks waited for it.
package struct BenchCommunication: Equatable, Sendable {
  /// Milliseconds of a step in which gradients were on their way; the largest over ranks.
  package var busyMilliseconds: Double
  /// Milliseconds of a step that each rank waited for gradients, in rank order.
  package var gradientWaitMilliseconds: [Double]
  /// Milliseconds of a step that each rank waited for the sums of batch norm and of losses, in rank order.
  package var sumsWaitMilliseconds: [Double]
  /// The buckets in the order in which they leave in a step, D's before G's, as rank 0 saw them in the last step.
  package var buckets: [Bucket]

  /// One bucket of gradients.
  package struct Bucket: Equatable, Sendable {
    /// The network whose gradient it is a part of.
    package var network: NetworkRole
    /// Its size in bytes, as 32-bit floats.
    package var bytes: Int
    /// Milliseconds from the moment when the bucket was final to the moment when its sum was needed.
    package var windowMilliseconds: Double
  }

  /// The share of `busyMilliseconds` in which no rank waited for gradients, in percent, by the longest wait
  /// of any rank.
  package var overlapPercent: Double {
    guard busyMilliseconds > 0 else { return 0 }
    let waited = gradientWaitMilliseconds.max() ?? 0
    return 100 * max(0, 1 - waited / busyMilliseconds)
  }

  /// The object of `--json`.
  var value: ConfigurationValue {
    func list(_ values: [Double]) -> ConfigurationValue { .array(values.map(ConfigurationValue.measured)) }
    return .object([
      .init("busy_ms", .measured(busyMilliseconds)),
      .init("gradient_wait_ms", list(gradientWaitMilliseconds)),
      .init("sums_wait_ms", list(sumsWaitMilliseconds)),
      .init(
        "buckets",
        .array(
          buckets.map {
            .object([
              .init("network", .string($0.network.rawValue)), .init("bytes", .integer($0.bytes)),
              .init("window_ms", .measured($0.windowMilliseconds)),
            ])
          })),
    ])
  }
}

extension BenchCommunication {
  /// The means of a step, from this rank's `times` over `steps` steps. The same on all ranks but for the
  /// buckets. Collective.
  /// - Throws: `CommunicationError`.
  init(
    _ times: CommunicationTimes, steps: Int, _ reducers: GradientReducers, on communicator: any Communicator
  ) throws {
    let scale = 1e3 / Double(steps)
    var busy = [Double](repeating: 0, count: communicator.size)
    var gradients = busy
    var sums = busy
    (busy[communicator.rank], gradients[communicator.rank], sums[communicator.rank]) = (
      times.busy * scale, times.gradients * scale, (times.batchNorm + times.losses) * scale
    )
    try communicator.allReduce(&busy, .max)
    try communicator.allReduce(&gradients, .max)
    try communicator.allReduce(&sums, .max)
    busyMilliseconds = busy.max() ?? 0
    gradientWaitMilliseconds = gradients
    sumsWaitMilliseconds = sums
    buckets = reducers.inOrder.flatMap { role, side in
      zip(side.reducer.buckets.ranges, side.reducer.windows).map { range, window in
        Bucket(network: role, bytes: 4 * range.count, windowMilliseconds: window * 1e3)
      }
    }
  }
}
