import Communication
import Layers
import Tensors

/// The sums that batch norm, losses and metrics ask for, over the slices of all ranks.
///
/// They have a communicator of their own, so that they never queue behind gradient buckets.
package final class SliceSums: GlobalSums {
  private let tree: SliceTree
  /// Seconds spent on sums over ranks so far, waiting for slower ranks included.
  package private(set) var seconds = 0.0
  /// Where sums over ranks are recorded as events, and under which name; nil: they are not recorded.
  package var recording: (lane: Timeline.Lane, name: Timeline.Name)?

  /// Creates sums over the ranks of `communicator`, on a duplicate of it. Collective.
  /// - Parameter label: what is summed, as the watchdog calls it.
  /// - Throws: `CommunicationError`.
  package init(communicator: any Communicator, mode: ReductionMode, label: String = "sums") throws {
    tree = SliceTree(communicator: try communicator.duplicate(as: label), mode: mode)
  }

  /// See `GlobalSums`. `perSlice` is left as it is, unless `total` is the same memory.
  package func sum(
    _ perSlice: UnsafeMutablePointer<Double>, slices: Int, count: Int,
    into total: UnsafeMutablePointer<Double>
  ) throws {
    precondition(slices >= 1, "a rank owns a slice or more")
    SliceTree.sumSlices(perSlice, slices: slices, stride: count, count: count, into: total)
    let clock = ContinuousClock()
    let start = clock.now
    try tree.sumRanks(total, count: count)
    let passed = clock.now - start
    seconds += passed / .seconds(1)
    if let recording {
      let end = Timeline.now
      recording.lane.record(
        recording.name, .wait, from: end - min(end, UInt64(passed / .nanoseconds(1))), to: end)
    }
  }
}
