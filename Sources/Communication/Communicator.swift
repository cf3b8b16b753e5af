/// What a buffer of a collective holds.
package enum ElementType: Int32, Sendable {
  /// IEEE single precision, 4 bytes.
  case float32 = 0
  /// IEEE double precision, 8 bytes.
  case float64 = 1
  /// Unsigned 64-bit integers: hashes, flags, counts.
  case uint64 = 2

  /// Bytes of one element.
  package var size: Int { self == .float32 ? 4 : 8 }
}

/// How a collective combines the ranks' elements.
package enum ReductionOperator: Int32, Sendable {
  /// The sum over ranks, in whatever order the implementation takes.
  case sum = 0
  /// The largest over ranks.
  case max = 1
  /// The smallest over ranks.
  case min = 2
  /// Bitwise or; of `uint64` only.
  case bitwiseOr = 3
}

/// A group of ranks that move raw buffers among themselves.
///
/// Every method but `abort` is collective: all ranks call it, in the same order (Note [Collective order]).
/// One communicator is used by one thread at a time; a second thread takes a `duplicate()`.
/// A communicator of size 1 does nothing, cheaply, so callers never ask for the size before they call.
///
/// Note [Collective order]
/// ~~~~~~~~~~~~~~~~~~~~~~~
/// MPI matches collectives by the order in which each rank enters them, not by what they are for. So every
/// rank must make the same calls in the same order on one communicator; what decides about a call (a flag,
/// a failure, a signal) must itself be agreed on by all ranks before.
package protocol Communicator: AnyObject, Sendable {
  /// This rank, 0 ..< size.
  var rank: Int { get }
  /// The world size.
  var size: Int { get }
  /// This rank among the ranks of its node, 0 ..< localSize.
  var localRank: Int { get }
  /// How many ranks share this node.
  var localSize: Int { get }
  /// The name of this node.
  var hostName: String { get }

  /// Whether two threads may call at a time, each on a communicator of its own.
  var allowsThreads: Bool { get }

  /// Copies `buffer` of rank `root` over the `buffer` of every other rank.
  /// - Throws: `CommunicationError`.
  func broadcast(_ buffer: UnsafeMutableRawBufferPointer, from root: Int) throws

  /// Replaces `buffer` on every rank by the combination of all ranks' buffers. The byte count is a multiple
  /// of the element's size and the same everywhere.
  /// - Throws: `CommunicationError`.
  func allReduce(
    _ buffer: UnsafeMutableRawBufferPointer, as type: ElementType, _ operation: ReductionOperator) throws

  /// Starts `allReduce` and returns at once. `buffer` must stay untouched and alive until the request is
  /// done.
  /// - Throws: `CommunicationError`.
  func startAllReduce(
    _ buffer: UnsafeMutableRawBufferPointer, as type: ElementType, _ operation: ReductionOperator
  ) throws -> any PendingCollective

  /// Sends `send` to `peer` and receives `receive.count` bytes from it, at once and without deadlock: what
  /// one sends is as long as what the other receives. The two buffers do not overlap. Both partners call it;
  /// other ranks need not. A rank may be its own peer.
  /// - Throws: `CommunicationError`.
  func exchange(
    send: UnsafeRawBufferPointer, receive: UnsafeMutableRawBufferPointer, with peer: Int) throws

  /// Starts `exchange` and returns at once. Several may be under way. Between two ranks, exchanges of one
  /// `tag` are matched in the order in which they were started; exchanges of different tags are never
  /// matched. Both buffers must stay alive and untouched until the request is done.
  /// - Parameter tag: 0 ..< 16384, the same on both sides.
  /// - Throws: `CommunicationError`.
  func startExchange(
    send: UnsafeRawBufferPointer, receive: UnsafeMutableRawBufferPointer, with peer: Int, tag: Int
  ) throws -> any PendingCollective

  /// Returns when all ranks have called it.
  /// - Throws: `CommunicationError`.
  func barrier() throws

  /// Collects each rank's bytes (of any, also different, lengths) on `root`, in rank order.
  /// - Returns: on `root` one array for each rank, nil elsewhere.
  /// - Throws: `CommunicationError`.
  func gather(_ bytes: UnsafeRawBufferPointer, to root: Int) throws -> [[UInt8]]?

  /// A communicator of the same ranks whose messages never meet this one's.
  /// - Throws: `CommunicationError`.
  func duplicate() throws -> any Communicator

  /// A `duplicate()` that is known by `label` where communicators are watched (`WatchedCommunicator`);
  /// elsewhere the label has no effect.
  /// - Throws: `CommunicationError`.
  func duplicate(as label: String) throws -> any Communicator

  /// A communicator of the first `count` ranks of this one, 1 ... size; nil on the other ranks. All ranks
  /// call it.
  /// - Throws: `CommunicationError`.
  func prefix(_ count: Int) throws -> (any Communicator)?

  /// Ends all ranks' processes with `code`, from any thread, without waiting for anyone.
  func abort(code: Int32) -> Never
}

/// A collective or an exchange under way. It must be driven to its end before it is released.
package protocol PendingCollective: AnyObject {
  /// Drives the collective and tells whether it is complete. True again on every later call.
  /// - Throws: `CommunicationError`.
  func test() throws -> Bool
  /// Returns when the collective is complete.
  /// - Throws: `CommunicationError`.
  func wait() throws
}
