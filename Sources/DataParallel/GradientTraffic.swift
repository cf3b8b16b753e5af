import Communication
import Foundation
import Tensors

/// Sums gradients over the ranks, piece by piece, on a communicator of its own, so that small messages
/// never wait behind gradients.
///
/// Note [Overlap]
/// ~~~~~~~~~~~~~~
/// MPI moves a message only while a thread calls MPI: a reduction that was started and left alone has made
/// no progress when the wait for it begins. So a communication thread polls the reductions under way. It
/// sleeps between two polls, as it shares the rank's processors with the threads that compute; while the
/// training thread waits for a sum, it polls without sleeping. Where MPI does not allow calls of two
/// threads at a time, or no overlap is wanted, the training thread polls while it waits, and no transfer is
/// hidden.
///
/// Pieces leave in the order in which they were submitted, the same on all ranks (Note [Collective order]).
/// A few pieces are under way at a time: enough to keep the network busy between two rounds, and few enough
/// that batch norm's sums, which share the network, wait for little.
package final class GradientTraffic {
  /// How the ranks' gradients are added.
  package let mode: ReductionMode
  /// The ranks.
  let communicator: any Communicator
  /// Whether pieces travel while the training thread does something else.
  package let overlaps: Bool
  private let work: TrafficWork
  private var owners: [AnyObject] = []

  /// Elements of a piece; sending it takes a millisecond at 1 Gbit/s.
  static let pieceFloats = 32 << 10
  /// Pieces under way at a time.
  static let window = 4
  /// Below this many elements the latency of an exchange decides its time, and doubling has half the rounds
  /// of halving.
  private static let halvingFloats = 8 << 10

  /// Creates the traffic of the ranks of `communicator`, on a duplicate of it. Collective.
  /// - Parameters:
  ///   - mode: how gradients are added.
  ///   - wire: what they are rounded to; `.bf16` only with `.ordered`.
  ///   - overlaps: whether they may travel while the training thread computes.
  /// - Throws: `CommunicationError`.
  package init(
    communicator: any Communicator, mode: ReductionMode, wire: WirePrecision = .fp32, overlaps: Bool = true
  ) throws {
    precondition(mode == .fast || communicator.size.isPowerOfTwo, "ordered sums take a power of two of ranks")
    precondition(mode == .ordered || wire == .fp32, "MPI's own sums know no bfloat16")
    self.mode = mode
    let own = try communicator.duplicate(as: "gradients")
    self.communicator = own
    self.overlaps = overlaps && own.size > 1 && own.allowsThreads
    work = TrafficWork(own, wire: wire, window: Self.window, capacity: Self.pieceFloats)
    if self.overlaps { work.start() }
  }

  deinit {
    work.close()
    // An error has ended the step while pieces were under way. MPI may write to their memory until the
    // process ends, so this memory is never freed.
    if work.isUnderWay { _ = Unmanaged.passRetained(TrafficRemains(work: work, gradients: owners)) }
  }

  /// Keeps `owner`, the memory of gradients, alive as long as some of it may be under way.
  package func keep(_ owner: AnyObject) { owners.append(owner) }

  /// Cuts `count` elements into pieces.
  /// - Parameter firstTag: the tag of the first piece; the tags of the others follow it.
  func pieces(of values: UnsafeMutablePointer<Float>, count: Int, firstTag: Int) -> [GradientPiece] {
    guard communicator.size > 1 else { return [] }
    let parts = (count + Self.pieceFloats - 1) / Self.pieceFloats
    return (0..<parts).map { part in
      let low = part * count / parts
      let high = (part + 1) * count / parts
      let rounds =
        mode == .fast
        ? []
        : TreeRound.all(
          count: high - low, rank: communicator.rank, ranks: communicator.size,
          // Between two ranks both ways move the same number of bytes.
          halving: communicator.size > 2 && high - low >= Self.halvingFloats)
      return GradientPiece(
        values: values + low, count: high - low, tag: (firstTag + part) % Self.tags, rounds: rounds)
    }
  }

  // Far more tags than there are pieces under way at a time. MPI promises tags up to 32767.
  private static let tags = 1 << 14

  /// Appends pieces to the queue. Their memory belongs to the traffic until `finish`. All ranks submit the
  /// same pieces.
  func submit(_ pieces: ArraySlice<GradientPiece>) { work.submit(pieces) }

  /// Returns when all that was submitted has been summed.
  /// - Throws: `CommunicationError`.
  func finish() throws { try work.finish(drives: !overlaps) }

  /// Whether something that was submitted has not arrived yet.
  package var isUnderWay: Bool { work.isUnderWay }

  /// Records on `lane`, from now on, when something is under way, as events called `name`.
  package func record(_ lane: Timeline.Lane, as name: Timeline.Name) { work.record(lane, as: name) }

  /// Seconds, so far, during which something was under way, whether or not anybody waited for it.
  package var busySeconds: Double { work.busySeconds }
}

/// Memory that MPI may still write to.
private final class TrafficRemains {
  let work: TrafficWork
  let gradients: [AnyObject]

  init(work: TrafficWork, gradients: [AnyObject]) {
    self.work = work
    self.gradients = gradients
  }
}
