import Communication

/// Sums one network's gradients over the ranks, in buckets that leave as soon as backward is done with their
/// layers. Each rank brings the sum over its own slices, which the layers have taken (Note [Slice order]).
///
/// In a step: `layerIsFinal` from the last layer to the first during the backward that adds the last
/// contributions (D's second one: real and fake are summed before D's only reduction), then `finish`. The
/// buckets and their order are fixed when the reducer is made and so the same on all ranks, as Note
/// [Collective order] asks.
///
/// The reduction of a bucket talks to other ranks and touches nothing but the flat gradient and the tree. So
/// it may move to a thread of its own.
public final class GradientReducer {
  /// The pieces of the flat gradient in the order of their reduction.
  public let buckets: GradientBuckets
  /// Seconds that the caller was kept by sums over ranks so far, waiting for slower ranks included.
  public private(set) var seconds = 0.0

  private let gradient: UnsafeMutablePointer<Float>
  private let tree: SliceTree
  // How many buckets of this step have been reduced.
  private var reduced = 0
  // Everything from here on up is final.
  private var finalFrom: Int

  /// Creates a reducer on a duplicate of `communicator`, so that it may run beside other collectives.
  /// Collective.
  /// - Parameters:
  ///   - communicator: the ranks.
  ///   - mode: how their sums are added.
  ///   - gradient: the flat gradient: this rank's sum at first, the sum over ranks at last.
  ///   - parameters: the layers' ranges of the flat gradient, ascending, in layer order.
  ///   - bucketBytes: what a bucket holds, about.
  /// - Throws: `CommunicationError`.
  public init(
    communicator: any Communicator, mode: ReductionMode, gradient: UnsafeMutablePointer<Float>,
    parameters: [Range<Int>], bucketBytes: Int = 2 << 20
  ) throws {
    self.gradient = gradient
    buckets = GradientBuckets(parameters: parameters, bytes: bucketBytes)
    finalFrom = .max
    tree = SliceTree(communicator: try communicator.duplicate(), mode: mode)
  }

  /// Tells that this rank's gradient of these parameters, and of all after them, is complete. Layers are
  /// told from the last to the first; a layer that is left out becomes final with the next one that is told.
  /// - Throws: `CommunicationError`. The step cannot go on then.
  public func layerIsFinal(_ parameters: Range<Int>) throws {
    precondition(parameters.lowerBound <= finalFrom, "layers become final from the last to the first")
    finalFrom = parameters.lowerBound
    try reduceFinalBuckets()
  }

  /// Reduces what is left and returns when the flat gradient is the sum over all ranks, the same on each. The
  /// next step begins anew.
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
      try reduce(bucket)
    }
  }

  /// Sums the ranks' gradients in `bucket`.
  private func reduce(_ bucket: Range<Int>) throws {
    let clock = ContinuousClock()
    let start = clock.now
    try tree.sumRanks(gradient + bucket.lowerBound, count: bucket.count)
    seconds += (clock.now - start) / .seconds(1)
  }
}
