/// Sums one network's gradients over the ranks, in buckets that leave as soon as the backward pass is done
/// with their layers. Each rank contributes the sum over its own slices, which the layers have taken (Note
/// [Slice order]).
///
/// In a step, `layerIsFinal` is called from the last layer to the first, during the backward pass that adds
/// the last contributions. (For D that is the last of its passes, as real and fake are summed before D's
/// only reduction.) Then, once the sum is needed, `finish` is called. The buckets and their order are fixed
/// when the reducer is made, and so are the same on all ranks, as Note [Collective order] asks.
package final class GradientReducer {
  /// The pieces of the flat gradient in the order of their reduction.
  package let buckets: GradientBuckets
  /// Seconds that the caller has spent in `finish` so far, waiting for slower ranks included.
  package private(set) var seconds = 0.0

  /// For each bucket, the seconds in the last step from the moment when it was final until its sum was
  /// needed. A transfer of this length can be hidden.
  package private(set) var windows: [Double]

  private let traffic: GradientTraffic
  private let pieces: [GradientPiece]
  // pieces[..<ends[i]] are those of buckets 0 ... i.
  private let ends: [Int]
  // How many buckets of this step have left.
  private var left = 0
  private let clock = ContinuousClock()
  private var leftAt: [ContinuousClock.Instant]
  // Everything from here on up is final.
  private var finalFrom = Int.max

  /// Creates a reducer.
  /// - Parameters:
  ///   - traffic: carries the buckets; may be shared by reducers of which one at a time is between its first
  ///     `layerIsFinal` and the end of its `finish`.
  ///   - gradient: the flat gradient: this rank's sum at first, the sum over ranks after `finish`.
  ///   - parameters: the layers' ranges of the flat gradient, ascending, in layer order.
  ///   - bucketBytes: the size of a bucket, roughly.
  package init(
    traffic: GradientTraffic, gradient: UnsafeMutablePointer<Float>, parameters: [Range<Int>],
    bucketBytes: Int = 2 << 20
  ) {
    self.traffic = traffic
    buckets = GradientBuckets(parameters: parameters, bytes: bucketBytes)
    var pieces: [GradientPiece] = []
    var ends: [Int] = []
    for range in buckets.ranges {
      pieces += traffic.pieces(of: gradient + range.lowerBound, count: range.count, firstTag: pieces.count)
      ends.append(pieces.count)
    }
    self.pieces = pieces
    self.ends = ends
    windows = Array(repeating: 0, count: ends.count)
    leftAt = Array(repeating: clock.now, count: ends.count)
  }

  /// Says that this rank's gradient of these parameters, and of all after them, is complete. Its buckets
  /// may leave, and belong to the traffic until `finish`. Layers are named from the last to the first; a
  /// layer that is left out becomes final with the next one that is named. Returns at once.
  package func layerIsFinal(_ parameters: Range<Int>) {
    precondition(parameters.lowerBound <= finalFrom, "layers become final from the last to the first")
    finalFrom = parameters.lowerBound
    markFinalBuckets()
  }

  /// Sends what is left and returns when the flat gradient is the sum over all ranks, the same on each.
  /// After it, the reducer is ready for the next step.
  /// - Throws: `CommunicationError`. The run cannot go on then.
  package func finish() throws {
    finalFrom = .min
    markFinalBuckets()
    let start = clock.now
    if !traffic.overlaps { traffic.submit(pieces[...]) }
    try traffic.finish()
    for index in leftAt.indices { windows[index] = max(0, (start - leftAt[index]) / .seconds(1)) }
    left = 0
    finalFrom = .max
    seconds += (clock.now - start) / .seconds(1)
  }

  private func markFinalBuckets() {
    let first = left
    while left < buckets.ranges.count, buckets.ranges[left].lowerBound >= finalFrom {
      leftAt[left] = clock.now
      left += 1
    }
    guard traffic.overlaps, left > first else { return }
    traffic.submit(pieces[(first > 0 ? ends[first - 1] : 0)..<ends[left - 1]])
  }
}
