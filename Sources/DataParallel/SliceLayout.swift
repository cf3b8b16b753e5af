/// How a global batch is cut into slices, and which of them this rank owns.
///
/// Note [Slice order]
/// ~~~~~~~~~~~~~~~~~~
/// Float addition is not associative, so a sum over the batch has the same bits on any number of ranks only
/// if its additions are the same ones. They are: the batch is cut into S slices, whatever the number of
/// ranks; the contribution of a slice (weight gradients, batch-norm moments, losses) is computed by itself;
/// and the S contributions are added in one balanced binary tree, the lower half of the slices plus the
/// upper half, and so on down. With S and the number of ranks P powers of two and P <= S, a rank's S / P
/// slices are a whole subtree. The rank adds these by itself (weight gradients in the layers, `Pass.folds`;
/// all else by `SliceTree`). The ranks' sums are then added along the rest of the same tree (`TreeRound`,
/// `SliceTree`). Float addition commutes, so the two partners of an exchange get the same bits, and in the
/// end all ranks do.
package struct SliceLayout: Equatable, Sendable {
  /// Samples in the global batch.
  package let batch: Int
  /// S, the slices of the global batch.
  package let slices: Int
  /// The world size.
  package let ranks: Int
  /// This rank.
  package let rank: Int

  /// Cuts `batch` samples into `slices`, shared by `ranks`. `batch` may be smaller than `slices`, as the last
  /// batch of an epoch may be: some slices are then empty, and so may be a rank's part.
  package init(batch: Int, slices: Int, ranks: Int, rank: Int) {
    precondition(batch >= 0 && slices >= 1, "a batch is cut into one slice or more")
    precondition((0..<ranks).contains(rank) && slices % ranks == 0, "each rank owns as many whole slices")
    self.batch = batch
    self.slices = slices
    self.ranks = ranks
    self.rank = rank
  }

  /// The global indices, within the batch, of slice `index`'s samples: floor(index b / S) ..< floor((index +
  /// 1) b / S).
  package func samples(ofSlice index: Int) -> Range<Int> {
    index * batch / slices..<(index + 1) * batch / slices
  }

  /// This rank's slices, of 0 ..< S.
  package var localSlices: Range<Int> {
    let count = slices / ranks
    return rank * count..<(rank + 1) * count
  }

  /// The global indices, within the batch, of this rank's samples.
  package var localSamples: Range<Int> {
    samples(ofSlice: localSlices.lowerBound)
      .lowerBound..<samples(ofSlice: localSlices.upperBound - 1).upperBound
  }

  /// Where this rank's slices begin among its own samples, and after them the end: one number more than
  /// slices, from 0 to the count of local samples. Slice i is boundaries[i] ..< boundaries[i + 1].
  package var localBoundaries: [Int] {
    let first = localSamples.lowerBound
    return localSlices.map { samples(ofSlice: $0).lowerBound - first } + [localSamples.count]
  }

  /// The most samples that a slice has in any batch of at most `batch` samples. (A shorter batch may put more
  /// into one slice than the full one does.)
  package var sliceCapacity: Int { (batch + slices - 1) / slices }

  /// The most samples that a rank has in any batch of at most `batch` samples.
  package var localCapacity: Int { (batch + ranks - 1) / ranks }

  /// The same slices and ranks over a batch of another length.
  package func resized(batch: Int) -> SliceLayout {
    SliceLayout(batch: batch, slices: slices, ranks: ranks, rank: rank)
  }

  /// S by default: the largest power of two up to 8 that divides the batch and leaves at least 8 pictures
  /// in a slice (128: 8, 100: 4, 8: 1). Where the number of ranks is a larger power of two and at most the
  /// batch, S is that number.
  package static func defaultSlices(batch: Int, ranks: Int) -> Int {
    let own = [8, 4, 2].first { batch % $0 == 0 && batch / $0 >= 8 } ?? 1
    return ranks.isPowerOfTwo && ranks > own && ranks <= batch ? ranks : own
  }
}

extension Int {
  /// Whether this is 1, 2, 4, 8...
  var isPowerOfTwo: Bool { self > 0 && self & (self - 1) == 0 }
}
