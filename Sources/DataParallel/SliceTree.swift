import CKernels
import Communication

/// Adds the contributions of slices in the order of Note [Slice order]: first a rank's own slices, then the
/// ranks. For the small sums that a pass waits for; gradients take `GradientTraffic`.
package final class SliceTree {
  /// How the ranks' sums are added.
  package let mode: ReductionMode
  private let communicator: any Communicator
  // What a partner sends. It grows to the longest sum, so that a steady step allocates nothing.
  private var incoming: UnsafeMutableBufferPointer<Double>

  /// Creates a tree over the ranks of `communicator`, whose number is a power of two if `mode` is ordered.
  package init(communicator: any Communicator, mode: ReductionMode) {
    precondition(mode == .fast || communicator.size.isPowerOfTwo, "ordered sums take a power of two of ranks")
    self.communicator = communicator
    self.mode = mode
    incoming = .allocate(capacity: 0)
  }

  deinit { incoming.deallocate() }

  /// Sums `slices` runs of `count` doubles, `stride` doubles apart from `values` on, into `total`, which may be
  /// `values` itself.
  package static func sumSlices(
    _ values: UnsafePointer<Double>, slices: Int, stride: Int, count: Int,
    into total: UnsafeMutablePointer<Double>
  ) {
    ck_tree_sum_double(values, slices, stride, total, count)
  }

  /// Replaces `values` on each rank by the sum over ranks, the same bits everywhere. Collective.
  /// - Throws: `CommunicationError`.
  package func sumRanks(_ values: UnsafeMutablePointer<Double>, count: Int) throws {
    guard communicator.size > 1, count > 0 else { return }
    let bytes = count * MemoryLayout<Double>.size
    if mode == .fast {
      return try communicator.allReduce(.init(start: values, count: bytes), as: .float64, .sum)
    }
    if incoming.count < count {
      incoming.deallocate()
      incoming = .allocate(capacity: count)
    }
    guard let other = incoming.baseAddress else { return }
    // Recursive doubling: latency decides the time of so short an exchange, and halving has twice the
    // rounds.
    var distance = 1
    while distance < communicator.size {
      try communicator.exchange(
        send: .init(start: values, count: bytes), receive: .init(start: other, count: bytes),
        with: communicator.rank ^ distance)
      // Float addition commutes: the partner gets the same bits.
      ck_add_double(values, other, values, count)
      distance *= 2
    }
  }
}
