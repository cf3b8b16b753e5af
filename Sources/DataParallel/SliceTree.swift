import CKernels
import Communication

/// Adds what slices contributed, in the order of Note [Slice order]: first a rank's own slices (but for
/// gradients, which come as the rank's sum), then the ranks.
///
/// Used by one thread at a time, on a communicator that no one else uses meanwhile (Note [Collective order]).
public final class SliceTree {
  /// How the ranks' sums are added.
  public let mode: ReductionMode
  private let communicator: any Communicator
  // What comes in from a partner. Grows to the longest sum, so that a steady step allocates nothing.
  private var incoming: UnsafeMutableRawBufferPointer
  // What is left to this rank at each level of a halving.
  private var kept: [Range<Int>] = []

  /// Below this many bytes an exchange costs its latency, and doubling has half the exchanges of halving.
  private static let halvingBytes = 32 << 10

  /// Creates a tree over the ranks of `communicator`, whose number is a power of two if `mode` is ordered.
  public init(communicator: any Communicator, mode: ReductionMode) {
    precondition(mode == .fast || communicator.size.isPowerOfTwo, "ordered sums take a power of two of ranks")
    self.communicator = communicator
    self.mode = mode
    incoming = .allocate(byteCount: 0, alignment: 64)
  }

  deinit { incoming.deallocate() }

  // MARK: A rank's own slices

  /// Sums `slices` runs of `count` floats, `stride` floats apart from `values` on, into `total`, which may be
  /// `values` itself.
  public static func sumSlices(
    _ values: UnsafePointer<Float>, slices: Int, stride: Int, count: Int,
    into total: UnsafeMutablePointer<Float>
  ) {
    ck_tree_sum(values, slices, stride, total, count)
  }

  /// The same in double precision.
  public static func sumSlices(
    _ values: UnsafePointer<Double>, slices: Int, stride: Int, count: Int,
    into total: UnsafeMutablePointer<Double>
  ) {
    ck_tree_sum_double(values, slices, stride, total, count)
  }

  // MARK: The ranks

  /// Replaces `values` on each rank by the sum over ranks, the same bits everywhere. Collective.
  /// - Throws: `CommunicationError`.
  public func sumRanks(_ values: UnsafeMutablePointer<Float>, count: Int) throws {
    try sumRanks(values, count: count, type: .float32) { ck_add($0, $1, $2, $3) }
  }

  /// Replaces `values` on each rank by the sum over ranks, the same bits everywhere. Collective.
  /// - Throws: `CommunicationError`.
  public func sumRanks(_ values: UnsafeMutablePointer<Double>, count: Int) throws {
    try sumRanks(values, count: count, type: .float64) { ck_add_double($0, $1, $2, $3) }
  }

  private typealias Addition<Element> = (
    UnsafePointer<Element>, UnsafePointer<Element>, UnsafeMutablePointer<Element>, Int
  ) -> Void

  private func sumRanks<Element>(
    _ values: UnsafeMutablePointer<Element>, count: Int, type: ElementType, add: Addition<Element>
  ) throws {
    guard communicator.size > 1, count > 0 else { return }
    let bytes = count * type.size
    if mode == .fast {
      return try communicator.allReduce(.init(start: values, count: bytes), as: type, .sum)
    }
    if incoming.count < bytes {
      incoming.deallocate()
      incoming = .allocate(byteCount: bytes, alignment: 64)
    }
    let scratch = incoming.assumingMemoryBound(to: Element.self)
    // Two ranks exchange as many bytes either way.
    if communicator.size > 2 && bytes >= Self.halvingBytes {
      try halve(values, count: count, size: type.size, scratch: scratch, add: add)
    } else {
      try double(values, count: count, size: type.size, scratch: scratch, add: add)
    }
  }

  /// Recursive doubling: log2(P) exchanges of the whole.
  private func double<Element>(
    _ values: UnsafeMutablePointer<Element>, count: Int, size: Int,
    scratch: UnsafeMutableBufferPointer<Element>, add: Addition<Element>
  ) throws {
    guard let other = scratch.baseAddress else { return }
    var distance = 1
    while distance < communicator.size {
      try communicator.exchange(
        send: .init(start: values, count: count * size), receive: .init(start: other, count: count * size),
        with: communicator.rank ^ distance)
      addPartner(values, other, count: count, distance: distance, add: add)
      distance *= 2
    }
  }

  /// Recursive halving up the tree, then an all-gather down it: 2 (P - 1) / P of the whole are exchanged. An
  /// element is added by fewer ranks than under doubling, but in the same order.
  private func halve<Element>(
    _ values: UnsafeMutablePointer<Element>, count: Int, size: Int,
    scratch: UnsafeMutableBufferPointer<Element>, add: Addition<Element>
  ) throws {
    guard let other = scratch.baseAddress else { return }
    kept.removeAll(keepingCapacity: true)
    var mine = 0..<count
    var distance = 1
    while distance < communicator.size {
      kept.append(mine)
      let (keep, give) = halves(of: mine, distance: distance)
      try communicator.exchange(
        send: .init(start: values + give.lowerBound, count: give.count * size),
        receive: .init(start: other, count: keep.count * size), with: communicator.rank ^ distance)
      addPartner(values + keep.lowerBound, other, count: keep.count, distance: distance, add: add)
      mine = keep
      distance *= 2
    }
    while distance > 1, let whole = kept.popLast() {
      distance /= 2
      let (keep, give) = halves(of: whole, distance: distance)
      try communicator.exchange(
        send: .init(start: values + keep.lowerBound, count: keep.count * size),
        receive: .init(start: values + give.lowerBound, count: give.count * size),
        with: communicator.rank ^ distance)
    }
  }

  /// Of the two halves of `range`, the one that this rank goes on with and the one that its partner does.
  private func halves(of range: Range<Int>, distance: Int) -> (keep: Range<Int>, give: Range<Int>) {
    let middle = range.lowerBound + range.count / 2
    let lower = range.lowerBound..<middle
    let upper = middle..<range.upperBound
    return isLower(distance) ? (lower, upper) : (upper, lower)
  }

  /// Whether this rank's slices lie below its partner's.
  private func isLower(_ distance: Int) -> Bool { communicator.rank & distance == 0 }

  /// values = lower + upper.
  private func addPartner<Element>(
    _ values: UnsafeMutablePointer<Element>, _ other: UnsafeMutablePointer<Element>, count: Int,
    distance: Int,
    add: Addition<Element>
  ) {
    if isLower(distance) { add(values, other, values, count) } else { add(other, values, values, count) }
  }
}
