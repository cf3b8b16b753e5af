import Communication
import Layers

/// The sums that batch norm, losses and metrics ask for, over the slices of all ranks.
///
/// They have a communicator of their own, so that they never queue behind gradient buckets.
public final class SliceSums: GlobalSums {
  private let tree: SliceTree
  /// Seconds spent on sums over ranks so far, waiting for slower ranks included.
  public private(set) var seconds = 0.0

  /// Creates sums over the ranks of `communicator`, on a duplicate of it. Collective.
  /// - Throws: `CommunicationError`.
  public init(communicator: any Communicator, mode: ReductionMode) throws {
    tree = SliceTree(communicator: try communicator.duplicate(as: "batch norm and losses"), mode: mode)
  }

  /// See `GlobalSums`. `perSlice` is left as it is, unless `total` is the same memory.
  public func sum(
    _ perSlice: UnsafeMutablePointer<Double>, slices: Int, count: Int,
    into total: UnsafeMutablePointer<Double>
  ) throws {
    precondition(slices >= 1, "a rank owns a slice or more")
    SliceTree.sumSlices(perSlice, slices: slices, stride: count, count: count, into: total)
    let clock = ContinuousClock()
    let start = clock.now
    try tree.sumRanks(total, count: count)
    seconds += (clock.now - start) / .seconds(1)
  }
}
