import Communication

/// A job of `count` items: calls the closure once for each of 0 ..< count, on any threads, and returns when
/// all are done.
public typealias ParallelFor = (_ count: Int, _ body: (Int) -> Void) -> Void

/// The gradients of one network in memory: what each local slice contributed, and where their sum goes.
public struct GradientMemory {
  /// `slices` runs of floats, `stride` apart, each laid out as the flat gradient is. Backward adds to them.
  public let perSlice: UnsafeMutablePointer<Float>
  /// How many slices this rank owns, 1 or more.
  public let slices: Int
  /// Floats from one slice's gradient to the next one's.
  public let stride: Int
  /// The flat gradient that the optimizer reads. May be `perSlice` itself, whose first slice then becomes the
  /// sum.
  public let total: UnsafeMutablePointer<Float>

  /// Names the memory; it has to outlive whoever holds this.
  public init(
    perSlice: UnsafeMutablePointer<Float>, slices: Int, stride: Int, total: UnsafeMutablePointer<Float>
  ) {
    precondition(slices >= 1, "a rank owns a slice or more")
    self.perSlice = perSlice
    self.slices = slices
    self.stride = stride
    self.total = total
  }
}

/// Sums one network's gradients over the slices of all ranks, in buckets that leave as soon as backward is
/// done with their layers.
///
/// In a step: `layerIsFinal` from the last layer to the first during the backward that adds the last
/// contributions (D's second one: real and fake are summed before D's only reduction), then `finish`. The
/// buckets and their order are fixed when the reducer is made and so the same on all ranks, as Note
/// [Collective order] asks.
///
/// The two halves of a bucket's reduction are apart: `addSlices` runs on the computing threads, `reduce`
/// talks to other ranks and touches nothing but `total` and the tree. So `reduce` is what may move to a
/// thread of its own.
public final class GradientReducer {
  /// The pieces of the flat gradient in the order of their reduction.
  public let buckets: GradientBuckets
  /// Seconds that the caller was kept by sums over ranks so far, waiting for slower ranks included.
  public private(set) var seconds = 0.0

  private let gradients: GradientMemory
  private let tree: SliceTree
  private let parallelFor: ParallelFor
  // How many buckets of this step have been reduced.
  private var reduced = 0
  // Everything from here on up is final.
  private var finalFrom: Int

  /// Floats that one item of the parallel job adds: long enough to be worth handing out.
  private static let grain = 16 << 10

  /// Creates a reducer on a duplicate of `communicator`, so that it may run beside other collectives.
  /// Collective.
  /// - Parameters:
  ///   - communicator: the ranks.
  ///   - mode: how their sums are added.
  ///   - gradients: what to sum, and where to.
  ///   - parameters: the layers' ranges of the flat gradient, ascending, in layer order.
  ///   - bucketBytes: what a bucket holds, about.
  ///   - parallelFor: runs the adds over local slices; by default on the caller's thread.
  /// - Throws: `CommunicationError`.
  public init(
    communicator: any Communicator, mode: ReductionMode, gradients: GradientMemory, parameters: [Range<Int>],
    bucketBytes: Int = 2 << 20,
    parallelFor: @escaping ParallelFor = { count, body in for item in 0..<count { body(item) } }
  ) throws {
    self.gradients = gradients
    self.parallelFor = parallelFor
    buckets = GradientBuckets(parameters: parameters, bytes: bucketBytes)
    finalFrom = .max
    tree = SliceTree(communicator: try communicator.duplicate(), mode: mode)
  }

  /// Tells that every slice's gradient of these parameters, and of all after them, is complete. Layers are
  /// told from the last to the first; a layer that is left out becomes final with the next one that is told.
  /// - Throws: `CommunicationError`. The step cannot go on then.
  public func layerIsFinal(_ parameters: Range<Int>) throws {
    precondition(parameters.lowerBound <= finalFrom, "layers become final from the last to the first")
    finalFrom = parameters.lowerBound
    try reduceFinalBuckets()
  }

  /// Reduces what is left and returns when `total` holds the sum over the slices of all ranks, the same on
  /// each rank. The next step begins anew.
  /// - Throws: `CommunicationError`.
  public func finish() throws {
    finalFrom = .min
    try reduceFinalBuckets()
    reduced = 0
    finalFrom = .max
  }

  private func reduceFinalBuckets() throws {
    while reduced < buckets.ranges.count, buckets.ranges[reduced].lowerBound >= finalFrom {
      let bucket = buckets.ranges[reduced]
      reduced += 1
      addSlices(bucket)
      try reduce(bucket)
    }
  }

  /// total = the sum over this rank's slices, in `bucket`.
  private func addSlices(_ bucket: Range<Int>) {
    let gradients = gradients
    parallelFor((bucket.count + Self.grain - 1) / Self.grain) { item in
      let start = bucket.lowerBound + item * Self.grain
      SliceTree.sumSlices(
        gradients.perSlice + start, slices: gradients.slices, stride: gradients.stride,
        count: min(Self.grain, bucket.upperBound - start), into: gradients.total + start)
    }
  }

  /// total = the sum of the ranks' totals, in `bucket`.
  private func reduce(_ bucket: Range<Int>) throws {
    let clock = ContinuousClock()
    let start = clock.now
    try tree.sumRanks(gradients.total + bucket.lowerBound, count: bucket.count)
    seconds += (clock.now - start) / .seconds(1)
  }
}
