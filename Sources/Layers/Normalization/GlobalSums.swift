/// Adds up what the slices of the global batch counted, in the one fixed order that the run promises.
///
/// Batch norm asks this, and so never learns of ranks. `DataParallel` answers it with the balanced tree over
/// the slices of all ranks (Note [Slice order] there); a test answers it with a loop.
package protocol GlobalSums: AnyObject {
  /// Sums `perSlice`, this rank's slices one after the other with `count` doubles each, over the slices of
  /// all ranks, and writes the totals, the same on every rank, to `total` (`count` doubles). Overwrites
  /// `perSlice`. Collective.
  /// - Throws: the message layer's error.
  func sum(
    _ perSlice: UnsafeMutablePointer<Double>, slices: Int, count: Int,
    into total: UnsafeMutablePointer<Double>)
    throws
}
