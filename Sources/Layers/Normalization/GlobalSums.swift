/// Sums over the slices of the global batch, in one fixed order, the same for any number of ranks.
///
/// Batch norm asks this protocol for its sums, and so knows nothing of ranks. `DataParallel` answers with
/// the balanced tree over the slices of all ranks (Note [Slice order] there); a test may answer with a
/// loop.
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
